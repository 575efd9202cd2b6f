"""Hidden cases of ai-feature. Practice: this file is public. course-canary-ai-feature"""

import numpy as np

from course.exercises.cases import Check, call, drive, exact


def session(answers, script, limit):
    """Run `suggest` against a client that does what `script` says: [seconds, what] for each call in turn."""

    class Clock:
        now = 100.0

    clock, timeouts = Clock(), []

    def client(text, timeout):
        if len(timeouts) > 9:
            raise RuntimeError("called ten times")
        seconds, what = script[min(len(timeouts), len(script) - 1)]
        timeouts.append(round(timeout, 6))
        clock.now += min(seconds, timeout)
        if seconds > timeout:
            raise TimeoutError("late")
        if isinstance(what, str) and what.startswith("!"):
            raise {"!down": ConnectionError, "!slow": TimeoutError, "!odd": ValueError, "!key": KeyError}[what](text)
        return what

    given = {} if limit == 1.5 else {"limit": limit}
    told = answers.suggest("a text", client, lambda text: "fallback of " + text, clock, **given)
    return {"told": told, "timeouts": timeouts, "waited": round(clock.now - 100, 6)}


def stopped(answers):
    """Return whether an interrupt by the user passes."""

    class Clock:
        now = 0.0

    def client(text, timeout):
        raise KeyboardInterrupt

    try:
        answers.suggest("x", client, lambda text: "other", Clock())
    except KeyboardInterrupt:
        return "passes"
    return "swallowed"


def whole_limit(seed):
    a, b = (float(x) for x in np.random.default_rng([seed, 1]).uniform(0.2, 1.2, size=2).round(3))
    scripts = [[[a, "!down"], [9, "damage"]], [[a, "!down"], [b, "damage"]], [[9, "damage"]], [[1.5, "!down"]]]
    return [drive(session, script, limit) for script in scripts for limit in (1.5, 1.0, 4.0)]


def failing(seed):
    a = float(np.random.default_rng([seed, 2]).integers(50, 400)) / 1000
    kinds = ["!down", "!slow", "!odd", "!key"]
    scripts = [[[a, kind], [a, "customs"]] for kind in kinds] + [[[a, "!down"], [a, kind]] for kind in kinds]
    return [drive(session, script, 1.5) for script in scripts] + [drive(stopped)]


def nonsense(seed):
    a = float(np.random.default_rng([seed, 3]).integers(50, 400)) / 1000
    replies = [
        "",
        None,
        3,
        ["damage"],
        {"topic": "damage"},
        "The topic is damage.",
        "damages",
        " CUSTOMS ",
        "Tracking\n",
    ]
    return [drive(session, [[a, reply], [a, "other"]], 1.5) for reply in replies]


def places(seed):
    rng = np.random.default_rng([seed, 4])
    names = [f"{rng.integers(10**6)}-ü{i}" for i in range(25)]
    return [call("is_on", f"flag {seed}", name, share) for name in names for share in (0.1, 0.5, 0.9)]


def flags(seed):
    rng = np.random.default_rng([seed, 5])
    name = f"u{rng.integers(10**6)}"
    return [call("is_on", f"f{i}", name, share) for i in range(20) for share in (0, 0.5, 1)]


def sequence(answers, failures, rest, steps):
    """Return what `allows` says over the steps: a number waits, "ok" and "bad" are outcomes, "ask" asks only."""

    class Clock:
        now = 0.0

    clock, said = Clock(), []
    given = {} if (failures, rest) == (3, 30) else {"failures": failures, "rest": rest}
    breaker = answers.make_breaker(clock, **given)
    for step in steps:
        if step == "ask":
            said.append(breaker.allows())
        elif isinstance(step, str):
            allowed = breaker.allows()
            said.append(allowed)
            if allowed:
                breaker.record(step == "ok")
        else:
            clock.now += step
    return said


