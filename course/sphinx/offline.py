"""Nothing on a page may load from outside, and nothing heavy that the page does not use."""

from pathlib import Path

from docutils import nodes


def drop_thebe(app, pagename, templatename, context, doctree) -> None:
    """Remove thebe's scripts and styles: they name an outside address and throw two console errors on every page."""
    for kind in ("script_files", "css_files"):
        context[kind] = [file for file in context.get(kind, []) if not _of_thebe(file)]


def drop_unused_mathjax(app, pagename, templatename, context, doctree) -> None:
    """Remove MathJax, two megabytes, from a page without a formula: the notebook extension adds it to every page."""
    if doctree is None or doctree.next_node(lambda node: isinstance(node, nodes.math | nodes.math_block)) is None:
        context["script_files"] = [
            file for file in context.get("script_files", []) if "mathjax" not in str(getattr(file, "filename", file))
        ]


def drop_source_maps(app, exception) -> None:
    """Remove the theme's source maps, three megabytes that a browser asks for only if its developer tools are open."""
    if not exception and app.builder.format == "html":
        for path in (Path(app.outdir) / "_static").rglob("*.map"):
            path.unlink()


def _of_thebe(file) -> bool:
    body = getattr(file, "attributes", {}).get("body") or ""
    return "thebe" in f"{getattr(file, 'filename', file)} {body}".lower()
