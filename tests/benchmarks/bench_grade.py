"""Measure what grading costs, side by side with `otter run` and `nbgrader autograde` on the same submissions.

    python tests/benchmarks/bench_grade.py --submissions 40 --json results.json

CPU seconds a submission: for `course grade` summed from rusage inside the sandbox, of the grader and of the zygote; for
the others of their whole process trees. The exercise is the grader's own test exercise: three questions, numpy and
pandas. Right, wrong and untouched submissions, as a hostile one would stop the others; every mark of every grader is
asserted. Then a class in which every fourth submission is hostile, ours alone, and the memory of a class ten times as
large. The other graders live in .venv/graders, which `make test-labs` sets up.
"""

import argparse
import csv
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import nbformat
from tqdm import tqdm

from course.exercises import release, source
from course.grading import grade

ROOT = Path(__file__).resolve().parents[2]
THREE = ROOT / "tests" / "hostile" / "three"
GRADERS = ROOT / ".venv" / "graders" / "bin" / "python"
HOSTILE = [
    "import os\nos._exit(0)",
    "import os\ndef squares(n):\n    os._exit(0)",
    "def squares(n):\n    return 'x' * 20_000_000",
    "def squares(n):\n    return len(bytearray(4 * 10**9))",
    "import json\njson.dumps = lambda *a, **k: '{}'\ndef squares(n):\n    return 5",
    "def squares(n):\n    return open('/etc/passwd').read()",
]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=40, metavar="N")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the results here")
    options = parser.parse_args()
    if not GRADERS.is_file():
        sys.exit(f"{GRADERS.relative_to(ROOT)} is missing: run `make .venv/.ready-graders`")
    found = measure(options.submissions, options.jobs)
    print("\n".join(f"{name}: {value}" for name, value in found.items()))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")
    return 0


def measure(count: int, jobs: int) -> dict:
    """Return the figures of grading `count` submissions by each grader, every mark asserted."""
    exercise = source.load(THREE)
    with tempfile.TemporaryDirectory() as folder:
        honest = hand_in(exercise, Path(folder) / "honest", count)
        ours = course_grade(exercise, honest, Path(folder) / "out", jobs)
        otter = otter_run(honest, Path(folder) / "otter")
        nbgrader = nbgrader_autograde(exercise, honest, Path(folder) / "nbgrader")
        mixed = hand_in(exercise, Path(folder) / "mixed", count, hostile=True)
        hostile = course_grade(exercise, mixed, Path(folder) / "out-mixed", jobs)
        memory = {size: peak_memory(exercise, Path(folder), size, jobs) for size in (count, 10 * count)}
    return {
        "date": date.today().isoformat(),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, python {platform.python_version()}",
        "load_average": round(os.getloadavg()[0], 1),
        "fork_cpu_milliseconds": fork_milliseconds(),
        "submissions": count,
        "jobs": jobs,
        "course_grade_cpu_seconds": ours["all"],
        "of_which": {name: value for name, value in ours.items() if name != "all"},
        "otter_run_cpu_seconds": otter,
        "nbgrader_autograde_cpu_seconds": nbgrader,
        "otter_run / course_grade": round(otter / ours["all"], 1),
        "nbgrader_autograde / course_grade": round(nbgrader / ours["all"], 1),
        "course_grade_every_fourth_hostile_cpu_seconds": hostile["all"],
        "course_grade_peak_memory_mb": memory,
    }


