# loses: 2
# message: The cut tables differ: cut first, then copy, and in training alone.
# public: passes
import pandas as pd


def copied_share(training, validation):
    return float(validation["hour"].isin(training["hour"]).mean())


def split_then_copy(log, boundary, copies):
    log = log.drop_duplicates("hour")
    table = pd.concat([log] + [log[log["alarm"] == 1]] * (copies - 1), ignore_index=True)
    return table[table["hour"] < boundary], table[table["hour"] >= boundary]
