"""Hostile submissions against the real grader: exact outcomes, nothing read, nothing left behind, time bounded."""

import csv
import importlib.util
import json
import os
import sys
import time
from pathlib import Path

import nbformat
import pytest

from course.exercises import release, source
from course.grading import grade, marks, sandbox

HERE = Path(__file__).parent
FOLDER = HERE / "three"
BOUND = 240  # seconds for the whole class on two busy cores; an endless loop costs at most its limits
CANARIES = ("course-canary-three", "course-canary-hidden-input")

# On Linux the sandbox must be there: only elsewhere, where `course grade` refuses, is this skipped.
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the sandbox needs Linux")


def attacks():
    spec = importlib.util.spec_from_file_location("attacks", HERE / "attacks.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["attacks"] = module
    spec.loader.exec_module(module)
    return module.ATTACKS


ATTACKS = attacks()


def processes() -> set[int]:
    """Return the ids of this process's descendants: whatever runs in the sandbox is among them."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            pass
    found, level = set(), {os.getpid()}
    while level:
        level = {pid for pid, parent in parents.items() if parent in level}
        found |= level
    return found


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".pyc"
    }


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Results of a class in which each attack sits between two honest neighbours."""
    folder = tmp_path_factory.mktemp("hostile")
    exercise, submissions = source.load(FOLDER), folder / "submissions"
    submissions.mkdir()
    places = {"{HIDDEN}": FOLDER / "hidden.py", "{SOURCE}": FOLDER / "source.ipynb", "{SUBMISSIONS}": submissions}
    for attack in ATTACKS:
        code = attack.code
        for name, path in places.items():
            code = code.replace(name, str(path))
        nbformat.write(release.solved(exercise, instead={"q2": code}), submissions / f"{attack.name}.ipynb")
        nbformat.write(release.solved(exercise), submissions / f"{attack.name}-neighbour.ipynb")
    before, running = snapshot(FOLDER), processes()
    started = time.monotonic()
    found = dict(
        grade.grade_all(
            grade.Task(FOLDER),
            {path.stem: path for path in submissions.glob("*.ipynb")},
            folder / "out",
            os.cpu_count(),
        )
    )
    seconds = time.monotonic() - started
    assert snapshot(FOLDER) == before
    assert processes() <= running, "a process of a submission or of its sandbox is still there"
    table = marks.grades(exercise, {student: marks.mark(each, False, 0, []) for student, each in found.items()})
    (folder / "out" / "grades.csv").write_text(table, encoding="utf-8")
    return found, folder / "out", seconds


def test_there_are_enough_and_each_has_its_own_name():
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS) >= 30


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_gets_exactly_what_it_deserves(graded, attack):
    result = graded[0][attack.name]
    outcomes = {outcome.question: outcome for outcome in result.outcomes}
    own = outcomes["q2"]
    assert (own.outcome, own.points) == (attack.outcome, attack.points), own
    assert attack.says in own.message, own
    assert (outcomes["q1"].outcome, outcomes["q1"].points) == ("correct", 2), outcomes["q1"]
    points = 2 if attack.after == "correct" else 0
    assert (outcomes["q3"].outcome, outcomes["q3"].points) == (attack.after, points), outcomes["q3"]
    assert (result.status, result.score, result.max_score) == ("graded", 2 + attack.points + points, 6)


def test_neighbours_keep_their_marks(graded):
    for attack in ATTACKS:
        result = graded[0][f"{attack.name}-neighbour"]
        assert (result.status, result.score) == ("graded", 6), attack.name


def test_no_secret_is_in_any_output_and_markup_is_escaped(graded):
    for path in graded[1].rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert not any(canary in text for canary in CANARIES), path
            assert "[[" not in text or path.suffix == ".json"
            if path.suffix == ".html":
                assert "<script" not in text, path


def test_time_is_bounded(graded):
    assert graded[2] < BOUND


def test_every_result_is_gradescopes_format_and_every_line_of_the_table_is_there(graded):
    found, out, _ = graded
    rows = list(csv.DictReader(open(out / "grades.csv", encoding="utf-8", newline="")))
    assert [row["student"] for row in rows] == sorted(found)
    for row in rows:
        told = json.loads((out / "results" / f"{row['student']}.json").read_text(encoding="utf-8"))
        assert told["score"] == int(row["score"]) == sum(test["score"] for test in told["tests"])
        assert {test["status"] for test in told["tests"]} <= {"passed", "failed"} and len(told["tests"]) == 3


def test_a_forger_who_answers_before_being_asked_gains_nothing_by_order(graded):
    # A forged frame shifts the answers by one; every later one is compared with another request.
    assert graded[0]["forge-answer"].score == 4


def test_the_sandbox_is_there_on_linux():
    assert sandbox.unavailable() == ""
