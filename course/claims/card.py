"""The card of a judged claim: HTML for the page, Markdown and text elsewhere, and the record that the ledger reads."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from course.claims.results import (
    THE_CLAIM,
    Demonstrated,
    Estimate,
    Forecast,
    Measured,
    Opinion,
    Published,
    Result,
    Rule,
    Source,
)
from course.ledger import MIME

SHAPES = {
    "supported": "✓",
    "not supported": "✗",
    "partly supported": "◐",
    "inconclusive": "≈",
    "contested": "⇄",
    "not measured": "○",
    "opinion": "❝",
    "forecast": "→",
    "demonstrated": "◆",
}
ROLES = {
    "ml": "● ML engineer",
    "ai": "■ AI engineer",
    "both": "● ■ both roles",
    "ml-to-ai": "● → ■ ML to AI",
    "ai-to-ml": "■ → ● AI to ML",
}
# The chapter that judges a section's claims, seen from a chapter.
PAGES = {
    "distinction": "../roles/distinction",
    "evolution": "../roles/evolution",
    "skills": "../roles/skills",
    "day": "../roles/days",
    "pay": "../career/pay",
    "market": "../career/market",
    "choose": "../career/choosing",
    "switch": "../career/switching",
    "blur": "../career/blurring",
    "interview": "../career/interviews",
    "future": "../career/future",
    "bottom-line": "../career/bottom_line",
}
# Short names of pages whose title is a question or a sentence.
LABS = {
    "training_pipeline": "the training pipeline",
    "orchestration_kubeflow": "the pipeline under Kubeflow",
    "rag": "the small RAG system",
    "rematch": "the rematch",
    "days": "a day of each role",
    "interviews": "interview questions",
}
# Enough for Jupyter, where the book's stylesheet is missing.
FRAME = "border: 1px solid; border-left-width: 6px; border-radius: 8px; padding: 0.6rem 1rem; margin: 1rem 0"


@dataclass(frozen=True)
class Judged:
    """A claim, or one part of it, with its result and verdict."""

    id: str
    part: str
    text: str
    decided_by: str
    verdict: str
    result: Result
    rule: Rule | None

    @property
    def evidence(self) -> str:
        """One sentence with what was found, n and interval."""
        return _evidence(self.result, self.rule)

    def record(self) -> dict:
        """Return what the ledger keeps of it."""
        sources = self.result.sources
        return {
            "id": self.id,
            "part": self.part,
            "claim": self.text,
            "verdict": self.verdict,
            "decided_by": self.decided_by,
            "evidence": self.evidence,
            "n": _n(self.result),
            "source": [asdict(source) for source in sources],
        }


@dataclass(frozen=True)
class Card:
    """A judged claim, as Jupyter and the book show it."""

    id: str
    role: str
    section: str
    text: str
    verdict: str
    judged: Sequence[Judged]
    practised_in: Sequence[str]
    contradicts: Mapping[str, tuple[str, str]]  # {id: (claim, section)}

    def records(self) -> list[dict]:
        """Return the ledger's rows: the claim and, where it has parts, each part."""
        rows = [part.record() for part in self.judged]
        if self.judged[0].part:
            deciding = [row for row in rows if row["verdict"] == self.verdict] or rows  # all, if partly supported
            first = min(deciding, key=lambda row: KINDS.index(row["decided_by"]))
            evidence = "; ".join(f"{row['part']}: {row['verdict']}" for row in rows)
            whole = {"id": self.id, "part": "", "claim": self.text, "verdict": self.verdict}
            whole |= {"decided_by": first["decided_by"], "evidence": f"By part: {evidence}."}
            rows = [whole | {"n": first["n"], "source": _distinct(rows)}, *rows]
        more = {"role": self.role, "section": self.section, "practised_in": list(self.practised_in)}
        return [row | more for row in rows]

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return {
            MIME: self.records(),
            "text/html": self._html(),
            "text/markdown": self._markdown(),
            "text/plain": self._plain(),
        }

    def _plain(self) -> str:
        lines = [f"{self.id} ({ROLES[self.role]}): {self.text}", f"{SHAPES[self.verdict]} {self.verdict}"]
        for part in self.judged:
            label = f"{part.part}. {part.text}: {part.verdict}. " if part.part else ""
            lines.append(f"  {label}{part.evidence} {' '.join(map(_plain_source, _telling(part)))}".rstrip())
        return "\n".join(lines)

    def _markdown(self) -> str:
        lines = [f"**{self.id}** {ROLES[self.role]}: {self.text}", f"**{SHAPES[self.verdict]} {self.verdict}**"]
        for part in self.judged:
            label = f"{part.part}. {part.text}: **{part.verdict}**. " if part.part else ""
            sources = " ".join(f"[{s.title}]({s.address}), {s.date}." for s in _telling(part))
            lines.append(f"{label}{part.evidence} {sources}".rstrip())
        return "\n\n".join(lines)

    def _html(self) -> str:
        slug, anchor = self.verdict.replace(" ", "-"), self.id.lower()
        # One line of sources is enough for parts that share it.
        shared = len(self.judged) > 1 and len(_distinct(self.records())) == 1
        body = "".join(_part_html(part, with_sources=not shared) for part in self.judged)
        if shared and (sources := _sources_html(self.judged[0])):
            body += f'<p class="claim-source"><small>{sources}</small></p>'
        return (
            f'<article class="claim-card claim-{slug}" id="{self.id}" style="{FRAME}">'
            f'<p class="claim-head"><a class="claim-id" id="{anchor}" href="#{anchor}">{self.id}</a> '
            f'<span class="claim-role">{ROLES[self.role]}</span></p>'
            f'<p class="claim-text"><strong>{_escape(self.text)}</strong></p>'
            f'<p class="claim-verdict">{_badge(self.verdict)}</p>'
            f"{body}{self._practised()}{self._contradictions()}</article>"
        )

    def _practised(self) -> str:
        links = ", ".join(f'<a href="../../{_page(path)}">{_escape(page_name(path))}</a>' for path in self.practised_in)
        return f'<p class="claim-practised">Practised in: {links}</p>' if links else ""

    def _contradictions(self) -> str:
        links = "; ".join(
            f'<a href="{PAGES[section]}.html#{id.lower()}">{id}</a> ({_escape(text)})'
            for id, (text, section) in self.contradicts.items()
        )
        return f'<p class="claim-contradicts">The claims contradict each other: see {links}</p>' if links else ""


