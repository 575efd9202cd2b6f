# loses: 3
# message: Your interval is too narrow where flights share their day's weather: draw days, not flights.
# public: passes
import numpy as np


def day_interval(flights, resamples=1000, seed=1, level=0.95):
    rng = np.random.default_rng(seed)
    delay = flights["delay"].to_numpy()
    means = delay[rng.integers(len(delay), size=(resamples, len(delay)))].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
