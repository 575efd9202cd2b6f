"""Grade a folder of submissions of one exercise: what is finished is kept, what is unchanged is not done again."""

import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat

from course.exercises import release, variants
from course.exercises.source import Exercise, Question, load
from course.grading import compare, results, submission
from course.grading.compare import Outcome
from course.grading.sandbox import Answered, Sandbox
from course.grading.submission import Cell

FATAL_CELLS = 3  # cells of a submission that may end the process of another question before that one is given up
EVERYBODY = ""  # whose variant it is where there are none


@dataclass(frozen=True)
class Task:
    """What is graded and how. `only` names the one question to grade again, "" for all; `plain` as in `Sandbox`."""

    folder: Path
    term: str = ""
    key: bytes = variants.PUBLIC
    variants: bool = False
    only: str = ""
    plain: bool = False


class Grader:
    """Holds the expected values of one exercise and a sandbox for it; a context manager; used by several threads."""

    def __init__(self, task: Task):
        self.task = task
        self.exercise: Exercise = load(task.folder)
        self.checks = self.exercise.checks()
        files = task.folder / "files"
        self.sandbox = Sandbox(
            self.exercise.metadata["imports"],
            self.exercise.metadata.get("limits"),
            files if files.is_dir() else None,
            task.plain,
        )
        self.check_cells = release.check_cells(self.exercise)
        self._expected: dict[str, dict[str, tuple]] = {}

    def __enter__(self) -> "Grader":
        self._stack = ExitStack()
        self._stack.enter_context(self.sandbox)
        if not self.task.variants:
            self.expected(EVERYBODY)
        return self

    def __exit__(self, *error) -> None:
        self._stack.close()

    def expected(self, student: str) -> dict[str, tuple[list, list]]:
        """Return {question: (asked, replies of the solution)} for a student's variant, from the same sandbox."""
        if not self.task.variants:
            student = EVERYBODY
        if student in self._expected:
            return self._expected[student]
        task = self.task
        seed = variants.seed(task.key, self.exercise.id, task.term, student) if task.variants else None
        cells, _ = submission.parse(nbformat.writes(release.solved(self.exercise, seed)).encode())
        first = variants.seed(task.key, self.exercise.id, task.term, student, "hidden")
        found = {}
        for question in self.questions():
            asked = compare.requests(self.checks[question.id], first.__add__)
            answered = self._ask(cells, question, asked, set())
            if any("value" not in reply for reply in answered.replies):
                raise ValueError(
                    f"{self.exercise.id}: its own solution of {question.id} gives no answer in the sandbox "
                    f"({answered.state or answered.errors[-1:]}, {answered.replies[-1:]}); see tests/test_exercises.py"
                )
            found[question.id] = asked, answered.replies
        if not task.variants:  # else it would grow with the class
            self._expected[student] = found
        return found

    def questions(self) -> list[Question]:
        return [each for each in self.exercise.questions if self.task.only in ("", each.id)]

    def grade(self, student: str, content: bytes | str) -> results.Result:
        """Return the result of one submission, whatever it holds; a text says why it could not be read."""
        if isinstance(content, str):
            return self.unreadable(content)
        try:
            cells, of = submission.parse(content)
        except ValueError as error:
            return self.unreadable(str(error))
        if of and of != self.exercise.id:
            return self.unreadable(
                f"is a notebook of the exercise {of[:60]!r}, not of {self.exercise.id!r}", "wrong exercise"
            )
        expected = self.expected(student)
        outcomes, cpu, fatal, texts = [], 0.0, set(), [cell.source for cell in cells]
        for question in self.questions():
            asked, right = expected[question.id]
            answered = self._ask(cells, question, asked, fatal)
            cpu += answered.cpu
            replies = answered.replies or [{"lost": "ended"}] * len(asked)
            outcomes.append(
                compare.judge(
                    question, self.checks[question.id], asked, answered.state, answered.errors, replies, right, texts
                )
            )
        return results.Result("graded", "", outcomes, round(cpu, 4))

    def unreadable(self, why: str, status: str = "unreadable") -> results.Result:
        """Return the result of a submission that cannot be graded: no points, a reason, a message for each question."""
        message = f"Your file {why}."
        outcomes = [Outcome(each.id, "not attempted", 0, each.points, message) for each in self.questions()]
        return results.Result(status, message, outcomes, 0.0)

    def _ask(self, cells: list[Cell], question: Question, asked: list, fatal: set[str]) -> Answered:
        """Ask a question. A cell of another question that ends the process costs that one, not this: it is left out.

        `fatal` holds the texts of such cells; those found are added.
        """
        cpu = 0.0
        while True:
            chosen, own = submission.upto(cells, question.id, question.answers, self.check_cells)
            kept = [i for i, text in enumerate(chosen) if i in own or text not in fatal]
            answered = self.sandbox.ask([chosen[i] for i in kept], question.answers, [each.request for each in asked])
            answered.cpu = cpu = cpu + answered.cpu
            last = kept[answered.cell] if 0 <= answered.cell < len(kept) else None
            if "lost" not in answered.state or last is None or last in own or len(fatal) == FATAL_CELLS:
                return answered
            fatal.add(chosen[last])


