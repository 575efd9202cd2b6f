"""What `course grade` does from end to end: collect, grade, mark, and write everything that an instructor needs."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tqdm import tqdm

from course import atomic
from course.exercises import release
from course.exercises.source import Exercise, load
from course.grading import downloads, grade, marks, report, results, rubric, sandbox, similarity, submission

RUBRIC = "rubric.csv"  # written, filled in by people, and read at the next run


@dataclass(frozen=True)
class Rules:
    """What is applied to the results: a roster, a due time, what late work loses, overrides, the book's address."""

    roster: Path | None = None
    due: datetime | None = None
    late_percent: float = 0.0
    overrides: Path | None = None
    book: str = ""


def run(task: grade.Task, source: Path, out: Path, jobs: int, rules: Rules, cluster: str = "") -> dict[str, marks.Mark]:
    """Grade, write grades.csv, feedback, results, class.html and similarity.csv, and return {student: mark}.

    With a roster also canvas.csv and moodle.csv, where it has the columns for them; where people mark a question also
    rubric.csv, of which points that were filled in are kept. Prints whose mark changed where one question is graded
    again. Raises ValueError before anything is written where something is missing.
    """
    if not cluster and (reason := sandbox.unavailable()):
        raise sandbox.Unavailable(reason)
    exercise = load(task.folder)
    if task.only and task.only not in [question.id for question in exercise.questions]:
        raise ValueError(f"no question {task.only!r} in {exercise.id}")
    roster = downloads.roster(rules.roster)
    changes = marks.overrides(rules.overrides, exercise)
    filled_in = rubric.load(out / RUBRIC, exercise)
    handed = downloads.collect(source, out / "submissions", roster, rules.due)
    if strangers := changes.keys() - handed.keys() - roster.rows.keys():
        raise ValueError(f"{rules.overrides}: nobody is called {min(strangers)!r}")
    before = marks.scores(out / "grades.csv") if task.only else {}
    paths = {student: each.path for student, each in handed.items()}
    with tqdm(total=len(paths), unit="submission", disable=None) as bar:
        found = dict(grade.grade_all(task, paths, out, jobs, lambda student: bar.update(), cluster))
    for student in roster.rows.keys() - found.keys():
        found[student] = marks.missing(exercise)
    written = {student: _written(exercise, path) for student, path in paths.items()} if exercise.written else {}
    final = {}
    for student, result in sorted(found.items()):
        late = student in handed and handed[student].late
        readings = rubric.read(exercise, student, written.get(student, {}), filled_in)
        final[student] = marks.mark(result, late, rules.late_percent, changes.get(student, []), readings)
    _write_marks(exercise, out, final, roster, filled_in, rules.book)
    for student, score in sorted(marks.scores(out / "grades.csv").items()):
        if before.get(student, score) != score:
            print(f"{student}: {before[student]} -> {score}")
    if roster.rows and (strangers := handed.keys() - roster.rows.keys()):
        print(f"course: not on the roster: {', '.join(map(results.file_name, sorted(strangers)))}", file=sys.stderr)
    _write_class(exercise, out, final, paths)
    return final


def _write_marks(
    exercise: Exercise, out: Path, final: dict[str, marks.Mark], roster: downloads.Roster, filled_in: dict, book: str
) -> None:
    for student, each in final.items():
        page = out / "feedback" / f"{results.file_name(student)}.html"
        text = report.feedback(exercise, each.result, each.score, each.notes, each.readings, book)
        if not page.is_file() or page.read_text(encoding="utf-8") != text:
            atomic.write(page, text)
    if roster.rows and any(row.get("canvas_id") for row in roster.rows.values()):
        atomic.write(out / "canvas.csv", marks.canvas(exercise, final, roster))
    if roster.rows and any(row.get("email") for row in roster.rows.values()):
        atomic.write(out / "moodle.csv", marks.moodle(exercise, final, roster))
    if exercise.written:
        readings = {student: each.readings for student, each in final.items()}
        atomic.write(out / RUBRIC, rubric.table(readings, filled_in))
        here = set(map(results.file_name, readings))
        for student, question, _ in rubric.unused(readings, filled_in):
            if student in here:
                print(f"course: {student} handed in another answer to {question}: read it again", file=sys.stderr)
    atomic.write(out / "grades.csv", marks.grades(exercise, final))


def _write_class(exercise: Exercise, out: Path, final: dict[str, marks.Mark], paths: dict[str, Path]) -> None:
    given = [submission.Cell(cell.source, "") for cell in release.student(exercise).cells if cell.cell_type == "code"]
    alike = similarity.pairs(((results.file_name(student), cells) for student, cells in _cells(paths)), given)
    lines = "".join(f"{a},{b},{share}\n" for a, b, share in alike)
    atomic.write(out / "similarity.csv", "student,other,share\n" + lines)
    atomic.write(out / "class.html", marks.class_page(exercise, final, alike))


def _cells(paths: dict[str, Path]) -> Iterator[tuple[str, list[submission.Cell]]]:
    """Yield (student, code cells) of the submissions that can be read, one at a time."""
    for student, path in paths.items():
        try:
            yield student, submission.parse(submission.read(path))[0]
        except ValueError:
            continue


def _written(exercise: Exercise, path: Path) -> dict[str, str]:
    try:
        return submission.written(submission.read(path), [question.id for question in exercise.written])
    except ValueError:
        return {}
