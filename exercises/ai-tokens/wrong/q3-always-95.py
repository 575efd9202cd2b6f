# loses: 1
# message: At another level your limit is off: z comes from both tails, (1 + level) / 2.
# public: passes
def lower_limit(topics, truth, level=0.95):
    """Return the lower end of Wilson's interval for the share of messages routed right."""
    z = 1.96
    n = len(truth)
    p = sum(a == b for a, b in zip(topics, truth, strict=True)) / n
    root = (p * (1 - p) / n + z**2 / (4 * n**2)) ** 0.5
    return (p + z**2 / (2 * n) - z * root) / (1 + z**2 / n)
