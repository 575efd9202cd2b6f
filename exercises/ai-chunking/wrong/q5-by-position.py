# loses: 1
# message: Rows may stand in any order: match the two settings by question_id.
# public: passes
import numpy as np


def gain(table, chosen, baseline, resamples=2000, seed=1):
    """Return gain, low, high and n on held-out questions, resampling pairs."""
    held_out = table[table["split"] == "test"]
    first, second = (held_out.loc[held_out["setting"] == name, "recall"].to_numpy() for name in (chosen, baseline))
    differences = first - second
    n = len(differences)
    drawn = np.random.default_rng(seed).integers(n, size=(resamples, n))
    low, high = np.quantile(differences[drawn].mean(axis=1), [0.025, 0.975])
    return {
        "gain": float(differences.mean()),
        "low": float(low),
        "high": float(high),
        "n": n,
    }
