# loses: 1
# message: Your interval is too narrow: answers to one message are alike, so draw messages, not answers.
# public: passes
import numpy as np


def score(runs, truth, resamples=1000, seed=1):
    answers = [answer for run in runs for answer in run]
    right = np.array([answer == wanted for run, wanted in zip(runs, truth, strict=True) for answer in run])
    rng = np.random.default_rng(seed)
    means = right[rng.integers(len(right), size=(resamples, len(right)))].mean(axis=1)
    return {
        "valid": np.mean([answer is not None for answer in answers]),
        "same": np.mean([None not in run and len(set(run)) == 1 for run in runs]),
        "right": right.mean(),
        "interval": np.quantile(means, [0.025, 0.975]),
    }
