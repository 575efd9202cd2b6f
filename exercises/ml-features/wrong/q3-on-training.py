# loses: 3
# message: The gains are off: refit without the feature, keep the others, and score the hold-out.
# public: passes
# ruff: noqa: F821, fit_predict is given in the notebook
import numpy as np


def added_value(train, holdout, features):
    def errors(names):
        return (fit_predict(train, train, names) - train["cancelled"].to_numpy()) ** 2

    found = {}
    for feature in features:
        worse = errors([name for name in features if name != feature]) - errors(features)
        margin = 1.96 * worse.std(ddof=1) / np.sqrt(len(worse))
        found[feature] = [worse.mean(), worse.mean() - margin, worse.mean() + margin]
    return found
