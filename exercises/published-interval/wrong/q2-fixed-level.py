# loses: 1
# message: At another level your interval is off: use `level` for the quantiles.
# public: passes
import numpy as np


def day_interval(flights, resamples=1000, seed=1, level=0.95):
    rng = np.random.default_rng(seed)
    totals = flights.groupby("day")["delay"].agg(["sum", "size"]).to_numpy()
    sums = totals[rng.integers(len(totals), size=(resamples, len(totals)))].sum(axis=1)
    return np.quantile(sums[:, 0] / sums[:, 1], [0.025, 0.975])
