# loses: 1
# message: Readings that were sent twice are counted twice.
# public: passes
import pandas as pd


def copied_share(training, validation):
    return float(validation["hour"].isin(training["hour"]).mean())


def split_then_copy(log, boundary, copies):
    training, validation = log[log["hour"] < boundary], log[log["hour"] >= boundary]
    return pd.concat([training] + [training[training["alarm"] == 1]] * (copies - 1)), validation
