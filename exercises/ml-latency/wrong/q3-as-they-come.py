# loses: 3
# message: Other rows than fetch_slow gives: look at keys that come twice, are unknown, or are none at all.
# public: fails
import numpy as np


def fetch_features(keys, store):
    rows = []
    for start in range(0, len(keys), store.limit):
        rows += list(store.fetch_many(keys[start : start + store.limit]).values())
    return np.array(rows).reshape(len(rows), store.width)
