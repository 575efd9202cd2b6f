"""The cards of claims: anchors that pages can refer to, words that `course ask` finds, and the list of rules."""

from pathlib import Path

from bs4 import BeautifulSoup
from docutils import nodes

from course import data
from course.claims import Rule, sentence
from course.claims.card import where
from course.sphinx import generated

PAGE = Path("book/rules.md")  # it includes RULES
RULES = Path("_build/rules.md")
PLURALS = {"company": "companies", "process": "processes"}


def write_rules(app) -> None:
    """Write the list that the page of rules includes, before the sources are read; an unchanged one is left alone."""
    root = Path(app.srcdir)
    if (root / PAGE).is_file():
        generated.write(root / RULES, _rules(root / "data"))


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


def _rules(folder: Path) -> str:
    """Return the rules as a list of definitions; what most rules share is said once, above it."""
    table, claims, parts = (data.load(folder, name).fillna("") for name in ("rules", "claims", "claim_parts"))
    texts = {row["id"]: sentence(row) for row in claims.to_dict("records")}
    texts |= {row["id"] + row["part"]: row["text"] for _, row in parts.iterrows()}
    usual = {name: table[name].mode()[0] for name in ("n_min", "specifications")}
    known: dict[str, str] = {}  # the first rule for each estimand
    items = []
    for row in table.to_dict("records"):
        rule = Rule(**row)
        name = rule.id + rule.part
        lines = _lines(rule, usual, known.setdefault(rule.estimand, name))
        items.append(f'<span id="rule-{name.lower()}"></span>**{name}** {texts[name]}\n: {" ".join(lines)}\n')
    shared = (
        f"Where a rule says nothing else, n is at least {usual['n_min']}, and its specifications are: "
        f"{usual['specifications']}."
    )
    return f"{shared}\n\n:::{{div}} rules\n{chr(10).join(items)}:::\n"


def _lines(rule: Rule, usual: dict[str, object], first: str) -> list[str]:
    name = rule.id + rule.part
    estimand = rule.estimand if first == name else f'as for <a href="#rule-{first.lower()}">{first}</a>'
    lines = [f"*Estimated:* {estimand}.", f"*For:* {rule.population}.", f"*Holds:* {where(rule)}."]
    n = f", at least {rule.n_min}" if rule.n_min != usual["n_min"] else ""
    lines.append(f"*n counts:* {PLURALS.get(rule.unit, f'{rule.unit}s')}{n}.")
    if rule.specifications != usual["specifications"]:
        lines.append(f"*Specifications:* {rule.specifications}.")
    if rule.family:
        lines.append(f"*One of the {rule.family} tests.*")
    if rule.seen_before_rule == "yes":
        lines.append("*Figures were known before.*")
    return lines
