"""Hidden cases of rag. Practice: this file is public. course-canary-rag"""

import numpy as np

from course.exercises.cases import Check, call, drive

WORDS = "alert board cache delay engine feed gate hour index job key limit model node owner page quota retry".split()


def texts(rng, lengths) -> list[str]:
    return [" ".join(rng.choice(WORDS, size=n)) for n in lengths]


def equal_length(seed):
    rng = np.random.default_rng([seed, 1])
    listed = [" ".join(rng.choice(WORDS, size=6, replace=False)) for _ in range(7)]
    asked = rng.choice(WORDS, size=4, replace=False)
    return [call("bm25", " ".join(asked), listed)]


def uneven_length(seed):
    rng = np.random.default_rng([seed, 2])
    asked = " ".join(rng.choice(WORDS, size=3, replace=False))
    return [
        call("bm25", asked, texts(rng, rng.integers(2, 40, size=8))),
        call("bm25", asked, texts(rng, [4, 30]), 0.9, 0.4),
    ]


def repeated(seed):
    rng = np.random.default_rng([seed, 3])
    a, b, c = rng.choice(WORDS, size=3, replace=False)
    return [
        call("bm25", f"{a} {a.upper()}, {b} and the {a}?", texts(rng, [9, 9, 9]) + [f"{a} {b}"]),
        call("bm25", f"{c} zebra", [f"{a} {c} {c}", f"{b}", f"{a} {b} {b}"]),
    ]


def ids(rng, n: int) -> list[str]:
    return [
        f"{kind}-{number:02d}" for kind, number in zip(rng.choice(["RB", "API"], n), rng.permutation(n), strict=True)
    ]


def one_list_only(seed):
    rng = np.random.default_rng([seed, 4])
    names = ids(rng, 14)
    first, second = names[:8], [*rng.permutation(names[5:8]), *names[8:]]
    lists = [first, [str(name) for name in second]]
    return [call("fuse", lists, top=14), call("fuse", [names[:3], names[3:6]], top=6)]


def other_k(seed):
    rng = np.random.default_rng([seed, 5])
    names = ids(rng, 9)
    lists = [[str(name) for name in rng.permutation(names)[:6]] for _ in range(3)]
    return [call("fuse", lists, k=k, top=top) for k, top in ((0, 5), (1, 9), (3, 4))]


def ties(seed):
    rng = np.random.default_rng([seed, 6])
    names = ids(rng, 6)
    return [
        call("fuse", [names, names[::-1]], top=6),
        call("fuse", [[name] for name in names], top=4),
        call("fuse", [[], []]),
    ]


def measured(rng, gap_dev: float, gap_test: float) -> list[list]:
    """Return similarity, answerable and split of 11 and 7 development and 13 and 9 test questions."""
    groups = (("dev", True, 11, gap_dev), ("dev", False, 7, 0), ("test", True, 13, gap_test), ("test", False, 9, 0))
    rows = [
        (round(0.4 + gap + rng.normal(0, 0.1), 4), answerable, split)
        for split, answerable, n, gap in groups
        for _ in range(n)
    ]
    return [list(column) for column in zip(*(rows[at] for at in rng.permutation(len(rows))), strict=True)]


def test_differs(seed):
    rng = np.random.default_rng([seed, 7])
    return [call("choose_threshold", *measured(rng, 0.15, 0.5)), call("choose_threshold", *measured(rng, 0.4, -0.1))]


def rare_and_ties(seed):
    rng = np.random.default_rng([seed, 8])
    base = round(rng.uniform(0.2, 0.4), 2)
    levels = [round(base + step / 20, 3) for step in range(6)]
    similarity = [levels[at] for at in (5, 3, 2, 0, 4, 1, 1, 0)]  # equal at levels 5 and 2
    answerable = [True] * 4 + [False] * 2 + [True, False]
    few = [True] * 9 + [False, True, False]
    close_by = [round(base + step / 50, 3) for step in (1, 2, 3, 4, 6, 7, 8, 9, 10, 5, 6, 6)]
    return [
        call("choose_threshold", similarity, answerable, ["dev"] * 6 + ["test"] * 2),
        call("choose_threshold", close_by, few, ["dev"] * 10 + ["test"] * 2),
    ]


