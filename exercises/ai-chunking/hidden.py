"""Hidden cases of ai-chunking. Practice: this file is public. course-canary-ai-chunking"""

import numpy as np
import pandas as pd

from course.exercises.cases import Check, call, drive, interval_within

WORDS = "alert board cache delay engine feed gate hour index job key limit model node owner page quota retry".split()


def text(rng, n: int) -> str:
    """Return n words, not all of them different, with odd white space between some."""
    words = rng.choice(WORDS, size=n)
    return "".join(word + rng.choice([" ", " ", "  ", "\n"]) for word in words)


def tails(seed):
    rng = np.random.default_rng([seed, 1])
    size = int(rng.integers(3, 9))
    lengths = [0, 1, size - 1, size, size + 1, 3 * size + int(rng.integers(1, size))]
    return [call("windows", text(rng, n), size, 0) for n in lengths]


def overlaps(seed):
    rng = np.random.default_rng([seed, 2])
    size = int(rng.integers(5, 10))
    requests = [call("windows", text(rng, 2 * size - 2), size, 2)]  # two windows reach the end exactly
    return requests + [call("windows", text(rng, int(rng.integers(size, 60))), size, o) for o in range(1, size)]


def cut_by(answers, title, document, size):
    def split(words):
        words = words.split()
        return [" ".join(words[at : at + size]) for at in range(0, len(words), size)]

    return answers.sections(title, document, split)


def headings(seed):
    rng = np.random.default_rng([seed, 3])
    parts = [f"## {rng.choice(WORDS)} {number}\n{text(rng, int(rng.integers(6, 30)))}\n" for number in range(4)]
    return [drive(cut_by, f"Title {seed}", "".join(parts), int(rng.integers(3, 6)))]


def odd_places(seed):
    rng = np.random.default_rng([seed, 4])
    before, inside, last = (text(rng, int(rng.integers(4, 12))).strip() for _ in range(3))
    documents = [
        f"{before}\n## {rng.choice(WORDS)}\n{last}",
        f"## One\nsee ## {inside}\n## Empty\n## Two \n{last}",
        before,
    ]
    return [drive(cut_by, "Runbook", document, 5) for document in documents]


def cut_answers(seed):
    rng = np.random.default_rng([seed, 5])
    word, other = rng.choice(WORDS, size=2, replace=False)
    number = int(rng.integers(100, 900))
    answer = f"{number} {word}"
    ranked = [
        [f"the limit is {number}", f"{word} and so on"],
        [f"a {answer} b", f"a {answer} b"],
        [f"the {other.upper()}\n{number}  {word.upper()} stands"],
        ["nothing here"] * 6,
    ]
    return [call("recall_at_k", ranked, [[answer]] * 4)]


def two_answers(seed):
    rng = np.random.default_rng([seed, 6])
    a, b = (str(n) for n in rng.choice(np.arange(100, 999), size=2, replace=False))
    chunks = [f"has {a}", "neither", f"has {b}", "neither", "neither", f"has {a} again"]
    order = rng.permutation(6)
    ranked = [[chunks[i] for i in order], chunks, chunks[1:], chunks[1:5]]
    needed = [[a, b], [a, b], [a], [b, a]]
    return [call("recall_at_k", ranked, needed, k=k) for k in (1, 2, 3, 5)] + [call("recall_at_k", ranked, needed)]


def table(rng, recall: dict, words: dict, dev: int = 12, test: int = 20, spread: float = 0.05) -> pd.DataFrame:
    """Return rows of settings; recall[setting] and words[setting] are means for dev and test."""
    rows = []
    for split, n, which in (("dev", dev, 0), ("test", test, 1)):
        hard = rng.normal(0, spread, size=n)
        for setting in recall:
            for number in range(n):
                rows.append(
                    {
                        "setting": setting,
                        "question_id": f"{split}{number}",
                        "split": split,
                        "recall": recall[setting][which] + hard[number],
                        "words": words[setting][which],
                    }
                )
    order = rng.permutation(len(rows))
    return pd.DataFrame([rows[at] for at in order])


def names(rng, n):
    return [f"cut {i}" for i in rng.choice(100, size=n, replace=False)]


