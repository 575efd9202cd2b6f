"""Hidden cases of training-pipeline. Practice: this file is public. course-canary-training-pipeline"""

import numpy as np
import pandas as pd

from course.exercises.cases import Check, call, close, exact


def flights(seed: int, days: int = 12, slow: float = 0.0, closed: int = 0) -> pd.DataFrame:
    """Return flights in random order; a share `slow` leaves hours late, the `closed` days before the last have none."""
    rng = np.random.default_rng([seed, 31])
    day = np.repeat(np.arange(days), rng.integers(6, 14, size=days))
    day = day[(day >= days - 1) | (day < days - 1 - closed)]
    minute = rng.integers(7 * 60, 20 * 60, size=len(day))
    delay = rng.integers(-5, 40, size=len(day)) + np.where(rng.random(len(day)) < slow, rng.integers(120, 400), 0)
    table = pd.DataFrame({"scheduled": pd.Timestamp("2023-05-01") + pd.to_timedelta(day * 1440 + minute, unit="min")})
    table = table.assign(delay=delay.astype(float), late=(delay > 15).astype(int))
    table.insert(0, "flight", rng.permutation(len(table)) + 500)
    return table.sample(frac=1, random_state=seed % 1000, ignore_index=True)


def same_flights(answer, expected) -> bool:
    return (
        isinstance(answer, list)
        and len(answer) == 2
        and all(sorted(a["flight"]) == sorted(e["flight"]) for a, e in zip(answer, expected, strict=True))
    )


def whole_days(seed):
    return [call("forward_split", flights(seed), 1 + seed % 5)]


def closed_days(seed):
    return [call("forward_split", flights(seed, closed=3), 3 + seed % 3)]


def overnight(seed):
    table = flights(seed)
    start = table["scheduled"].max().normalize() - pd.Timedelta(days=2)
    late = pd.DataFrame({"flight": [1, 2, 3], "scheduled": start - pd.Timedelta(minutes=20), "delay": [19.0, 20, 21]})
    return [call("forward_split", pd.concat([table, late.assign(late=1)], ignore_index=True), 3)]


def punctual(seed):
    return [call("recent_delay", flights(seed))]


def hours_late(seed):
    return [call("recent_delay", flights(seed, days=4, slow=0.3))]


def windows(seed):
    table = flights(seed, slow=0.1)
    even = pd.Timestamp("2023-05-01 06:00") + pd.to_timedelta(np.arange(30) * 30, unit="min")
    on_the_border = pd.DataFrame({"flight": np.arange(30), "scheduled": even, "delay": 30.0 * (np.arange(30) % 3)})
    return [call("recent_delay", table, notice=1, window=6), call("recent_delay", on_the_border, notice=2, window=2)]


def plain(seed):
    rng = np.random.default_rng([seed, 32])
    probability = rng.random(80)
    late = (rng.random(80) < probability).astype(int)
    late[:2] = 0, 1
    return [call("scorecard", late, probability, rate=float(late.mean()))]


def ties(seed):
    rng = np.random.default_rng([seed, 33])
    probability = rng.choice([0.1, 0.2, 0.5], size=60)
    late = (rng.random(60) < probability).astype(int)
    late[:2] = 0, 1
    return [
        call("scorecard", late, probability, rate=float(late.mean())),
        call("scorecard", np.zeros(9, dtype=int), rng.random(9), rate=0.2),
    ]


def other_rate(seed):
    rng = np.random.default_rng([seed, 34])
    late = (rng.random(70) < 0.4).astype(int)
    late[:2] = 0, 1
    return [call("scorecard", late, rng.uniform(0.1, 0.6, size=70), rate=float(rng.uniform(0.05, 0.2)))]


def scores(rng) -> dict:
    auc, brier = rng.uniform(0.5, 0.9), rng.uniform(0.1, 0.2)
    return {"auc": float(auc), "brier": float(brier), "skill": 0.1, "gap": float(rng.uniform(-0.1, 0.1))}


def several(seed):
    rng = np.random.default_rng([seed, 35])
    middle = {"auc": 0.7, "brier": 0.15, "skill": 0.1, "gap": float(rng.choice([-0.09, 0.01, 0.09]))}
    rivals = [
        {"auc": 0.6, "brier": 0.2, "skill": 0, "gap": 0.0},
        {"auc": 0.65, "brier": 0.12, "skill": 0, "gap": 0.0},
        {"auc": 0.8, "brier": 0.18, "skill": 0, "gap": 0.0},
    ]
    shuffled = {f"rival {n}": rivals[n] for n in rng.permutation(3)}
    return [call("objections", middle, shuffled), call("objections", scores(rng), {"a": scores(rng), "b": scores(rng)})]


