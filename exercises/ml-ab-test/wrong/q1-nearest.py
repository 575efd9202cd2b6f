# loses: 1
# message: Rounded the wrong way: with one user fewer than needed the power is not reached.
# public: passes
from statistics import NormalDist


def users_needed(base, lift, level=0.05, power=0.8):
    z = NormalDist().inv_cdf(1 - level / 2) + NormalDist().inv_cdf(power)
    new = base + lift
    return round(z**2 * (base * (1 - base) + new * (1 - new)) / lift**2)