def held_out_differs(seed):
    rng = np.random.default_rng([seed, 7])
    a, b, c = names(rng, 3)
    base = rng.uniform(0.3, 0.4)
    recall = {a: (base + 0.1, base), b: (base, base + 0.4), c: (base - 0.1, base + 0.1)}
    return [call("choose", table(rng, recall, {a: (300, 300), b: (250, 250), c: (100, 100)}), 400)]


def budget_and_ties(seed):
    rng = np.random.default_rng([seed, 8])
    a, b, c = names(rng, 3)
    recall = {a: (0.5, 0.5), b: (0.5, 0.5), c: (0.75, 0.75)}
    words = {a: (int(rng.integers(250, 300)), 100), b: (int(rng.integers(200, 250)), 390), c: (500, 200)}
    rows = table(rng, recall, words, spread=0)
    return [call("choose", rows, limit) for limit in (400, 500, words[a][0], 50)]


def hard_questions(seed):
    rng = np.random.default_rng([seed, 9])
    recall = {"new": (0.9, 0.55), "old": (0.2, 0.5), "other": (0.1, 0.1)}
    rows = table(rng, recall, dict.fromkeys(recall, (1, 1)), dev=30, test=40, spread=0.3)
    rows["recall"] += rng.normal(0, 0.03, size=len(rows))
    ordered = rows.sort_values(["setting", "split", "question_id"]).reset_index(drop=True)
    return [call("gain", ordered, "new", "old", seed=seed)]


def shuffled(seed):
    rng = np.random.default_rng([seed, 10])
    recall = {"new": (0.6, 0.6), "old": (0.5, 0.5)}
    rows = table(rng, recall, dict.fromkeys(recall, (1, 1)), dev=5, test=40, spread=0.3)
    rows["recall"] += rng.normal(0, 0.03, size=len(rows))
    return [call("gain", rows, "new", "old"), call("gain", rows, "old", "new", seed=seed)]


def same_gain(answer, expected) -> bool:
    if not (isinstance(answer, dict) and {"gain", "low", "high", "n"} <= answer.keys()):
        return False
    ends = [[each["low"], each["high"]] for each in (answer, expected)]
    return (
        abs(answer["gain"] - expected["gain"]) < 1e-9 and answer["n"] == expected["n"] and interval_within(0.2)(*ends)
    )


def q5_message(answer, expected) -> str:
    found = [answer.get(name) for name in ("gain", "low", "high", "n")] if isinstance(answer, dict) else [None]
    if not all(type(number) in (int, float) for number in found):
        return "A dictionary with four numbers was expected: gain, low, high and n."
    if answer["n"] != expected["n"]:
        return "Your n is not the number of held-out questions: look at `split` and count each question once."
    if abs(answer["gain"] - expected["gain"]) < 1e-9:
        return "The gain is right, its interval is not: both settings had the same hard questions, so draw pairs."
    return "The gain is off: it is the mean on held-out questions of chosen minus baseline."


CHECKS = {
    "q1": [
        Check(
            "tails", 1, tails, "A word is lost, or comes twice, without overlap: look at texts that do not end evenly."
        ),
        Check(
            "overlaps",
            1,
            overlaps,
            "With overlap your windows are off: each starts size - overlap later, and none lies inside the one before.",
        ),
    ],
    "q2": [
        Check(
            "headings",
            1,
            headings,
            "A chunk crosses a heading or does not begin with its own: every piece needs its title and heading.",
        ),
        Check(
            "odd places",
            1,
            odd_places,
            "Odd places: text before the first heading counts, and `## ` is a heading only at the start of a line.",
        ),
    ],
    "q3": [
        Check(
            "cut",
            1,
            cut_answers,
            "An answer counts only if one chunk holds all of it; case and spaces do not matter.",
        ),
        Check(
            "two answers",
            1,
            two_answers,
            "With two answers recall is the share that was found among the first k chunks.",
        ),
    ],
    "q4": [
        Check(
            "held-out differs",
            1,
            held_out_differs,
            "You chose by questions that must stay held out: use the rows of split dev alone.",
        ),
        Check(
            "budget",
            1,
            budget_and_ties,
            "Look at the budget: mean words on development, at most; fewer words among equals; None if none fits.",
        ),
    ],
    "q5": [
        Check("hard questions", 1, hard_questions, q5_message, same_gain),
        Check(
            "shuffled", 1, shuffled, "Rows may stand in any order: match the two settings by question_id.", same_gain
        ),
    ],
}
