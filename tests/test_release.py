"""From source to release: a golden notebook, Otter's rules at their edges, and nothing that must stay secret."""

import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import nbformat
import psutil
import pytest

from course.exercises import publish, release, source, variants
from course.grading import gradescope, zygote

pytestmark = pytest.mark.apart

ROOT = Path(__file__).resolve().parents[1]
THREE = ROOT / "tests" / "hostile" / "three"
FOLDERS = [THREE, *sorted(path.parent for path in (ROOT / "exercises").glob("*/source.ipynb"))]

GOLDEN = [
    ("markdown", "# Three questions\n\nThe exercise of the grader's own tests."),
    ("code", "from course.exercises.check import check"),
    (
        "code",
        "import numpy as np\nimport pandas as pd\n\nSEED = 1  # VARIANT\n"
        'table = pd.DataFrame({"group": ["a", "a", "b"], "x": np.arange(1.0, 4.0)})',
    ),
    ("markdown", "## Add\n\nWrite `add`."),
    ("code", "def add(a, b):\n    ..."),
    (
        "code",
        '@check(\n    "q1",\n    answers=["add"],\n    hidden=(\n        "other numbers."\n    ),\n)\n'
        'def q1_checks():\n    assert add(1, 2) == 3, "1 and 2 make 3."',
    ),
    ("markdown", "## Squares\n\nWrite `squares`."),
    ("code", "def squares(numbers):\n    ..."),
    (
        "code",
        '@check(\n    "q2",\n    answers=["squares"],\n    hidden=(\n        "other numbers."\n    ),\n)\n'
        'def q2_checks():\n    assert squares([1, 2]) == 5, "1 and 4 make 5."',
    ),
    ("markdown", "## Mean by group\n\nWrite `group_means`."),
    ("code", "def group_means(table):\n    ..."),
    (
        "code",
        '@check(\n    "q3",\n    answers=["group_means"],\n    hidden=(\n        "other numbers."\n    ),\n)\n'
        'def q3_checks():\n    assert group_means(table) == {"a": 1.5, "b": 3}, "The mean of 1 and 2 is 1.5."',
    ),
]


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda folder: folder.name)
def exercise(request) -> source.Exercise:
    return source.load(request.param)


def test_the_release_is_the_golden_one():
    nb = release.student(source.load(THREE))
    assert [(cell.cell_type, cell.source) for cell in nb.cells] == GOLDEN
    assert nb.metadata == {
        "course": {"minutes": 5, "released": {"id": "three", "max_score": 6, "practice": True}},
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    }
    kept = [cell.metadata.get("course") for cell in nb.cells if cell.cell_type == "code"]
    assert kept[2:] == [{key: f"q{n}"} for n in (1, 2, 3) for key in ("question", "check")]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in nb.cells if cell.cell_type == "code")


def test_a_release_leaves_its_source_alone_and_is_the_same_each_time(exercise):
    before = (exercise.folder / "source.ipynb").read_bytes()
    assert publish.notebook(exercise) == publish.notebook(source.load(exercise.folder))
    assert (exercise.folder / "source.ipynb").read_bytes() == before
    assert nbformat.writes(release.solved(exercise)) == nbformat.writes(release.solved(exercise))


def test_no_solution_no_hidden_case_no_canary(exercise):
    text = publish.notebook(exercise)
    assert f"course-canary-{exercise.id}" not in text and "SOLUTION" not in text
    lines = {
        " ".join(line.split()) for cell in json.loads(text)["cells"] for line in "".join(cell["source"]).split("\n")
    }
    assert lines.isdisjoint(release.solution_lines(exercise))
    hidden = {
        " ".join(line.split()) for line in (exercise.folder / "hidden.py").read_text(encoding="utf-8").split("\n")
    }
    solved = {line for cell in release.solved(exercise).cells for line in map(str.strip, cell.source.split("\n"))}
    assert not {line for line in lines & hidden if len(line) >= 30} - solved - lines_of_imports(lines)
    assert set(release.solution_lines(exercise)) <= {" ".join(line.split()) for line in solved}


