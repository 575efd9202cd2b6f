"""Write a file in one step: whoever is killed at any moment leaves the old file or the new one, never half of it."""

import os
import re
from functools import partial
from pathlib import Path

TEMPORARY = re.compile(r"\..+\.(\d+)\.tmp")  # .NAME.PID.tmp


def write(path: Path, content: str | bytes, mode: int = 0o666) -> Path:
    """Replace the file at `path` by `content`, text as UTF-8 with "\\n" at line ends, and return the path.

    `mode` is the file's from its first byte on, less the umask: 0o600 for what only its owner may read.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb", opener=partial(os.open, mode=mode)) as file:
            file.write(content.encode("utf-8") if isinstance(content, str) else content)
        return temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def remove_leftovers(folder: Path) -> None:
    """Remove the temporary files in `folder` whose writer was killed; those of a living process stay."""
    import psutil  # here alone, so that an isolated lab can write without it

    for path in folder.glob(".*.tmp"):
        match = TEMPORARY.fullmatch(path.name)
        if match and not psutil.pid_exists(int(match[1])):
            path.unlink(missing_ok=True)
