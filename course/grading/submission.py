"""A submitted notebook, which may be anything: read with care, and reduced to texts."""

import json
import os
import re
import stat
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from course.exercises.release import PLACE

LONGEST = 20_000  # characters of a written answer that a person is asked to read
LARGEST = 10_000_000  # bytes; a notebook with plots has one or two million


@dataclass(frozen=True)
class Cell:
    """A code cell: its text and the question that its metadata names ("" for none)."""

    source: str
    question: str


def read(path: Path) -> bytes:
    """Return the bytes of a submission.

    Raises ValueError for what is not a regular file (a link would name another's) and for one over LARGEST bytes.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise ValueError(f"cannot be opened ({os.strerror(error.errno)}): a plain file was expected") from None
    try:
        state = os.fstat(handle)
        if not stat.S_ISREG(state.st_mode):
            raise ValueError("is not a plain file")
        if state.st_size > LARGEST:
            raise ValueError(f"has {state.st_size:,} bytes: at most {LARGEST:,} were expected; clear large outputs")
        with open(handle, "rb", closefd=False) as file:
            return file.read(LARGEST)
    finally:
        os.close(handle)


def parse(content: bytes) -> tuple[list[Cell], str]:
    """Return the code cells and the exercise that the notebook says it is ("" where it does not).

    Raises ValueError with the reason where it is no notebook.
    """
    if not content.strip():
        raise ValueError("is empty")
    try:
        nb = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError("is not text: a notebook saved as .ipynb was expected") from None
    except (ValueError, RecursionError):
        raise ValueError("is not valid JSON: a notebook saved as .ipynb was expected") from None
    if not isinstance(nb, dict) or not isinstance(nb.get("cells"), list):
        raise ValueError("is JSON but no notebook: it has no list of cells")
    cells = [cell for cell in map(_cell, nb["cells"]) if cell is not None]
    return cells, _text(_at(nb, "metadata", "course", "released", "id"))


def written(content: bytes, questions: Collection[str]) -> dict[str, str]:
    """Return {question: text} of what stands in the Markdown cells that the release marked for these questions.

    A question without text is left out, as is one whose cell still holds the release's words. Empty for what is no
    notebook.
    """
    try:
        cells = json.loads(content.decode("utf-8-sig"))["cells"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    found: dict[str, list[str]] = {}
    for cell in cells if isinstance(cells, list) else []:
        question = _text(_at(cell, "metadata", "course", "question"))
        if question in questions and _at(cell, "cell_type") == "markdown":
            text = _source(cell).strip()
            found.setdefault(question, []).append("" if text == PLACE else text)
    texts = {question: "\n\n".join(filter(None, parts))[:LONGEST] for question, parts in found.items()}
    return {question: text for question, text in texts.items() if text}


def upto(
    cells: list[Cell], question: str, answers: list[str], skip: Collection[str] = ()
) -> tuple[list[str], set[int]]:
    """Return the texts of the cells up to and including the question's last one, as submitted, and which are its own.

    The question's cells are those that its metadata names and those that define one of its `answers` at their left
    margin: a tool that drops metadata, or a learner who writes into a new cell, costs nothing. Where there is none, all
    cells. `skip` holds the texts of released check cells, which need not run.
    """
    names = f"(?:{'|'.join(map(re.escape, answers))})"
    # Within one line each: whatever a student writes, the time grows with its length alone.
    defines = re.compile(
        rf"^(?:(?:async[ \t]+)?def[ \t]+{names}[ \t]*\(|class[ \t]+{names}\b|{names}[ \t]*(?:=(?!=)|:|,))", re.MULTILINE
    )
    kept = [cell for cell in cells if cell.source.strip() and cell.source.strip() not in skip]
    own = [i for i, cell in enumerate(kept) if cell.question == question or defines.search(cell.source)]
    return [cell.source for cell in kept[: own[-1] + 1 if own else None]], set(own)


def _cell(cell) -> Cell | None:
    if not isinstance(cell, dict) or cell.get("cell_type") != "code":
        return None
    return Cell(_source(cell), _text(_at(cell, "metadata", "course", "question")))


def _source(cell: dict) -> str:
    source = cell.get("source")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    return _text(source)


def _at(value, *names):
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _text(value) -> str:
    # Half a surrogate pair is valid JSON, and would stop whoever writes it to a file.
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""
