# loses: 1
# message: A list of finite losses gets the wrong word: look at the order of the questions.
# public: fails
import numpy as np


def read_losses(losses):
    if not np.isfinite(losses).all() or losses[-1] > losses[0]:
        return "diverges"
    return "still falling" if losses[-1] < 0.99 * losses[-11] else "settled"


def standardise(training, other):
    training, other = np.asarray(training, dtype=float), np.asarray(other, dtype=float)
    changes = training.max(axis=0) > training.min(axis=0)
    spread = np.where(changes, training.std(axis=0), np.inf)
    return (training - training.mean(axis=0)) / spread, (other - training.mean(axis=0)) / spread
