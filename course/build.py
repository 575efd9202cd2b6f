"""Build the pages from the stored outputs."""

import subprocess
import sys
from pathlib import Path


def html(root: Path) -> int:
    """Build `root`/_build/html and return the exit status; a stale notebook or any warning is an error."""
    from course.notebooks import run, stale

    outdated = stale.find(root, run.discover(root))
    for path, reason in outdated:
        name = path.relative_to(root)
        print(f"course: {name} is stale ({reason}): run `course run {name}`", file=sys.stderr)
    if outdated:
        return 1
    # In one process of its own: Sphinx changes the interpreter's state, and its exit status is the verdict.
    build = [sys.executable, "-m", "jupyter_book", "build", "-W", "-n", "--keep-going", "-q", str(root)]
    status = subprocess.run(build, cwd=root).returncode
    if status:
        print("course: the build failed on the warnings above; mend them and build again", file=sys.stderr)
        return 1
    print(f"The book is built: open {(root / '_build/html/index.html').relative_to(root)}")
    return 0
