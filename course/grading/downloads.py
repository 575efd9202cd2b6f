"""Where submissions come from: a folder of <student-id>.ipynb, or a download of Canvas or Moodle; the roster."""

import csv
import io
import os
import re
import shutil
import sys
import zipfile
import zlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from course.grading.submission import LARGEST

# doejane_LATE_4521_998877_interval-2.ipynb: name, late or not, user, number of the upload (it grows), the file's name.
CANVAS = re.compile(r"(?P<name>[^_/]*)(?P<late>_LATE)?_(?P<user>\d+)_(?P<upload>\d+)_[^/]*\.ipynb", re.DOTALL)
# Jane Doe_4521_assignsubmission_file/interval.ipynb, or with _ in place of / where Moodle makes no folders. What
# follows the first slash is the student's to choose.
MOODLE = re.compile(r"(?P<name>[^/]*?)_(?P<user>\d+)_assignsubmission_file_?(/.*|[^/]*)\.ipynb", re.DOTALL)


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
        """Return the one student whose `column` has this value; "" where nobody's has, or several have."""
        found = [student for student, row in self.rows.items() if value and row.get(column) == value]
        return found[0] if len(found) == 1 else ""


def roster(path: Path | None) -> Roster:
    """Read a roster: CSV with a column `student`; canvas_id, moodle_id, name, email and section are used if there.

    Lines without a student, as spreadsheets leave them, are passed over. Raises ValueError for a file without that
    column, one that is not UTF-8, and for a student who is in it twice.
    """
    if path is None:
        return Roster({})
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not UTF-8: save the roster as `CSV UTF-8`") from None
    read = csv.DictReader(io.StringIO(text, newline=""))
    if "student" not in (read.fieldnames or []):
        raise ValueError(f"{path}: a roster is CSV with a column `student`; none was found")
    found: dict[str, dict[str, str]] = {}
    for line in read:
        row = {name: (value or "").strip() for name, value in line.items() if name}
        if row["student"] in found:
            raise ValueError(f"{path}: {row['student']!r} is there twice")
        if row["student"]:
            found[row["student"]] = row
    if not found:
        raise ValueError(f"{path}: no student is in it")
    return Roster(found)


def collect(source: Path, unpacked: Path, known: Roster, due: datetime | None = None) -> dict[str, Handed]:
    """Return {student: latest submission} of a folder, or of a .zip that is unpacked into `unpacked`.

    Canvas: of several uploads of a user the one with the highest number, late where Canvas says so. Otherwise the
    latest file, late where it was written after `due`. Raises ValueError where there is none, and where two files that
    are no download's stand for one student.
    """
    if source.is_file() and zipfile.is_zipfile(source):
        shutil.rmtree(unpacked, ignore_errors=True)  # what an earlier download held is not handed in any more
        _unpack(source, unpacked)
        source = unpacked
    if not source.is_dir():
        raise ValueError(
            f"{source} is no folder and no .zip: give <student-id>.ipynb files or a Canvas or Moodle download"
        )
    found: dict[str, tuple[tuple, Handed]] = {}
    plain: dict[str, str] = {}
    for path in sorted(source.rglob("*")):
        name = path.relative_to(source).as_posix()
        if not name.endswith(".ipynb") or path.name == ".ipynb" or ".ipynb_checkpoints" in name:
            continue
        student, order, late = _whose(name, path, known)
        if order is None:
            if student in plain:
                raise ValueError(f"{plain[student]} and {name} in {source} stand for one student: keep one of them")
            plain[student] = name
        time = datetime.fromtimestamp(path.lstat().st_mtime)
        late = late or (due is not None and time > due)
        order = (order or 0, time, name)
        if student not in found or order > found[student][0]:
            found[student] = order, Handed(path, late, time)
    if not found:
        raise ValueError(f"{source} holds no .ipynb file: submissions are named <student-id>.ipynb")
    return {student: handed for student, (_, handed) in sorted(found.items())}


def _whose(name: str, path: Path, known: Roster) -> tuple[str, int | None, bool]:
    """Return student, order among the student's uploads (None outside downloads), and whether the file says late.

    A user whom the roster does not have is called by number: names are not unique.
    """
    stem = path.name[: -len(".ipynb")]
    if "/" not in name and stem in known.rows:
        return stem, None, False
    folder, inside, _ = name.partition("/")
    if inside and folder in known.rows:
        return folder, 0, False
    if moodle := MOODLE.fullmatch(name):
        student = known.student("moodle_id", moodle["user"]) or known.student("name", moodle["name"])
        return student or moodle["user"], 0, False
    if canvas := CANVAS.fullmatch(name):
        return known.student("canvas_id", canvas["user"]) or canvas["user"], int(canvas["upload"]), bool(canvas["late"])
    return stem, None, False


def _unpack(archive: Path, target: Path) -> None:
    """Unpack the notebooks of a zip, with their times; nothing outside `target`, nothing larger than a submission.

    A member that cannot be unpacked is left empty and named on standard error: its student is told, the others graded.
    """
    target.mkdir(parents=True)
    with zipfile.ZipFile(archive) as packed:
        for info in packed.infolist():
            parts = Path(info.filename).parts
            inside = ".." not in parts and not Path(info.filename).is_absolute()
            if info.is_dir() or not inside or not info.filename.endswith(".ipynb"):
                continue
            path = target.joinpath(*parts)
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
                with packed.open(info) as member:
                    # One byte more than is graded: too large a file is then refused by name, like any other.
                    path.write_bytes(member.read(LARGEST + 1))
            except (OSError, RuntimeError, ValueError, NotImplementedError, zipfile.BadZipFile, zlib.error) as error:
                print(f"course: {info.filename!r} in {archive} cannot be unpacked: {error}", file=sys.stderr)
                continue
            try:
                written = datetime(*info.date_time).timestamp()
            except ValueError:  # a date of zeros: the zip does not say when
                continue
            os.utime(path, (written, written))
