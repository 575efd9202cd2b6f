"""The matrix of roles and skills as an HTML table, which book/_static/parts/skill-matrix.js filters and sorts."""

import html
from pathlib import PurePosixPath

import pandas as pd

from course.plan import Library, Skill

SIGNS = {"ml": "● ML", "ai": "■ AI", "both": "◆ both"}
COLUMNS = ("role", "standing", "AI postings", "ML postings", "labs and exercises")
_NUMBERS = COLUMNS[2:]  # sorted as numbers


def table(library: Library, headings: dict[str, str], asked: pd.DataFrame) -> str:
    """Return the table: a row a skill, with links to its claim and labs; every cell has what it is sorted by.

    `headings` says of each skill whether its heading is stated or inferred; `asked` is of `course.postings.mentions`.
    """
    heads = "".join(f'<th scope="col"{" data-number=1" * (name in _NUMBERS)}>{name}</th>' for name in COLUMNS)
    rows = "".join(_row(library, skill, headings[skill.id], asked) for skill in library.skills.values())
    return (
        '<div class="sm-scroll" tabindex="0" role="region" aria-label="The table, which may scroll">'
        f'<table class="sm-table"><thead><tr><th scope="col">skill</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _row(library: Library, skill: Skill, heading: str, asked: pd.DataFrame) -> str:
    cells = [
        (SIGNS[skill.role], skill.role),
        (f"{skill.standing.replace('-', ' ')} ({heading})", skill.standing),
        *(_span(asked[(asked["skill"] == skill.id) & (asked["role"] == role)]) for role in ("ai", "ml")),
        (_practice(library, skill), len(skill.labs) + len(skill.exercises)),
    ]
    body = "".join(
        f'<td data-label="{name}" data-sort="{key}">{shown}</td>'
        for name, (shown, key) in zip(COLUMNS, cells, strict=True)
    )
    name = html.escape(skill.name)
    link = f'<small><a href="#{skill.claim.lower()}">{skill.claim}</a></small>'
    attributes = f'data-role="{skill.role}" data-standing="{skill.standing}"'
    return f'<tr {attributes}><th scope="row" data-sort="{name}">{name} {link}</th>{body}</tr>'


def _span(rows: pd.DataFrame) -> tuple[str, str]:
    values = rows.loc[rows["n"].notna(), "value"]
    if values.empty:
        return "not counted", ""  # sorted last
    low, high = f"{values.min():.0f}", f"{values.max():.0f}"
    return (f"{high}%" if low == high else f"{low} to {high}%"), f"{values.max():.1f}"


def _practice(library: Library, skill: Skill) -> str:
    links = [
        f'<a href="{_page(path)}">{html.escape(PurePosixPath(path).stem.replace("_", " "))}</a>' for path in skill.labs
    ]
    exercises = [f'<a href="../../book/exercises/{name}.html"><code>{name}</code></a>' for name in skill.exercises]
    found = {"": links, "exercise ": exercises}
    return "<br>".join(label + ", ".join(names) for label, names in found.items() if names) or "no lab"


def _page(path: str) -> str:
    return f"../{path.removeprefix('notebooks/').removesuffix('.ipynb')}.html"