def in_a_row(seed):
    n = int(np.random.default_rng([seed, 6]).integers(2, 6))
    broken = (["bad"] * (n - 1) + ["ok"]) * 3 + ["bad"] * n + ["ask", 1, "ask"]
    return [drive(sequence, n, 20, broken), drive(sequence, 3, 30, ["bad", "bad", "ok", "bad", "bad", "bad", "ask"])]


def resting(seed):
    rest = int(np.random.default_rng([seed, 7]).integers(5, 60))
    steps = ["bad", "bad", rest - 1, "ask", "ask", 1, "ok", "ok", "bad", "ok"]
    return [drive(sequence, 2, rest, steps), drive(sequence, 3, 30, ["bad"] * 3 + [29.5, "ask", 0.5, "ok", "ask"])]


def trials(seed):
    rest = int(np.random.default_rng([seed, 8]).integers(5, 60))
    failed = ["bad", "bad", rest, "bad", "ask", rest - 1, "ask", 1, "ok", "bad", "ask", "bad", "ask"]
    pending = ["bad", "bad", rest + 3, "ask", "ask", 2 * rest, "ask"]
    return [drive(sequence, 2, rest, failed), drive(sequence, 2, rest, pending)]


def logged(answers, event, key):
    """Return the line as the fields that it holds; more than one line is none."""
    import json

    line = answers.log_line(event, key)
    return json.loads(line) if "\n" not in line else "more than one line"


def event(seed, **changes):
    rng = np.random.default_rng([seed, 9])
    person = f"Ms Okafor {rng.integers(10**8)}"
    usual = {
        "user": f"n.okafor{seed}",
        "text": f"Call {person} about {rng.integers(10**6)}",
        "topic": "customs",
        "source": "model",
        "reason": "ok",
        "seconds": float(rng.uniform(0.01, 3)),
        "error": None,
    }
    return usual | changes


def fields(seed):
    keys = [f"key {seed}", "ключ"]
    return [drive(logged, event(seed, user=user), key) for user in ("n.okafor", "Zoë") for key in keys]


def personal(seed):
    base = event(seed)
    errors = [
        "ValueError: " + base["text"],
        base["text"],
        base["text"] + ": not sent",
        "",
        "Okafor",
        "KeyError: 'x': y",
    ]
    cases = [event(seed, error=error) for error in errors]
    cases.append(event(seed, topic=base["text"]))
    cases.append(event(seed, email="n.okafor@example.com", raw={"text": base["text"]}))
    return [drive(logged, case, "k") for case in cases]


CHECKS = {
    "q1": [
        Check(
            "whole limit",
            1,
            whole_limit,
            "All calls share the limit: a call's timeout is what is left of it, and with nothing left no call is made.",
            exact,
        ),
        Check(
            "failing",
            1,
            failing,
            "With a failing client: try again after ConnectionError alone, let KeyboardInterrupt pass, no Exception.",
            exact,
        ),
        Check(
            "nonsense",
            1,
            nonsense,
            "A reply that is none of the topics, or no text at all, must lead to the fallback with reason invalid.",
            exact,
        ),
    ],
    "q2": [
        Check(
            "places", 1, places, "Users are not where the rule puts them: SHA-256, 8 digits, divided by 16 ** 8.", exact
        ),
        Check("flags", 1, flags, "A user's place depends on the flag too, and is below the share, not at most.", exact),
    ],
    "q3": [
        Check("in a row", 1, in_a_row, "Only failures in a row open it: a success starts the count again.", exact),
        Check(
            "resting", 1, resting, "While it rests no call is allowed, at exactly `rest` one is, success closes.", exact
        ),
        Check(
            "trials",
            1,
            trials,
            "After the rest one trial alone is allowed until its outcome is known, and one failed trial opens again.",
            exact,
        ),
    ],
    "q4": [
        Check(
            "fields",
            1,
            fields,
            "For a usual event the seven fields are off: look at `who` (HMAC), `ms`, `error`.",
            exact,
        ),
        Check(
            "personal",
            1,
            personal,
            "Something that the user wrote reaches the log, by way of the error, the topic or another field.",
            exact,
        ),
    ],
}
