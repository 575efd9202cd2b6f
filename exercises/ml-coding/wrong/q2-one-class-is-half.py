# loses: 1
# message: Weights multiply in pairs, and a class without any weight has no AUC: look at both.
# public: passes
import numpy as np


def auc(scores, labels, weights=None):
    labels = np.asarray(labels)
    weights = np.ones(len(labels)) if weights is None else np.asarray(weights, dtype=float)
    _, step = np.unique(np.asarray(scores), return_inverse=True)
    ones, zeros = (np.bincount(step, weights=weights * (labels == kind)) for kind in (1, 0))
    pairs = ones.sum() * zeros.sum()
    return float((ones * (zeros.cumsum() - zeros / 2)).sum() / pairs) if pairs else 0.5
