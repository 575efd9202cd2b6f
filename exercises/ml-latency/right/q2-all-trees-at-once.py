import numpy as np


def score_all(rows, trees):
    most = max(len(tree["value"]) for tree in trees)

    def stacked(name, fill):
        return np.array([tree[name] + [fill] * (most - len(tree[name])) for tree in trees]).ravel()

    feature, threshold, value = stacked("feature", -1), stacked("threshold", 0), stacked("value", 0)
    first = most * np.arange(len(trees))
    left, right = (stacked(name, 0) + np.repeat(first, most) for name in ("left", "right"))
    node, every = np.tile(first, (len(rows), 1)), np.arange(len(rows))[:, None]
    while (inner := feature[node] >= 0).any():
        goes_left = rows[every, feature[node]] <= threshold[node]
        node = np.where(inner, np.where(goes_left, left[node], right[node]), node)
    return 1 / (1 + np.exp(-value[node].sum(axis=1)))
