"""What decides a claim: rules, the six kinds of result, and how each becomes a verdict."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar
from urllib.parse import urlsplit

import pandas as pd

REASONS = ("value judgement", "undefined term", "cause without a design")
SIGNIFICANT = 0.05  # of a p-value after Holm's correction, to go with 95% intervals


@dataclass(frozen=True)
class Source:
    """Where a figure comes from: publisher or table, deep address, date of the figure, n (or "not stated"), terms."""

    title: str
    address: str
    date: str
    n: int | str
    terms: str

    def __post_init__(self):
        empty = [name for name in ("title", "address", "date", "terms") if not getattr(self, name)]
        if empty or (not self.n and self.n != 0):
            raise ValueError(
                f"source {self.title!r} has no {', '.join(empty) or 'n'}; where n is unknown: 'not stated'"
            )
        parts = urlsplit(self.address)
        if parts.netloc and not (parts.path.strip("/") or parts.query):
            raise ValueError(f"{self.address} is a home page: give the page where the figure stands")


# What stands behind a claim for which nothing was found: the claim itself, as listed in this book.
THE_CLAIM = Source(
    "the claim as listed in this book",
    "book/data_catalogue.html#claims-about-the-two-roles",
    "2026-11-24",
    "not stated",
    "CC BY 4.0",
)


@dataclass(frozen=True)
class Estimate:
    """A figure with the ends of its 95% interval, the n of its smallest group, and how it was computed."""

    value: float
    low: float
    high: float
    n: int | None
    specification: str = ""
    interval: str = "95% interval"  # what the two ends are; "bounds" where they are no interval of an estimate

    def __post_init__(self):
        if not self.low <= self.value <= self.high:
            raise ValueError(f"the interval {self.low} to {self.high} does not hold its estimate {self.value}")


@dataclass(frozen=True)
class Rule:
    """A row of data/rules.csv."""

    id: str
    part: str
    estimand: str
    population: str
    unit: str
    n_min: int
    holds: str
    measured_in: str
    tolerance: float
    specifications: str
    agreement: float
    family: str
    seen_before_rule: str

    @property
    def interval(self) -> pd.Interval:
        """The values at which the claim holds; a round bracket leaves the end out."""
        low, high = (float(end) for end in self.holds[1:-1].split(","))
        closed = {"[]": "both", "[)": "left", "(]": "right", "()": "neither"}[self.holds[0] + self.holds[-1]]
        return pd.Interval(low, high, closed=closed)

    @property
    def digits(self) -> int:
        """Decimals at which figures are printed and judged."""
        return max(0, -Decimal(str(self.tolerance)).normalize().as_tuple().exponent)

    def decide(self, estimate: Estimate) -> str:
        """Return supported, not supported or inconclusive for one estimate, or not measured where its n is unknown."""
        if estimate.n is None:
            return "not measured"
        low, high = round(estimate.low, self.digits), round(estimate.high, self.digits)
        if estimate.n < self.n_min:
            return "inconclusive"
        if low in self.interval and high in self.interval:
            return "supported"
        return "not supported" if high < self.interval.left or low > self.interval.right else "inconclusive"


@dataclass(frozen=True)
class Measured:
    """Estimates of one source for one rule, the main specification first; p_holm is its p-value after Holm."""

    decided_by: ClassVar[str] = "rule"
    estimates: Sequence[Estimate]
    source: Source
    p_holm: float | None = None
    tests: int | None = None  # how many were corrected together
    note: str = ""

    @property
    def sources(self) -> list[Source]:
        return [self.source]

    def verdict(self, rule: Rule) -> str:
        """Return the main specification's verdict, unless the others disagree too often or Holm takes it back.

        A specification with fewer than n_min in a group cannot disagree. Raises ValueError where the rule belongs to a
        family of tests and p_holm was not passed.
        """
        if rule.family and self.p_holm is None:
            raise ValueError(f"{rule.id}{rule.part} is one of the {rule.family} tests: pass p_holm and tests")
        first = rule.decide(self.estimates[0])
        if first not in ("supported", "not supported"):
            return first
        if self.agreement(rule) < rule.agreement or (rule.family and self.p_holm > SIGNIFICANT):
            return "inconclusive"
        return first

    def agreement(self, rule: Rule) -> float:
        """Return the share of specifications, of those with enough n, with the main one's verdict."""
        verdicts = [rule.decide(estimate) for estimate in self.counted(rule)]
        return verdicts.count(rule.decide(self.estimates[0])) / len(verdicts) if verdicts else 0.0

    def counted(self, rule: Rule) -> list[Estimate]:
        """Return the specifications with enough n."""
        return [estimate for estimate in self.estimates if estimate.n is not None and estimate.n >= rule.n_min]


