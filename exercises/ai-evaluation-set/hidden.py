"""Hidden cases of ai-evaluation-set. Practice: this file is public. course-canary-ai-evaluation-set"""

import numpy as np
import pandas as pd

from course.exercises.cases import Check, call, entries

VOCABULARY = [f"{a}{b}" for a in "ba ce di fo gu ha je ki lo mu".split() for b in "n r s t l m".split()]


def sentence(rng, n: int) -> list[str]:
    return list(rng.choice(VOCABULARY, size=n, replace=False))


def asked(rng, counts: dict) -> pd.DataFrame:
    """Return different questions of each type, in any order."""
    rows = [(kind, " ".join(sentence(rng, 7)) + "?") for kind, n in counts.items() for _ in range(n)]
    return pd.DataFrame(rows, columns=["type", "question"]).iloc[rng.permutation(len(rows))]


def planned(seed):
    rng = np.random.default_rng([seed, 1])
    few, many = (int(n) for n in rng.integers([2, 8], [6, 12]))
    plan = {"few": 7, "many": 5, "none": int(rng.integers(1, 9)), "zero": 0}
    return [call("gaps", asked(rng, {"few": few, "many": many, "unplanned": 3}), plan)]


def twice(seed):
    rng = np.random.default_rng([seed, 2])
    table = asked(rng, {"a": int(rng.integers(4, 8)), "b": 5})
    again = table.assign(question=[f"  {q[:-1].upper().replace(' ', ', ')}!" for q in table["question"]])
    turned = table[:2].assign(question=[" ".join(reversed(q[:-1].split())) for q in table["question"][:2]])
    return [call("gaps", pd.concat([table, again, turned]), {"a": 9, "b": 9})]


def grades(rng, n: int, zero: float, shift: float) -> tuple[list, list]:
    """Return two labellers' grades; the second is lower by one with probability `shift`, and at random in a tenth."""
    rest = (1 - zero) / 2
    first = rng.choice(3, size=n, p=[zero, rest, rest])
    second = np.maximum(first - (rng.random(n) < shift), 0)
    second = np.where(rng.random(n) < 0.1, rng.integers(0, 3, size=n), second)
    return first.tolist(), second.tolist()


def habits(seed):
    rng = np.random.default_rng([seed, 3])
    return [call("agreement", *grades(rng, 80, zero, 0.5)) for zero in (0.9, 0.3)]


def mostly_zero(seed):
    rng = np.random.default_rng([seed, 4])
    return [call("agreement", *grades(rng, 150, zero, 0.3)) for zero in (0.95, 0.7)]


def nothing_to_agree_on(seed):
    rng = np.random.default_rng([seed, 5])
    n = int(rng.integers(2, 9))
    return [
        call("agreement", [0] * n, [0] * n),
        call("agreement", [2] * n, [2] * n),
        call("agreement", [0] * n + [2], [0] * n + [2]),
        call("agreement", [0] * n, [1] * n),
    ]


def copies(seed):
    rng = np.random.default_rng([seed, 6])
    rows = []
    for number in range(8):
        original = sentence(rng, 10)
        others = [word for word in VOCABULARY if word not in original]
        changed = list(original)
        for at in range(number % 4):
            changed[at] = others[at]
        rng.shuffle(changed)
        rows.append((f"d{number}", "dev", " ".join(original) + "?"))
        rows.append((f"t{number}", "test", " ".join(changed).capitalize() + "."))
    four = sentence(rng, 5)  # the first four, and three of them with the last: a likeness of exactly 0.6
    rows += [("d8", "dev", " ".join(four[:4])), ("t8", "test", " ".join(four[1:]))]
    table = pd.DataFrame(rows, columns=["question_id", "split", "question"])
    return [
        call("leaks", table.iloc[rng.permutation(len(table))].reset_index(drop=True), least) for least in (0.6, 0.9)
    ]


