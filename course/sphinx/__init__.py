"""Sphinx extension of the book: generated pages, cards and parts, nothing from outside, the text for `course ask`."""

import hashlib
from pathlib import Path

from course.sphinx import catalogue, chunks, claims, exercises, head, offline, old, parts, syllabi, tables


def setup(app) -> dict:
    """Register the parts; see their modules."""
    app.connect("builder-inited", catalogue.write)
    app.connect("builder-inited", claims.write_rules)
    app.connect("builder-inited", exercises.write)
    app.connect("builder-inited", syllabi.write)
    app.connect("env-get-outdated", old.find)
    app.connect("doctree-read", claims.mark)
    app.connect("html-page-context", parts.load)
    app.connect("html-page-context", offline.drop_thebe, priority=900)
    app.connect("html-page-context", offline.drop_unused_mathjax, priority=900)
    app.connect("html-page-context", head.describe)
    app.connect("html-page-context", tables.label)
    app.connect("doctree-resolved", chunks.write)
    app.connect("build-finished", head.write_front_door)
    app.connect("build-finished", exercises.write_downloads)
    app.connect("build-finished", old.remove)
    app.connect("build-finished", offline.drop_source_maps)
    # Sphinx writes a page again where its source changed; with this value also where the code that makes pages did.
    code = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
    app.add_config_value("course_sphinx_code", hashlib.sha256(code).hexdigest(), "env")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
