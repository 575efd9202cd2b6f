# loses: 1
# message: Another answer than score_slow: look at missing values, values at a threshold, leaves at other depths.
# public: passes
import numpy as np


def score_all(rows, trees):
    every, total = np.arange(len(rows)), np.zeros(len(rows))
    for tree in trees:
        feature, threshold, left, right, value = (np.array(tree[n]) for n in tree)
        node = np.zeros(len(rows), dtype=int)
        while (feature[node] >= 0).any():
            goes_right = rows[every, feature[node]] > threshold[node]
            node = np.where(feature[node] >= 0, np.where(goes_right, right[node], left[node]), node)
        total += value[node]
    return 1 / (1 + np.exp(-total))
