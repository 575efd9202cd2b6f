# loses: 3
# message: Both airports had the same weather, and your interval does not use it: draw the same days for both.
# public: fails
import numpy as np


def difference_interval(flights, first, second, resamples=1000, seed=1):
    rng = np.random.default_rng(seed)
    delay = {name: flights.loc[flights["airport"] == name, "delay"].to_numpy() for name in (first, second)}
    mean = {name: rng.choice(each, (resamples, len(each))).mean(axis=1) for name, each in delay.items()}
    low, high = np.quantile(mean[second] - mean[first], [0.025, 0.975])
    return float(low), float(high)
