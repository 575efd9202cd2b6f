"""Gradescope's autograder: the zip that is uploaded, and what runs there for each submission.

A container there holds one submission and allows no namespaces, so there is no bubblewrap: the grader runs as root, the
submission as another uid with the same limits and filter, and hidden files are readable by root only.
"""

import io
import json
import os
import sys
import zipfile
from pathlib import Path

from course import atomic
from course.exercises.source import Exercise
from course.grading import grade, results, submission

SETUP = """#!/usr/bin/env bash
# Runs once, when Gradescope builds the image.
set -euo pipefail
curl -LsSf https://astral.sh/uv/install.sh | env UV_INSTALL_DIR=/usr/local/bin sh
export UV_PYTHON_INSTALL_DIR=/opt/python
uv venv --python 3.12 /opt/course
uv pip install --python /opt/course/bin/python {packages}
"""
RUN = """#!/usr/bin/env bash
# Runs for each submission.
set -euo pipefail
autograder=${AUTOGRADER:-/autograder}
cd "$autograder/source"
chmod -R go-rwx exercise "$autograder/submission"
PYTHONPATH="$autograder/source" "${PYTHON:-/opt/course/bin/python}" -m course.grading.gradescope "$autograder"
"""
# What the grader itself imports, beside an exercise's own imports.
GRADER_PACKAGES = ("nbformat", "pyyaml", "tqdm")
INSTALLED_AS = {"sklearn": "scikit-learn", "yaml": "pyyaml"}


def pack(exercise: Exercise, pins: dict[str, str]) -> dict[str, bytes]:
    """Return {path: content} of the autograder: grader, exercise with its hidden cases, setup.sh, run_autograder.

    `pins` are the versions of the lock ({package: version}); a package that it does not have is left without one.
    """
    package = Path(__file__).resolve().parents[1]
    files = {f"course/{path.relative_to(package).as_posix()}": path.read_bytes() for path in _modules(package)}
    for path in [exercise.folder / "source.ipynb", exercise.folder / "hidden.py", *exercise.files]:
        files[f"exercise/{path.relative_to(exercise.folder).as_posix()}"] = path.read_bytes()
    imports = [INSTALLED_AS.get(name, name).split(".")[0] for name in exercise.metadata["imports"] if name != "course"]
    wanted = sorted({*GRADER_PACKAGES, *(name for name in imports if name not in sys.stdlib_module_names)})
    packages = " ".join(f"{name}=={pins[name]}" if name in pins else name for name in wanted)
    files["setup.sh"] = SETUP.replace("{packages}", packages).encode()
    files["run_autograder"] = RUN.encode()
    return files


def write(path: Path, files: dict[str, bytes]) -> None:
    """Write the zip, the same bytes for the same files, readable by its owner alone: it holds the hidden cases."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in sorted(files.items()):
            info = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
            info.external_attr = (0o755 if name in ("setup.sh", "run_autograder") else 0o644) << 16
            packed.writestr(info, content)
    atomic.write(path, archive.getvalue(), mode=0o600)


def main(autograder: Path) -> None:
    """Grade the one notebook of submission/ and write results/results.json, whatever happens."""
    try:
        told = _graded(autograder)
    except Exception as error:  # without a file Gradescope tells the student nothing
        told = {"score": 0, "output": f"The grader itself failed ({type(error).__name__}): tell your instructor."}
    (autograder / "results").mkdir(exist_ok=True)
    atomic.write(autograder / "results" / "results.json", json.dumps(told, indent=1, ensure_ascii=False) + "\n")


def _graded(autograder: Path) -> dict:
    task = grade.Task(autograder / "source" / "exercise", plain=True)
    found = sorted(path for path in (autograder / "submission").rglob("*.ipynb") if not path.name.startswith("."))
    with grade.Grader(task) as grader:
        if len(found) != 1:
            result = grader.unreadable(f"is not there: one .ipynb was expected, {len(found)} were found", "missing")
        else:
            try:
                result = grader.grade("", submission.read(found[0]))
            except ValueError as error:
                result = grader.unreadable(str(error))
        return results.gradescope(grader.exercise, result)


def _modules(package: Path) -> list[Path]:
    return sorted(
        [package / "__init__.py", package / "atomic.py", *package.glob("exercises/*.py"), *package.glob("grading/*.py")]
    )


if __name__ == "__main__":
    os.umask(0o077)
    main(Path(sys.argv[1]))
