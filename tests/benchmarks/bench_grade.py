"""Measure what grading costs: CPU seconds a submission, summed from rusage inside the sandbox and of the grader itself.

    python tests/benchmarks/bench_grade.py --submissions 40 --json results.json

The exercise is the grader's own test exercise: three questions, numpy and pandas. A quarter of the submissions each is
right, wrong in one question, untouched, and hostile; every mark is asserted.
"""

import argparse
import json
import os
import platform
import resource
import tempfile
import time
from datetime import date
from pathlib import Path

import nbformat

from course.exercises import release, source
from course.grading import grade

THREE = Path(__file__).resolve().parents[1] / "hostile" / "three"
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
    found = measure(options.submissions, options.jobs)
    for name, value in found.items():
        print(f"{name}: {value}")
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")
    return 0


def measure(count: int, jobs: int) -> dict:
    """Return the figures of grading `count` submissions, every mark asserted."""
    exercise = source.load(THREE)
    with tempfile.TemporaryDirectory() as folder:
        expected, paths = hand_in(exercise, Path(folder), count)
        before, started = own_cpu(), time.perf_counter()
        results = dict(grade.grade_all(grade.Task(THREE), paths, Path(folder) / "out", jobs))
        seconds, grader = time.perf_counter() - started, own_cpu() - before
        wrong = {s: (r.score, expected[s]) for s, r in results.items() if r.score != expected[s]}
        assert not wrong and len(results) == count, f"marks that differ: {wrong}"
        inside = sum(result.cpu for result in results.values())
    with grade.Sandbox(exercise.metadata["imports"]) as box:  # the zygote's own share: imports, and a fork a question
        for _ in range(count * len(exercise.questions)):
            box.ask(["a = 1"], ["a"], [])
        zygote = box.cpu
    return {
        "date": date.today().isoformat(),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, python {platform.python_version()}",
        "load_average": round(os.getloadavg()[0], 1),
        "submissions": count,
        "jobs": jobs,
        "cpu_seconds_a_submission": round((inside + grader + zygote) / count, 4),
        "of_which_in_the_sandbox": round(inside / count, 4),
        "of_which_the_grader": round(grader / count, 4),
        "of_which_the_zygote": round(zygote / count, 4),
        "wall_seconds": round(seconds, 2),
        "grader_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def hand_in(exercise: source.Exercise, folder: Path, count: int) -> tuple[dict[str, int], dict[str, Path]]:
    """Write the submissions; return {student: score} and {student: path}."""
    right, untouched = release.solved(exercise), release.student(exercise)
    wrong = release.solved(exercise, instead={"q3": "def group_means(table):\n    return {}"})
    attacks = [release.solved(exercise, instead={"q2": code}) for code in HOSTILE]
    expected, paths = {}, {}
    for number in range(count):
        student = f"s{number:04}"
        nb, score = [(right, 6), (wrong, 4), (untouched, 0), (attacks[number // 4 % len(attacks)], 4)][number % 4]
        expected[student], paths[student] = score, folder / f"{student}.ipynb"
        nbformat.write(nb, paths[student])
    return expected, paths


def own_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    raise SystemExit(main())
