# loses: 2
# message: The number is off: look at what is two-sided, and that `lift` is added to `base`.
# public: fails
import math
from statistics import NormalDist


def users_needed(base, lift, level=0.05, power=0.8):
    z = NormalDist().inv_cdf(1 - level) + NormalDist().inv_cdf(power)
    new = base + lift
    return math.ceil(z**2 * (base * (1 - base) + new * (1 - new)) / lift**2)
