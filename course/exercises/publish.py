"""Write releases: the student's notebook, each student's variant, and the public files beside them."""

from pathlib import Path

import nbformat

from course import atomic
from course.exercises import release, variants
from course.exercises.source import Exercise


def notebook(exercise: Exercise, seed: int | None = None) -> str:
    """Return a release as the text of its .ipynb file; the same at each call."""
    return nbformat.writes(release.student(exercise, seed)) + "\n"


def write(
    exercise: Exercise, out: Path, students: list[str] | None = None, term: str = "", key: bytes = b""
) -> list[Path]:
    """Write the release, or each student's variant, with its public files; return the notebooks.

    out/<exercise>/<exercise>.ipynb, or out/<exercise>/<student>/<exercise>.ipynb. Raises ValueError for a student's id
    that is not fit to be a folder's name, before anything is written.
    """
    odd = [student for student in students or [] if not fit(student)]
    if odd:
        raise ValueError(f"{odd[0]!r} is no student id: letters, digits and . _ @ - were expected, not . or - first")
    written = []
    for student in [""] if students is None else students:
        folder = out / exercise.id / student
        folder.mkdir(parents=True, exist_ok=True)
        seed = variants.seed(key, exercise.id, term, student) if student else None
        path = folder / f"{exercise.id}.ipynb"
        atomic.write(path, notebook(exercise, seed))
        for file in exercise.files:
            target = folder / file.relative_to(exercise.folder / "files")
            target.parent.mkdir(parents=True, exist_ok=True)
            atomic.write(target, file.read_bytes())
        written.append(path)
    return written


def fit(student: str) -> bool:
    """Return whether a student's id can be a folder and a file everywhere."""
    plain = student.replace("-", "a").replace("_", "a").replace(".", "a").replace("@", "a")
    return 0 < len(student) <= 64 and plain.isascii() and plain.isalnum() and student[0] not in ".-"
