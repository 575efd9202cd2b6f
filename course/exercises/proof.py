"""What must hold of every exercise, tried in this process: only for code that one's own hands wrote."""

import io
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager, redirect_stdout
from tempfile import TemporaryDirectory
from typing import NamedTuple

import nbformat

from course.exercises import release
from course.exercises.answers import Session
from course.exercises.source import Answer, Exercise
from course.grading import compare, submission
from course.grading.compare import Outcome

STEP = 1000  # between the first hidden seeds of two proofs


class Replies(NamedTuple):
    """What a notebook answers for a question: requests, state of its answers, errors of its cells, a reply each."""

    asked: list
    state: dict[str, str]
    errors: list[dict]
    given: list
    cells: list[str]  # what was run


def mark(
    exercise: Exercise,
    nb: nbformat.NotebookNode,
    seeds: Sequence[int] = (0,),
    expected: dict[str, Replies] | None = None,
) -> dict[str, Outcome]:
    """Return {question: outcome} of a notebook on the hidden cases of `seeds`, by the grader's own rules, unprotected.

    `expected` is what `replies` gave for the solution, where it is at hand: questions up to which the notebook does not
    differ from it are not run again.
    """
    found = replies(exercise, nb, seeds, expected)
    expected = expected or replies(exercise, release.solved(exercise), seeds)
    checks, texts = exercise.checks(), [cell.source for cell in nb.cells if cell.cell_type == "code"]
    outcomes = {}
    for question in exercise.questions:
        asked, state, errors, given, _ = found[question.id]
        outcomes[question.id] = compare.judge(
            question, checks[question.id], asked, state, errors, given, expected[question.id].given, texts
        )
    return outcomes


def run(exercise: Exercise, nb: nbformat.NotebookNode, upto: str = "") -> tuple[list[dict], dict[str, str]]:
    """Run a notebook in an empty folder; return the errors of its cells and {question: outcome of its check}.

    All of it, or up to the check of the question `upto`.
    """
    cells = [cell for cell in nb.cells if cell.cell_type == "code"]
    last = next((i for i, cell in enumerate(cells) if upto and cell.metadata.get("course") == {"check": upto}), None)
    session = Session()
    with _files(exercise):
        errors = session.run([cell.source for cell in cells[: None if last is None else last + 1]])
    verdicts = {
        question.id: getattr(session.namespace.get(f"{question.id}_checks"), "outcome", "error")
        for question in exercise.questions
    }
    return errors, verdicts


