# loses: 2
# message: The last three rows compare with `worth`, not 0: a lower end on it launches, an upper one is not below.
# public: passes
from statistics import NormalDist


def decision(low, high, worth, users_a, users_b, planned):
    z = abs(users_b - users_a) / (users_a + users_b) ** 0.5
    if 2 * (1 - NormalDist().cdf(z)) < 0.001:
        return "broken"
    if min(users_a, users_b) < planned:
        return "wait"
    return "launch B" if low > 0 else "keep A" if high < 0 else "not shown"
