from itertools import groupby


def auc(scores, labels, weights=None):
    weights = [1] * len(scores) if weights is None else weights
    below = won = all_ones = 0
    for _, step in groupby(sorted(zip(scores, labels, weights, strict=True)), key=lambda row: row[0]):
        step = list(step)
        ones = sum(w for _, label, w in step if label)
        zeros = sum(w for _, label, w in step if not label)
        won, below, all_ones = won + ones * (below + zeros / 2), below + zeros, all_ones + ones
    return won / (all_ones * below) if all_ones * below else None
