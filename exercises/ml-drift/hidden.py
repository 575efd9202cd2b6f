"""Hidden cases of ml-drift. Practice: this file is public. course-canary-ml-drift"""

import numpy as np
import pandas as pd

from course.exercises.cases import Check, call, close, entries


def shifted(seed):
    rng = np.random.default_rng([seed, 81])
    return [
        call("psi", rng.gamma(2, 3, 400), rng.gamma(2.5, 3, 300)),
        call("psi", rng.exponential(4, 500), rng.exponential(5, 250), bins=7),
    ]


def outside(seed):
    rng = np.random.default_rng([seed, 82])
    return [
        call("psi", rng.normal(0, 1, 300), rng.normal(2.5, 1, 200)),
        call("psi", rng.random(100), rng.random(40) + 2),
    ]


def history(seed: int, months: int = 14) -> tuple[list, list]:
    """Return drift and loss of one depot; drift[k][m] grows with what has moved between k and m."""
    rng = np.random.default_rng([seed, 83])
    level = (rng.normal(0, 1, months) * (rng.random(months) < 0.4)).cumsum()
    level[1] += 2
    moved = np.abs(level[None, :] - level[:, None])
    loss = 50 + 30 * moved + rng.uniform(0, 9, (months, months))
    return moved.round(4).tolist(), loss.round(4).tolist()


def triggers(seed):
    return [call("monthly_cost", *history(seed), threshold, 40.0) for threshold in (0.3, 0.8, 1.5)]


def always_and_never(seed):
    return [call("monthly_cost", *history(seed), threshold, 25.0) for threshold in (-1.0, 99.0)]


def edge(seed):
    drift, loss = history(seed, months=6)
    return [call("monthly_cost", drift, loss, drift[0][1], 40.0)]


def options(seed: int, late: int) -> pd.DataFrame:
    """Return costs whose best threshold turns when the last months, known `late` months after, are counted."""
    rng = np.random.default_rng([seed, 84])
    rows = []
    for threshold, early, after in ((0.1, 60, 20), (0.2, 50, 50), (0.4, 45, 90)):
        for depot in range(5):
            for month in range(1, 13):
                cost = (early if month <= 6 else after) + rng.uniform(0, 4)
                rows.append((depot, month, threshold, cost, month + late))
    frame = pd.DataFrame(rows, columns=["depot", "month", "threshold", "cost", "known"])
    return frame.sample(frac=1, random_state=seed % 2**31)


def known_late(seed):
    return [call("choose_threshold", options(seed, late), until) for late, until in ((0, 5), (3, 9), (3, 12))]


def ties(seed):
    frame = options(seed, 1)
    twin = frame[frame["threshold"] == 0.4].assign(threshold=0.7)
    first = frame[frame["threshold"] == 0.1].assign(threshold=0.15)
    return [call("choose_threshold", pd.concat([twin, first, frame]), until) for until in (6, 13)]


def race(seed: int, start: int = 6) -> pd.DataFrame:
    """Return costs of three rules; which simple rule is best differs by depot, and before `start`."""
    rng = np.random.default_rng([seed, 85])
    rows = []
    shared = rng.normal(0, 20, 12)
    for depot in range(12):
        own = rng.normal(0, 12)
        for month in range(1, 12):
            base = 200 + shared[month] + rng.normal(0, 2)
            late = month >= start
            rows.append((depot, month, "trigger", base + 3 + 0.4 * own))
            rows.append((depot, month, "never", base + (8 + own if late else 60)))
            rows.append((depot, month, "always", base + (25 - own if late else 5)))
    return pd.DataFrame(rows, columns=["depot", "month", "rule", "cost"]).sample(frac=1, random_state=seed % 2**31)


def later(seed):
    frame = race(seed)
    swapped = frame.assign(rule=frame["rule"].map({"never": "always", "always": "never", "trigger": "trigger"}))
    return [call("judged", frame, 6), call("judged", swapped, 6)]


def interval(answer, expected) -> bool:
    width = expected["high"] - expected["low"]
    return all(abs(answer[end] - expected[end]) <= 0.15 * width for end in ("low", "high"))


CHECKS = {
    "q1": [
        Check("shifted", 1, shifted, "The bins hold equal shares of the reference: their edges come from it alone."),
        Check(
            "outside",
            1,
            outside,
            "Where values lie outside the reference or a bin is empty it is off: open ends, and the floor of 0.0001.",
        ),
    ],
    "q2": [
        Check(
            "always and never",
            1,
            always_and_never,
            "Look at the ends: a month pays first and looks then, each retraining is paid, none after the last month.",
        ),
        Check(
            "triggers",
            1,
            triggers,
            "After a retraining, drift is compared with the month in which the new model was trained.",
        ),
        Check("edge", 1, edge, "Drift that is equal to the threshold is not above it.", close(), 2),
    ],
    "q3": [
        Check(
            "known late",
            1,
            known_late,
            "You used costs that nobody knew at the end of month `until`, or left out some that were known.",
        ),
        Check("ties", 1, ties, "Of thresholds that cost the same, the highest retrains least."),
    ],
    "q4": [
        Check(
            "later",
            2,
            later,
            "The trigger has to beat the one simple rule that is cheaper over all depots, in months from `start` on.",
            entries("rule", "saving"),
        ),
        Check("interval", 1, later, "The interval is off: whole depots are drawn, as months share much.", interval),
    ],
}
