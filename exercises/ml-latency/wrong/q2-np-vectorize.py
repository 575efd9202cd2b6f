# loses: 2
# message: The answers cost a step for every row: let NumPy move all rows at once.
# public: fails
import numpy as np


def score_all(rows, trees):
    def one(row):
        total = 0.0
        for tree in trees:
            node = 0
            while tree["feature"][node] >= 0:
                left = row[tree["feature"][node]] <= tree["threshold"][node]
                node = tree["left"][node] if left else tree["right"][node]
            total += tree["value"][node]
        return 1 / (1 + np.exp(-total))

    return np.vectorize(one, signature="(n)->()")(rows)
