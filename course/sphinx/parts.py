"""The scripts and styles of a page's interactive parts; a page without parts loads none."""

import re
from pathlib import Path

from docutils import nodes

PART = re.compile(r'<section class="course-part" data-part="([\w-]+)"')


def load(app, pagename, templatename, context, doctree) -> None:
    """Add _static/parts/NAME.js and NAME.css for each part on the page. Raises ValueError where a script is missing."""
    found = sorted(set(PART.findall("\n".join(raw.astext() for raw in doctree.findall(nodes.raw))))) if doctree else []
    folder = Path(app.srcdir) / "book" / "_static" / "parts"
    for name in found:
        if not (folder / f"{name}.js").is_file():
            raise ValueError(f"{pagename} has a part {name!r}, but book/_static/parts/{name}.js is missing")
        app.add_js_file(f"parts/{name}.js", loading_method="defer")
        if (folder / f"{name}.css").is_file():
            app.add_css_file(f"parts/{name}.css")
