"""Nothing on a page may load from outside: drop what the theme adds for thebe, which this book does not use."""


def drop_thebe(app, pagename, templatename, context, doctree) -> None:
    """Remove thebe's scripts and styles: they name an outside address and throw two console errors on every page."""
    for kind in ("script_files", "css_files"):
        context[kind] = [file for file in context.get(kind, []) if not _of_thebe(file)]


def _of_thebe(file) -> bool:
    body = getattr(file, "attributes", {}).get("body") or ""
    return "thebe" in f"{getattr(file, 'filename', file)} {body}".lower()
