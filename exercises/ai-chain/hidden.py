"""Hidden cases of ai-chain. Practice: this file is public. course-canary-ai-chain"""

import json
import unicodedata

import numpy as np

from course.exercises.cases import Check, call, close, drive, exact, interval_within


def outcome(answers, reply):
    """Return the parsed object, or the name of the error; only ValueError is one that was asked for."""
    try:
        return answers.parse(reply)
    except ValueError:
        return "ValueError"


def around(seed):
    n = int(np.random.default_rng([seed, 1]).integers(2, 999))
    replies = [
        f'By the schema {{topic, ...}}: {{"n": {n}}} and {{more}} if you like.',
        f'{{"text": "a brace }} in a text {{", "n": {n}}} done }}',
        f'First {{"n": {n}}}, then {{"n": {n + 1}}}',
        f'[{{"n": {n}}}]',
        f'```json\n{{"a": {{"n": {n}}}}}\n```',
        f"I read {n} pieces.",
    ]
    return [drive(outcome, reply) for reply in replies]


def not_json(seed):
    n = int(np.random.default_rng([seed, 2]).integers(2, 999))
    replies = [
        f'{{"n": {n}, "m": 1, "n": {n + 1}}}',
        f'{{"n": NaN, "m": {n}}}',
        f'{{"n": -Infinity}} or rather {{"n": {n}}}',
        f'{{"n": {n}, "topic": "oth',
        f"{{'n': {n}}}",
        f'{{"n": {n},}}',
        "",
    ]
    return [drive(outcome, reply) for reply in replies]


RULES = {
    "properties": {
        "level": {"enum": [1, 2, 3]},
        "flag": {"enum": [True, "auto"]},
        "bags": {"type": "integer", "minimum": 0},
        "share": {"type": "number", "exclusiveMinimum": 0},
        "code": {"type": ["string", "null"], "pattern": "[A-Z]{3}"},
        "open": {"type": ["boolean", "null"]},
    },
    "required": ["level", "bags", "code"],
}


def kinds(seed):
    rng = np.random.default_rng([seed, 3])
    n, whole = float(rng.integers(1, 9)) + 0.5, int(rng.integers(4, 90))
    values = [
        {"bags": True, "share": False},
        {"bags": float(whole), "share": whole},
        {"bags": n, "open": 0},
        {"bags": None, "open": None, "share": "1"},
        {"level": True, "flag": 1},
        {"level": 1.0, "flag": True},
        {"level": "1", "flag": "auto", "code": whole},
        {"code": ["ABC"], "open": {}},
    ]
    base = {"level": 2, "bags": whole, "code": None}
    return [call("problems", base | each, RULES) for each in values]


def limits(seed):
    n = int(np.random.default_rng([seed, 4]).integers(1, 90))
    values = [
        {"bags": 0, "share": 0},
        {"bags": -n, "share": -n / 7},
        {"bags": -0.5},
        {"share": n / 1000, "code": f"{n} MUC-{n}"},
        {"code": "muc"},
        {"code": ""},
        {"level": 4, "code": "FR"},
    ]
    base = {"level": 2, "bags": n, "code": None}
    return [call("problems", base | each, RULES) for each in values]


def keys(seed):
    n = int(np.random.default_rng([seed, 5]).integers(1, 90))
    base = {"level": 2, "bags": n, "code": None}
    strict = RULES | {"additionalProperties": False}
    return [
        call("problems", base | {"zone": 1, "area": None}, strict),
        call("problems", base | {"zone": n}, RULES),
        call("problems", base | {"zone": n}, RULES | {"additionalProperties": True}),
        call("problems", {"bags": n, "share": 1.0}, strict),
        call("problems", {}, strict),
        call("problems", {"x": n}, {"properties": {"x": {}}}),
    ]


def chain(answers, text, replies, sample, attempts):
    """Run the loop with a model that gives these replies in turn; return what it gave and what it was asked."""
    import json

    asked = []

    def ask(request):
        asked.append(json.loads(json.dumps(request)))
        if len(asked) > 20:
            raise RuntimeError("asked more than twenty times")
        return replies[min(len(asked), len(replies)) - 1]

    def parse(reply):
        if not reply.startswith("{"):
            raise ValueError("the text of this error is nobody's business")
        return json.loads(reply)

    def problems(ticket, schema):
        if "additionalProperties" not in schema:
            raise KeyError("additionalProperties")
        return [f"{name}: type" for name in sorted(ticket) if not isinstance(ticket[name], int)]

    given = {"sample": sample} if sample != 1 else {}
    given |= {"attempts": attempts} if attempts != 3 else {}
    told = answers.ask_until_valid(text, ask, parse, problems, **given)
    return [told, asked]


def replies_of(seed):
    n = int(np.random.default_rng([seed, 6]).integers(1, 90))
    return json.dumps({"n": n}), json.dumps({"n": str(n)}), json.dumps({"m": None, "n": n / 7}), f"sorry, {n}"


def recovers(seed):
    good, text, other, prose = replies_of(seed)
    return [drive(chain, f"message {seed}", each, 1, 3) for each in ([good], [text, good], [prose, other, good])]


