# loses: 2
# message: Your n is not the number of held-out questions: look at `split` and count each question once.
# public: passes
import numpy as np


def gain(table, chosen, baseline, resamples=2000, seed=1):
    """Return gain, low, high and n on held-out questions, resampling pairs."""
    held_out = table
    side = held_out.pivot(index="question_id", columns="setting", values="recall")
    differences = (side[chosen] - side[baseline]).to_numpy()
    n = len(differences)
    drawn = np.random.default_rng(seed).integers(n, size=(resamples, n))
    low, high = np.quantile(differences[drawn].mean(axis=1), [0.025, 0.975])
    return {
        "gain": float(differences.mean()),
        "low": float(low),
        "high": float(high),
        "n": n,
    }
