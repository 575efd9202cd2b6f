"""What an exercise's hidden.py is written with: calls on seeded inputs, comparisons, and checks with their points."""

import inspect
import math
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

SEEDS = 4  # seeded repetitions of a check: enough that a hard-coded answer fails, few enough to stay in milliseconds


@dataclass(frozen=True)
class Check:
    """One hidden check of a question, passed when every call on every seed gives what the solution gives.

    calls: seed -> list of requests from `call`, `value` and `drive`.
    compare: (answer, expected) -> bool; expected is what the solution answers to the same request.
    message: what the learner reads when this is the first check that fails; a function (answer, expected) -> text may
        choose between messages, but never tells the expected value.
    """

    name: str
    points: int
    calls: Callable[[int], list[dict]]
    message: str | Callable[[object, object], str]
    compare: Callable[[object, object], bool] = field(default_factory=lambda: close())
    seeds: int = SEEDS


def call(function: str, /, *arguments, **keywords) -> dict:
    """Return the request to call the learner's `function`. Data frames, arrays, lists, dictionaries, plain values."""
    return {"function": function, "args": _wire(list(arguments)), "kwargs": _wire(keywords)}


def value(name: str) -> dict:
    """Return the request for the value of the learner's variable `name`."""
    return {"value": name}


def drive(driver: Callable, /, *arguments, **keywords) -> dict:
    """Return the request to run `driver(answers, ...)` beside the learner's code; `answers.NAME` is what they defined.

    Its source is sent, so it imports what it needs inside, and uses nothing of hidden.py. It is for what one call
    cannot show: a callback that fails, a clock, a sequence of calls. It never holds an expected value, as the learner's
    code could read it.
    """
    source = textwrap.dedent(inspect.getsource(driver))
    return {"driver": source, "function": driver.__name__, "args": _wire(list(arguments)), "kwargs": _wire(keywords)}


def close(rel: float = 1e-6, abs_: float = 1e-9) -> Callable[[object, object], bool]:
    """Return the comparison that allows numbers a tolerance, anywhere inside lists and dictionaries."""
    return partial(_close, rel, abs_)


def exact(answer, expected) -> bool:
    """Return whether both are the same JSON value; 1 and 1.0 are the same, 1 and True are not."""
    return _close(0.0, 0.0, answer, expected)


def at_least(threshold: float) -> Callable[[object, object], bool]:
    """Return the comparison that passes a number of at least `threshold`, whatever the solution reached."""
    return lambda answer, expected: _number(answer) and answer >= threshold


def at_most(threshold: float) -> Callable[[object, object], bool]:
    """Return the comparison that passes a number of at most `threshold`, whatever the solution reached."""
    return lambda answer, expected: _number(answer) and answer <= threshold


def entries(*names: str, compare: Callable[[object, object], bool] | None = None) -> Callable[[object, object], bool]:
    """Return the comparison of these entries of a dictionary alone; the others may be anything."""
    compare = compare or close()
    return lambda answer, expected: (
        isinstance(answer, dict) and all(name in answer and compare(answer[name], expected[name]) for name in names)
    )


def interval_within(share: float) -> Callable[[object, object], bool]:
    """Return the comparison of intervals [low, high] that allows each end `share` of the expected width.

    For resampling: two right answers that draw their random numbers differently agree only so far.
    """

    def compare(answer, expected) -> bool:
        if not (isinstance(answer, list) and len(answer) == 2 and all(map(_number, answer))):
            return False
        width = expected[1] - expected[0]
        return all(abs(a - e) <= share * width for a, e in zip(answer, expected, strict=True))

    return compare


def _number(answer) -> bool:
    return type(answer) in (int, float) and math.isfinite(answer)


def _close(rel: float, abs_: float, answer, expected) -> bool:
    if isinstance(expected, bool) or isinstance(answer, bool) or expected is None or isinstance(expected, str):
        return type(answer) is type(expected) and answer == expected
    if isinstance(expected, int | float):
        if type(answer) not in (int, float):
            return False
        if math.isnan(expected):
            return math.isnan(answer)
        try:
            return answer == expected or math.isclose(answer, expected, rel_tol=rel, abs_tol=abs_)
        except OverflowError:  # an integer beyond what a float holds
            return False
    if isinstance(expected, list):
        return (
            isinstance(answer, list)
            and len(answer) == len(expected)
            and all(_close(rel, abs_, a, e) for a, e in zip(answer, expected, strict=True))
        )
    return (
        isinstance(answer, dict)
        and answer.keys() == expected.keys()
        and all(_close(rel, abs_, answer[name], each) for name, each in expected.items())
    )


def _wire(argument):
    """Return an argument as JSON that `course.exercises.answers.decode` turns back."""
    if hasattr(argument, "columns") and hasattr(argument, "to_dict"):
        dates = [name for name in argument.columns if argument[name].dtype.kind == "M"]
        columns = {name: argument[name] for name in argument.columns}
        columns |= {name: argument[name].dt.strftime("%Y-%m-%dT%H:%M:%S") for name in dates}
        return {"$frame": {name: column.tolist() for name, column in columns.items()}, "dates": dates}
    if hasattr(argument, "dtype") and hasattr(argument, "tolist"):
        listed = argument.tolist()
        return {"$array": listed, "dtype": str(argument.dtype)} if isinstance(listed, list) else listed
    if isinstance(argument, dict):
        return {name: _wire(each) for name, each in argument.items()}
    if isinstance(argument, list | tuple):
        return [_wire(each) for each in argument]
    if argument is None or isinstance(argument, bool | int | float | str):
        return argument
    raise TypeError(f"an argument of type {type(argument).__name__} in hidden.py: it must be possible to write as JSON")
