"""Hidden cases of ai-coding. Practice: this file is public. course-canary-ai-coding"""

import numpy as np

from course.exercises.cases import Check, call, drive, exact

TEXT = "data: Grüße\r\n\r\n: ping\rdata: 東京 🚚\n\ndata: a\u2028b\x0bc\n\r\n\nend"


def streamed(answers, pieces):
    """Return all lines of pieces given in hexadecimal."""
    return list(answers.lines_of([bytes.fromhex(piece) for piece in pieces]))


def early(answers, pieces):
    """Return how many pieces had been taken when each line came."""
    taken = [0]

    def source():
        for piece in pieces:
            taken[0] += 1
            yield bytes.fromhex(piece)

    return [[line, taken[0]] for line in answers.lines_of(source())]


def cut(data, seed, most=5):
    rng, at, pieces = np.random.default_rng([seed, 1]), 0, []
    while at < len(data):
        size = int(rng.integers(0, most))
        pieces.append(data[at : at + size].hex())
        at += size
    return pieces


def whole(seed):
    data = TEXT.encode()
    return [drive(streamed, cut(data, seed)), drive(streamed, cut(data, seed, 2)), drive(streamed, [data.hex()])]


def at_once(seed):
    n = f"{seed % 89}"
    cases = [
        [b"a" + n.encode() + b"\r", b"\nb\n", b"", b"c\r", b"\r\n", b"d"],
        [b"\n", b"\xff\xc3", b"\n"],
        [],
        [b"\xe6\x9d"],
    ]
    return [drive(early, [piece.hex() for piece in case]) for case in cases]


def plain_events(seed):
    n = f"{seed}"
    return [
        call("events_of", ["data: a" + n, "data: b", "", "event: stop", "data: [DONE]", ""]),
        call("events_of", [": ping", "", "data:x" + n, ": in between", "data:  two", "", "data: cut off"]),
        call("events_of", []),
    ]


def odd_events(seed):
    n = f"{seed}"
    return [
        call("events_of", ["data", "", "data:", "", "data:", "data: " + n, ""]),
        call("events_of", ["event: lost", "", "data: " + n, "", "event:", "data: x", ""]),
        call("events_of", ["id: 7", "retry: " + n, "Data: y", "data : z", "", "", 'data: {"a": "b: c"}  ', ""]),
        call("events_of", ["event: a", "event: b", "data: " + n, "event", ""]),
    ]


def cut_down(answers, messages, budget):
    """Return what is kept, or ValueError; the list that was given must stay as it was."""
    import copy

    before = copy.deepcopy(messages)
    try:
        kept = answers.fitting(messages, budget)
    except ValueError:
        kept = "ValueError"
    return [kept, messages == before]


def talk(roles, seed):
    rng = np.random.default_rng([seed, 2])
    names = {"s": "system", "u": "user", "a": "assistant"}
    return [{"role": names[each], "tokens": int(rng.integers(5, 60)), "n": i} for i, each in enumerate(roles)]


def turns(seed):
    messages = talk("suauauauau", seed)
    total = sum(message["tokens"] for message in messages)
    return [drive(cut_down, messages, total - lost) for lost in (0, 1, 20, 60, 90, 120)]


def gaps(seed):
    sizes = [10, 3, 2, 90, 80, 5, 4]
    roles = ["system", "user", "assistant", "user", "assistant", "user", "assistant"]
    messages = [{"role": r, "tokens": t + seed % 3} for r, t in zip(roles, sizes, strict=True)]
    return [drive(cut_down, messages, budget) for budget in (60, 200, 205, 40)]


def odd_talks(seed):
    cases = ["saauaaua", "suuu", "su", "s", "sa", "sauaaaa"]
    return [drive(cut_down, talk(roles, seed), budget) for roles in cases for budget in (30, 75, 150, 400)]


