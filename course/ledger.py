"""The ledger of claims: the records of all cards, read from the notebooks' stored outputs; nothing is executed."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path

MIME = "application/vnd.course.claim+json"


def read(notebooks: str | Path, without: Collection[str] = ()) -> list[dict]:
    """Return the rows of all cards of the notebooks under folder `notebooks`, by claim and part.

    `without` names notebooks not to read, like career/bottom_line.ipynb: one that asks must not read itself.

    A row: {"id", "part" ("" for a whole claim), "claim", "verdict", "decided_by", "page" (like
    notebooks/career/pay.html#c078a), "evidence", "n", "source" (a list), "role", "section", "practised_in"}.

    Raises ValueError where a claim has two cards.
    """
    folder = Path(notebooks)
    rows, seen = [], {}
    for path in sorted(folder.rglob("*.ipynb")):
        name = path.relative_to(folder)
        if name.as_posix() in without or any(part.startswith(".") for part in name.parts):
            continue
        page = f"notebooks/{name.with_suffix('.html').as_posix()}"
        for row in records(json.loads(path.read_bytes())):
            key = row["id"] + row["part"]
            if key in seen:
                raise ValueError(f"claim {key} has a card in {seen[key]} and in {page}: keep one")
            seen[key] = page
            rows.append(row | {"page": f"{page}#{key.lower()}"})
    return sorted(rows, key=lambda row: (row["id"], row["part"]))


def records(nb: Mapping) -> list[dict]:
    """Return the records of the cards in a notebook, as json reads it, in reading order."""
    outputs = (output for cell in nb["cells"] for output in cell.get("outputs", []))
    found = (output.get("data", {}).get(MIME, []) for output in outputs)
    return [row for rows in found for row in (json.loads("".join(rows)) if isinstance(rows, str) else rows)]
