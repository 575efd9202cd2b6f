# loses: 1
# message: At another level your number is off: z comes from `level`.
# public: passes
def questions_needed(share, half_width, level=0.95):
    """Return the smallest n whose Wilson interval is at most half_width to either side."""
    z = 1.959964

    def half(n):
        root = (share * (1 - share) / n + z**2 / (4 * n**2)) ** 0.5
        return z / (1 + z**2 / n) * root

    n = 1
    while half(n) > half_width:
        n += 1
    return n
