import numpy as np


def choose_threshold(similarity, answerable, split):
    s, a, dev = np.array(similarity), np.array(answerable, bool), np.array(split) == "dev"
    best = (-2, None)
    for t in np.unique(s[dev]):
        gap = round((s[dev & a] >= t).mean() - (s[dev & ~a] >= t).mean(), 9)
        if gap > best[0]:
            best = (gap, t)
    t = best[1]
    return {"threshold": t, "answered": (s[~dev & a] >= t).mean(), "invented": (s[~dev & ~a] >= t).mean()}
