import numpy as np


def score(runs, truth, resamples=1000, seed=1):
    k = len(runs[0])
    hits = np.array([run.count(wanted) for run, wanted in zip(runs, truth, strict=True)])
    rng = np.random.default_rng(seed + 41)
    means = [rng.choice(hits, len(hits)).sum() / (k * len(hits)) for _ in range(resamples)]
    valid = sum(k - run.count(None) for run in runs)
    stable = [run for run in runs if run.count(run[0]) == k and run[0] is not None]
    return {
        "valid": valid / (k * len(runs)),
        "same": len(stable) / len(runs),
        "right": hits.sum() / (k * len(hits)),
        "interval": [np.percentile(means, 2.5), np.percentile(means, 97.5)],
    }