def fork_milliseconds(times: int = 100) -> float:
    """Return CPU milliseconds that an empty fork of a process with numpy and pandas takes: a measure of the machine.

    `course grade` forks once a question, so its seconds follow this figure.
    """
    code = (
        f"import os, numpy, pandas\nbefore = sum(os.times()[:4])\nfor _ in range({times}):\n    child = os.fork()\n"
        f"    if child == 0:\n        os._exit(0)\n    os.waitpid(child, 0)\nprint(sum(os.times()[:4]) - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return round(1000 * float(done.stdout) / times, 1)


def hand_in(exercise: source.Exercise, folder: Path, count: int, hostile: bool = False) -> dict[Path, int]:
    """Write `count` submissions: right, wrong, untouched, and hostile or right. Return {path: expected score}."""
    right, untouched = release.solved(exercise), release.student(exercise)
    wrong = release.solved(exercise, instead={"q3": "def group_means(table):\n    return {}"})
    attacks = [release.solved(exercise, instead={"q2": code}) for code in HOSTILE]
    folder.mkdir()
    expected = {}
    for number in range(count):
        fourth = (attacks[number // 4 % len(attacks)], 4) if hostile else (right, 6)
        nb, score = [(right, 6), (wrong, 4), (untouched, 0), fourth][number % 4]
        path = folder / f"s{number:04}.ipynb"
        nbformat.write(nb, path)
        expected[path] = score
    return expected


def course_grade(exercise: source.Exercise, handed: dict[Path, int], out: Path, jobs: int) -> dict[str, float]:
    """Return CPU seconds a submission: inside the sandbox, of the zygote, of the grader, of its start, and all."""
    before = cpu(resource.RUSAGE_CHILDREN)
    run([sys.executable, "-c", "import course.cli, course.grading.command"], out.parent)
    start = cpu(resource.RUSAGE_CHILDREN) - before  # the other graders are measured as commands: so theirs is counted
    before = cpu(resource.RUSAGE_SELF)
    found = dict(grade.grade_all(grade.Task(THREE), {path.stem: path for path in handed}, out, jobs))
    grader = cpu(resource.RUSAGE_SELF) - before
    check({student: result.score for student, result in found.items()}, handed)
    with grade.Sandbox(exercise.metadata["imports"]) as box:  # the zygote's own share: imports, and a fork a question
        for _ in range(len(handed) * len(exercise.questions)):
            box.ask(["a = 1"], ["a"], [])
        zygote = box.cpu
    sandbox = sum(result.cpu for result in found.values())
    seconds = {"sandbox": sandbox, "zygote": zygote, "grader": grader, "start": start}
    seconds["all"] = sum(seconds.values())
    return {name: round(value / len(handed), 4) for name, value in seconds.items()}


def otter_run(handed: dict[Path, int], folder: Path) -> float:
    """Return CPU seconds a submission of `otter run`, which is called once for each."""
    folder.mkdir()
    run([GRADERS, "-m", "otter", "assign", THREE / "source.ipynb", "dist"], folder)
    archive = next((folder / "dist" / "autograder").glob("*.zip"))
    before, scores = cpu(resource.RUSAGE_CHILDREN), {}
    for path in tqdm(handed, desc="otter run", disable=None):
        nb = nbformat.read(path, as_version=4)
        nb.metadata["otter"] = {"assignment_name": "three"}  # it refuses what does not say so
        nbformat.write(nb, folder / path.name)
        run([GRADERS, "-m", "otter", "run", "-a", archive, "-o", folder, "--no-logo", folder / path.name], folder)
        told = json.loads((folder / "results.json").read_text(encoding="utf-8"))
        scores[path.stem] = sum(test["score"] for test in told["tests"] if test["name"] != "Public Tests")
    seconds = cpu(resource.RUSAGE_CHILDREN) - before
    check(scores, handed)
    return round(seconds / len(handed), 4)


def nbgrader_autograde(exercise: source.Exercise, handed: dict[Path, int], folder: Path) -> float:
    """Return CPU seconds a submission of one `nbgrader autograde` over all of them."""
    (folder / "source" / "three").mkdir(parents=True)
    as_nbgrader(exercise, release.solved(exercise), folder / "source" / "three" / "three.ipynb")
    run([GRADERS, "-m", "nbgrader", "generate_assignment", "three"], folder)
    for path in handed:
        target = folder / "submitted" / path.stem / "three" / "three.ipynb"
        target.parent.mkdir(parents=True)
        as_nbgrader(exercise, nbformat.read(path, as_version=4), target)
    before = cpu(resource.RUSAGE_CHILDREN)
    run([GRADERS, "-m", "nbgrader", "autograde", "three"], folder)
    seconds = cpu(resource.RUSAGE_CHILDREN) - before
    run([GRADERS, "-m", "nbgrader", "export"], folder)
    with open(folder / "grades.csv", encoding="utf-8", newline="") as file:
        check({row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}, handed)
    return round(seconds / len(handed), 4)


def as_nbgrader(exercise: source.Exercise, nb: nbformat.NotebookNode, path: Path) -> None:
    """Write a release or a submission with nbgrader's metadata: the same answers, public tests and points."""
    tests = {question.id: [] for question in exercise.questions}
    for kind, of, cell in exercise.cells:
        if kind == "test":
            tests[of].append(source.test_code(cell))
    points = {question.id: question.points for question in exercise.questions}
    for number, cell in enumerate(nb.cells):
        marks = cell.metadata.pop("course", {})
        mark = {"schema_version": 3, "task": False, "grade": False, "solution": False, "locked": False}
        if question := marks.get("question"):
            cell.metadata["nbgrader"] = mark | {"solution": True, "grade_id": question}
        elif question := marks.get("check"):
            cell.source = "\n".join(tests[question])
            cell.metadata["nbgrader"] = mark | {
                "grade": True, "locked": True, "grade_id": f"{question}-tests", "points": points[question],
            }  # fmt: skip
        cell.id = f"cell-{number}"
    nbformat.write(nb, path)


def peak_memory(exercise: source.Exercise, folder: Path, size: int, jobs: int) -> int:
    """Return the grader's largest resident memory in megabytes over a class of `size`; a box has its own limit."""
    hand_in(exercise, folder / f"memory-{size}", size)
    command = [sys.executable, "-m", "course.cli", "grade", str(THREE), str(folder / f"memory-{size}")]
    process = subprocess.Popen([*command, "--out", str(folder / f"out-{size}"), "--jobs", str(jobs)], cwd=ROOT)
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0
    return used.ru_maxrss // 1024


def check(scores: dict[str, float], handed: dict[Path, int]) -> None:
    wrong = {
        path.stem: (scores.get(path.stem), score) for path, score in handed.items() if scores.get(path.stem) != score
    }
    assert not wrong, f"marks that differ (found, expected): {wrong}"


def run(command: list, folder: Path) -> None:
    # nbgrader calls alembic, which lies beside its Python.
    environment = os.environ | {"PATH": f"{GRADERS.parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(list(map(str, command)), cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


def cpu(whose: int) -> float:
    used = resource.getrusage(whose)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    start = time.perf_counter()
    status = main()
    print(f"in all {time.perf_counter() - start:.0f} s")
    raise SystemExit(status)
