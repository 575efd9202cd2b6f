"""Sphinx extension of the book: a page made from data, no scripts from outside, and the text for `course ask`."""

from course.sphinx import catalogue, chunks, offline


def setup(app) -> dict:
    """Register the parts; see their modules."""
    app.connect("builder-inited", catalogue.write)
    app.connect("html-page-context", offline.drop_thebe, priority=900)
    app.connect("doctree-resolved", chunks.write)
    app.connect("build-finished", chunks.remove_old)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
