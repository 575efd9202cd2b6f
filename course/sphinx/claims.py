"""The cards of claims: anchors that pages can refer to, words that `course ask` finds, and the table of rules."""

from pathlib import Path

import pandas as pd
from bs4 import BeautifulSoup
from docutils import nodes

from course import data
from course.claims import sentence

PAGE = Path("book/rules.md")  # it includes TABLE
TABLE = Path("_build/rules.md")


def write_rules(app) -> None:
    """Write the table that the page of rules includes, before the sources are read; an unchanged one is left alone."""
    root = Path(app.srcdir)
    if not (root / PAGE).is_file():
        return
    text = _table(root / "data")
    if not (root / TABLE).exists() or (root / TABLE).read_text(encoding="utf-8") != text:
        (root / TABLE).parent.mkdir(exist_ok=True)
        (root / TABLE).write_text(text, encoding="utf-8")


def mark(app, doctree: nodes.document) -> None:
    """Make each card an anchor that pages can refer to (`[pay](#c078)`) and give its words to `course ask`."""
    docname = app.env.docname
    labels = app.env.get_domain("std")
    for raw in doctree.findall(nodes.raw):
        if 'class="claim-card' not in raw.astext():
            continue
        card = BeautifulSoup(raw.astext(), "html.parser").article
        anchor = card["id"].lower()
        words = card.find_all(class_=["claim-id", "claim-text", "claim-verdict", "claim-evidence"])
        raw["course_claim"] = (anchor, ". ".join(" ".join(part.get_text(" ").split()) for part in words))
        labels.anonlabels[anchor] = docname, anchor
        labels.labels[anchor] = docname, anchor, f"{card['id']}: {card.find(class_='claim-text').get_text()}"


def _table(folder: Path) -> str:
    rules, claims, parts = (data.load(folder, name).fillna("") for name in ("rules", "claims", "claim_parts"))
    texts = {row["id"]: sentence(row) for row in claims.to_dict("records")}
    texts |= {row["id"] + row["part"]: row["text"] for _, row in parts.iterrows()}
    header = (
        "| rule | claim | what is estimated | for whom | holds in | n | specifications |\n|---|---|---|---|---|---|---|"
    )
    return header + "\n" + "\n".join(_row(rule, texts) for _, rule in rules.iterrows()) + "\n"


def _row(rule: pd.Series, texts: dict[str, str]) -> str:
    name = rule["id"] + rule["part"]
    family = f"; one of the {rule['family']} tests" if rule["family"] else ""
    seen = "; figures known before" if rule["seen_before_rule"] == "yes" else ""
    cells = [
        f'<span id="rule-{name.lower()}"></span>{name}',
        texts[name],
        rule["estimand"],
        rule["population"],
        f"{rule['holds']} {rule['measured_in']}",
        f"at least {rule['n_min']}, each one {rule['unit']}",
        f"{rule['specifications']}{family}{seen}",
    ]
    return "| " + " | ".join(cells) + " |"
