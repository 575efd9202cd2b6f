# loses: 3
# message: Even for flights that left near schedule your means are off: look at window and row order.
# public: passes
import numpy as np
import pandas as pd


def recent_delay(flights, notice=3, window=3):
    moments = flights["scheduled"] - pd.Timedelta(hours=notice)
    since = moments - pd.Timedelta(hours=window)
    means = []
    for low, high in zip(since, moments, strict=True):
        seen = (flights["scheduled"] > low) & (flights["scheduled"] <= high)
        means.append(flights.loc[seen, "delay"].mean() if seen.any() else 0.0)
    return np.array(means)
