"""The evidence card: one page that says what was done, to show to somebody. Standard library only."""

import html
import re
from collections.abc import Callable
from pathlib import Path

from course.exercises.answers import is_stub

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:1.5rem auto}"
    "body{padding:0 1rem;color:#1a1a1a;background:#fff}"
    "dt{font-weight:600;margin-top:.6rem}dd{margin:0}img{max-width:100%;height:auto}"
)


def card(name: str, answers: list[str], seed: int, folder: str = "evidence") -> Callable[[Callable], Path | None]:
    """Run the decorated function once every answer is there, and write its card to `folder`/`name`.html and .md.

    The function returns {"task", "result", "baseline", "interval", "plot"}: texts, and a plot of `course.plots.show`.
    The path of the page is returned in place of the function; None, with a line that says why, where there is none.
    Raises nothing.
    """

    def run(make: Callable) -> Path | None:
        undone = [each for each in answers if each not in make.__globals__ or is_stub(make.__globals__[each])]
        if undone:
            print(f"No evidence card yet: {', '.join(undone)} still to do.")
            return None
        try:
            path = write(Path(folder), name, seed, **make())
        except Exception as error:
            print(f"No evidence card: your answers raised {type(error).__name__}: {error}")
            return None
        print(f"Evidence card: {path} (and {path.with_suffix('.md').name} beside it)")
        return path

    return run


def write(folder: Path, name: str, seed: int, task: str, result: str, baseline: str, interval: str, plot) -> Path:
    """Write the card as HTML and as Markdown, and return the path of the page."""
    rows = {"Result": result, "Baseline": baseline, "Interval": interval, "Seed of the data": str(seed)}
    folder.mkdir(exist_ok=True)
    listed = "".join(f"<dt>{label}</dt><dd>{html.escape(text)}</dd>" for label, text in rows.items())
    picture = plot._repr_mimebundle_()["text/html"]
    source = re.search(r'src="([^"]+)"', picture)[1]
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(task)}</title><style>{STYLE}</style><h1>{html.escape(task)}</h1><dl>{listed}</dl>"
        f'<img src="{source}" alt="{html.escape(plot.alt)}"></html>\n'
    )
    path = folder / f"{name}.html"
    path.write_text(page, encoding="utf-8")
    lines = "".join(f"- **{label}:** {text}\n" for label, text in rows.items())
    table = plot.table.to_string()
    path.with_suffix(".md").write_text(f"# {task}\n\n{lines}\n{plot.alt}\n\n```text\n{table}\n```\n", encoding="utf-8")
    return path
