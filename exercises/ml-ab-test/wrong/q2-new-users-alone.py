# loses: 3
# message: You count too many false alarms: each look tests all users so far, two-sided, not the new ones alone.
# public: passes
from statistics import NormalDist

import numpy as np


def peeking(looks, users, base, level=0.05, tests=4000, seed=1):
    rng = np.random.default_rng(seed)
    a, b = rng.binomial(users, base, size=(2, tests, looks)) / users
    pooled = (a + b) / 2
    z = (np.abs(b - a) / np.sqrt(2 * pooled * (1 - pooled) / users)).max(axis=1)
    safe = 2 * (1 - NormalDist().cdf(float(np.quantile(z, 1 - level))))
    return {"false_alarms": float((z > NormalDist().inv_cdf(1 - level / 2)).mean()), "safe_level": safe}
