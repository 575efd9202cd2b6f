"""Hidden cases of ml-features. Practice: this file is public. course-canary-ml-features"""

import numpy as np
import pandas as pd

from course.exercises.cases import Check, call, close, drive, exact


def writes(seed: int, backfill: float = 0.0, unknown: float = 0.0) -> pd.DataFrame:
    """Return writes of three features; shares of them are backfilled, or have no time of writing."""
    rng = np.random.default_rng([seed, 81])
    decided = pd.Timestamp("2023-06-01") + pd.to_timedelta(rng.integers(0, 500, size=90), unit="h")
    as_of = decided - pd.to_timedelta(rng.integers(10, 50, size=90), unit="h")
    wait = np.where(rng.random(90) < backfill, rng.integers(60, 200, size=90), rng.integers(0, 10, size=90))
    written = (as_of + pd.to_timedelta(wait, unit="h")).where(rng.random(90) >= unknown)
    feature = rng.choice(["age", "clicks", "score"], size=90)
    return pd.DataFrame({"feature": feature, "decided": decided, "as_of": as_of, "written": written})


def backfilled(seed):
    table = writes(seed, backfill=0.4)
    return [call("late_share", table), call("late_share", table.assign(written=table["decided"]))]


def unknown_time(seed):
    return [call("late_share", writes(seed, backfill=0.2, unknown=0.3))]


def shifted(seed):
    rng = np.random.default_rng([seed, 82])
    reference = rng.gamma(2, 3, size=400)
    return [
        call("psi", reference, rng.gamma(2, 3, size=300) + rng.uniform(0, 3)),
        call("psi", reference, reference + 100, bins=5),
    ]


def missing(seed):
    rng = np.random.default_rng([seed, 83])
    columns = [np.where(rng.random(300) < share, np.nan, rng.normal(size=300)) for share in (0.05, 0.3, 0.0)]
    return [call("psi", columns[0], columns[1]), call("psi", columns[1], columns[2]), call("psi", *columns[2:0:-1])]


def few_values(seed):
    rng = np.random.default_rng([seed, 84])
    return [
        call("psi", rng.poisson(0.5, size=300).astype(float), rng.poisson(1.2, size=200).astype(float)),
        call("psi", np.ones(50), rng.integers(0, 3, size=60).astype(float), bins=4),
    ]


def decisions(seed: int, n: int, noise: int = 0) -> pd.DataFrame:
    """Return n decisions with a strong feature, its twin, a weak one and `noise` columns that say nothing."""
    rng = np.random.default_rng([seed, 85])
    strong, weak = rng.normal(size=(2, n))
    table = pd.DataFrame({"strong": strong, "twin": strong + rng.normal(0, 0.05, size=n), "weak": weak})
    for number in range(noise):
        table[f"noise {number}"] = rng.normal(size=n)
    table["cancelled"] = (rng.random(n) < 1 / (1 + np.exp(-2 * strong - 0.7 * weak))).astype(int)
    return table


def refitted(seed):
    table = decisions(seed, 500, noise=1)
    return [
        call("added_value", table[:250], table[250:], ["strong", "weak", "noise 0"]),
        call("added_value", table[:250], table[250:], ["strong", "twin", "weak"]),
        call("added_value", table[:250], table[250:], ["weak"]),
    ]


def small(seed):
    table = decisions(seed, 260, noise=6)
    return [call("added_value", table[:60], table[60:], [name for name in table if name != "cancelled"])]


def gains(answer, expected) -> bool:
    return answer.keys() == expected.keys() and all(close(1e-5, 1e-7)(answer[n][0], expected[n][0]) for n in expected)


def judged(answers, late, drift, gains, twins, limit):
    """`added` of a world where a leak hides all the others, and a twin adds nothing beside the other."""

    def added(features):
        if not features:
            raise ValueError("added was called with no feature: there is nothing to measure")
        found = {}
        for name in features:
            gain = gains[name]
            beside = any(name in pair and set(pair) <= set(features) for pair in twins)
            masked = any(late[other] > 0 for other in features) and not late[name] > 0
            if beside or masked:
                gain = gain / 100
            found[name] = [gain, gain - 0.01, gain + 0.01]
        return found

    return answers.review(late, drift, added, limit)


def world(seed: int, leaks: int, drifts: int, idle: int) -> tuple[dict, dict, dict]:
    """Return late, drift and gains of nine features: the first ones leak, the next drift, the next add nothing."""
    rng = np.random.default_rng([seed, 86])
    names = [f"f{number}" for number in rng.permutation(9)]
    late = {name: float(rng.uniform(0.001, 1)) if n < leaks else 0.0 for n, name in enumerate(names)}
    drift = {name: float(rng.uniform(0, 0.24)) for name in names}
    for name in names[:1] + names[leaks : leaks + drifts]:
        drift[name] = float(rng.uniform(0.26, 2))
    gains = {name: float(rng.uniform(0.03, 0.3)) for name in names}
    for name in names[leaks + drifts : leaks + drifts + idle]:
        gains[name] = float(rng.uniform(-0.02, 0.008))
    order = rng.permutation(names).tolist()
    return {n: late[n] for n in order}, {n: drift[n] for n in order}, {n: gains[n] for n in order}


def faults(seed):
    return [drive(judged, *world(seed, 0, 2, 3), [], 0.25), drive(judged, *world(seed, 0, 2, 1), [], 1.0)]


def leaks(seed):
    return [drive(judged, *world(seed, 2, 1, 2), [], 0.25), drive(judged, *world(seed, 9, 0, 0), [], 0.25)]


def twins(seed):
    late, drift, gains = world(seed, 0, 1, 0)
    left = [name for name in late if drift[name] <= 0.25]
    return [drive(judged, late, drift, gains, [left[:2], left[2:4]], 0.25)]


CHECKS = {
    "q1": [
        Check(
            "backfilled",
            1,
            backfilled,
            "Backfilled values pass as known: the model was asked before they were written, whatever their date.",
        ),
        Check(
            "unknown time",
            1,
            unknown_time,
            "Values without a time of writing pass as known: nobody can show that they were there.",
        ),
    ],
    "q2": [
        Check(
            "shifted",
            1,
            shifted,
            "A shifted column gets another index: bins of the reference, outer ones open, small shares raised.",
        ),
        Check("missing", 1, missing, "Where values are missing the index is off: they are a bin of their own."),
        Check(
            "few values",
            1,
            few_values,
            "With few different values the index is off: equal edges count once, a value at an edge lies above it.",
        ),
    ],
    "q3": [
        Check(
            "refitted",
            1,
            refitted,
            "The gains are off: refit without the feature, keep the others, and score the hold-out.",
            gains,
        ),
        Check(
            "small", 1, small, "With a small training set the gains are off: noise helps where it was fitted.", gains
        ),
        Check(
            "intervals",
            1,
            refitted,
            "The ends are off: row-by-row differences, ddof=1, over the root of the number of hold-out rows.",
            close(1e-5, 1e-7),
        ),
    ],
    "q4": [
        Check(
            "faults",
            1,
            faults,
            "Where features drift or say nothing a verdict differs: look at limit and at what you measure.",
            exact,
        ),
        Check(
            "leaks",
            1,
            leaks,
            "Where features leak a verdict differs: a leak hides what the others add, and counts before drift.",
            exact,
        ),
        Check(
            "twins",
            1,
            twins,
            "You lost both twins: take out one feature at a time and measure again.",
            exact,
        ),
    ],
}
