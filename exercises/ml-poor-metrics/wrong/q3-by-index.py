# loses: 1
# message: The share is off where row labels mislead or rows repeat: go by hour, row by row.
# public: passes
import pandas as pd


def copied_share(training, validation):
    return float(validation.index.isin(training.index).mean())


def split_then_copy(log, boundary, copies):
    log = log.drop_duplicates("hour")
    training, validation = log[log["hour"] < boundary], log[log["hour"] >= boundary]
    return pd.concat([training] + [training[training["alarm"] == 1]] * (copies - 1)), validation