def gives_up(seed):
    good, text, other, prose = replies_of(seed)
    cases = [([text], 3), ([text, other, prose, good], 3), ([prose], 1), ([text, good], 1), ([prose] * 4 + [good], 5)]
    return [drive(chain, "m", replies, 1, attempts) for replies, attempts in cases]


def told_why(seed):
    good, text, other, prose = replies_of(seed)
    return [drive(chain, f"message {seed}", [text, prose, other, good], sample, 5) for sample in (1, 2)]


def only(part, compare=exact):
    """Return the comparison of one part of what `chain` returns."""
    return lambda answer, expected: compare(answer[part], expected[part])


def order(seed):
    n = int(np.random.default_rng([seed, 7]).integers(2, 99))
    return [
        call("canonical", {"z": n, "a": True, "m": None, "é": False}),
        call("canonical", {"a": " Rød  grød\tmed\nfløde ", "b": ""}),
        call("canonical", {"quote": f'{n}" wide', "a, b": "x: y, z"}),
    ]


def meaning(seed):
    n = int(np.random.default_rng([seed, 8]).integers(2, 99))
    return [
        call("canonical", {"s": unicodedata.normalize("NFD", f"Zürich Café {n}")}),
        call("canonical", {"a": float(n), "b": n + 0.25, "c": -0.0, "d": 1e15, "e": -float(n)}),
        call("canonical", {"a": True, "b": 1, "c": 1.0, "d": False, "e": 0, "f": str(float(n))}),
        call("canonical", {"s": "ﬁ ① ²"}),
    ]


def runs_of(seed):
    rng = np.random.default_rng([seed, 9])
    truth = [f'{{"n":{i}}}' for i in range(30)]
    easy = rng.random(30) < 0.6
    runs = []
    for wanted, sure in zip(truth, easy, strict=True):
        if sure:
            runs.append([wanted] * 4)
        else:
            runs.append([[None, wanted, '{"n":-1}'][k] for k in rng.choice(3, 4, p=[0.2, 0.2, 0.6])])
    runs[0], runs[1], runs[2] = [None] * 4, ['{"n":-2}'] * 4, [truth[2], None, truth[2], truth[2]]
    return runs, truth


def scored(seed):
    return [call("score", *runs_of(seed), seed=seed)]


def shares(answer, expected):
    return all(close()(answer[name], expected[name]) for name in ("valid", "right"))


def same(answer, expected):
    return close()(answer["same"], expected["same"])


def interval(answer, expected):
    return interval_within(0.2)(answer["interval"], expected["interval"])


def interval_message(answer, expected) -> str:
    ends = answer.get("interval") if isinstance(answer, dict) else None
    if not (isinstance(ends, list) and len(ends) == 2 and all(type(end) in (int, float) for end in ends)):
        return "`interval` is to hold two numbers: low and high."
    if ends[1] - ends[0] < 0.75 * (expected["interval"][1] - expected["interval"][0]):
        return "Your interval is too narrow: answers to one message are alike, so draw messages, not answers."
    return "Your interval is not the 95% percentile interval of `right` over whole messages."


CHECKS = {
    "q1": [
        Check(
            "around",
            1,
            around,
            "An object with braces around it, or inside its texts, is not found: let a decoder say where it ends.",
            exact,
        ),
        Check(
            "not JSON",
            1,
            not_json,
            "A reply that is not JSON passes, or the error is another: keys given twice, NaN, a reply cut short.",
            exact,
        ),
    ],
    "q2": [
        Check(
            "kinds",
            1,
            kinds,
            "Types or enum are off: in JSON true is no number, 3.0 is an integer, and 1.0 is 1 but true is not.",
            exact,
        ),
        Check(
            "limits",
            1,
            limits,
            "A value at a limit, or a pattern in the middle of a text, is judged wrongly.",
            exact,
        ),
        Check(
            "keys",
            1,
            keys,
            "Fields that are missing or too many are off: follow `required` and `additionalProperties` of the schema.",
            exact,
        ),
    ],
    "q3": [
        Check(
            "recovers",
            1,
            recovers,
            "The model gave a good reply in time, and the ticket, the calls or the errors are not what they should be.",
            only(0),
        ),
        Check(
            "gives up",
            1,
            gives_up,
            "The model gave no good reply in time: no ticket, all attempts used and no more, errors of the last reply.",
            only(0),
        ),
        Check(
            "told why",
            1,
            told_why,
            "The requests are not the ones described: first without `failed`, then with the last reply and its errors.",
            only(1),
        ),
    ],
    "q4": [
        Check("order", 1, order, "Keys, spaces or characters are off: look at the first two lines of the task.", exact),
        Check(
            "meaning",
            1,
            meaning,
            "The same meaning gets two texts, or two get one: accents (NFC), whole numbers, true beside 1.",
            exact,
        ),
    ],
    "q5": [
        Check("shares", 1, scored, "The shares `valid` and `right` are of all answers, not of messages.", shares),
        Check(
            "same",
            1,
            scored,
            "`same` counts a message only if all its answers are valid and one text; wrong ones may agree as well.",
            same,
        ),
        Check("interval", 1, scored, interval_message, interval),
    ],
}