def fingerprint(task: Task, content: bytes | str, exercise: str) -> dict[str, str]:
    """Return what a result depends on, each as a short hash: submission, exercise, term (with its key), grader."""
    term = json.dumps([task.term, hashlib.sha256(task.key).hexdigest(), task.variants])
    content = content.encode() if isinstance(content, str) else content
    parts = {"submission": content, "exercise": exercise.encode(), "term": term.encode(), "grader": grader_version()}
    return {name: hashlib.sha256(part).hexdigest()[:20] for name, part in parts.items()}


@cache
def grader_version() -> bytes:
    """Return the sources of the grader and of what reads exercises, with Python's version."""
    package = Path(__file__).resolve().parents[1]
    paths = sorted([*package.glob("grading/*.py"), *package.glob("exercises/*.py")])
    return b"\0".join([sys.version.encode(), *(path.read_bytes() for path in paths)])


def grade_all(
    task: Task,
    submissions: dict[str, Path],
    out: Path,
    jobs: int,
    done: Callable[[str], None] = lambda student: None,
    cluster: str = "",
) -> Iterator[tuple[str, results.Result]]:
    """Yield (student, result) of every submission, as each is finished and written.

    A stored result of the same submission, exercise, term and grader is used again. With `task.only` the other
    questions are taken from the stored result of the same submission. `cluster` is the address of a Dask scheduler,
    whose workers then do what `jobs` threads do here. No more submissions are held in memory than are being graded.
    """
    store, exercise = results.Store(out), load(task.folder)
    digest, todo = exercise.digest(), []
    for student, path in sorted(submissions.items()):
        mark = fingerprint(task, _content(path), digest)
        stored = store.read(student)
        if stored and stored.fingerprint == mark and not task.only:
            yield student, stored
            done(student)
        elif task.only and (reason := _not_only(stored, mark, exercise)):
            raise ValueError(f"{student} {reason}")
        else:
            todo.append((student, path, stored))
    if not todo:
        return
    with _pool(task, jobs, cluster) as pool:
        waiting: dict[Future, tuple] = {}
        while todo or waiting:
            while todo and len(waiting) < pool.width:
                student, path, stored = todo.pop(0)
                content = _content(path)
                waiting[pool.submit(student, content)] = student, fingerprint(task, content, digest), stored
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                student, mark, stored = waiting.pop(future)
                result = future.result()
                result.fingerprint = mark
                if task.only:
                    fresh = {outcome.question: outcome for outcome in result.outcomes}
                    result.outcomes = [fresh.get(outcome.question, outcome) for outcome in stored.outcomes]
                    # The other questions were graded with what this one names: a run without --only does all again.
                    result.fingerprint = stored.fingerprint
                store.write(student, exercise, result)
                yield student, result
                done(student)


def _not_only(stored: results.Result | None, mark: dict[str, str], exercise: Exercise) -> str:
    """Return why one question cannot be graded again by itself; "" where it can."""
    if stored is None or stored.fingerprint.get("submission") != mark["submission"]:
        return "has no result of this submission yet: grade without --only first"
    if stored.fingerprint.get("term") != mark["term"]:
        return "was graded with another --term, --variants or --salt-file: give those of the first run"
    if [outcome.question for outcome in stored.outcomes] != [question.id for question in exercise.questions]:
        return "has a result of other questions than the exercise has now: grade without --only"
    return ""


@dataclass(frozen=True)
class Pool:
    """Where submissions are graded. `submit(student, content)` gives a future of the result; at most `width` wait."""

    submit: Callable[[str, bytes | str], Future]
    width: int


@contextmanager
def _pool(task: Task, jobs: int, cluster: str) -> Iterator[Pool]:
    if cluster:
        from course.grading import dask

        with dask.pool(task, cluster) as pool:
            yield pool
        return
    with Grader(task) as grader, ThreadPoolExecutor(jobs) as threads:
        try:
            yield Pool(lambda *submission: threads.submit(grader.grade, *submission), 2 * jobs)
        finally:
            threads.shutdown(wait=True, cancel_futures=True)


def _content(path: Path) -> bytes | str:
    """Return what a submission holds, or why it cannot be read."""
    try:
        return submission.read(path)
    except ValueError as error:
        return str(error)
