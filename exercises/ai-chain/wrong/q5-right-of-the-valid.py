# loses: 2
# message: The shares `valid` and `right` are of all answers, not of messages.
# public: passes
import numpy as np


def score(runs, truth, resamples=1000, seed=1):
    kept = [[answer for answer in run if answer is not None] for run in runs]
    pairs = [np.mean([a == wanted for a in run]) for run, wanted in zip(kept, truth, strict=True) if run]
    right = np.array(pairs)
    rng = np.random.default_rng(seed)
    means = right[rng.integers(len(right), size=(resamples, len(right)))].mean(axis=1)
    return {
        "valid": np.mean([len(run) > 0 for run in kept]),
        "same": np.mean([None not in run and len(set(run)) == 1 for run in runs]),
        "right": right.mean(),
        "interval": np.quantile(means, [0.025, 0.975]),
    }
