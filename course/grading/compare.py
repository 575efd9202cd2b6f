"""From what came back of a question to its outcome: the trusted side alone knows what was expected."""

import builtins
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from course.exercises.cases import Check
from course.exercises.source import Question

# Names of errors that say nothing about an input; beside them those that stand in the submission itself.
KNOWN_ERRORS = {
    *(name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, BaseException)),
    "InvalidIndexError", "JSONDecodeError", "LinAlgError", "MergeError",
}  # fmt: skip
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
    cells: Sequence[str] = (),
) -> Outcome:
    """Return the outcome of a question; `cells` are the texts of the submission's cells.

    state: {answer: "missing", "stub", "there"}; errors: of the cells, as `answers.Session.run` gives them; replies and
    expected: one for each of `asked`, {"value"}, {"error"} or {"lost"}. A check's points are lost with its first case
    that differs; the message is that of the first check lost.
    """

    def outcome(kind: str, message: str, points: int = 0) -> Outcome:
        readable = message.encode("utf-8", "replace").decode()  # half a character would stop whoever writes it
        return Outcome(question.id, kind, points, question.points, readable)

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
        return outcome("incorrect", _message(checks[first], question, reply["value"], right), points)
    return outcome("error", _why(reply, question, cells), points)


def _without(outcome: Callable, name: str, state: str | None, errors: list[dict]) -> Outcome:
    if state == "stub":
        return outcome("not attempted", f"Not attempted: `{name}` is still the stub, or does nothing.")
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


def _message(check: Check, question: Question, answer, right) -> str:
    if isinstance(check.message, str):
        return check.message
    try:
        return check.message(answer, right)
    except Exception:  # it chooses by what the answer holds, and this one has another form
        return f"Your answer has another form than expected: {question.expected}"


def _why(reply: dict, question: Question, cells: Sequence[str]) -> str:
    """Say how a hidden case failed, without what code could have put its input into: a text, a made-up name."""
    if "lost" in reply:
        return f"{LOST[reply['lost']]} It happened on a hidden case."
    kind, number = reply["error"]["type"], reply["error"]["line"]
    if kind not in KNOWN_ERRORS and not any(kind in cell for cell in cells):
        kind = "an error of its own kind"
    longest = max((cell.count("\n") + 1 for cell in cells), default=0)
    line = f" in line {number} of your cell" if 0 < number <= longest else ""
    return f"Your code raised {kind}{line} on a hidden case. Hidden cases: {question.hidden}"