def inside(seed):
    rng = np.random.default_rng([seed, 7])
    long, short, repeated = sentence(rng, 14), sentence(rng, 5), sentence(rng, 6)
    rows = [
        ("d1", "dev", " ".join(long)),
        ("d2", "dev", " ".join(short)),
        ("d3", "dev", " ".join(repeated + repeated[:1] * 6)),
        ("t1", "test", " ".join(long[:6])),
        ("t2", "test", " ".join([*short, *(word for word in VOCABULARY if word not in short)][:12])),
        ("t3", "test", " ".join(repeated[:5] + repeated[1:2] * 5)),
    ]
    return [call("leaks", pd.DataFrame(rows, columns=["question_id", "split", "question"]))]


def within_test(seed):
    rng = np.random.default_rng([seed, 8])
    one, two, three = (sentence(rng, 9) for _ in range(3))
    rows = [
        ("t2", "test", " ".join(one)),
        ("t1", "test", " ".join(one[::-1])),
        ("d1", "dev", " ".join(two)),
        ("d2", "dev", " ".join(two[1:])),
        ("t9", "test", " ".join(two[:-1])),
        ("t3", "test", " ".join([*two[:-1], three[0]])),
    ]
    return [call("leaks", pd.DataFrame(rows, columns=["question_id", "split", "question"]))]


def extreme_shares(seed):
    rng = np.random.default_rng([seed, 9])
    shares = [0.0, 1.0, round(rng.uniform(0.9, 0.99), 3), round(rng.uniform(0.2, 0.8), 3)]
    return [call("questions_needed", share, round(rng.uniform(0.02, 0.08), 3)) for share in shares]


def other_levels(seed):
    rng = np.random.default_rng([seed, 10])
    share, half = round(rng.uniform(0.4, 0.6), 3), round(rng.uniform(0.03, 0.08), 3)
    return [call("questions_needed", share, half, level=level) for level in (0.8, 0.99)]


def same_ids(answer, expected) -> bool:
    return isinstance(answer, list) and sorted(map(str, answer)) == sorted(expected)


def q4_message(answer, expected) -> str:
    if type(answer) not in (int, float):
        return "A whole number of questions was expected."
    if abs(answer - expected) <= 1:
        return "You are off by one question: the smallest n whose half-width is at most the one asked for."
    if answer > expected:
        return "Fewer questions are enough for Wilson's half-width: does your search begin below the answer?"
    return "Too few, near 0 or 1 above all: use Wilson's half-width, not the textbook's."


RARE = "Your kappa is off: chance agreement multiplies each labeller's own share of a grade, summed over grades."

CHECKS = {
    "q1": [
        Check(
            "planned",
            1,
            planned,
            "Go through the plan: a type without questions lacks them all, and one with more than planned lacks none.",
        ),
        Check("twice", 1, twice, "A question that stands twice in another spelling counts once: compare its words."),
    ],
    "q2": [
        Check("habits", 1, habits, RARE, entries("agree", "kappa")),
        Check(
            "mostly zero",
            1,
            mostly_zero,
            "kappa_touched is off: keep the pairs that at least one labeller did not grade 0, and compute chance anew.",
            entries("kappa_touched"),
        ),
        Check(
            "nothing to agree on",
            1,
            nothing_to_agree_on,
            "Where chance agreement is 1, or no pair is left, kappa does not exist: None.",
        ),
    ],
    "q3": [
        Check(
            "copies",
            1,
            copies,
            "A reworded copy slips through, or something new is caught: look at the likeness, and at 'at least'.",
            same_ids,
        ),
        Check(
            "inside",
            1,
            inside,
            "Different words in both, divided by different words in either: each counts once.",
            same_ids,
        ),
        Check(
            "within test",
            1,
            within_test,
            "Compare test questions with development questions, not with each other, and sort the ids.",
        ),
    ],
    "q4": [
        Check("extreme shares", 1, extreme_shares, q4_message),
        Check("other levels", 1, other_levels, "At another level your number is off: z comes from `level`."),
    ],
}
