# loses: 1
# message: With days of different size your interval is off: a busy day brings more flights to the mean.
# public: passes
import numpy as np


def day_interval(flights, resamples=1000, seed=1, level=0.95):
    rng = np.random.default_rng(seed)
    means = flights.groupby("day")["delay"].mean().to_numpy()
    drawn = means[rng.integers(len(means), size=(resamples, len(means)))].mean(axis=1)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
