# loses: 1
# message: Look at the first two rows again: their order, each arm by itself, two-sided, and 0.001, not 0.05.
# public: passes
from statistics import NormalDist


def decision(low, high, worth, users_a, users_b, planned):
    z = abs(users_b - users_a) / (users_a + users_b) ** 0.5
    if 1 - NormalDist().cdf(z) < 0.001:
        return "broken"
    if min(users_a, users_b) < planned:
        return "wait"
    return "launch B" if low >= worth else "keep A" if high < worth else "not shown"
