# loses: 2
# message: With groups of different size: largest first, each into the emptiest fold.
# public: fails
def group_folds(groups, k):
    return [row % k for row in range(len(groups))]
