import numpy as np


def gain(table, chosen, baseline, resamples=2000, seed=1):
    rows = table[table["split"] == "test"]
    first, second = (rows[rows["setting"] == name].set_index("question_id")["recall"] for name in (chosen, baseline))
    gaps = (first - second).to_numpy()
    rng = np.random.default_rng(seed + 7)
    times = rng.multinomial(len(gaps), np.full(len(gaps), 1 / len(gaps)), size=resamples)
    low, high = np.percentile(times @ gaps / len(gaps), [2.5, 97.5])
    return {"gain": gaps.mean(), "low": low, "high": high, "n": len(gaps)}
