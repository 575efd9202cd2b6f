"""A learner's cells, run one after another, and calls of what they defined.

Standard library only, as this is what runs beside the learner's code: in the notebook's own check, in the tests of an
exercise, and inside the sandbox. Values cross as JSON: never as pickle, which can run code where it is read.
"""

import dis
import re
import types
from collections.abc import Callable

DEEP = 20  # how far lists and dictionaries may be nested in an answer
MESSAGE = 300  # characters kept of an error's text

# What a cell may hold beside Python: lines for IPython and the shell. They are dropped, but not what %time measures.
_MAGIC = re.compile(r"^\s*(%|!|\?)|^[\w.]+\?{1,2}\s*$")
_TIMED = re.compile(r"^(\s*)%time\s+(?=\S)")
_WHOLE = re.compile(r"\A(\s*)%%(time|timeit|capture|prun)\b[^\n]*")


def is_stub(value) -> bool:
    """Return whether an answer is as released: `...`, or a function whose body is only that (or `pass`)."""
    code = getattr(value, "__code__", None)
    if code is None:
        return value is ...
    steps = [(step.opname, step.argval) for step in dis.get_instructions(code) if step.opname not in ("RESUME", "NOP")]
    return steps in ([("LOAD_CONST", None), ("RETURN_VALUE", None)], [("RETURN_CONST", None)])


class Session:
    """A fresh namespace in which cells run and answers are called; every error is caught and described."""

    def __init__(self):
        self.namespace = {"__name__": "__main__", "display": lambda *values: None}

    def run(self, cells: list[str], before: Callable[[int], None] = lambda number: None) -> list[dict]:
        """Run cells in order and return the errors: {"cell": number from 0, "type", "message", "line"}.

        `before` is called with a cell's number before it runs.
        """
        errors = []
        for number, source in enumerate(cells):
            before(number)
            try:
                exec(_compiled(source, f"<cell {number}>"), self.namespace)
            except BaseException as error:  # a cell that calls sys.exit() is one that failed; the next one runs
                errors.append({"cell": number, **described(error, f"<cell {number}>")})
        return errors

    def state(self, names: list[str]) -> dict[str, str]:
        """Return {name: "missing", "stub" or "there"}."""
        missing = object()
        found = {name: self.namespace.get(name, missing) for name in names}
        return {
            name: "missing" if value is missing else "stub" if is_stub(value) else "there"
            for name, value in found.items()
        }

    def reply(self, request: dict) -> dict:
        """Return {"value": JSON} or {"error": {...}} to a request made by `course.exercises.cases`."""
        try:
            return {"value": encode(self._answer(request))}
        except BaseException as error:
            return {"error": described(error, "<cell ")}

    def _answer(self, request: dict):
        if "value" in request:
            return self.namespace[request["value"]]
        arguments = [decode(each) for each in request["args"]]
        keywords = {name: decode(each) for name, each in request["kwargs"].items()}
        if "driver" in request:
            space = {"__name__": "driver"}
            exec(compile(request["driver"], "<driver>", "exec", dont_inherit=True), space)
            function = space[request["function"]]
            arguments.insert(0, types.SimpleNamespace(**{k: v for k, v in self.namespace.items() if k.isidentifier()}))
        else:
            function = self.namespace[request["function"]]
        return function(*arguments, **keywords)


def plain(source: str) -> str:
    """Return a cell's Python, line for line: without what is meant for IPython, which runs it all the same.

    Of `%time` and of a cell under %%time, %%timeit, %%capture or %%prun the code stays; others under %% are no Python.
    """
    source = _WHOLE.sub(r"\1", source)
    if source.lstrip().startswith("%%"):
        return ""
    lines = (_TIMED.sub(r"\1", line) for line in source.split("\n"))
    return "\n".join("" if _MAGIC.match(line) else line for line in lines)


def _compiled(source: str, name: str) -> types.CodeType:
    """Compile a cell: as it is, and only where that is no Python without what looks like a line for IPython."""
    try:
        return compile(source, name, "exec", dont_inherit=True)
    except SyntaxError:
        return compile(plain(source), name, "exec", dont_inherit=True)


def described(error: BaseException, where: str) -> dict:
    """Return {"type", "message", "line"}: the last line of the learner's code (file name starts with `where`) or 0."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.startswith(where):
            line = trace.tb_lineno
        trace = trace.tb_next
    if isinstance(error, SyntaxError):
        line = error.lineno or 0
    try:
        message = str(error.msg if isinstance(error, SyntaxError) else error)
    except BaseException:
        message = ""
    return {"type": type(error).__name__[:60], "message": message[:MESSAGE], "line": line}


def encode(value, depth: int = 0):
    """Return `value` as JSON: numpy and pandas values as numbers, lists and {column: list}, tuples as lists.

    Raises TypeError for what has no such form and for what is nested deeper than DEEP.
    """
    if depth > DEEP:
        raise TypeError(f"an answer nested deeper than {DEEP} levels")
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, dict):
        return {_key(name): encode(each, depth + 1) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [encode(each, depth + 1) for each in value]
    if hasattr(value, "to_dict") and hasattr(value, "columns"):  # a data frame; its index is not part of the answer
        return {_key(name): encode(value[name].tolist(), depth + 1) for name in value.columns}
    if hasattr(value, "tolist"):  # a numpy array or number, a pandas series
        return encode(value.tolist(), depth + 1)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    for plain_type in (int, float, str):  # enumerations and other kinds of plain values
        if isinstance(value, plain_type):
            return plain_type(value)
    raise TypeError(f"an answer of type {type(value).__name__}: numbers, texts, lists and dictionaries were expected")


def decode(value):
    """Return an argument as it was before `course.exercises.cases` made it JSON ({"$frame"}, {"$array"})."""
    if isinstance(value, list):
        return [decode(each) for each in value]
    if not isinstance(value, dict):
        return value
    if "$frame" in value:
        import pandas as pd

        frame = pd.DataFrame(value["$frame"])
        for name in value["dates"]:
            frame[name] = pd.to_datetime(frame[name])
        return frame
    if "$array" in value:
        import numpy as np

        return np.array(value["$array"], dtype=value["dtype"])
    return {name: decode(each) for name, each in value.items()}


def _key(name) -> str:
    if hasattr(name, "item"):
        name = name.item()
    if isinstance(name, str | int | float | bool) or name is None:
        return str(name)
    raise TypeError(f"a dictionary key of type {type(name).__name__}: texts or numbers were expected")
