"""Hidden cases of ml-ab-test. Practice: this file is public. course-canary-ml-ab-test"""

import math

import numpy as np
import pandas as pd

from course.exercises.cases import Check, call, entries


def visits(seed: int, heavy: bool = True, alike: bool = True) -> pd.DataFrame:
    """Return sessions of 400 users; heavy users convert less often, sessions of a user resemble each other."""
    rng = np.random.default_rng([seed, 53])
    users = 400
    size = 1 + (rng.negative_binomial(0.5, 0.05, size=users) if heavy else np.full(users, 5))
    arm = rng.permutation(np.repeat(["A", "B"], users // 2))
    taste = rng.beta(0.6, 1.4, size=users) if alike else np.full(users, 0.3)
    taste = np.where(size > 12, taste / 2, taste) if heavy else taste
    user = np.repeat(1000 + np.arange(users), size)
    converted = (rng.random(len(user)) < np.repeat(taste, size)).astype(int)
    frame = pd.DataFrame({"user": user, "arm": np.repeat(arm, size), "converted": converted})
    return frame.sample(frac=1, random_state=seed % 2**31)


def plans(seed):
    rng = np.random.default_rng([seed, 54])
    base, lift = rng.uniform(0.05, 0.4), rng.uniform(0.01, 0.05)
    return [
        call("users_needed", base, lift),
        call("users_needed", base + lift, -lift),
        call("users_needed", base, lift, level=0.01, power=0.9),
    ]


def just_over(seed):
    """Lifts for which the formula gives little more than a whole number."""
    rng = np.random.default_rng([seed, 55])
    found = []
    while len(found) < 2:
        base, lift = rng.uniform(0.1, 0.5), rng.uniform(0.05, 0.2)
        exact = 2.8015852**2 * (base * (1 - base) + (base + lift) * (1 - base - lift)) / lift**2
        if 0.05 < exact - math.floor(exact) < 0.45:
            found.append(call("users_needed", base, lift))
    return found


def looks(seed):
    return [
        call("peeking", 1, 400, 0.3, seed=seed),
        call("peeking", 8, 200 + seed % 7, 0.2, seed=seed),
        call("peeking", 20, 150, 0.4, seed=seed),
    ]


def other_level(seed):
    return [call("peeking", 12, 300, 0.25, level=0.2, seed=seed)]


def alarms(answer, expected) -> bool:
    return abs(answer["false_alarms"] - expected["false_alarms"]) <= 0.015 + 0.1 * expected["false_alarms"]


def safe(answer, expected) -> bool:
    return abs(answer["safe_level"] - expected["safe_level"]) <= 0.4 * expected["safe_level"]


def alarm_message(answer, expected) -> str:
    found = answer.get("false_alarms") if isinstance(answer, dict) else None
    if type(found) not in (int, float):
        return "`false_alarms` is to be a number: the share of tests in which a look raised an alarm."
    if found > expected["false_alarms"]:
        return "You count too many false alarms: each look tests all users so far, two-sided, not the new ones alone."
    return "You count too few false alarms: a test raises one if any look does, not only the last."


def by_user(seed):
    return [call("difference", visits(seed)), call("difference", visits(seed + 500, heavy=False))]


def level_of_interval(seed):
    return [call("difference", visits(seed, heavy=False), level=0.5)]


def same_interval(answer, expected) -> bool:
    width = expected["high"] - expected["low"]
    return all(abs(answer[end] - expected[end]) <= 0.12 * width for end in ("low", "high"))


def interval_message(answer, expected) -> str:
    width = expected["high"] - expected["low"]
    ends = [answer.get(end) for end in ("low", "high")] if isinstance(answer, dict) else [None]
    if not all(type(end) in (int, float) for end in ends):
        return "A dictionary with the numbers low and high was expected, beside the difference."
    if ends[1] - ends[0] < 0.85 * width:
        return "Your interval is too narrow where a user's sessions are alike: users were dealt out, not sessions."
    return "Your interval is not as wide as users as the unit make it: look at how two arms' errors go together."


def order(seed):
    rng = np.random.default_rng([seed, 56])
    n, low = int(rng.integers(5000, 20000)), rng.uniform(0.02, 0.05)
    uneven = n + int(6 * (2 * n) ** 0.5)
    return [
        call("decision", low, low + 0.02, 0.01, n, uneven, n),
        call("decision", low, low + 0.02, 0.01, uneven, n, 10 * n),
        call("decision", low, low + 0.02, 0.01, n, n + 3, n + 1),
        # Broken for a one-sided p-value alone.
        call("decision", low, low + 0.02, 0.01, n, n + int(3.2 * (2 * n) ** 0.5), n),
    ]


def what_pays(seed):
    rng = np.random.default_rng([seed, 57])
    n, worth = int(rng.integers(500, 2000)), rng.uniform(0.01, 0.02)
    return [
        call("decision", worth / 2, worth * 2, worth, n, n, n),
        call("decision", worth / 4, worth / 2, worth, n, n, n),
        call("decision", -worth, worth, worth, n, n, n),
        call("decision", worth, worth * 2, worth, n, n, n),
        call("decision", -worth, worth / 3, 0.0, n, n, n - 1),
        call("decision", -worth * 3, -worth, -worth / 2, n, n, n),
    ]


CHECKS = {
    "q1": [
        Check(
            "plans",
            1,
            plans,
            "The number is off: look at what is two-sided, and that `lift` is added to `base`.",
            lambda answer, expected: abs(answer - expected) <= 1,
        ),
        Check(
            "rounded up",
            1,
            just_over,
            "Rounded the wrong way: with one user fewer than needed the power is not reached.",
        ),
    ],
    "q2": [
        Check("alarms", 2, looks, alarm_message, alarms, seeds=2),
        Check(
            "safe level",
            1,
            lambda seed: looks(seed) + other_level(seed),
            "`safe_level` is off: it is the quantile of the smallest p-values of your own A/A tests.",
            safe,
            seeds=2,
        ),
    ],
    "q3": [
        Check(
            "difference",
            1,
            by_user,
            "The metric is conversion per session: all conversions of an arm over all its sessions.",
            entries("difference"),
            seeds=2,  # a bootstrap may take a second a call
        ),
        Check("by user", 1, by_user, interval_message, same_interval, seeds=2),
        Check(
            "level",
            1,
            level_of_interval,
            "At another level your interval is off: use `level` for the quantile.",
            same_interval,
            seeds=2,
        ),
    ],
    "q4": [
        Check(
            "order",
            1,
            order,
            "Look at the first two rows again: their order, each arm by itself, two-sided, and 0.001, not 0.05.",
        ),
        Check(
            "what pays",
            2,
            what_pays,
            "The last three rows compare with `worth`, not 0: a lower end on it launches, an upper one is not below.",
        ),
    ],
}
