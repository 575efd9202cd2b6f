"""Hidden cases of published-interval. Practice: this file is public. course-canary-published-interval"""

import numpy as np
import pandas as pd

from course.exercises.cases import Check, call, entries, interval_within

RESAMPLES = 1000


def flights(seed: int, weather: float = 20, own: float = 8, even: bool = False, gap: float = 0) -> pd.DataFrame:
    """Return flights of 24 days at two airports; `weather` and `own` are the spreads between and within days."""
    rng = np.random.default_rng([seed, 71])
    counts = np.full(24, 12) if even else rng.integers(4, 60, size=24)
    day = np.repeat(np.arange(100, 124), counts)
    shared = rng.normal(0, weather, size=24) + (counts - counts.mean()) * (0 if even else 0.6)
    airport = np.array(["LGA", "BOS"])[np.arange(len(day)) % 2]
    delay = 12 + np.repeat(shared, counts) + rng.normal(0, own, size=len(day)) + gap * (airport == "BOS")
    return pd.DataFrame({"day": day, "airport": airport, "delay": delay})


def uneven(seed):
    return [call("day_correlation", flights(seed)), call("day_correlation", flights(seed + 1000, weather=5))]


def no_day_effect(seed):
    return [call("day_correlation", flights(seed, weather=0, even=True))]


def by_day(seed):
    return [call("day_interval", flights(seed, even=True), resamples=RESAMPLES, seed=seed)]


def weighted(seed):
    return [call("day_interval", flights(seed), resamples=RESAMPLES, seed=seed)]


def other_level(seed):
    return [call("day_interval", flights(seed, even=True), resamples=RESAMPLES, seed=seed, level=0.5)]


def paired(seed):
    table = flights(seed, weather=30, own=3)
    return [call("difference_interval", table, "BOS", "LGA", resamples=RESAMPLES, seed=seed)]


def either_order(seed):
    table = flights(seed, weather=1, gap=40, even=True)
    return [call("difference_interval", table, *names, seed=seed) for names in (("BOS", "LGA"), ("LGA", "BOS"))]


def widths(seed):
    rng = np.random.default_rng([seed, 72])
    low, width = rng.uniform(1, 5), rng.uniform(1, 4)
    wider = width * rng.uniform(1.5, 4)
    return [call("correction", [low, low + width], [low, low + wider], int(rng.integers(500, 5000)))]


def sentences(seed):
    rng = np.random.default_rng([seed, 73])
    a, b = rng.uniform(1, 5, size=2)
    return [
        call("correction", [a, a + 1], [-b, a + b], 1000),
        call("correction", [-a, b], [-2 * a, 2 * b], 1000),
        call("correction", [-a - 1, -a], [-a - 3, -a / 2], 1000),
        call("correction", [a, a + 1], [-a - 3, -a], 1000),
        call("correction", [a, a + 1], [0.0, a + 2], 1000),
    ]


def q2_message(answer, expected) -> str:
    if not (isinstance(answer, list) and len(answer) == 2 and all(type(end) in (int, float) for end in answer)):
        return "Two numbers were expected: low and high."
    if answer[1] - answer[0] < 0.7 * (expected[1] - expected[0]):
        return "Your interval is too narrow where flights share their day's weather: draw days, not flights."
    return (
        "On days of equal size your interval is not the percentile interval over days: look at what is drawn and kept."
    )


CHECKS = {
    "q1": [
        Check(
            "no day effect",
            1,
            no_day_effect,
            "With days of equal size and no day effect your share is off: look at the degrees of freedom.",
        ),
        Check(
            "uneven",
            1,
            uneven,
            "With days of different size your share is off: look at n0 and at how days are weighted.",
        ),
    ],
    "q2": [
        Check("by day", 1, by_day, q2_message, interval_within(0.2)),
        Check(
            "weighted",
            1,
            weighted,
            "With days of different size your interval is off: a busy day brings more flights to the mean.",
            interval_within(0.2),
        ),
        Check(
            "level",
            1,
            other_level,
            "At another level your interval is off: use `level` for the quantiles.",
            interval_within(0.2),
        ),
    ],
    "q3": [
        Check(
            "paired",
            2,
            paired,
            "Both airports had the same weather, and your interval does not use it: draw the same days for both.",
            interval_within(0.25),
        ),
        Check(
            "order", 1, either_order, "It is the first airport minus the second, in that order.", interval_within(0.25)
        ),
    ],
    "q4": [
        Check(
            "widths",
            1,
            widths,
            "The width goes with the root of the number of flights, so the worth goes with its square.",
            entries("width_ratio", "worth_flights"),
        ),
        Check(
            "sentences",
            1,
            sentences,
            "Compare the sentences: above zero, below zero, or holding zero, ends included.",
            entries("conclusion_stands"),
        ),
    ],
}
