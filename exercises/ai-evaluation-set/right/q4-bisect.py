from statistics import NormalDist


def questions_needed(share, half_width, level=0.95):
    z2 = NormalDist().inv_cdf(0.5 + level / 2) ** 2
    low, high = 0, 1_000_000
    while high - low > 1:
        n = (low + high) // 2
        narrow = (z2 * (share * (1 - share) / n + z2 / (4 * n * n))) ** 0.5 / (1 + z2 / n) <= half_width
        low, high = (low, n) if narrow else (n, high)
    return high
