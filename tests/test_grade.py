"""The grader as an instructor uses it: marks, resumption after kill -9, variants, regrades, refusals in words."""

import csv
import json
import os
import platform
import random
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from distributed import LocalCluster

from course.exercises import cases, publish, release, source, variants
from course.grading import compare, grade, report, results, sandbox, seccomp

ROOT = Path(__file__).resolve().parents[1]
THREE = ROOT / "tests" / "hostile" / "three"
KEY = b"a key of sixteen bytes or more"
HOSTILE = (
    "import os\nos._exit(0)",
    "import os\ndef squares(n):\n    os._exit(0)",
    "def squares(n):\n    return 'x' * 20_000_000",
    "def squares(n):\n    return len(bytearray(4 * 10**9))",
    "import json\njson.dumps = lambda *a, **k: '{}'\ndef squares(n):\n    return 5",
    "def squares(n):\n    return open('/etc/passwd').read()",
)
WRONG = "def squares(numbers):\n    return 0"
pytestmark = [
    pytest.mark.apart,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the sandbox needs Linux"),
]


@pytest.fixture(scope="module")
def three() -> source.Exercise:
    return source.load(THREE)


def course(*arguments, folder: Path = ROOT, **environment) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "course.cli", *map(str, arguments)]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=300, env=os.environ | environment
    )


def hand_in(folder: Path, **submissions: nbformat.NotebookNode) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for student, nb in submissions.items():
        (folder / f"{student}.ipynb").write_text(json.dumps(nb), encoding="ascii")  # any text, half characters too
    return folder


