"""Otter's own `assign` makes of a source what `course release` makes: the same cells, stubs, points and checks."""

import ast
import re
import runpy
import subprocess
from pathlib import Path

import nbformat
import pytest

from course.exercises import release, source

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv" / "graders" / "bin" / "python"
# One of either role and of both; with an answer in words, with files, with stubs of functions and of variables.
NAMES = ("published-interval", "ml-ab-test", "ai-chain")


@pytest.fixture(scope="module", params=NAMES)
def assigned(request, tmp_path_factory) -> tuple[source.Exercise, Path]:
    """Return an exercise and the folder of students' files that Otter makes; it runs the solutions on the way."""
    if not PYTHON.is_file():
        pytest.fail("the environment with Otter is not set up: run make .venv/.ready-graders", pytrace=False)
    exercise = source.load(ROOT / "exercises" / request.param)
    folder = tmp_path_factory.mktemp(request.param)
    for path in [exercise.folder / "source.ipynb", *exercise.files]:
        target = (
            folder / path.name if path.name == "source.ipynb" else folder / path.relative_to(exercise.folder / "files")
        )
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    command = [PYTHON, "-m", "otter", "assign", "source.ipynb", "dist"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    return exercise, folder / "dist" / "student"


def without_checks(nb: nbformat.NotebookNode) -> list[tuple[str, str]]:
    """Return (kind, text) of the cells, without those that check or that only mark a question for Otter's export.

    The place for an answer in words goes too: to Otter the PROMPT, which holds the task, is such a place already.
    """
    cells = [cell for cell in nb.cells if not (cell.get("metadata") or {}).get("course", {}).get("check")]
    kept = []
    for cell in cells:
        text = re.sub(r"<!-- (BEGIN|END) QUESTION -->", "", cell.source).strip()
        if text and text not in (release.IMPORT, release.PLACE) and not text.startswith("grader.check("):
            kept.append((cell.cell_type, text))
    return kept


def test_the_cells_are_the_same(assigned):
    exercise, folder = assigned
    otters = nbformat.read(folder / "source.ipynb", as_version=4)
    assert without_checks(otters) == without_checks(release.student(exercise))


def test_points_and_public_checks_are_the_same(assigned):
    exercise, folder = assigned
    found = {path.stem: runpy.run_path(str(path))["test"] for path in (folder / "tests").glob("*.py")}
    assert {name: test["points"] for name, test in found.items()} == {q.id: q.points for q in exercise.questions}
    for question in exercise.questions:
        ours = [source.test_code(c) for kind, of, c in exercise.cells if (kind, of) == ("test", question.id)]
        otters = [
            re.sub(r"^(>>>|\.\.\.) ?", "", case["code"], flags=re.M)
            for case in found[question.id]["suites"][0]["cases"]
        ]
        assert [ast.dump(ast.parse(code)) for code in otters] == [ast.dump(ast.parse(code)) for code in ours]
