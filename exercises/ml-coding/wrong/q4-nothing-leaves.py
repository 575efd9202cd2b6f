# loses: 4
# message: Without ties the window's AUC is off: look at what leaves, and at one class alone.
# public: fails
import bisect


def window_auc(arrivals, size):
    kept, won, found = {0: [], 1: []}, 0.0, []
    for score, label in arrivals:
        others = kept[1 - label]
        below = (bisect.bisect_left(others, score) + bisect.bisect_right(others, score)) / 2
        won += below if label else len(others) - below
        bisect.insort(kept[label], score)
        both = len(kept[0]) * len(kept[1])
        found.append(won / both if both else None)
    return found
