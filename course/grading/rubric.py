"""Answers in words, which people mark: a table to fill in, and what was filled in read back."""

import csv
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

from course.exercises.source import Exercise, Written
from course.grading.results import file_name, harmless

COLUMNS = ("student", "question", "answer", "rubric", "points", "comment", "version")
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Reading:
    """A written answer ("" for none) and its mark; `points` is None until somebody has read it."""

    question: Written
    answer: str
    points: float | None = None
    comment: str = ""

    @property
    def waits(self) -> bool:
        """Whether there is an answer that nobody has read."""
        return bool(self.answer) and self.points is None


def load(path: Path, exercise: Exercise) -> dict[Key, dict[str, str]]:
    """Return {(student as in grades.csv, question, version of the answer): its line} of what is filled in.

    Nothing where there is no file. Raises ValueError, naming the line, for points that are none of this question's.
    """
    if not path.is_file():
        return {}
    most = {question.id: question.points for question in exercise.written}
    found = {}
    with open(path, encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            line = {column: (row.get(column) or "").strip() for column in COLUMNS}
            if not line["points"]:
                continue
            question, points = line["question"], _number(line["points"])
            if question not in most or points is None or not 0 <= points <= most[question]:
                raise ValueError(
                    f"{path}, line {number}: found {line['points']!r} points for {question!r}; "
                    f"0 to {most.get(question, 'the points')} of {', '.join(most)} were expected"
                )
            found[line["student"], question, line["version"]] = line
    return found


def read(exercise: Exercise, student: str, answers: dict[str, str], filled_in: dict) -> list[Reading]:
    """Return each written answer of a student with its mark, where the answer is still the one that was read."""
    readings = []
    for question in exercise.written:
        answer = answers.get(question.id, "")
        line = filled_in.get(_key(student, question.id, answer), {})
        readings.append(Reading(question, answer, _number(line.get("points", "")), line.get("comment", "")))
    return readings


def unused(readings: dict[str, list[Reading]], filled_in: dict[Key, dict[str, str]]) -> list[Key]:
    """Return what was filled in for answers that are not there any more: the student handed in anew, or is not here."""
    here = {_key(student, each.question.id, each.answer) for student, given in readings.items() for each in given}
    return sorted(filled_in.keys() - here)


def table(readings: dict[str, list[Reading]], filled_in: dict[Key, dict[str, str]]) -> str:
    """Return rubric.csv: a line for each answer, by question, so that one is read in one go; then what is unused."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    lines = [(each.question.id, student, each) for student, given in readings.items() for each in given if each.answer]
    for question, student, each in sorted(lines, key=lambda line: line[:2]):
        looked_for = f"{each.question.points} points: " + "; ".join(each.question.rubric)
        points = "" if each.points is None else f"{each.points:g}"
        key = _key(student, question, each.answer)
        row = (key[0], question, each.answer, looked_for, points, each.comment, key[2])
        writer.writerow(harmless(row))
    for key in unused(readings, filled_in):
        writer.writerow(filled_in[key][column] for column in COLUMNS)
    return text.getvalue()


def _key(student: str, question: str, answer: str) -> Key:
    # A letter first: a spreadsheet would read some hashes as numbers.
    return file_name(student), question, "v" + hashlib.sha256(answer.encode("utf-8", "replace")).hexdigest()[:10]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
