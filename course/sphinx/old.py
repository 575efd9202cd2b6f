"""Remove what earlier builds left of pages that are no longer in the book."""

from pathlib import Path

from course.sphinx import chunks

GENERATED = {"index", "genindex", "search"}


def remove(app, exception) -> None:
    """Remove the HTML and the chunks of such pages: a reader would still find them, and checks would read them."""
    known = app.env.all_docs.keys() | GENERATED
    for path in Path(app.outdir).rglob("*.html"):
        page = path.relative_to(app.outdir)
        if page.with_suffix("").as_posix() not in known and page.parts[0] != "_static":
            path.unlink()
    files = {chunks.file_name(docname) for docname in app.env.all_docs}
    for path in chunks.folder(app).glob("*.json"):
        if path.name not in files:
            path.unlink()
