# loses: 1
# message: The interval is off: whole depots are drawn, as months share much.
# public: passes
import numpy as np


def judged(costs, start, seed=1):
    table = costs[costs["month"] >= start].pivot_table(index="month", columns="rule", values="cost")
    rule = table[["never", "always"]].mean().idxmin()
    saving = (table[rule] - table["trigger"]).to_numpy()
    drawn = np.random.default_rng(seed).integers(len(saving), size=(2000, len(saving)))
    low, high = np.quantile(saving[drawn].mean(axis=1), [0.025, 0.975])
    return {"rule": rule, "saving": saving.mean(), "low": low, "high": high}
