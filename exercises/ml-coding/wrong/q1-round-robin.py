# loses: 1
# message: With groups of different size: largest first, each into the emptiest fold.
# public: passes
def group_folds(groups, k):
    fold_of = {}
    for group in groups:
        fold_of.setdefault(group, len(fold_of) % k)
    return [fold_of[group] for group in groups]
