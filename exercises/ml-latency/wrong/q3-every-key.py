# loses: 2
# message: More calls or keys than needed: each key once, as many a call as it takes.
# public: passes
import numpy as np


def fetch_features(keys, store):
    rows = []
    for start in range(0, len(keys), store.limit):
        part = keys[start : start + store.limit]
        found = store.fetch_many(part)
        rows += [found.get(key, [0.0] * store.width) for key in part]
    return np.array(rows).reshape(len(keys), store.width)
