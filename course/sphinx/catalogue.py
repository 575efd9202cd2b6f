"""Write the page that lists every table of the book from datapackage.json."""

from pathlib import Path

from course import data

PAGE = Path("book/data_catalogue.md")


def write(app) -> None:
    """Write the catalogue page before the sources are read; unchanged text is not written again."""
    root = Path(app.srcdir)
    text = data.catalogue(root / "data")
    page = root / PAGE
    if not page.exists() or page.read_text(encoding="utf-8") != text:
        page.write_text(text, encoding="utf-8")
