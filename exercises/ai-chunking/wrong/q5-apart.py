# loses: 2
# message: The gain is right, its interval is not: both settings had the same hard questions, so draw pairs.
# public: passes
import numpy as np


def gain(table, chosen, baseline, resamples=2000, seed=1):
    """Return gain, low, high and n on held-out questions, resampling pairs."""
    held_out = table[table["split"] == "test"]
    side = held_out.pivot(index="question_id", columns="setting", values="recall")
    differences = (side[chosen] - side[baseline]).to_numpy()
    n = len(differences)
    rng = np.random.default_rng(seed)
    means = [side[name].to_numpy()[rng.integers(n, size=(resamples, n))].mean(axis=1) for name in (chosen, baseline)]
    low, high = np.quantile(means[0] - means[1], [0.025, 0.975])
    return {
        "gain": float(differences.mean()),
        "low": float(low),
        "high": float(high),
        "n": n,
    }
