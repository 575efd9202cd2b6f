import math

import numpy as np


def peeking(looks, users, base, level=0.05, tests=4000, seed=1):
    rng = np.random.default_rng([seed, 9])
    a, b, smallest = np.zeros(tests), np.zeros(tests), np.ones(tests)
    for look in range(1, looks + 1):
        a, b = a + rng.binomial(users, base, tests), b + rng.binomial(users, base, tests)
        n = look * users
        pooled = (a + b) / (2 * n)
        z = np.abs(b - a) / n / np.sqrt(2 * pooled * (1 - pooled) / n)
        smallest = np.minimum(smallest, [math.erfc(each / math.sqrt(2)) for each in z])
    return {"false_alarms": (smallest < level).mean(), "safe_level": np.quantile(smallest, level)}