def calling(answers, script, count, settings):
    """Run `call_all` against a service that does what `script` says; return its answer and when it was called."""

    class Clock:
        now = 5.0

        def wait(self, seconds):
            if seconds < 0:
                raise ValueError("a negative wait")
            self.now += seconds

    class Busy(Exception):
        retry_after = 7

    clock, log = Clock(), []

    def send(request):
        if len(log) > 200:
            raise KeyboardInterrupt
        takes, what = script[len(log) % len(script)]
        log.append([request, round(clock.now, 6)])
        clock.now += takes
        if what == "busy":
            raise Busy
        if what == "down":
            raise ConnectionError
        if what == "bad":
            raise ValueError(request)
        return f"{what} {request}"

    told = answers.call_all([f"r{i}" for i in range(count)], send, clock, **settings)
    return {"told": told, "log": log, "end": round(clock.now, 6)}


def settings(**changes):
    return {"calls": 3, "window": 10, "price": 2, "budget": 1000} | changes


def limits(seed):
    rng = np.random.default_rng([seed, 3])
    script = [[float(t), "ok"] for t in rng.integers(0, 5, 7)]
    return [
        drive(calling, script, 12, settings(calls=int(rng.integers(1, 5)), window=int(rng.integers(4, 20)))),
        drive(calling, [[0, "ok"]], 9, settings()),
    ]


def retries(seed):
    a = int(np.random.default_rng([seed, 4]).integers(1, 4))
    free = settings(calls=50, window=1)
    scripts = [
        [[a, "down"], [a, "down"], [a, "ok"]],
        [[a, "busy"], [a, "ok"], [0, "bad"]],
        [[0, "down"]] * 5 + [[a, "ok"]],
        [[0, "down"], [0, "busy"], [0, "down"], [0, "down"], [0, "ok"]],
    ]
    return [drive(calling, script, 4, free | {"attempts": attempts}) for script in scripts for attempts in (1, 3, 5)]


def both(seed):
    a = int(np.random.default_rng([seed, 5]).integers(0, 3))
    script = [[a, "down"], [0, "ok"], [a, "busy"], [0, "ok"], [1, "bad"]]
    return [drive(calling, script, 8, settings(calls=calls, window=window)) for calls in (1, 2) for window in (3, 12)]


def budgets(seed):
    n = int(np.random.default_rng([seed, 6]).integers(4, 12))
    script = [[0, "ok"], [1, "down"], [0, "bad"]]
    return [drive(calling, script, 8, settings(budget=budget)) for budget in (0, 1, n, n + 1, 2 * n, 2 * n + 1)]


CHECKS = {
    "q1": [
        Check(
            "whole",
            1,
            whole,
            "Cut elsewhere, the lines change: think of half characters, and of what ends a line.",
            exact,
        ),
        Check(
            "at once",
            1,
            at_once,
            "A line comes too late, twice or not at all: look at \\r, at \\n after it, at the end.",
            exact,
        ),
    ],
    "q2": [
        Check("plain", 1, plain_events, "Data lines, comments, the one space, or an event that was cut off.", exact),
        Check(
            "odd",
            1,
            odd_events,
            "An event with empty data, a name without data, or a line without a colon is off.",
            exact,
        ),
    ],
    "q3": [
        Check(
            "turns",
            1,
            turns,
            "With questions and answers in turn the wrong messages stay: whole turns, latest first.",
            exact,
        ),
        Check(
            "gaps",
            1,
            gaps,
            "Stop at the first turn that does not fit: an older one must not be kept beyond a gap.",
            exact,
        ),
        Check(
            "odd talks", 1, odd_talks, "Lone messages, several in a row or no turn at all: cut into turns first.", exact
        ),
    ],
    "q4": [
        Check(
            "limits",
            1,
            limits,
            "Calls start too early or too late: look at the call that is `calls` places back.",
            exact,
        ),
        Check(
            "retries",
            1,
            retries,
            "After a failure it is off: how long to wait, how often to try, and not to wait in the end.",
            exact,
        ),
        Check(
            "both",
            1,
            both,
            "Retries count as calls too: the limit holds for them, after the wait for the failure.",
            exact,
        ),
        Check(
            "budgets",
            1,
            budgets,
            "The budget: every call costs, also one that raises; stop before the one above it.",
            exact,
        ),
    ],
}
