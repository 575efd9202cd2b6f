"""Hidden cases of ml-coding. Practice: this file is public. course-canary-ml-coding"""

import numpy as np

from course.exercises.cases import Check, call, drive, exact


def uneven(seed):
    rng = np.random.default_rng([seed, 31])
    sizes = rng.integers(1, 30, size=12)
    names = np.repeat([f"p{i}" for i in rng.permutation(12)], sizes)
    return [call("group_folds", rng.permutation(names).tolist(), int(k)) for k in (2, 3, 5)]


def equal_sizes(seed):
    rng = np.random.default_rng([seed, 32])
    names = rng.permutation(50)[:9].tolist()
    return [
        call("group_folds", names * 2, 4),
        call("group_folds", names[:3], 5),
        call("group_folds", [], 3),
    ]


def tied(seed):
    rng = np.random.default_rng([seed, 33])
    label = rng.integers(0, 2, 60)
    return [
        call("auc", rng.integers(0, 5, 60).tolist(), label.tolist()),
        call("auc", (rng.random(2000) * 100).round().tolist(), rng.integers(0, 2, 2000).tolist()),
    ]


def weighted(seed):
    rng = np.random.default_rng([seed, 34])
    n = 80
    scores, label, weight = rng.integers(0, 20, n), rng.integers(0, 2, n), rng.integers(0, 4, n)
    return [
        call("auc", scores.tolist(), label.tolist(), weight.tolist()),
        call("auc", scores.tolist(), label.tolist(), (weight * label).tolist()),
        call("auc", [0.2, 0.3], [1, 1]),
        call("auc", [], []),
    ]


def often(answers, seed, length, k):
    """Return how often each place of the stream was drawn, in 4,000 samples."""
    import random

    rng, count = random.Random(seed), [0] * length
    for _ in range(4000):
        for item in answers.reservoir(iter(range(length)), k, rng):
            count[item] += 1
    return count


def once(answers, seed, length, k):
    """Return [size of the sample, different items, most items alive at once] of a stream read once."""
    import random

    alive = {"now": 0, "most": 0}

    class Item:
        def __init__(self, number):
            self.number = number
            alive["now"] += 1
            alive["most"] = max(alive.values())

        def __del__(self):
            alive["now"] -= 1

    found = answers.reservoir((Item(number) for number in range(length)), k, random.Random(seed))
    return [len(found), len({item.number for item in found}), alive["most"]]


def fair(seed):
    return [drive(often, seed, 12, 3)]


def evenly(answer, expected) -> bool:
    total = sum(expected)
    share = total / len(expected)
    return len(answer) == len(expected) and sum(answer) == total and all(abs(n - share) < 0.16 * share for n in answer)


def little(seed):
    return [drive(once, seed, 500, 6), drive(once, seed, 4, 6), drive(once, seed, 0, 6)]


def holds_little(answer, expected) -> bool:
    return answer[:2] == expected[:2] and answer[2] <= expected[2] + 5


def windows(seed):
    rng = np.random.default_rng([seed, 35])
    label = rng.integers(0, 2, 90)
    distinct = list(zip(rng.permutation(90).tolist(), label.tolist(), strict=True))
    alone = [[float(n), 1] for n in range(6)] + [[0.5, 0]]
    return [call("window_auc", distinct, size) for size in (1, 7, 40, 200)] + [call("window_auc", alone, 3)]


def tied_windows(seed):
    rng = np.random.default_rng([seed, 36])
    arrivals = list(zip(rng.integers(0, 6, 80).tolist(), rng.integers(0, 2, 80).tolist(), strict=True))
    return [call("window_auc", arrivals, size) for size in (5, 25)]


def compared(answers, scores, labels, size):
    """Return [comparisons of scores for each arrival, the last AUC]."""
    count = [0]

    class Score:
        __slots__ = ("own",)

        def __init__(self, own):
            self.own = own

        def __lt__(self, other):
            count[0] += 1
            return self.own < other.own

        def __gt__(self, other):
            count[0] += 1
            return self.own > other.own

        def __eq__(self, other):
            count[0] += 1
            return self.own == other.own

        def __hash__(self):
            raise TypeError("scores are compared, not hashed")

    found = answers.window_auc([(Score(s), label) for s, label in zip(scores, labels, strict=True)], size)
    return [count[0] / len(scores), found[-1]]


def cost(seed):
    rng = np.random.default_rng([seed, 37])
    return [drive(compared, rng.random(700).tolist(), rng.integers(0, 2, 700).tolist(), 300)]


def few(answer, expected) -> bool:
    return abs(answer[1] - expected[1]) < 1e-6 and answer[0] <= 3 * expected[0]


CHECKS = {
    "q1": [
        Check("uneven", 1, uneven, "With groups of different size: largest first, each into the emptiest fold.", exact),
        Check(
            "equal sizes",
            1,
            equal_sizes,
            "Of groups of equal size the one that appears first goes first; there may be fewer groups than folds.",
            exact,
        ),
    ],
    "q2": [
        Check("tied", 1, tied, "With equal scores it is off: a tie of a one and a zero counts one half."),
        Check(
            "weighted",
            1,
            weighted,
            "Weights multiply in pairs, and a class without any weight has no AUC: look at both.",
        ),
    ],
    "q3": [
        Check(
            "fair", 2, fair, "Not every place of the stream has the same chance: count in many runs.", evenly, seeds=2
        ),
        Check(
            "little",
            1,
            little,
            "You hold more of the stream than the sample needs, or lose items of a short one.",
            holds_little,
        ),
    ],
    "q4": [
        Check(
            "windows", 1, windows, "Without ties the window's AUC is off: look at what leaves, and at one class alone."
        ),
        Check("ties", 1, tied_windows, "With equal scores the window's AUC is off, on arrival or when one leaves."),
        Check(
            "cost",
            2,
            cost,
            "Too many comparisons: an arrival needs a few binary searches, not a new sort or a walk over the window.",
            few,
            seeds=1,
        ),
    ],
}