def lines_of_imports(lines):
    return {line for line in lines if line.startswith(("import ", "from "))}


@pytest.mark.parametrize(
    ("solution", "stub"),
    [
        ("x = 5  # SOLUTION", "x = ..."),
        ("x, y = 5, 6  # SOLUTION", "x, y = ..."),
        ("a.b = 5 # SOLUTION", "a.b = ..."),
        ("    print(x == 5)  # SOLUTION", "    ..."),
        ("x = 5  # SOLUTION NO PROMPT\ny = 1", "y = 1"),
        ("# BEGIN SOLUTION\nx = 5\n# END SOLUTION\ny = 1", "...\ny = 1"),
        ("# BEGIN SOLUTION NO PROMPT\nx = 5\n# END SOLUTION\ny = 1", "y = 1"),
        ("# BEGIN SOLUTION NO PROMPT\nx = 5\n# END SOLUTION\n# BEGIN PROMPT\nx = ...\n# END PROMPT", "x = ..."),
        ("def f():\n    # BEGIN SOLUTION\n    return 1\n    # END SOLUTION", "def f():\n    ..."),
        ("x = 5", "x = 5"),
        ("", ""),
    ],
)
def test_stubs_follow_otters_rules(solution, stub):
    assert release.strip(solution) == stub


@pytest.mark.parametrize(
    "text", ["# BEGIN SOLUTION", "# END SOLUTION", "# BEGIN SOLUTION\n# BEGIN SOLUTION\n# END SOLUTION"]
)
def test_marks_that_do_not_match_are_refused(text):
    with pytest.raises(ValueError, match="SOLUTION"):
        release.strip(text)


def test_variants_lie_in_folders_of_their_own_and_reveal_nobody_elses(tmp_path):
    exercise, key = source.load(THREE), b"a key of sixteen bytes or more"
    students = ["anna", "b.c-d_e", "f@uni.edu"]
    written = publish.write(exercise, tmp_path, students, "2026", key)
    assert [path.relative_to(tmp_path).as_posix() for path in written] == [f"three/{s}/three.ipynb" for s in students]
    seeds = {s: variants.seed(key, "three", "2026", s) for s in students}
    for student, path in zip(students, written, strict=True):
        text = path.read_text(encoding="utf-8")
        assert f"SEED = {seeds[student]}  # VARIANT" in text
        assert not any(str(seeds[other]) in text for other in students if other != student)
        assert key.decode() not in text
        # What everybody can compute, from the public code without the key, is another number.
        assert str(variants.seed(variants.salt(None), "three", "2026", student)) not in text
        assert str(variants.seed(key, "three", "2026", student, "hidden")) not in text


@pytest.mark.parametrize("student", ["", "..", ".a", "-a", "a/b", "a b", "a\n", "ä", "x" * 65, "a\\b", "=1"])
def test_an_id_that_is_no_folder_is_refused_before_anything_is_written(tmp_path, student):
    with pytest.raises(ValueError, match="is no student id"):
        publish.write(source.load(THREE), tmp_path, ["good", student], "t", b"k")
    assert list(tmp_path.iterdir()) == []


