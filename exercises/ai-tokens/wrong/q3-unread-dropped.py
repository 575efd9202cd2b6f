# loses: 1
# message: A reply that could not be read is a message not routed: it stays in n.
# public: passes
from statistics import NormalDist


def lower_limit(topics, truth, level=0.95):
    """Return the lower end of Wilson's interval for the share of messages routed right."""
    z = NormalDist().inv_cdf((1 + level) / 2)
    read = [(a, b) for a, b in zip(topics, truth, strict=True) if a is not None]
    n = len(read)
    p = sum(a == b for a, b in read) / n
    root = (p * (1 - p) / n + z**2 / (4 * n**2)) ** 0.5
    return (p + z**2 / (2 * n) - z * root) / (1 + z**2 / n)