@dataclass(frozen=True)
class Published:
    """What publishers measured, one result each; none where nobody published a figure with n and method."""

    decided_by: ClassVar[str] = "published"
    results: Sequence[Measured]
    looked_at: Sequence[Source] = ()
    why: str = ""

    def __post_init__(self):
        titles = [result.source.title for result in self.results]
        twice = sorted({title for title in titles if titles.count(title) > 1})
        if twice:
            raise ValueError(f"{twice[0]} stands twice: figures of one publisher count once")

    @property
    def sources(self) -> list[Source]:
        return [result.source for result in self.results] + list(self.looked_at) or [THE_CLAIM]

    def verdict(self, rule: Rule) -> str:
        """Return contested where sources that decide alone disagree, else what those say that decide."""
        verdicts = {result.verdict(rule) for result in self.results}
        decided = verdicts & {"supported", "not supported"}
        if len(decided) == 2:
            return "contested"
        return (decided or verdicts & {"inconclusive"} or {"not measured"}).pop()


@dataclass(frozen=True)
class NotMeasured:
    """Measurable, but no source with n and method was found; looked_at are the nearest sources."""

    decided_by: ClassVar[str] = "nothing"
    why: str
    looked_at: Sequence[Source] = ()

    @property
    def sources(self) -> list[Source]:
        return list(self.looked_at) or [THE_CLAIM]

    def verdict(self, rule: None) -> str:
        return "not measured"


@dataclass(frozen=True)
class Opinion:
    """A value judgement, an undefined term, or a cause without a design; never for want of data."""

    decided_by: ClassVar[str] = "opinion"
    reason: str
    why: str
    looked_at: Sequence[Source] = ()

    def __post_init__(self):
        if self.reason not in REASONS:
            raise ValueError(f"{self.reason!r} makes no opinion; one of {', '.join(REASONS)} does")

    @property
    def sources(self) -> list[Source]:
        return list(self.looked_at) or [THE_CLAIM]

    def verdict(self, rule: None) -> str:
        return "opinion"


@dataclass(frozen=True)
class Forecast:
    """A claim about later: the metric, the threshold at which it comes true by a date, "no change", today's reading."""

    decided_by: ClassVar[str] = "forecast"
    metric: str
    threshold: str
    resolves: str  # date, YYYY-MM-DD
    benchmark: str
    reading: str
    source: Source
    starts: str = "2026-11-24"  # the article has no date: the clock starts when this book declared it

    @property
    def sources(self) -> list[Source]:
        return [self.source]

    def verdict(self, rule: None) -> str:
        return "forecast"


@dataclass(frozen=True)
class Demonstrated:
    """A lab shows that something is technically possible; never that a role does it."""

    decided_by: ClassVar[str] = "lab"
    shows: str
    lab: str  # path of the notebook
    source: Source

    @property
    def sources(self) -> list[Source]:
        return [self.source]

    def verdict(self, rule: None) -> str:
        return "demonstrated"


Result = Measured | Published | NotMeasured | Opinion | Forecast | Demonstrated


def combine(verdicts: Sequence[str]) -> str:
    """Return the verdict of a claim from those of its parts.

    Supported or not supported only where every part is; partly supported where at least one part is supported and one
    is not; otherwise the first of contested, inconclusive, not measured, forecast, opinion that a part has.
    """
    found = set(verdicts)
    if len(found) == 1:
        return verdicts[0]
    if {"supported", "not supported"} <= found:
        return "partly supported"
    order = ("contested", "inconclusive", "not measured", "forecast", "opinion")
    return next(verdict for verdict in order if verdict in found)
