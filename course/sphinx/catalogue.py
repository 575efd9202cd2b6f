"""Write the page that lists every table of the book from datapackage.json."""

from pathlib import Path

from course import data
from course.sphinx import generated

PAGE = Path("book/data_catalogue.md")


def write(app) -> None:
    """Write the catalogue page before the sources are read; unchanged text is not written again."""
    root = Path(app.srcdir)
    generated.write(root / PAGE, data.catalogue(root / "data"))
