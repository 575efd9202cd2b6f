# loses: 2
# message: Both airports had the same weather, and your interval does not use it: draw the same days for both.
# public: passes
import numpy as np


def difference_interval(flights, first, second, resamples=1000, seed=1):
    rng = np.random.default_rng(seed)
    means = []
    for airport in (first, second):
        own = flights[flights["airport"] == airport].groupby("day")["delay"].agg(["sum", "size"]).to_numpy()
        sums = own[rng.integers(len(own), size=(resamples, len(own)))].sum(axis=1)
        means.append(sums[:, 0] / sums[:, 1])
    # With little weather this is close to right; under a storm it is far too wide.
    low, high = np.quantile(means[0] - means[1], [0.025, 0.975])
    return float(low), float(high)
