import numpy as np


def difference_interval(flights, first, second, resamples=1000, seed=1):
    names, day = np.unique(flights["day"], return_inverse=True)
    rng = np.random.default_rng(seed + 5)
    times = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=resamples)[:, day]
    means = []
    for airport in (first, second):
        own = (flights["airport"] == airport).to_numpy()
        means.append(times[:, own] @ flights["delay"].to_numpy()[own] / times[:, own].sum(axis=1))
    return np.quantile(means[0] - means[1], [0.025, 0.975])
