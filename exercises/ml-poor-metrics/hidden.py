"""Hidden cases of ml-poor-metrics. Practice: this file is public. course-canary-ml-poor-metrics"""

import numpy as np
import pandas as pd

from course.exercises.cases import Check, call, close, drive, entries, exact


def hours(seed: int, late: int, gaps: float = 0.0) -> pd.DataFrame:
    """Return a log of some 120 hours whose alarms stand `late` hours too late; a share `gaps` of hours is missing."""
    rng = np.random.default_rng([seed, 61])
    readings = rng.normal(size=(160, 3))
    alarm = (readings[:, 1] + 0.3 * rng.normal(size=160) > 0.8).astype(int)
    hour = np.arange(20, 140)
    table = pd.DataFrame(readings[hour], columns=["door", "fan", "air"]).assign(alarm=alarm[hour - late])
    table.insert(0, "hour", hour + 300)
    return table[rng.random(len(table)) >= gaps].reset_index(drop=True)


def moved(seed):
    late = [-4, -1, 2, 5][seed % 4]
    return [call("lag_strengths", hours(seed, late)), call("lag_strengths", hours(seed, late), largest=3)]


def with_gaps(seed):
    table = hours(seed, 3, gaps=0.3)
    mixed = table.sample(frac=1, random_state=seed % 1000, ignore_index=True)
    return [call("lag_strengths", table), call("lag_strengths", mixed)]


def joined(seed):
    table = hours(seed, 2, gaps=0.3)
    mixed = table.sample(frac=1, random_state=seed % 1000, ignore_index=True)
    return [call("realign", table, 2), call("realign", mixed, 2), call("realign", table, -1), call("realign", mixed, 0)]


def falling(seed):
    rng = np.random.default_rng([seed, 62])
    start, pace = rng.uniform(1, 3), rng.uniform(0.8, 0.95)
    settled = (start * pace ** np.arange(300) + 0.5).tolist()
    swing = [loss + 0.2 * (n % 2) for n, loss in enumerate(settled)]
    slow = (1 - rng.uniform(0.00115, 0.004) * np.arange(60)).tolist()
    slower = (1 - rng.uniform(0.0003, 0.0009) * np.arange(60)).tolist()
    return [call("read_losses", losses) for losses in (settled, settled[:20], swing, settled[::-1], slow, slower)]


def broken(seed):
    nan, inf = float("nan"), float("inf")
    fell = np.linspace(1, 0.5, 15 + seed % 5).tolist()
    return [
        call("read_losses", losses)
        for losses in (fell + [nan] * 12, [*fell, nan], [inf, *fell], fell[:5] + [nan] + fell[6:])
    ]


def sizes(seed):
    rng = np.random.default_rng([seed, 63])
    scale, centre = 10.0 ** rng.integers(-3, 6, size=4), rng.normal(size=4) * 100
    known, other = centre + scale * rng.normal(size=(30, 4)), centre + scale * rng.normal(1, 2, size=(12, 4))
    known[:, 2] = 0.1
    return [call("standardise", known, other), call("standardise", known[:, :2], other[:1, :2])]


def shares(seed):
    table = hours(seed, 0)
    rng = np.random.default_rng([seed, 64])
    mixed = table.sample(frac=1, random_state=seed % 1000, ignore_index=True)
    again = pd.concat([mixed[60:], mixed[int(rng.integers(10, 50)) : 60]] + [mixed[:5]] * 3, ignore_index=True)
    return [call("copied_share", mixed[:60], again), call("copied_share", mixed[:60], mixed[60:])]


def cuts(seed):
    return [call("split_then_copy", hours(seed, 0), boundary, copies) for boundary, copies in ((390, 5), (420, 1))]


def sent_twice(seed):
    table = hours(seed, 0)
    twice = pd.concat([table, table.sample(frac=0.4, random_state=seed % 1000)], ignore_index=True)
    return [call("split_then_copy", twice.sample(frac=1, random_state=1), 400, 3)]


def same_readings(answer, expected) -> bool:
    """Whatever the order: the same hours, each as often, with the same alarms."""

    def counted(part):
        return sorted(zip(part["hour"], part["alarm"], strict=True))

    return len(answer) == 2 and all(counted(a) == counted(e) for a, e in zip(answer, expected, strict=True))


def scored(answers, base, worth, locks):
    """A run in which the faults of `locks` hide each other: their worth shows when all of them are mended."""

    def run(mended):
        mended = set(mended)
        rise = sum(worth[fault] for fault in mended if fault not in locks)
        return base + rise + (sum(worth[fault] for fault in locks) if set(locks) <= mended else 0.0)

    return answers.contributions(run, list(worth))


def runs(seed):
    rng = np.random.default_rng([seed, 65])
    worth = {f"fault {n}": float(rng.uniform(0.01, 0.1)) for n in range(2 + seed % 3)}
    names = list(worth)
    return [drive(scored, 0.5, worth, names[:2]), drive(scored, 0.4, {**worth, "more": 0.2}, names)]


CHECKS = {
    "q1": [
        Check(
            "moved", 1, moved, "A strength is off: look at the direction of the lag, and at every lag on both sides."
        ),
        Check(
            "gaps",
            1,
            with_gaps,
            "Where hours are missing, or rows mixed, the strengths are off: the row above need not be the hour before.",
        ),
        Check(
            "joined", 1, joined, "realign gives another table: both sides by hour, in order, no hour without its pair."
        ),
    ],
    "q2": [
        Check(
            "falling",
            1,
            falling,
            "A list of finite losses gets the wrong word: look at the order of the questions.",
            exact,
        ),
        Check("broken", 1, broken, "Losses that are NaN or infinite do not get the word that they should.", exact),
        Check(
            "sizes",
            1,
            sizes,
            "Standardised inputs are off: training mean and deviation for both, and 0 where a column never changes.",
            close(1e-6, 1e-9),
        ),
    ],
    "q3": [
        Check("shares", 1, shares, "The share is off where row labels mislead or rows repeat: go by hour, row by row."),
        Check("cuts", 1, cuts, "The cut tables differ: cut first, then copy, and in training alone.", same_readings),
        Check("sent twice", 1, sent_twice, "Readings that were sent twice are counted twice.", same_readings),
    ],
    "q4": [
        Check(
            "last",
            1,
            runs,
            "Where faults hide each other, none, all or last is off: leave in one fault and mend all the others.",
            entries("none", "all", "last"),
        ),
        Check(
            "alone",
            1,
            runs,
            "Where faults hide each other, alone is off: mend one fault and leave in all the others.",
            entries("alone"),
        ),
    ],
}
