# loses: 2
# message: With equal scores it is off: a tie of a one and a zero counts one half.
# public: passes
import numpy as np


def auc(scores, labels, weights=None):
    scores, labels = np.asarray(scores), np.asarray(labels)
    weights = np.ones(len(labels)) if weights is None else np.asarray(weights, dtype=float)
    ones, zeros = labels == 1, labels == 0
    total = weights[ones].sum() * weights[zeros].sum()
    won = (scores[ones][:, None] > scores[zeros][None, :]) * weights[ones][:, None] * weights[zeros][None, :]
    return float(won.sum() / total) if total else None
