"""Build the pages from the stored outputs."""

import shutil
import subprocess
import sys
from pathlib import Path


def html(root: Path) -> int:
    """Build `root`/_build/html and return the exit status; a stale notebook or any warning is an error."""
    from course.notebooks import run, stale

    outdated = stale.find(root, run.discover(root))
    for path, reason in outdated:
        print(f"course: {stale.error(path, reason)}", file=sys.stderr)
    if outdated:
        return 1
    # In one process of its own: Sphinx changes the interpreter's state, and its exit status is the verdict.
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build"]
    status = subprocess.run([*command, "-W", "-n", "--keep-going", "-q", str(root)], cwd=root).returncode
    if status:
        # Sphinx warns of a page once, when it reads it: without what it remembers, the next build warns again.
        shutil.rmtree(root / "_build" / ".doctrees", ignore_errors=True)
        print("course: the build failed on the warnings above; mend them and build again", file=sys.stderr)
        return 1
    print(f"The book is built: open {(root / '_build/html/index.html').relative_to(root)}")
    return 0
