"""An interactive part of a page: its data as JSON, and what a reader sees without JavaScript."""

import html
import json


class Part:
    """A part as Jupyter and the book show it; the book adds the script _static/parts/NAME.js."""

    def __init__(self, name: str, data: object, fallback: str, label: str):
        self.name, self.data, self.fallback, self.label = name, data, fallback, label

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        # "<" could end the script element early.
        data = json.dumps(self.data, ensure_ascii=False, sort_keys=True, allow_nan=False).replace("<", "\\u003c")
        return {
            "text/html": (
                f'<section class="course-part" data-part="{self.name}" aria-label="{html.escape(self.label)}">'
                f'<script type="application/json">{data}</script>'
                f'<div class="course-part-fallback">{self.fallback}</div></section>'
            ),
            "text/plain": f"{self.label} (an interactive part of the built book)",
        }


def part(name: str, data: object, fallback: str, label: str) -> Part:
    """Return a part for display.

    `data` is JSON for the script book/_static/parts/NAME.js, `fallback` trusted HTML that is shown without it.

    Raises ValueError for an empty fallback: a reader without JavaScript must be served too.
    """
    if not fallback.strip():
        raise ValueError(f"part {name!r} shows nothing without JavaScript: pass a table or text as fallback")
    return Part(name, data, fallback, label)