def problems(exercise: Exercise, seeds: int = 20) -> list[str]:
    """Return what is wrong with an exercise, one sentence each; nothing where all holds.

    The solution gets full marks on at least `seeds` seeds of every hidden check and passes its public checks; the
    untouched release scores 0, raises nothing and gives every question a message; every wrong answer loses what it says
    with the message that it says; every other right answer in right/ gets full marks; at least two wrong answers a
    question, one of which passes every public check; no solution in the release.
    """
    found = []
    whole, stub = release.solved(exercise), release.student(exercise)
    for name, nb, wanted in (("solution", whole, "correct"), ("release", stub, "not attempted")):
        errors, verdicts = run(exercise, nb)
        found += [f"{name}: cell {error['cell']} raises {error['type']}: {error['message']}" for error in errors]
        found += [f"{name}: the check of {q} says {v}, not {wanted}" for q, v in verdicts.items() if v != wanted]
    fewest = min(check.seeds for checks in exercise.checks().values() for check in checks)  # that each set tries
    for outcome in mark(exercise, whole, [number * STEP for number in range(-(-seeds // fewest))]).values():
        if outcome.points != outcome.max_points:
            found.append(f"solution: {outcome.question} loses points: {outcome.message}")
    for outcome in mark(exercise, stub).values():
        if outcome.outcome != "not attempted" or outcome.points or not outcome.message:
            found.append(f"release: {outcome.question} is {outcome.outcome} with {outcome.points} points")
    found += _leaks(exercise, stub)
    wrong = exercise.wrong()
    for question in exercise.questions:
        own = [each for each in wrong if each.question == question.id]
        if len(own) < 2:
            found.append(f"wrong/: {question.id} has {len(own)} typical wrong answers, at least 2 were expected")
        if not any(each.public == "passes" and each.loses for each in own):
            found.append(f"wrong/: no wrong answer to {question.id} passes the public checks")
    expected = replies(exercise, whole)
    for each in wrong:
        found += _wrong(exercise, each, expected)
    for each in exercise.right():
        nb = release.solved(exercise, instead={each.question: each.code})
        for outcome in mark(exercise, nb, expected=expected).values():
            if outcome.outcome != "correct":
                found.append(f"right/{each.name}: {outcome.question} gets the message {outcome.message!r}")
    return found


def replies(
    exercise: Exercise,
    nb: nbformat.NotebookNode,
    seeds: Sequence[int] = (0,),
    known: Mapping[str, Replies] | None = None,
) -> dict[str, Replies]:
    """Return {question: its replies} of a notebook; those of `known` where the same cells were run there."""
    cells, _ = submission.parse(nbformat.writes(nb).encode())
    checks, skip, found = exercise.checks(), release.check_cells(exercise), {}
    with _files(exercise):
        for question in exercise.questions:
            chosen, session = submission.upto(cells, question.id, question.answers, skip)[0], Session()
            if known and known[question.id].cells == chosen:
                found[question.id] = known[question.id]
                continue
            errors = session.run(chosen)
            state = session.state(question.answers)
            asked = [ask for seed in seeds for ask in compare.requests(checks[question.id], seed.__add__)]
            there = all(value == "there" for value in state.values())
            given = [session.reply(ask.request) for ask in asked] if there else []
            found[question.id] = Replies(asked, state, errors, given, chosen)
    return found


@contextmanager
def _files(exercise: Exercise) -> Iterator[None]:
    """Work in a fresh folder with the exercise's public files; what the cells print goes nowhere."""
    with TemporaryDirectory() as folder, chdir(folder), redirect_stdout(io.StringIO()):
        if exercise.files:
            shutil.copytree(exercise.folder / "files", folder, dirs_exist_ok=True)
        yield


def _leaks(exercise: Exercise, stub: nbformat.NotebookNode) -> list[str]:
    text = {" ".join(line.split()) for cell in stub.cells for line in cell.source.split("\n")}
    shown = [line for line in release.solution_lines(exercise) if line in text]
    canary = f"course-canary-{exercise.id}"
    found = [f"release: holds the solution's line {line!r}" for line in shown]
    if canary in nbformat.writes(stub):
        found.append("release: holds the canary")
    for name in ("source.ipynb", "hidden.py"):
        if canary not in (exercise.folder / name).read_text(encoding="utf-8"):
            found.append(f"{name}: lacks the canary `{canary}` (a comment in a solution, a word in the docstring)")
    return found


def _wrong(exercise: Exercise, each: Answer, expected: dict) -> list[str]:
    nb = release.solved(exercise, instead={each.question: each.code})
    found = []
    if each.question not in {question.id for question in exercise.questions}:
        return [f"wrong/{each.name}: no question {each.question!r}"]
    for outcome in mark(exercise, nb, expected=expected).values():
        own = outcome.question == each.question
        lost = outcome.max_points - outcome.points
        if lost != (each.loses if own else 0):
            found.append(f"wrong/{each.name}: {outcome.question} loses {lost}, {each.loses if own else 0} was expected")
        if own and outcome.message != each.message and each.loses:
            found.append(f"wrong/{each.name}: gets the message {outcome.message!r}")
    verdict = run(exercise, nb, each.question)[1][each.question]
    if (verdict == "correct") != (each.public == "passes"):
        found.append(f"wrong/{each.name}: the public check says {verdict}, but the answer says that it {each.public}")
    return found
