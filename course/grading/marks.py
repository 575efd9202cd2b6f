"""From results to marks: late work, overrides with a reason, nothing handed in; tables for the gradebook."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from course.exercises.source import Exercise
from course.grading.compare import Outcome
from course.grading.downloads import Roster
from course.grading.results import COLUMNS, Result, file_name, harmless
from course.grading.rubric import Reading

PAGE = (
    ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:1rem auto}"
    "body{padding:0 1rem}table{border-collapse:collapse}td,th{padding:.2rem .7rem .2rem 0;text-align:left}"
    "td,th{vertical-align:top}meter{width:12rem}"
)


@dataclass(frozen=True)
class Mark:
    """A student's mark: the result as graded, and what came on top of it, in words for the student."""

    result: Result
    score: float
    status: str
    notes: list[str] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)


def overrides(path: Path | None, exercise: Exercise) -> dict[str, list[tuple[str, float, str]]]:
    """Return {student: [(question, points, reason)]} of CSV with the columns student, question, points, reason.

    Raises ValueError, naming the line, where one is missing, not a number of points, or without a reason.
    """
    if path is None:
        return {}
    most = {question.id: question.points for question in exercise.questions}
    found: dict[str, list] = {}
    with open(path, encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            question, reason = row.get("question") or "", (row.get("reason") or "").strip()
            try:
                points = float(row.get("points") or "")
            except ValueError:
                points = -1.0
            if question not in most or not 0 <= points <= most[question] or not row.get("student"):
                raise ValueError(
                    f"{path}, line {number}: student, a question of {', '.join(most)} and its points were expected"
                )
            if not reason:
                raise ValueError(f"{path}, line {number}: a reason was expected; the student reads it")
            found.setdefault(row["student"], []).append((question, points, reason))
    return found


def mark(
    result: Result,
    late: bool = False,
    late_percent: float = 0.0,
    changes: Sequence[tuple[str, float, str]] = (),
    readings: Sequence[Reading] = (),
) -> Mark:
    """Return the mark: overrides, then what people gave for written answers, then `late_percent` off for late work.

    Its status is "to read" while a written answer has no points.
    """
    points = {outcome.question: float(outcome.points) for outcome in result.outcomes}
    notes = []
    for question, given, reason in changes:
        notes.append(f"{question}: {_plain(points[question])} -> {_plain(given)} points. {reason}")
        points[question] = given
    score = sum(points.values()) + sum(each.points or 0 for each in readings)
    status = "to read" if result.status == "graded" and any(each.waits for each in readings) else result.status
    if late:
        status = "late" if status == "graded" else status
        if late_percent:
            score *= 1 - late_percent / 100
            notes.append(f"Late: {_plain(late_percent)} % taken off.")
    return Mark(result, round(score, 2), status, notes, list(readings))


def missing(exercise: Exercise) -> Result:
    """Return the result of a student of the roster who handed in nothing."""
    message = "No submission was found."
    return Result(
        "missing", message, [Outcome(q.id, "not attempted", 0, q.points, message) for q in exercise.questions], 0.0
    )


def grades(exercise: Exercise, marks: dict[str, Mark]) -> str:
    """Return grades.csv: a line a student, sorted."""
    rows = [
        (file_name(student), exercise.id, _plain(each.score), exercise.max_score, each.status)
        for student, each in sorted(marks.items())
    ]
    return _csv(COLUMNS, rows)


def scores(path: Path) -> dict[str, str]:
    """Return {student: score} as a grades.csv of an earlier run has them; nothing where there is none."""
    if not path.is_file():
        return {}
    with open(path, encoding="utf-8", newline="") as file:
        return {row["student"]: row["score"] for row in csv.DictReader(file)}


def canvas(exercise: Exercise, marks: dict[str, Mark], roster: Roster) -> str:
    """Return what Canvas imports into its gradebook; needs canvas_id in the roster."""
    rows = [
        (row.get("name") or student, row["canvas_id"], row.get("section", ""), _plain(marks[student].score))
        for student, row in sorted(roster.rows.items())
        if row.get("canvas_id")
    ]
    return _csv(("Student", "ID", "Section", exercise.title), rows)


def moodle(exercise: Exercise, marks: dict[str, Mark], roster: Roster) -> str:
    """Return what Moodle imports into its gradebook, by email address; needs email in the roster."""
    rows = [
        (row["email"], _plain(marks[student].score), " ".join(marks[student].notes))
        for student, row in sorted(roster.rows.items())
        if row.get("email")
    ]
    return _csv(("Email address", exercise.title, "Feedback comments"), rows)


def class_page(exercise: Exercise, marks: dict[str, Mark], alike: list[tuple[str, str, float]]) -> str:
    """Return the instructor's page: scores, hardest questions first, what went wrong most often, who is alike."""
    outcomes = [outcome for each in marks.values() for outcome in each.result.outcomes]
    scores = Counter(int(each.score) for each in marks.values())
    tallest = max(scores.values(), default=1)
    bars = "".join(
        f'<tr><th>{score}</th><td><meter max="{tallest}" value="{count}">{count}</meter> {count}</td></tr>'
        for score, count in ((score, scores[score]) for score in range(exercise.max_score + 1))
    )
    shares = sorted(
        (sum(o.points for o in outcomes if o.question == q.id) / max(1, len(marks) * q.points), q.id, q.title)
        for q in exercise.questions
    )
    hardest = "".join(
        f"<tr><td>{escape(id_)}. {escape(title)}</td><td>{share:.0%}</td></tr>" for share, id_, title in shares
    )
    messages = Counter((o.question, o.outcome, o.message) for o in outcomes if o.outcome in ("incorrect", "error"))
    wrong = "".join(
        f"<tr><td>{count}</td><td>{escape(question)}</td><td>{escape(outcome)}: {escape(message)}</td></tr>"
        for (question, outcome, message), count in sorted(messages.items(), key=lambda item: (-item[1], item[0]))[:15]
    )
    pairs = "".join(
        f"<tr><td>{escape(a)}</td><td>{escape(b)}</td><td>{share:.0%}</td></tr>" for a, b, share in alike[:50]
    )
    counted = Counter(each.status for each in marks.values())
    states = ", ".join(f"{count} {status}" for status, count in sorted(counted.items()))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>Class: {escape(exercise.title)}</title><style>{PAGE}</style></head><body>\n"
        f"<h1>{escape(exercise.title)}</h1><p>{len(marks)} students: {states}.</p>\n"
        f"<h2>Scores</h2><table>{bars}</table>\n"
        f"<h2>Points reached, hardest question first</h2><table>{hardest}</table>\n"
        f"<h2>What went wrong most often</h2><table>{wrong}</table>\n"
        f"<h2>Alike</h2><p>A reason to look at two notebooks, not proof.</p><table>{pairs}</table>\n</body></html>\n"
    )


def _plain(number: float) -> str:
    return f"{number:g}"


def _csv(columns, rows) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(map(harmless, rows))
    return text.getvalue()
