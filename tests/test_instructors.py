"""The instructors' page is enough: its own commands release, and grade three submissions."""

import csv
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from course.exercises import release, source

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "book" / "instructors.md").read_text(encoding="utf-8")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the sandbox needs Linux")
def test_release_three_submissions_grade_by_the_pages_own_commands(tmp_path):
    commands = re.findall(
        r"^\.venv/bin/course ((?:release|grade) published-interval [^\\\n]*?)\s*$", PAGE, re.MULTILINE
    )
    assert [command.split()[0] for command in commands] == ["release", "grade"]
    exercise = source.load(ROOT / "exercises" / "published-interval")
    work = tmp_path / "work"
    (work / "submissions").mkdir(parents=True)
    (work / "notebooks").mkdir()
    (work / "exercises").symlink_to(ROOT / "exercises")
    shutil.copy(ROOT / "_config.yml", work)

    def run(command: str) -> None:
        program = [sys.executable, "-m", "course.cli", *command.split()]
        done = subprocess.run(program, cwd=work, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr

    run(commands[0])
    handout = work / "handout" / "published-interval" / "published-interval.ipynb"
    shutil.copy(handout, work / "submissions" / "untouched.ipynb")
    nbformat.write(release.solved(exercise), work / "submissions" / "right.ipynb")
    wrong = next(each for each in exercise.wrong() if each.name == "q2-flights")
    nbformat.write(release.solved(exercise, instead={"q2": wrong.code}), work / "submissions" / "wrong.ipynb")
    run(commands[1])
    with open(work / "graded" / "grades.csv", encoding="utf-8", newline="") as file:
        scores = {row["student"]: row["score"] for row in csv.DictReader(file)}
    assert scores == {"right": "10", "untouched": "0", "wrong": "7"}
    for name in re.findall(r"`graded/([\w./<>-]+)`", PAGE):
        there = name != "rubric.csv" or bool(exercise.written)
        assert (work / "graded" / name.replace("<student-id>", "wrong")).is_file() == there, name
