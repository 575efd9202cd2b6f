# loses: 1
# message: A training flight had not left when the hold-out began, or one that had is missing: look at the time.
# public: passes
import pandas as pd


def forward_split(flights, days):
    start = flights["scheduled"].max().normalize() - pd.Timedelta(days=days - 1)
    ahead = flights["scheduled"] >= start
    return flights[~ahead], flights[ahead]