def talk(answers, question, cited, similarity, threshold, reply):
    asked = []

    def complete(sent):
        asked.append(sent)
        return reply

    told = answers.respond(question, cited, similarity, threshold, complete)
    return {"told": told, "calls": len(asked), "as given": asked in ([], [answers.request(question, cited)])}


def library(rng) -> tuple[dict, list[str], list[str]]:
    """Return three passages, their ids and a number that stands in each."""
    names = [str(name) for name in ids(rng, 12)[:3]]
    figures = [str(n) for n in rng.choice(np.arange(1000, 9999), size=3, replace=False)]
    return (
        {name: f"The {word} allows {figure} calls." for name, word, figure in zip(names, WORDS, figures, strict=False)},
        names,
        figures,
    )


def silence(seed):
    rng = np.random.default_rng([seed, 9])
    cited, names, figures = library(rng)
    limit = round(rng.uniform(0.3, 0.6), 3)
    reply = f"It allows {figures[0]} calls [{names[0]}]."
    return [drive(talk, "How many?", cited, s, limit, reply) for s in (limit - 0.001, limit, limit + 0.2)]


def citations(seed):
    rng = np.random.default_rng([seed, 10])
    cited, (a, b, _), figures = library(rng)
    replies = [
        f"It allows {figures[0]} calls.",
        "It allows calls [RB-99].",
        f"It allows calls [{a}] [RB-99].",
        f"Calls are allowed [{b}], with limits [{a}], as said [{b}].",
    ]
    return [drive(talk, "How many?", cited, 0.9, 0.5, reply) for reply in replies]


def figures_of_others(seed):
    rng = np.random.default_rng([seed, 11])
    cited, (a, b, _), figures = library(rng)
    replies = [
        f"It allows {figures[1]} calls [{a}].",
        f"It allows {figures[0][:2]} calls [{a}].",
        f"One allows {figures[0]} calls [{a}], the other {figures[1]} [{b}].",
        f"It allows {figures[0]}.5 calls [{a}].",
    ]
    return [drive(talk, "How many?", cited, 0.9, 0.5, reply) for reply in replies]


def same_ids(answer, expected) -> bool:
    return isinstance(answer, list) and sorted(map(str, answer)) == sorted(expected)


def q3_message(answer, expected) -> str:
    if isinstance(answer, dict) and answer.get("threshold") == expected["threshold"]:
        return "The threshold is right, a share is not: each has its own test questions below the line."
    return "Your threshold is not the one that development questions choose, by the difference of the two shares."


CHECKS = {
    "q1": [
        Check("equal length", 1, equal_length, "With texts of equal length it is off: look at the weight of a word."),
        Check("uneven length", 1, uneven_length, "With long and short texts it is off: look at b and the mean length."),
        Check("repeated", 1, repeated, "What the question repeats counts once; what a text repeats counts f times."),
    ],
    "q2": [
        Check("one list only", 1, one_list_only, "An id in one list only stays in, with one summand.", same_ids),
        Check(
            "k and ties",
            1,
            lambda seed: ties(seed) + other_k(seed),
            "With another k or with ties your order is off: ranks start at 1, and equals go by the alphabet.",
        ),
    ],
    "q3": [
        Check("test differs", 1, test_differs, q3_message),
        Check(
            "few and ties",
            1,
            rare_and_ties,
            "With few unanswerable questions or with ties: shares, not counts; at least the threshold; lowest.",
        ),
    ],
    "q4": [
        Check("silence", 1, silence, "Below the threshold no call; at it or above, one, with the request."),
        Check(
            "citations",
            1,
            citations,
            "Look at citations: none, or one that was not given, means silence; each is listed once, in order.",
        ),
        Check(
            "numbers",
            1,
            figures_of_others,
            "A number must be among the numbers of a passage that the answer cites, as a whole.",
        ),
    ],
}
