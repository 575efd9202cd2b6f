"""From what came back of a question to its outcome: the trusted side alone knows what was expected."""

from collections.abc import Callable
from dataclasses import dataclass

from course.exercises.cases import Check
from course.exercises.source import Question

# What the grader itself notes where no answer came back.
LOST = {
    "time": "Your code ran longer than the time allowed: look for an endless loop, or for work done again and again.",
    "ended": "Your code ended the program that ran it (os._exit, a crash, or too much memory).",
    "size": "Your answer is larger than allowed: return the value asked for and nothing else.",
    "form": "Your answer did not come back in a form that can be read: numbers, texts, lists and dictionaries.",
}


@dataclass(frozen=True)
class Outcome:
    """One question of one submission: outcome is correct, incorrect, error or not attempted."""

    question: str
    outcome: str
    points: int
    max_points: int
    message: str


@dataclass(frozen=True)
class Asked:
    """A request of a hidden check, with the check's place in its list."""

    check: int
    request: dict


def requests(checks: list[Check], seed: Callable[[int], int]) -> list[Asked]:
    """Return what is asked for a question, in order; `seed` gives the seed of a check's repetition 0, 1, ..."""
    return [
        Asked(number, request)
        for number, check in enumerate(checks)
        for repetition in range(check.seeds)
        for request in check.calls(seed(repetition))
    ]


def judge(
    question: Question,
    checks: list[Check],
    asked: list[Asked],
    state: dict,
    errors: list[dict],
    replies: list,
    expected: list,
) -> Outcome:
    """Return the outcome of a question.

    state: {answer: "missing", "stub", "there"}; errors: of the cells, as `answers.Session.run` gives them; replies and
    expected: one for each of `asked`, {"value"}, {"error"} or {"lost"}. A check's points are lost with its first case
    that differs; the message is that of the first check lost.
    """

    def outcome(kind: str, message: str, points: int = 0) -> Outcome:
        return Outcome(question.id, kind, points, question.points, message)

    lost = state.get("lost")
    if lost:
        return outcome("error", f"{LOST[lost]} It happened while your cells ran.")
    gone = [name for name in question.answers if state.get(name) != "there"]
    if gone:
        return _without(outcome, gone[0], state.get(gone[0]), errors)
    failed = {}
    for ask, reply, right in zip(asked, replies, expected, strict=True):
        if "value" not in right:
            raise ValueError(f"the solution of {question.id} itself fails on check {checks[ask.check].name!r}: {right}")
        if ask.check not in failed and not _passes(checks[ask.check], reply, right["value"]):
            failed[ask.check] = (reply, right["value"])
    points = question.points - sum(checks[number].points for number in failed)
    if not failed:
        return outcome("correct", "All hidden cases hold.", points)
    first = min(failed)
    reply, right = failed[first]
    if "value" in reply:
        message = checks[first].message
        return outcome("incorrect", message if isinstance(message, str) else message(reply["value"], right), points)
    return outcome("error", _why(reply, question), points)


def _without(outcome: Callable, name: str, state: str | None, errors: list[dict]) -> Outcome:
    if state == "stub":
        return outcome("not attempted", f"Not attempted: `{name}` is still the stub.")
    if errors:
        last = errors[-1]
        line = f" in line {last['line']} of the cell" if last["line"] else ""
        return outcome("error", f"`{name}` is not there, as a cell raised {last['type']}{line}: {last['message']}")
    return outcome("not attempted", f"Not attempted: `{name}` is not defined in the notebook.")


def _passes(check: Check, reply: dict, right) -> bool:
    if "value" not in reply:
        return False
    try:
        return check.compare(reply["value"], right) is True
    except Exception:  # an answer of a form that the comparison did not foresee is not the right one
        return False


def _why(reply: dict, question: Question) -> str:
    if "lost" in reply:
        return f"{LOST[reply['lost']]} It happened on a hidden case."
    # Only the kind of error: its text may hold the hidden input.
    line = f" in line {reply['error']['line']} of your cell" if reply["error"]["line"] else ""
    return f"Your code raised {reply['error']['type']}{line} on a hidden case. Hidden cases: {question.hidden}"
