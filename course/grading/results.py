"""What is kept of a graded submission: one JSON file and one page each, written whole or not at all."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import quote

from course import atomic
from course.exercises.source import Exercise
from course.grading import report
from course.grading.compare import Outcome

COLUMNS = ("student", "exercise", "score", "max_score", "status")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PLAIN = "@ "  # allowed in names beside letters, digits and _.-~


@dataclass
class Result:
    """A graded submission. status: graded, unreadable, wrong exercise, or missing; `message` says more."""

    status: str
    message: str
    outcomes: list[Outcome]
    cpu: float
    fingerprint: dict[str, str] = field(default_factory=dict)

    @property
    def score(self) -> int:
        return sum(outcome.points for outcome in self.outcomes)

    @property
    def max_score(self) -> int:
        return sum(outcome.max_points for outcome in self.outcomes)


class Store:
    """The folders results/ and feedback/ of an output folder."""

    def __init__(self, out: Path):
        self.results, self.feedback = out / "results", out / "feedback"
        for folder in (self.results, self.feedback):
            folder.mkdir(parents=True, exist_ok=True)
            atomic.remove_leftovers(folder)

    def read(self, student: str) -> Result | None:
        """Return the stored result; None where there is none, or one that cannot be read."""
        try:
            extra = json.loads((self.results / f"{file_name(student)}.json").read_text(encoding="utf-8"))["extra_data"]
            outcomes = [Outcome(**each) for each in extra["outcomes"]]
            found = Result(extra["status"], extra["message"], outcomes, extra["cpu_seconds"], extra["fingerprint"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return found if (self.feedback / f"{file_name(student)}.html").is_file() else None

    def write(self, student: str, exercise: Exercise, result: Result) -> None:
        """Write the page first: a result that is there means that both are."""
        atomic.write(self.feedback / f"{file_name(student)}.html", report.feedback(exercise, result))
        text = json.dumps(gradescope(exercise, result), indent=1, ensure_ascii=False) + "\n"
        atomic.write(self.results / f"{file_name(student)}.json", text)


def gradescope(exercise: Exercise, result: Result) -> dict:
    """Return a result in Gradescope's format (https://gradescope-autograders.readthedocs.io/en/latest/specs/)."""
    titles = {question.id: question.title for question in exercise.questions}
    tests = [
        {
            "name": f"{each.question}. {titles[each.question]}",
            "score": each.points,
            "max_score": each.max_points,
            "status": "passed" if each.points == each.max_points else "failed",
            "output": f"{each.outcome}: {each.message}",
            "visibility": "visible",
        }
        for each in result.outcomes
    ]
    extra = {
        "exercise": exercise.id,
        "status": result.status,
        "message": result.message,
        "outcomes": [asdict(outcome) for outcome in result.outcomes],
        "cpu_seconds": result.cpu,
        "fingerprint": result.fingerprint,
    }
    return {
        "score": result.score,
        "output": result.message or f"{exercise.title}: {result.score} of {result.max_score} points",
        "execution_time": result.cpu,
        "tests": tests,
        "extra_data": extra,
    }


def file_name(student: str) -> str:
    """Return a student's id as the name of a file and a cell of a spreadsheet: odd characters as %XX.

    A leading character that a spreadsheet reads as a formula is written so, too.
    """
    name = quote(student, safe=_PLAIN, errors="surrogateescape")
    name = re.sub(r"^[-.@ ]", lambda match: f"%{ord(match[0]):02X}", name)
    if len(name) > 150:  # a file's name has room for 255 bytes
        name = f"{name[:120]}~{hashlib.sha256(name.encode()).hexdigest()[:20]}"
    return name


def harmless(row: Iterable) -> list:
    """Return a line of a table in which no cell is a formula to a spreadsheet: an apostrophe stands in front of it."""
    return [f"'{cell}" if isinstance(cell, str) and cell[:1] in FORMULA else cell for cell in row]
