# loses: 1
# message: `safe_level` is off: it is the quantile of the smallest p-values of your own A/A tests.
# public: passes
from statistics import NormalDist

import numpy as np


def peeking(looks, users, base, level=0.05, tests=4000, seed=1):
    rng = np.random.default_rng(seed)
    n = users * np.arange(1, looks + 1)
    a, b = rng.binomial(users, base, size=(2, tests, looks)).cumsum(axis=2) / n
    pooled = (a + b) / 2
    z = (np.abs(b - a) / np.sqrt(2 * pooled * (1 - pooled) / n)).max(axis=1)
    return {"false_alarms": float((z > NormalDist().inv_cdf(1 - level / 2)).mean()), "safe_level": level / looks}
