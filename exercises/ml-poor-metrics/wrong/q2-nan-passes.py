# loses: 1
# message: Losses that are NaN or infinite do not get the word that they should.
# public: passes
import numpy as np


def read_losses(losses):
    if any(after > before + 1e-9 for before, after in zip(losses, losses[1:], strict=False)):
        return "diverges"
    return "still falling" if losses[-1] < 0.99 * losses[-11] else "settled"


def standardise(training, other):
    training, other = np.asarray(training, dtype=float), np.asarray(other, dtype=float)
    changes = training.max(axis=0) > training.min(axis=0)
    spread = np.where(changes, training.std(axis=0), np.inf)
    return (training - training.mean(axis=0)) / spread, (other - training.mean(axis=0)) / spread
