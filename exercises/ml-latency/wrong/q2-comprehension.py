# loses: 2
# message: The answers cost a step for every row: let NumPy move all rows at once.
# public: fails
import numpy as np


def score_all(rows, trees):
    def leaf(row, tree, node=0):
        if tree["feature"][node] < 0:
            return tree["value"][node]
        left = row[tree["feature"][node]] <= tree["threshold"][node]
        return leaf(row, tree, tree["left" if left else "right"][node])

    return np.array([1 / (1 + np.exp(-sum(leaf(row, tree) for tree in trees))) for row in rows])
