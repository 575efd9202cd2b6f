"""Submissions that are not what was handed out: mangled cells, junk, links, odd names. Against the real grader."""

import copy
import csv
import json
import os
import random
import sys
from pathlib import Path

import nbformat
import pytest

from course.exercises import release, source
from course.grading import downloads, grade, marks, results, submission

FOLDER = Path(__file__).parent / "three"
ALL = [("correct", 2)] * 3
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the sandbox needs Linux")


@pytest.fixture(scope="module")
def grader():
    with grade.Grader(grade.Task(FOLDER)) as grader:
        yield grader


def cell(nb, question):
    return next(c for c in nb.cells if c.metadata.get("course", {}).get("question") == question)


def index(nb, question):
    return nb.cells.index(cell(nb, question))


def deleted(nb):
    nb.cells.remove(cell(nb, "q2"))


def duplicated(nb):
    again = copy.deepcopy(cell(nb, "q2"))
    again.id = "again"
    again.source = "def squares(numbers):\n    return 0"
    nb.cells.insert(index(nb, "q2"), again)


def duplicated_with_the_wrong_one_last(nb):
    duplicated(nb)
    first = index(nb, "q2")
    nb.cells[first], nb.cells[first + 1] = nb.cells[first + 1], nb.cells[first]


def reordered(nb):
    q1, q3 = index(nb, "q1"), index(nb, "q3")
    nb.cells[q1], nb.cells[q3] = nb.cells[q3], nb.cells[q1]


def setup_last(nb):
    first = next(i for i, c in enumerate(nb.cells) if c.source.startswith("import numpy"))
    nb.cells.append(nb.cells.pop(first))


def without_metadata(nb):
    for each in nb.cells:
        each.metadata.clear()
        each.id = f"x{nb.cells.index(each)}"


def metadata_of_another_question(nb):
    for question in ("q1", "q3"):
        cell(nb, question).metadata["course"] = {"question": "q2"}


def odd_metadata(nb):
    for each in nb.cells:
        each.metadata["course"] = ["question"]


def answer_in_a_new_cell(nb):
    own = cell(nb, "q2")
    nb.cells.append(nbformat.v4.new_code_cell(own.source))
    own.source = "# see below"


def split_in_two(nb):
    own = cell(nb, "q2")
    nb.cells.insert(index(nb, "q2"), nbformat.v4.new_code_cell("def square(number):\n    return number * number"))
    own.source = "def squares(numbers):\n    return sum(map(square, numbers))"


def turned_to_text(nb):
    own = cell(nb, "q2")
    own["cell_type"] = "markdown"
    own.pop("outputs"), own.pop("execution_count")


def all_in_one(nb):
    text = "\n\n".join(c.source for c in nb.cells if c.cell_type == "code" and not c.source.startswith("@check"))
    nb.cells = [nbformat.v4.new_code_cell(text)]


def raising_between(nb):
    nb.cells.insert(index(nb, "q2"), nbformat.v4.new_code_cell("1 / 0"))


def no_cells(nb):
    nb.cells = []


def checks_edited(nb):
    for each in nb.cells:
        if "course" in each.metadata and "check" in each.metadata["course"]:
            each.source = "raise SystemExit"


Q2_NOT_ATTEMPTED = [("correct", 2), ("not attempted", 0), ("correct", 2)]


