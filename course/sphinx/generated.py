"""Files that the build makes for itself or for `course ask`: written only where they changed."""

from pathlib import Path

from course import atomic


def write(path: Path, text: str) -> None:
    """Write `text` to `path`, whose folder is made; a file that holds it already keeps its date."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic.write(path, text)
