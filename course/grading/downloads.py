"""Where submissions come from: a folder of <student-id>.ipynb, or a download of Canvas or Moodle; the roster."""

import csv
import os
import re
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from course.grading.submission import LARGEST

# doejane_LATE_4521_998877_interval-2.ipynb: name, late or not, user, number of the upload (it grows), the file's name.
CANVAS = re.compile(r"(?P<name>[^_]*)(?P<late>_LATE)?_(?P<user>\d+)_(?P<upload>\d+)_.*\.ipynb", re.DOTALL)
# Jane Doe_4521_assignsubmission_file/interval.ipynb: a folder for each participant.
MOODLE = re.compile(r"(?P<name>.*)_(?P<user>\d+)_assignsubmission_file_?/.*\.ipynb", re.DOTALL)


@dataclass(frozen=True)
class Handed:
    """One student's latest submission. `time` is when its file was written."""

    path: Path
    late: bool
    time: datetime


@dataclass(frozen=True)
class Roster:
    """Students by id, with the other columns of the roster's file."""

    rows: dict[str, dict[str, str]]

    def student(self, column: str, value: str) -> str:
        """Return the student whose `column` has this value; the value itself where nobody's has."""
        return next((student for student, row in self.rows.items() if value and row.get(column) == value), value)


def roster(path: Path | None) -> Roster:
    """Read a roster: CSV with a column `student`; canvas_id, moodle_id, name, email and section are used if there.

    Raises ValueError for a file without that column, and for a student who is in it twice.
    """
    if path is None:
        return Roster({})
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows or not rows[0].get("student"):
        raise ValueError(f"{path}: a roster is CSV with a column `student`; none was found")
    found = {row["student"]: row for row in rows}
    if len(found) != len(rows):
        twice = next(row["student"] for i, row in enumerate(rows) if row["student"] in [r["student"] for r in rows[:i]])
        raise ValueError(f"{path}: {twice!r} is there twice")
    return Roster(found)


def collect(source: Path, unpacked: Path, known: Roster, due: datetime | None = None) -> dict[str, Handed]:
    """Return {student: latest submission} of a folder, or of a .zip that is unpacked into `unpacked`.

    Canvas: of several uploads of a user the one with the highest number, late where Canvas says so. Otherwise the
    latest file, late where it was written after `due`. Raises ValueError where there is none.
    """
    if source.is_file() and zipfile.is_zipfile(source):
        _unpack(source, unpacked)
        source = unpacked
    if not source.is_dir():
        raise ValueError(
            f"{source} is no folder and no .zip: give <student-id>.ipynb files or a Canvas or Moodle download"
        )
    found: dict[str, tuple[tuple, Handed]] = {}
    for path in sorted(source.rglob("*")):
        name = path.relative_to(source).as_posix()
        if not name.endswith(".ipynb") or path.name == ".ipynb" or ".ipynb_checkpoints" in name:
            continue
        student, order, late = _whose(name, path, known)
        time = datetime.fromtimestamp(path.lstat().st_mtime)
        late = late or (due is not None and time > due)
        order = (order, time, name)
        if student not in found or order > found[student][0]:
            found[student] = order, Handed(path, late, time)
    if not found:
        raise ValueError(f"{source} holds no .ipynb file: submissions are named <student-id>.ipynb")
    return {student: handed for student, (_, handed) in sorted(found.items())}


def _whose(name: str, path: Path, known: Roster) -> tuple[str, int, bool]:
    """Return student, order among the student's uploads, and whether the file says that it is late."""
    stem = path.name[: -len(".ipynb")]
    if "/" not in name and stem in known.rows:
        return stem, 0, False
    if moodle := MOODLE.fullmatch(name):
        student = known.student("moodle_id", moodle["user"])
        return (student if student in known.rows else known.student("name", moodle["name"])), 0, False
    if "/" not in name and (canvas := CANVAS.fullmatch(name)):
        return known.student("canvas_id", canvas["user"]), int(canvas["upload"]), bool(canvas["late"])
    return stem, 0, False


def _unpack(archive: Path, target: Path) -> None:
    """Unpack the notebooks of a zip, with their times; nothing outside `target`, nothing larger than a submission."""
    with zipfile.ZipFile(archive) as packed:
        for info in packed.infolist():
            parts = Path(info.filename).parts
            if (
                info.is_dir()
                or not info.filename.endswith(".ipynb")
                or ".." in parts
                or Path(info.filename).is_absolute()
            ):
                continue
            path = target.joinpath(*parts)
            path.parent.mkdir(parents=True, exist_ok=True)
            with packed.open(info) as member:
                # One byte more than is graded: too large a file is then refused by name, like any other.
                path.write_bytes(member.read(LARGEST + 1))
            written = datetime(*info.date_time).timestamp()
            os.utime(path, (written, written))
