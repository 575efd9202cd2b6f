# loses: 3
# message: Even for flights that left near schedule your means are off: look at window and row order.
# public: fails
import pandas as pd


def recent_delay(flights, notice=3, window=3):
    flights = flights.sort_values("scheduled")
    left = flights["scheduled"] + pd.to_timedelta(flights["delay"], unit="min")
    means = []
    for moment in flights["scheduled"] - pd.Timedelta(hours=notice):
        seen = (left > moment - pd.Timedelta(hours=window)) & (left <= moment)
        means.append(flights.loc[seen, "delay"].mean() if seen.any() else 0.0)
    return pd.Series(means).to_numpy()
