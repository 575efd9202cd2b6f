"""What stands in a page's head for search engines and link previews, and the page that opens the book."""

import html
from pathlib import Path

from docutils import nodes

LENGTH = 160  # characters of a description that search engines show


def describe(app, pagename, templatename, context, doctree) -> None:
    """Add `<meta name="description">`: the page's first paragraph, or for search and index their name."""
    text = of_page(doctree) if doctree is not None else f"{app.config.html_title}: {pagename.removeprefix('gen')}"
    context["metatags"] = f'{context.get("metatags", "")}\n<meta name="description" content="{html.escape(text)}">'


def of_page(doctree: nodes.document) -> str:
    """Return the first paragraph of running text, cut at a word; the title where a page has none."""
    for paragraph in doctree.findall(nodes.paragraph):
        text = " ".join(paragraph.astext().split())
        if isinstance(paragraph.parent, nodes.section) and text:
            return text if len(text) <= LENGTH else text[: LENGTH - 3].rpartition(" ")[0] + " ..."
    title = doctree.next_node(nodes.title)
    return title.astext() if title else ""


def write_front_door(app, exception) -> None:
    """Write index.html, which leads to the first page: Jupyter Book's own says neither language nor title."""
    if exception or app.builder.format != "html" or app.config.root_doc == "index":
        return
    first = html.escape(app.builder.get_target_uri(app.config.root_doc))
    title = html.escape(app.config.html_title)
    (Path(app.outdir) / "index.html").write_text(
        f'<!DOCTYPE html>\n<html lang="{app.config.language}">\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f'<meta name="description" content="{title}">\n<link rel="icon" href="data:,">\n'
        f'<meta http-equiv="refresh" content="0; url={first}">\n'
        f'<h1><a href="{first}">{title}</a></h1>\n</html>\n',
        encoding="utf-8",
    )
