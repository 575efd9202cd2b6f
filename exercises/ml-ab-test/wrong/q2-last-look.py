# loses: 3
# message: You count too few false alarms: a test raises one if any look does, not only the last.
# public: fails
from statistics import NormalDist

import numpy as np


def peeking(looks, users, base, level=0.05, tests=4000, seed=1):
    rng = np.random.default_rng(seed)
    n = users * looks
    a, b = rng.binomial(n, base, size=(2, tests)) / n
    pooled = (a + b) / 2
    z = np.abs(b - a) / np.sqrt(2 * pooled * (1 - pooled) / n)
    return {"false_alarms": float((z > NormalDist().inv_cdf(1 - level / 2)).mean()), "safe_level": level}