def border(seed):
    rng = np.random.default_rng([seed, 36])
    base = {"auc": 0.7, "brier": float(rng.uniform(0.1, 0.2)), "skill": 0.0, "gap": 0.0}
    short = {**base, "brier": base["brier"] - 0.0015}
    enough = {**base, "brier": base["brier"] - 0.0025, "gap": -0.05}
    return [
        call("objections", short, {"live": base}),
        call("objections", enough, {"live": base}),
        call("objections", short, {"live": base}, margin=0.001),
        call("objections", {**enough, "gap": 0.08}, {"live": base}, max_gap=0.1),
    ]


def missing(seed):
    rng = np.random.default_rng([seed, 37])
    base, nan = scores(rng), float("nan")
    better = {"auc": 0.95, "brier": 0.05, "skill": 0.5, "gap": 0.0}
    without = {name: each for name, each in better.items() if name != "brier"}
    return [
        call("objections", {**better, "brier": nan, "gap": nan}, {"live": base}),
        call("objections", {**better, "auc": None}, {"live": base}),
        call("objections", without, {"live": base}),
        call("objections", better, {"live": {**base, "auc": None}}),
        call("objections", better, {"live": {**base, "brier": nan}}),
    ]


def rows_mixed(seed):
    rng = np.random.default_rng([seed, 38])
    table = pd.DataFrame({"a": rng.permutation(20), "b": rng.integers(0, 5, 20), "c": rng.random(20).round(3)})
    other = table.sample(frac=1, random_state=seed % 1000)
    changed = table.assign(b=table["b"].where(table["a"] != 3, 9))
    return [call("fingerprint", each) for each in (table, other, changed)]


def columns_mixed(seed):
    rng = np.random.default_rng([seed, 39])
    table = pd.DataFrame({"route": rng.choice(["x", "y"], 24), "n": rng.integers(0, 3, 24), "late": rng.random(24)})
    return [call("fingerprint", table.sample(frac=1, random_state=each)) for each in (1, 2)] + [
        call("fingerprint", table[["n", "late", "route"]])
    ]


CHECKS = {
    "q1": [
        Check(
            "whole days",
            1,
            whole_days,
            "The hold-out is the last whole days by schedule, and training is what lies before: look at where you cut.",
            same_flights,
        ),
        Check(
            "closed days",
            1,
            closed_days,
            "A calendar day without flights counts as a day: count calendar days back from the last one.",
            same_flights,
        ),
        Check(
            "overnight",
            1,
            overnight,
            "A training flight had not left when the hold-out began, or one that had is missing: look at the time.",
            same_flights,
        ),
    ],
    "q2": [
        Check(
            "punctual",
            1,
            punctual,
            "Even for flights that left near schedule your means are off: look at window and row order.",
        ),
        Check(
            "hours late",
            1,
            hours_late,
            "Flights that left hours late count before their delay was known: go by the time they left.",
        ),
        Check(
            "windows",
            1,
            windows,
            "With another notice or window, or a flight at its very end, you are off: the moment itself counts.",
        ),
    ],
    "q3": [
        Check("plain", 1, plain, "On a plain hold-out a score is off: go through the four definitions.", close(1e-6)),
        Check(
            "ties",
            1,
            ties,
            "With equal probabilities, or all flights ending alike, a score is off: look at the definition of auc.",
        ),
        Check(
            "other rate",
            1,
            other_rate,
            "Where the hold-out has another late rate, skill is off: its rival knows the training rate alone.",
        ),
    ],
    "q4": [
        Check("several", 1, several, "With several baselines the list is off: every baseline has a say.", exact),
        Check("border", 1, border, "Near the border the list is off: look at margin and max_gap.", exact),
        Check(
            "missing",
            1,
            missing,
            "A score that is missing or NaN was waved through: what cannot be shown is an objection.",
            exact,
        ),
    ],
    "q5": [
        Check(
            "rows",
            1,
            rows_mixed,
            "The digits are not those of the sorted CSV: look at index, row order and encoding.",
            exact,
        ),
        Check(
            "columns",
            1,
            columns_mixed,
            "With columns in another order, or rows alike in the first one, the digits change: sort by all columns.",
            exact,
        ),
    ],
}
