# loses: 1
# message: `same` counts a message only if all its answers are valid and one text; wrong ones may agree as well.
# public: passes
import numpy as np


def score(runs, truth, resamples=1000, seed=1):
    answers = [answer for run in runs for answer in run]
    right = np.array([[answer == wanted for answer in run] for run, wanted in zip(runs, truth, strict=True)]).mean(
        axis=1
    )
    rng = np.random.default_rng(seed)
    means = [rng.choice(right, len(right)).mean() for _ in range(resamples)]
    return {
        "valid": 1 - answers.count(None) / len(answers),
        "same": np.mean([len(set(run)) == 1 for run in runs]),
        "right": right.mean(),
        "interval": np.quantile(means, [0.025, 0.975]),
    }
