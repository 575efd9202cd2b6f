# loses: 1
# message: The ends are off: row-by-row differences, ddof=1, over the root of the number of hold-out rows.
# public: fails
# ruff: noqa: F821, fit_predict is given in the notebook
import numpy as np


def added_value(train, holdout, features):
    def errors(names):
        return (fit_predict(train, holdout, names) - holdout["cancelled"].to_numpy()) ** 2

    full, found = errors(features), {}
    for feature in features:
        without = errors([name for name in features if name != feature])
        gain = without.mean() - full.mean()
        margin = 1.96 * np.sqrt((without.var(ddof=1) + full.var(ddof=1)) / len(full))
        found[feature] = [gain, gain - margin, gain + margin]
    return found