def table(out: Path) -> list[dict]:
    with open(out / "grades.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def a_class(exercise: source.Exercise, folder: Path, size: int) -> dict[str, int]:
    """Write `size` submissions: good, untouched, wrong, hostile, empty. Return {student: score that each must get}."""
    numbers_only = "def add(a, b):\n    return float(a) + float(b)"
    kinds = [
        (nbformat.writes(nb), score)
        for nb, score in (
            (release.solved(exercise), 6),
            (release.student(exercise), 0),
            (release.solved(exercise, instead={"q2": WRONG}), 4),
            (release.solved(exercise, instead={"q1": numbers_only}), 5),
            *((release.solved(exercise, instead={"q2": code}), 4) for code in HOSTILE),
        )
    ] + [("", 0)]
    folder.mkdir(parents=True)
    expected = {}
    for number in range(size):
        text, expected[f"s{number:03}"] = kinds[number % len(kinds)]
        (folder / f"s{number:03}.ipynb").write_text(text)
    return expected


def test_a_class_gets_every_expected_mark_and_pages_that_help(three, tmp_path):
    expected = a_class(three, tmp_path / "in", 200)
    done = course("grade", THREE, tmp_path / "in", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    rows = table(tmp_path / "out")
    assert {row["student"]: int(row["score"]) for row in rows} == expected
    assert list(rows[0]) == ["student", "exercise", "score", "max_score", "status"]
    assert [row["student"] for row in rows] == sorted(expected)
    page = (tmp_path / "out" / "feedback" / "s002.html").read_text(encoding="utf-8")
    for words in (
        "width=device-width",
        "The sum of squares is off.",
        "Expected: a number.",
        "Read again:",
        "4 of 6 points",
    ):
        assert words in page
    told = json.loads((tmp_path / "out" / "results" / "s002.json").read_text(encoding="utf-8"))
    assert told["execution_time"] > 0 and [test["score"] for test in told["tests"]] == [2, 0, 2]


def test_a_second_run_does_nothing_and_gives_the_same_bytes(three, tmp_path, monkeypatch):
    a_class(three, tmp_path / "in", 4)
    submissions, out = {path.stem: path for path in (tmp_path / "in").glob("*.ipynb")}, tmp_path / "out"
    first = dict(grade.grade_all(grade.Task(THREE), submissions, out, 2))
    written = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    monkeypatch.setattr(grade, "Grader", None)  # starting a sandbox would now raise
    again = dict(grade.grade_all(grade.Task(THREE), submissions, out, 2))
    assert again == first
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()} == written


def test_a_result_is_used_again_only_for_the_same_submission_exercise_term_key_and_grader(three, tmp_path, monkeypatch):
    hand_in(tmp_path / "in", a=release.solved(three))
    content = (tmp_path / "in" / "a.ipynb").read_bytes()
    task, digest = grade.Task(THREE, "t1", KEY), three.digest()
    one = grade.fingerprint(task, content, digest)
    assert one == grade.fingerprint(task, content, digest)
    others = [
        grade.fingerprint(task, content + b" ", digest),
        grade.fingerprint(task, content, digest + "x"),
        grade.fingerprint(grade.Task(THREE, "t2", KEY), content, digest),
        grade.fingerprint(grade.Task(THREE, "t1", b"another key of bytes"), content, digest),
        grade.fingerprint(grade.Task(THREE, "t1", KEY, variants=True), content, digest),
    ]
    monkeypatch.setattr(grade, "grader_version", lambda: b"another")
    others.append(grade.fingerprint(task, content, digest))
    assert all(other != one for other in others)
    assert KEY.hex() not in json.dumps(one)


def test_a_broken_or_foreign_result_is_not_used(three, tmp_path):
    store = results.Store(tmp_path)
    for text in ("", "{", "[]", '{"extra_data": {}}', '{"extra_data": {"outcomes": [{"x": 1}]}}'):
        (tmp_path / "results" / "a.json").write_text(text)
        assert store.read("a") is None
    good = results.Result("graded", "", [compare.Outcome("q1", "correct", 2, 2, "m")], 0.1, {"submission": "s"})
    store.write("a", three, good)
    assert store.read("a") == good
    (tmp_path / "feedback" / "a.html").unlink()
    assert store.read("a") is None, "a result without its page is not finished"


def test_killed_at_random_moments_it_ends_with_the_same_table(three, tmp_path):
    expected = a_class(three, tmp_path / "in", 120)
    command = [sys.executable, "-m", "course.cli", "grade", str(THREE), str(tmp_path / "in"), "--out"]
    done = subprocess.run([*command, str(tmp_path / "whole")], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    rng, out, started = random.Random(4), tmp_path / "out", {}
    for _ in range(5):
        already = len(list(out.glob("results/*.json")))
        process = subprocess.Popen([*command, str(out)], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wanted = already + rng.randint(0, 6)
        while process.poll() is None and len(list(out.glob("results/*.json"))) < wanted:
            time.sleep(0.002)
        time.sleep(rng.uniform(0, 0.1))
        assert process.poll() is None, "it ended before it could be killed"
        started |= descendants(process.pid)
        process.kill()
        process.wait()
    assert 0 < len(list(out.glob("results/*.json"))) < 120 and not (out / "grades.csv").exists()
    done = subprocess.run([*command, str(out)], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert (out / "grades.csv").read_bytes() == (tmp_path / "whole" / "grades.csv").read_bytes()
    assert {row["student"]: int(row["score"]) for row in table(out)} == expected
    time.sleep(1)
    assert started and not still_there(started), "a sandbox outlived its killed grader"


def descendants(pid: int) -> dict[str, str]:
    """Return {process id: when it started} of all that a process started, and what those started."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            after = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            parents[folder.name] = after[1], after[19]
        except OSError:
            pass
    found, level = {}, {str(pid)}
    while level:
        level = {name for name, (parent, _) in parents.items() if parent in level}
        found |= {name: parents[name][1] for name in level}
    return found


def still_there(started: dict[str, str]) -> list[str]:
    found = []
    for name, time_ in started.items():
        try:
            after = Path(f"/proc/{name}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if after[19] == time_ and after[0] != "Z":
            found.append(name)
    return found


def test_a_dask_cluster_gives_the_same_table_and_leaves_nothing_running(three, tmp_path):
    expected = a_class(three, tmp_path / "in", 22)
    with LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, local_directory=str(tmp_path)
    ) as cluster:
        done = course("grade", THREE, tmp_path / "in", "--out", tmp_path / "out", "--dask", cluster.scheduler_address)
        assert done.returncode == 0, done.stderr
        left = [child.name() for child in psutil.Process().children(recursive=True)]
        assert "bwrap" not in left, "a sandbox is left on a worker"
    assert {row["student"]: int(row["score"]) for row in table(tmp_path / "out")} == expected
    done = course("grade", THREE, tmp_path / "in", "--out", tmp_path / "here")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "grades.csv").read_bytes() == (tmp_path / "here" / "grades.csv").read_bytes()


def test_a_cluster_that_is_not_there_is_named_before_anything_is_graded(three, tmp_path):
    a_class(three, tmp_path / "in", 1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        done = course("grade", THREE, tmp_path / "in", "--out", tmp_path / "out", "--dask", address)
    assert done.returncode == 2 and done.stderr.startswith("course: no Dask scheduler answers at tcp://127.0.0.1:")
    assert "Traceback" not in done.stderr and not list((tmp_path / "out").rglob("*.json"))


def test_variants_are_marked_by_the_students_own_key_and_anothers_notebook_is_not(tmp_path):
    folder = tmp_path / "private"
    shutil.copytree(THREE, folder)
    nb = nbformat.read(folder / "source.ipynb", as_version=4)
    solution = next(cell for cell in nb.cells if "def squares" in cell.source)
    solution.source = "def squares(numbers):\n    # BEGIN SOLUTION\n    return SEED\n    # END SOLUTION"
    nbformat.write(nb, folder / "source.ipynb")
    private, salt = source.load(folder), tmp_path / "salt"
    salt.write_bytes(KEY)
    seeds = {student: variants.seed(KEY, "three", "t", student) for student in ("anna", "ben")}
    hand_in(
        tmp_path / "in",
        anna=release.solved(private, seeds["anna"]),
        ben=release.solved(private, seeds["anna"]),  # copied from Anna
    )
    done = course(
        "grade", folder, tmp_path / "in", "--out", tmp_path / "out", "--term", "t", "--variants", "--salt-file", salt
    )
    assert done.returncode == 0, done.stderr
    assert {row["student"]: row["score"] for row in table(tmp_path / "out")} == {"anna": "6", "ben": "4"}
    for path in (tmp_path / "out").rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert not any(str(seed) in text for seed in seeds.values()) and KEY.decode() not in text
    assert str(seeds["ben"]) not in publish.notebook(private, seeds["anna"])


def test_only_one_question_is_graded_again_and_changed_marks_are_reported(three, tmp_path):
    folder, out = tmp_path / "private", tmp_path / "out"
    shutil.copytree(THREE, folder)
    cubes = release.solved(three, instead={"q2": "def squares(numbers):\n    return sum(n * n for n in numbers) + 1"})
    hand_in(tmp_path / "in", good=release.solved(three), off=cubes)
    first = course("grade", folder, tmp_path / "in", "--out", out)
    assert first.returncode == 0, first.stderr
    hidden = (folder / "hidden.py").read_text(encoding="utf-8")
    lenient = hidden.replace('"The sum of squares is off.")', '"Off.", compare=lambda a, b: abs(a - b) <= 1)')
    assert lenient != hidden
    (folder / "hidden.py").write_text(lenient, encoding="utf-8")
    done = course("grade", folder, tmp_path / "in", "--out", out, "--only", "q2")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "off: 4 -> 6\n"
    assert {row["student"]: row["score"] for row in table(out)} == {"good": "6", "off": "6"}
    done = course("grade", folder, tmp_path / "in", "--out", out, "--only", "q2", "--term", "another")
    assert done.returncode == 2 and "give those of the first run" in done.stderr
    done = course("grade", folder, tmp_path / "in", "--out", tmp_path / "new", "--only", "q2")
    assert done.returncode == 2 and "grade without --only first" in done.stderr
    done = course("grade", folder, tmp_path / "in", "--out", out, "--only", "q9")
    assert done.returncode == 2 and "no question 'q9'" in done.stderr


def test_one_question_graded_again_leaves_no_other_as_if_it_had_been(three, tmp_path):
    folder, out = tmp_path / "private", tmp_path / "out"
    shutil.copytree(THREE, folder)
    off = {"q1": "def add(a, b):\n    return a + b + 1", "q2": "def squares(numbers):\n    return 1"}
    hand_in(tmp_path / "in", off=release.solved(three, instead=off))
    assert course("grade", folder, tmp_path / "in", "--out", out).returncode == 0
    assert table(out)[0]["score"] == "2"
    hidden = (folder / "hidden.py").read_text(encoding="utf-8")
    lenient = re.sub(r'("(The|Texts) [^"]*[.]")', r"\1, compare=lambda answer, right: True", hidden)
    (folder / "hidden.py").write_text(lenient, encoding="utf-8")
    assert course("grade", folder, tmp_path / "in", "--out", out, "--only", "q2").stdout == "off: 2 -> 4\n"
    assert course("grade", folder, tmp_path / "in", "--out", out).returncode == 0
    assert table(out)[0]["score"] == "5", (
        "of the first question the sum of numbers is accepted now, a text still raises"
    )


def test_an_answer_of_another_form_than_the_message_expects_is_told_in_words(three):
    question, check = three.questions[0], cases.Check("c", 2, lambda seed: [], lambda answer, right: answer["no"])
    asked = [compare.Asked(0, {})]
    for answer in (None, 5, [], "text", {}):
        found = compare.judge(question, [check], asked, {"add": "there"}, [], [{"value": answer}], [{"value": 3}])
        assert (found.outcome, found.points) == ("incorrect", 0)
        assert found.message == f"Your answer has another form than expected: {question.expected}"


def test_answers_in_words_are_marked_by_people_and_their_marks_are_kept(tmp_path):
    exercise, out = source.load(ROOT / "exercises" / "ml-ab-test"), tmp_path / "out"
    nb = release.student(exercise)
    place = next(cell for cell in nb.cells if cell.source == release.PLACE)
    hand_in(tmp_path / "in", empty=nb)
    place.source = "=We keep A,\nas \ud800 the interval says."
    hand_in(tmp_path / "in", anna=nb, ben=nb)

    def run() -> dict[str, tuple[str, str, str]]:
        done = course("grade", "ml-ab-test", tmp_path / "in", "--out", out)
        assert done.returncode == 0, done.stderr
        return {row["student"]: (row["score"], row["max_score"], row["status"]) for row in table(out)}, done.stderr

    assert run()[0] == {
        "anna": ("0", "13", "to read"), "ben": ("0", "13", "to read"), "empty": ("0", "13", "graded"),
    }  # fmt: skip
    assert "not read yet" in (out / "feedback" / "anna.html").read_text(encoding="utf-8")
    with open(out / "rubric.csv", encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["student"] for line in lines] == ["anna", "ben"]
    assert lines[0]["answer"].startswith("'=We keep A") and lines[0]["rubric"].startswith("2 points: the decision")
    lines[0] |= {"points": "1.5", "comment": "Say <which> unit."}
    lines[1] |= {"points": "2", "comment": ""}

    def fill_in() -> None:
        with open(out / "rubric.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, lines[0].keys())
            writer.writeheader()
            writer.writerows(lines)

    fill_in()
    marked = {"anna": ("1.5", "13", "graded"), "ben": ("2", "13", "graded"), "empty": ("0", "13", "graded")}
    assert run()[0] == run()[0] == marked
    page = (out / "feedback" / "anna.html").read_text(encoding="utf-8")
    assert "read, 1.5 of 2" in page and "Say &lt;which&gt; unit." in page and "1.5 of 13 points" in page
    place.source = "Another answer."
    hand_in(tmp_path / "in", ben=nb)
    found, told = run()
    assert found["ben"] == ("0", "13", "to read") and "ben handed in another answer to w1" in told
    assert "2" in [line["points"] for line in csv.DictReader(open(out / "rubric.csv", encoding="utf-8", newline=""))]
    lines[0]["points"] = "3"
    fill_in()
    done = course("grade", "ml-ab-test", tmp_path / "in", "--out", out)
    assert done.returncode == 2 and "line 2: found '3' points for 'w1'; 0 to 2" in done.stderr


def test_a_solution_that_fails_in_the_sandbox_stops_the_run_in_words(tmp_path):
    folder = tmp_path / "private"
    shutil.copytree(THREE, folder)
    nb = nbformat.read(folder / "source.ipynb", as_version=4)
    solution = next(cell for cell in nb.cells if "def squares" in cell.source)
    solution.source = "def squares(numbers):\n    # BEGIN SOLUTION\n    return open('/etc/passwd')\n    # END SOLUTION"
    nbformat.write(nb, folder / "source.ipynb")
    hand_in(tmp_path / "in", a=nb)
    done = course("grade", folder, tmp_path / "in", "--out", tmp_path / "out")
    assert done.returncode == 2 and "its own solution of q2 gives no answer" in done.stderr


def test_an_import_that_is_not_there_is_named():
    with pytest.raises(sandbox.Unavailable, match="No module named 'not_there'"), sandbox.Sandbox(["not_there"]):
        pass


def test_without_bubblewrap_it_refuses_and_grades_nothing(tmp_path, three):
    hand_in(tmp_path / "in", a=release.solved(three))
    done = course("grade", THREE, tmp_path / "in", "--out", tmp_path / "out", PATH=str(tmp_path))
    assert done.returncode == 2 and "bubblewrap is missing" in done.stderr and done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_where_the_system_forbids_namespaces_it_says_so(monkeypatch, tmp_path):
    (tmp_path / "filter").write_bytes(seccomp.program(platform.machine()))
    (tmp_path / "bwrap").write_text(f'#!/bin/sh\nexec {shutil.which("bwrap")} --seccomp 9 "$@" 9<{tmp_path}/filter\n')
    (tmp_path / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(sandbox.Unavailable, match=r"unshare: Operation not permitted\): grade on Linux, or"):
        sandbox.Sandbox([]).__enter__()


@pytest.mark.parametrize(
    ("platform", "words"), [("darwin", "needs Linux"), ("win32", "needs Linux")]
)  # fmt: skip
def test_elsewhere_it_refuses_and_names_the_recipe(monkeypatch, platform, words):
    monkeypatch.setattr(sys, "platform", platform)
    assert words in sandbox.unavailable() and "book/instructors.md" in sandbox.unavailable()


@pytest.mark.parametrize("what", ["nowhere", "empty"])
def test_submissions_that_are_not_there_are_named(tmp_path, what):
    (tmp_path / "empty").mkdir()
    done = course("grade", THREE, tmp_path / what, "--out", tmp_path / "out")
    assert done.returncode == 2 and what in done.stderr and done.stderr.count("\n") == 1


def test_a_page_escapes_what_students_wrote(three):
    outcome = compare.Outcome("q1", "error", 0, 2, "<script>alert(1)</script>")
    page = report.feedback(three, results.Result("graded", "<b>", [outcome], 0))
    assert "<script" not in page and "<b>" not in page and "&lt;script&gt;" in page


def test_the_cost_is_summed_inside_the_sandbox(three):
    with sandbox.Sandbox(["numpy"], {"cpu_seconds": 5}) as box:
        assert box.cpu > 0.02
        busy = "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass\na = 1"
        found = box.ask([busy], ["a"], [{"value": "a"}])
        assert found.replies == [{"value": 1}] and 0.3 <= found.cpu < 0.6
        child = f"import os\nif os.fork() == 0:\n    exec({busy!r})\n    os._exit(0)\nos.wait()\na = 1"
        found = box.ask([child], ["a"], [{"value": "a"}])
        assert found.replies == [{"value": 1}] and found.cpu >= 0.3


def test_a_question_lost_with_its_process_costs_no_other(three):
    with grade.Grader(grade.Task(THREE)) as grader:
        nb = release.solved(three, instead={"q1": "import os\nos._exit(1)", "q2": "while True: pass"})
        found = grader.grade("s", nbformat.writes(nb).encode())
    assert [outcome.outcome for outcome in found.outcomes] == ["error", "error", "correct"]
    assert "ended the program" in found.outcomes[0].message and "longer than the time" in found.outcomes[1].message


def test_files_of_an_exercise_lie_in_the_current_folder_and_cannot_be_changed(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "replies.json").write_text("[1]")
    code = (
        "import json\na = json.load(open('sub/replies.json'))\n"
        "try:\n    open('sub/replies.json', 'w')\nexcept OSError:\n    b = 1"
    )
    with sandbox.Sandbox([], files=tmp_path) as box:
        assert box.ask([code], ["a", "b"], [{"value": "a"}, {"value": "b"}]).replies == [{"value": [1]}, {"value": 1}]
    assert (tmp_path / "sub" / "replies.json").read_text() == "[1]"


ORDINARY = """
import os, sys
sys.path.insert(0, sys.argv[1])
from course.grading.sandbox import Sandbox
with Sandbox([], {"cpu_seconds": 2}) as box:
    cell = "import os\\na = [os.getuid(), os.listdir('/proc'), os.path.exists('/etc/passwd')]"
    loop = "while True:\\n        a += 1\\n        os.fork() or time.sleep(9)"
    forks = f"import os, time\\na = 0\\ntry:\\n    {loop}\\nexcept OSError: pass"
    print(os.getuid(), *(box.ask([code], ["a"], [{"value": "a"}]).replies for code in (cell, forks)))
"""


@pytest.mark.skipif(not Path("/usr/bin/python3").exists(), reason="needs a Python that every user can read")
def test_the_sandbox_works_for_an_ordinary_user(tmp_path):
    version = subprocess.run(
        ["/usr/bin/python3", "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True
    )
    if tuple(map(int, version.stdout.split())) < (3, 11):
        pytest.skip("the system's Python is older than 3.11")
    command = ["/usr/bin/python3", "-B", "-c", ORDINARY, str(ROOT)]
    if os.getuid() == 0:
        dropped = ["--reuid", "1000", "--regid", "1000", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all"]
        command = ["setpriv", *dropped, *command]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    uid, told = done.stdout.split(" ", 1)
    assert uid != "0" and told.startswith("[{'value': [65534, [], False]}] [{'value': ")
    assert int(told.rsplit(" ", 1)[1].rstrip("]}\n")) <= 25, "the limit on processes holds"