@pytest.mark.parametrize(
    ("mangle", "expected"),
    [
        (deleted, Q2_NOT_ATTEMPTED),
        (duplicated, ALL),
        (duplicated_with_the_wrong_one_last, [("correct", 2), ("incorrect", 0), ("correct", 2)]),
        (reordered, ALL),
        (setup_last, ALL),
        (without_metadata, ALL),
        (metadata_of_another_question, ALL),
        (odd_metadata, ALL),
        (answer_in_a_new_cell, ALL),
        (split_in_two, ALL),
        (turned_to_text, Q2_NOT_ATTEMPTED),
        (all_in_one, ALL),
        (raising_between, ALL),
        (no_cells, [("not attempted", 0)] * 3),
        (checks_edited, ALL),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_mangled_cells(grader, mangle, expected):
    nb = release.solved(grader.exercise)
    mangle(nb)
    result = grader.grade("s", nbformat.writes(nb).encode())
    assert [(outcome.outcome, outcome.points) for outcome in result.outcomes] == expected, result.outcomes
    assert result.status == "graded" and all(outcome.message for outcome in result.outcomes)


@pytest.mark.parametrize(
    ("content", "status", "why"),
    [
        (b"", "unreadable", "is empty"),
        (b" \n", "unreadable", "is empty"),
        (b"{", "unreadable", "not valid JSON"),
        (random.Random(0).randbytes(5000) + b"\xff\xfe", "unreadable", "not text"),
        (b"[" * 200_000, "unreadable", "not valid JSON"),
        (b"[]", "unreadable", "no list of cells"),
        (b'{"cells": 5}', "unreadable", "no list of cells"),
        (
            b'{"cells": [5, null, {}, {"cell_type": "code", "source": 7}, {"cell_type": "code", "source": [1]}]}',
            "graded",
            "",
        ),
        (b'{"cells": [], "metadata": {"course": {"released": {"id": "<other>"}}}}', "wrong exercise", "'<other>'"),
        (b'{"cells": [], "metadata": {"course": {"released": {"id": {}}}}}', "graded", ""),
        (b'{"cells": [{"cell_type": "code", "source": "a = \\"\\ud800\\"\\u0000", "metadata": 3}]}', "graded", ""),
        (b"PK\x03\x04" + b"x" * 100, "unreadable", "not valid JSON"),
    ],
    ids=lambda value: value[:20].hex() if isinstance(value, bytes) else value,
)
def test_what_is_no_notebook_of_this_exercise_gets_a_reason_and_a_message_for_each_question(
    grader, content, status, why
):
    result = grader.grade("s", content)
    assert (result.status, result.score, result.max_score) == (status, 0, 6)
    assert why in result.message and len(result.outcomes) == 3 and all(outcome.message for outcome in result.outcomes)


def test_a_notebook_with_a_byte_order_mark_is_read(grader):
    content = b"\xef\xbb\xbf" + nbformat.writes(release.solved(grader.exercise)).encode()
    assert grader.grade("s", content).score == 6


def test_a_folder_of_odd_files_is_graded_to_the_end(tmp_path):
    exercise = source.load(FOLDER)
    good = nbformat.writes(release.solved(exercise))
    folder = tmp_path / "submissions"
    folder.mkdir()
    (folder / "large.ipynb").write_bytes(b"{")
    os.truncate(folder / "large.ipynb", 200_000_000)
    secret = tmp_path / "secret.ipynb"
    secret.write_text(good)
    (folder / "link.ipynb").symlink_to(secret)
    (folder / "away.ipynb").symlink_to("/nowhere")
    (folder / "folder.ipynb").mkdir()
    os.mkfifo(folder / "pipe.ipynb")
    names = ["a b", "=cmd()", "@x", "-rf", "ä", "<script>", "a,b", 'quo"te', "new\nline", "..", "x" * 240, "s@uni.edu"]
    for name in names:
        (folder / f"{name}.ipynb").write_text(good)
    (folder / os.fsdecode(b"\xff.ipynb")).write_text(good)
    (folder / "notes.txt").write_text("no submission")
    out = tmp_path / "out"
    found = dict(
        grade.grade_all(
            grade.Task(FOLDER),
            {s: handed.path for s, handed in downloads.collect(folder, out, downloads.roster(None)).items()},
            out,
            2,
        )
    )
    text = marks.grades(exercise, {student: marks.mark(each, False, 0, []) for student, each in found.items()})
    rows = {row["student"]: row for row in csv.DictReader(text.splitlines())}
    assert len(rows) == len(found) == len(names) + 1 + 5 == len(list((out / "results").iterdir()))
    for name in ("large", "link", "away", "folder", "pipe"):
        assert (rows[name]["status"], rows[name]["score"]) == ("unreadable", "0"), name
    assert [rows[results.file_name(name)]["score"] for name in [*names, os.fsdecode(b"\xff")]] == ["6"] * (
        len(names) + 1
    )
    assert all(line[0].isalnum() or line[0] in "%_~" for line in text.splitlines()), "a spreadsheet may read a formula"
    for path in (out / "results").iterdir():
        assert json.loads(path.read_text(encoding="utf-8"))["tests"]


def test_a_submission_is_read_up_to_the_limit_alone(tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_bytes(b"x" * (submission.LARGEST + 1))
    with pytest.raises(ValueError, match="at most 10,000,000 were expected"):
        submission.read(path)
