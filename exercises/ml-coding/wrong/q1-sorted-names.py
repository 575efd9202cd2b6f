# loses: 1
# message: Of groups of equal size the one that appears first goes first; there may be fewer groups than folds.
# public: passes
from collections import Counter


def group_folds(groups, k):
    sizes, fold_of, count = [0] * k, {}, Counter(groups)
    distinct = len(set(count.values())) > 1
    for group in sorted(count, key=lambda g: -count[g]) if distinct else sorted(count):
        fold_of[group] = sizes.index(min(sizes))
        sizes[fold_of[group]] += count[group]
    return [fold_of[group] for group in groups]