def test_the_command_takes_ids_and_private_folders(tmp_path):
    command = [sys.executable, "-m", "course.cli", "release", "published-interval", str(THREE), "--out", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.ipynb")) == [
        "published-interval/published-interval.ipynb",
        "three/three.ipynb",
    ]
    done = subprocess.run([*command, "--student", "../x"], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and "is no student id" in done.stderr and done.stderr.count("\n") == 1


def unpacked(folder: Path, exercise: source.Exercise) -> Path:
    """Lay the zip out as Gradescope does and return the folder that stands for /autograder."""
    gradescope.write(folder / "a.zip", gradescope.pack(exercise, {"pandas": "3.1.1"}))
    with zipfile.ZipFile(folder / "a.zip") as packed:
        packed.extractall(folder / "autograder" / "source")
    (folder / "autograder" / "submission").mkdir()
    return folder / "autograder"


def test_the_gradescope_zip_is_reproducible_private_and_pins_what_it_installs(tmp_path):
    exercise = source.load(THREE)
    autograder = unpacked(tmp_path, exercise)
    assert (tmp_path / "a.zip").stat().st_mode & 0o077 == 0
    gradescope.write(tmp_path / "b.zip", gradescope.pack(exercise, {"pandas": "3.1.1"}))
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert "nbformat numpy pandas==3.1.1 pyyaml" in (autograder / "source" / "setup.sh").read_text()
    assert not list((autograder / "source").rglob("wrong"))


@pytest.mark.xdist_group("gradescope")  # one at a time, as there: it ends whatever else its submissions' user runs
@pytest.mark.skipif(sys.platform != "linux" or os.getuid() != 0, reason="Gradescope runs as root in its container")
@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("def squares(numbers):\n    return sum(n * n for n in numbers)", "correct"),
        ("def squares(numbers):\n    return open('{HIDDEN}').read()", "error: Your code raised PermissionError"),
        ("def squares(numbers):\n    return open('{RESULTS}', 'w')", "error: Your code raised PermissionError"),
        ("import os\ndef squares(numbers):\n    return [os.getuid() or 'root', os.geteuid() or 'root']", "incorrect"),
        ("import os\nos._exit(0)", "error: Your code ended"),
        ("while True: pass", "error: Your code ran longer"),
        ("import os\ndef squares(numbers):\n    for _ in range(3000): os.mkdir('d'); os.chdir('d')", "incorrect"),
    ],
)  # fmt: skip
def test_the_gradescope_autograder_runs_the_submission_as_another_user(tmp_path, code, outcome):
    exercise = source.load(THREE)
    for folder in (tmp_path, *tmp_path.parents):  # the submission's user must get to what it may not read
        if folder.is_relative_to(tempfile.gettempdir()) and folder != Path(tempfile.gettempdir()):
            folder.chmod(0o755)
    autograder = unpacked(tmp_path, exercise)
    places = {"{HIDDEN}": autograder / "source/exercise/hidden.py", "{RESULTS}": autograder / "results/results.json"}
    for name, path in places.items():
        code = code.replace(name, str(path))
    (autograder / "results").mkdir()
    nbformat.write(release.solved(exercise, instead={"q2": code}), autograder / "submission" / "my work.ipynb")
    environment = os.environ | {"AUTOGRADER": str(autograder), "PYTHON": sys.executable}
    done = subprocess.run(
        ["bash", autograder / "source" / "run_autograder"], env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    told = json.loads((autograder / "results" / "results.json").read_text(encoding="utf-8"))
    assert told["tests"][1]["output"].startswith(outcome), told["tests"][1]
    assert told["score"] == (6 if outcome == "correct" else 4)
    assert not list(Path("/tmp").glob("work-*"))
    assert "course-canary" not in json.dumps(told)


KILLED = """
from course.grading.sandbox import Sandbox
with Sandbox([], {"cpu_seconds": 100}, plain=True) as box:
    box.ask(["import os, time\\nos.fork()\\ntime.sleep(999)"], [], [])
"""


@pytest.mark.xdist_group("gradescope")
@pytest.mark.skipif(sys.platform != "linux" or os.getuid() != 0, reason="Gradescope runs as root in its container")
def test_nothing_of_a_submission_remains_where_its_grader_was_killed():
    def submission() -> list[psutil.Process]:
        return [each for each in psutil.process_iter(["uids"]) if each.info["uids"].real == zygote.PLAIN]

    def wait(done) -> None:
        end = time.monotonic() + 60
        while not done():
            assert time.monotonic() < end, submission()
            time.sleep(0.05)

    grader = subprocess.Popen([sys.executable, "-c", KILLED], cwd=ROOT)
    wait(lambda: len(submission()) == 2)
    grader.kill()
    grader.wait()
    wait(lambda: not submission() and not list(Path("/tmp").glob("work-*")))
