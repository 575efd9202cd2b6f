"""What earlier builds left: pages that must be made again, and pages that are no longer in the book."""

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


def find(app, env, added, changed, removed) -> list[str]:
    """Return the pages to make again though their source did not change.

    Those whose chunks are missing; and the first page if a static file changed, because Sphinx copies static files
    only when it writes at least one page.
    """
    found = [name for name in env.found_docs if not (chunks.folder(app) / chunks.file_name(name)).exists()]
    for folder in app.config.html_static_path:
        source = Path(app.srcdir) / folder
        copy = Path(app.outdir) / "_static"
        for path in source.rglob("*"):
            if path.is_file() and _differ(path, copy / path.relative_to(source)):
                return [*found, app.config.root_doc]
    return found


def _differ(path: Path, copy: Path) -> bool:
    return not copy.exists() or path.read_bytes() != copy.read_bytes()
