"""Count which skills of the two roles a job ad names: a count of words, not a model, and it reads no sentence.

A skill is named where one of its terms (data/skills.csv) stands in the text as whole words: in any case, with or
without a plural "s", its words apart, hyphenated or joined ("fine tuning", "fine-tuning", "finetuning"). Where two
terms begin at the same place the longest counts, and no letter counts twice.

book/_static/parts/job-ad.js holds `count` a second time, for the page; a test compares the two.
"""

import html
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

ROLES = ("ml", "ai", "both")
_LETTER = r"[^\W_]"  # a letter or digit of any alphabet: no term starts or ends beside one
_APART = r"[\s\-\u2010\u2011]*"  # blanks and hyphens, also those that do not break


class Term(NamedTuple):
    """A way in which ads name a skill; `role` is the skill's: ml, ai or both."""

    text: str
    skill: str
    role: str


class Mention(NamedTuple):
    """A term found at text[start:end]."""

    start: int
    end: int
    skill: str
    role: str


@dataclass(frozen=True)
class Count:
    """What an ad names: every mention in order of the text, and {skill: how many times it is named}."""

    mentions: Sequence[Mention]
    skills: Mapping[str, int]
    by_role: Mapping[str, int]  # skills of each role; each skill once, however often it is named
    mentions_by_role: Mapping[str, int]

    @property
    def lean(self) -> str:
        """The role of which the ad names more skills: "ml", "ai", or "tie". Shared skills have no say."""
        ml, ai = self.by_role["ml"], self.by_role["ai"]
        return "tie" if ml == ai else "ml" if ml > ai else "ai"

    def compared(self, have: Collection[str]) -> tuple[list[str], list[str]]:
        """Return the skills that the ad names and you have, and those that it names and you lack."""
        return [id for id in self.skills if id in have], [id for id in self.skills if id not in have]


def terms(skills: pd.DataFrame) -> list[Term]:
    """Return the terms of data/skills.csv, longest first, and of the same length in alphabetical order.

    Raises ValueError where a term stands for two skills.
    """
    rows = skills.itertuples()
    found = [Term(text, row.id, row.role) for row in rows for text in row.terms.split(";")]
    twice = [text for text, times in Counter(_joined(term.text) for term in found).items() if times > 1]
    if twice:
        raise ValueError(f"terms must name one skill each, once; these stand twice: {', '.join(twice)}")
    return sorted(found, key=lambda term: (-len(term.text), term.text))


def count(text: str, terms: Sequence[Term]) -> Count:
    """Return the skills that `text` names; `terms` are those of `terms`. An empty text names none."""
    pattern = re.compile(f"(?<!{_LETTER})(?:{'|'.join(map(_pattern, terms))})(?!{_LETTER})", re.IGNORECASE)
    mentions = []
    for match in pattern.finditer(text):
        term = terms[match.lastindex - 1]
        mentions.append(Mention(*match.span(), term.skill, term.role))
    skills = Counter(mention.skill for mention in mentions)
    role_of = {mention.skill: mention.role for mention in mentions}
    return Count(
        mentions,
        dict(skills),
        {role: sum(each == role for each in role_of.values()) for role in ROLES},
        {role: sum(mention.role == role for mention in mentions) for role in ROLES},
    )


def marked(text: str, mentions: Sequence[Mention], signs: Mapping[str, str]) -> str:
    """Return `text` as HTML with its mentions marked, each with the sign of its role."""
    pieces, at = [], 0
    for each in mentions:
        term = html.escape(text[each.start : each.end])
        pieces += [html.escape(text[at : each.start]), f"<mark>{signs[each.role]} {term}</mark>"]
        at = each.end
    return "".join([*pieces, html.escape(text[at:])]).replace("\n", "<br>")


def _pattern(term: Term) -> str:
    words = re.split(r"[\s-]+", term.text)
    return f"({_APART.join(map(re.escape, words))}{'' if term.text.endswith('s') else 's?'})"


def _joined(text: str) -> str:
    return re.sub(r"[\s-]+", "", text).lower()
