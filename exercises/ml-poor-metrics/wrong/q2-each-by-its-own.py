# loses: 1
# message: Standardised inputs are off: training mean and deviation for both, and 0 where a column never changes.
# public: fails
import numpy as np


def read_losses(losses):
    losses = np.asarray(losses, dtype=float)
    if not np.isfinite(losses).all() or (np.diff(losses) > 1e-9).any():
        return "diverges"
    return "still falling" if losses[-1] < 0.99 * losses[-11] else "settled"


def standardise(training, other):
    scaled = []
    for each in (np.asarray(training, dtype=float), np.asarray(other, dtype=float)):
        changes = each.max(axis=0) > each.min(axis=0)
        scaled.append((each - each.mean(axis=0)) / np.where(changes, each.std(axis=0), np.inf))
    return scaled