# A compound claim is said to be decided by the first of these among the parts that have its verdict.
KINDS = ("rule", "published", "lab", "forecast", "nothing", "opinion")


def _part_html(part: Judged, with_sources: bool) -> str:
    name = f"{part.id}{part.part}".lower()
    anchor = f' id="{name}"' if part.part else ""
    title = f"{part.part}) {_escape(part.text)}: {_badge(part.verdict)}. " if part.part else ""
    rule = ""
    if part.rule:
        rule = f'<a href="../../book/rules.html#rule-{name}">Rule {part.id}{part.part}</a>: {_escape(_rule(part.rule))}'
    small = "<br>".join(line for line in (rule, _sources_html(part) if with_sources else "") if line)
    source = f'<p class="claim-source"><small>{small}</small></p>' if small else ""
    return (
        f'<div class="claim-part"{anchor}><p class="claim-evidence">{title}{_escape(part.evidence)}</p>{source}</div>'
    )


def _telling(part: Judged) -> list[Source]:
    # Where nothing was found the source is the claim itself: the record keeps it, a reader learns nothing from it.
    return [source for source in part.result.sources if source != THE_CLAIM]


def _sources_html(part: Judged) -> str:
    publishers: dict[tuple[str, str], list[Source]] = {}
    for source in _telling(part):
        publishers.setdefault((source.title, source.terms), []).append(source)
    return f"Source: {'; '.join(map(_publisher_html, publishers.values()))}" if publishers else ""


def _badge(verdict: str) -> str:
    slug = verdict.replace(" ", "-")
    return f'<span class="claim-badge claim-{slug}"><span aria-hidden="true">{SHAPES[verdict]}</span> {verdict}</span>'


def _publisher_html(sources: list[Source]) -> str:
    """Return the figures of one publisher with their links; its name and terms are said once."""
    counts = [_count_html(source, "another count" if number else source.title) for number, source in enumerate(sources)]
    return f"{', '.join(counts)}, {_escape(sources[0].terms)}"


def _count_html(source: Source, text: str) -> str:
    address = source.address if "://" in source.address else f"../../{source.address}"
    n = f"n = {source.n:,}" if isinstance(source.n, int) else f"n {source.n}"
    return f'<a href="{html.escape(address)}">{_escape(text)}</a>, {_escape(source.date)}, {n}'


def _plain_source(source: Source) -> str:
    return f"[{source.title}, {source.date}, n {source.n}, {source.terms}, {source.address}]"


