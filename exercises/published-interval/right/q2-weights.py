import numpy as np


def day_interval(flights, resamples=1000, seed=1, level=0.95):
    totals = flights.groupby("day")["delay"].agg(["sum", "count"]).to_numpy()
    rng = np.random.default_rng(seed + 99)
    times = rng.multinomial(len(totals), np.full(len(totals), 1 / len(totals)), size=resamples)
    sums = times @ totals
    return list(np.percentile(sums[:, 0] / sums[:, 1], [50 - 50 * level, 50 + 50 * level]))
