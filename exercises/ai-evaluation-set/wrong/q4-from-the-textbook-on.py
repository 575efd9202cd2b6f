# loses: 2
# message: Fewer questions are enough for Wilson's half-width: does your search begin below the answer?
# public: passes
from statistics import NormalDist


def questions_needed(share, half_width, level=0.95):
    """Return the smallest n whose Wilson interval is at most half_width to either side."""
    z = NormalDist().inv_cdf((1 + level) / 2)

    def half(n):
        root = (share * (1 - share) / n + z**2 / (4 * n**2)) ** 0.5
        return z / (1 + z**2 / n) * root

    n = max(1, round(z**2 * share * (1 - share) / half_width**2))
    while half(n) > half_width:
        n += 1
    return n