def _rule(rule: Rule) -> str:
    # What is estimated, and for whom, stands behind the link: cards of one chapter would repeat it.
    seen = "; written when figures of this kind were known" if rule.seen_before_rule == "yes" else ""
    return f"holds {where(rule)}, n at least {rule.n_min}{seen}"


def where(rule: Rule) -> str:
    """Return in words where the whole interval must lie: "above 0 percentage points", "from 50 to 100 percent"."""
    low, high = (end.strip().replace("-", "\N{MINUS SIGN}") for end in rule.holds[1:-1].split(","))
    unit = _unit(rule)
    if rule.interval.right == float("inf"):
        return f"at {low} {unit} or more" if rule.interval.closed_left else f"above {low} {unit}"
    if rule.interval.left == -float("inf"):
        return f"at {high} {unit} or less" if rule.interval.closed_right else f"below {high} {unit}"
    first = f"from {low} to" if rule.interval.closed_left else f"above {low} and up to"
    return f"{first} {high} {unit}" if rule.interval.closed_right else f"{first} below {high} {unit}"


def page_name(path: str) -> str:
    """Return what a page is called in a list of pages, by its path."""
    stem = path.rpartition("/")[2].partition(".")[0]
    return f"the exercise {stem}" if path.startswith("book/exercises/") else LABS.get(stem, stem.replace("_", " "))


def _unit(rule: Rule) -> str:
    return "times" if rule.measured_in == "ratio" else rule.measured_in


def _evidence(result: Result, rule: Rule | None) -> str:
    match result:
        case Measured():
            return _measured(result, rule)
        case Published(results=[]):
            return result.why or "No published figure with n and method was found."
        case Published():
            said = [f"{each.source.title}: {_measured(each, rule)}" for each in result.results]
            return " ".join([*said, result.why]).strip()
        case Opinion():
            return f"{result.reason.capitalize()}: {result.why}"
        case Forecast():
            return (
                f"Metric: {result.metric}. Comes true if {result.threshold} by {result.resolves} (clock from "
                f"{result.starts}). No change would mean: {result.benchmark}. Today: {result.reading}."
            )
        case Demonstrated():
            return f"{result.shows} This shows that it is possible, not that a role does it."
    return result.why


def _measured(result: Measured, rule: Rule) -> str:
    first = result.estimates[0]
    sentence = _figure(first, rule)
    if first.specification:
        sentence += f" ({first.specification})"
    if len(result.estimates) > 1:
        counted = result.counted(rule)
        same = sum(rule.decide(each) == rule.decide(first) for each in counted)
        enough = f"specifications with n of at least {rule.n_min}"
        sentence += (
            f"; {same} of {len(counted)} {enough} come out as this one" if counted else f"; there are no {enough}"
        )
    if result.p_holm is not None:
        tests = f" over {result.tests} tests" if result.tests else ""
        sentence += f"; p {_p(result.p_holm)} after Holm{tests}"
    return f"{sentence}.{_as_sentence(result.note)}"


def _as_sentence(note: str) -> str:
    if not note:
        return ""
    first = note[0] if note.startswith("n ") else note[0].upper()  # n is a symbol: it keeps its small letter
    return f" {first}{note[1:]}."


def _figure(estimate: Estimate, rule: Rule) -> str:
    value, low, high = (_number(number, rule) for number in (estimate.value, estimate.low, estimate.high))
    known = f"{estimate.interval} {low} to {high}, n = {estimate.n:,}" if estimate.n is not None else "n not stated"
    return f"{value} {_unit(rule)} [{known}]"


def _number(number: float, rule: Rule) -> str:
    return f"{round(number, rule.digits) + 0.0:,.{rule.digits}f}".replace("-", "\N{MINUS SIGN}")


def _p(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"= {p:.3f}"


def _n(result: Result) -> int | str:
    match result:
        case Measured():
            return "not stated" if result.estimates[0].n is None else result.estimates[0].n
        case Published(results=[first, *_]):
            return _n(first)
    return result.sources[0].n


def _distinct(rows: Sequence[dict]) -> list[dict]:
    found = []
    for source in (source for row in rows for source in row["source"]):
        if source not in found:
            found.append(source)
    return found


def _page(path: str) -> str:
    return path.removesuffix(".ipynb").removesuffix(".md") + ".html"


def _escape(text: str) -> str:
    return html.escape(text, quote=False)
