"""The tables of the instructors' page: what is taught when, with minutes and claims from where they are kept."""

import json
from pathlib import Path

import yaml

from course import ledger
from course.exercises import source
from course.sphinx import exercises, generated

PLAN = Path("book/syllabi.yml")
TABLES = Path("_build/syllabi")  # book/instructors.md includes them


def write(app) -> None:
    """Write a table for each syllabus before the sources are read; an unchanged one is left alone."""
    root = Path(app.srcdir)
    if not (root / "book" / "instructors.md").is_file():
        return
    for name, text in tables(root).items():
        generated.write(root / TABLES / f"{name}.md", text)


def tables(root: Path) -> dict[str, str]:
    """Return {syllabus: its Markdown table}; the last row adds up minutes.

    Raises FileNotFoundError for a page that is not there.
    """
    plan = yaml.safe_load((root / PLAN).read_text(encoding="utf-8"))
    judged: dict[str, set[str]] = {}
    for row in ledger.read(root / "notebooks"):
        judged.setdefault(row["page"].partition(".html")[0], set()).add(row["id"])
    known = {name: source.load(root / "exercises" / name) for name in exercises.listed(root)}
    return {name: _table(root, units, judged, known) for name, units in plan.items()}


def _table(root: Path, units: list[dict], judged: dict[str, set[str]], known: dict[str, source.Exercise]) -> str:
    rows = [
        "| theme | chapters and labs | minutes in class | exercises | minutes of exercises | claims |",
        "|---|---|---|---|---|---|",
    ]
    totals = [0, 0]
    for number, unit in enumerate(units, start=1):
        pages = [_page(root, f"notebooks/{name}") for name in unit["pages"]]
        jobs = [known[name] for name in unit["exercises"] if name in known]
        claims = {claim for name in unit["pages"] for claim in judged.get(f"notebooks/{name}", ())}
        claims |= {claim for job in jobs for claim in job.metadata["claims"]}
        minutes = [sum(minutes for _, minutes in pages), sum(job.minutes for job in jobs)]
        totals = [total + more for total, more in zip(totals, minutes, strict=True)]
        cells = (
            f"{number}. {unit['theme']}",
            ", ".join(link for link, _ in pages),
            str(minutes[0] or ""),
            ", ".join(f"[{job.title}](exercises/{job.id}.md)" for job in jobs),
            str(minutes[1] or ""),
            spans(claims),
        )
        rows.append(f"| {' | '.join(cells)} |")
    rows.append(f"| in all, {sum(totals)} minutes | | {totals[0]} | | {totals[1]} | |")
    return "\n".join(rows) + "\n"


def spans(claims: set[str]) -> str:
    """Return claims in short: C001 to C003, C007."""
    runs: list[list[int]] = []
    for number in sorted(int(claim[1:]) for claim in claims):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"C{run[0]:03}" + (f" to C{run[-1]:03}" if len(run) > 1 else "") for run in runs)


def _page(root: Path, name: str) -> tuple[str, int]:
    nb = json.loads((root / f"{name}.ipynb").read_text(encoding="utf-8"))
    title = "".join(nb["cells"][0]["source"]).split("\n")[0].removeprefix("# ")
    return f"[{title}](../{name}.ipynb)", nb["metadata"]["course"]["minutes"]
