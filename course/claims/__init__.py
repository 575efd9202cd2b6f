"""Judge the claims about the two roles by rules that were fixed beforehand.

A claim or part is decided in one of six ways (`decided_by` in data/claims.csv and data/claim_parts.csv), and a result
of that kind must be handed in: nobody types a verdict. Where figures decide, data/rules.csv has the rule, and it is
applied to the numbers as printed, so that a difference in the last digits of a float cannot turn a verdict.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from course import data
from course.claims.card import Card, Judged
from course.claims.figures import difference, figure_source, from_figures, source_of
from course.claims.results import (
    THE_CLAIM,
    Demonstrated,
    Estimate,
    Forecast,
    Measured,
    NotMeasured,
    Opinion,
    Published,
    Result,
    Rule,
    Source,
    combine,
)

__all__ = [
    "THE_CLAIM",
    "Claims",
    "Demonstrated",
    "Estimate",
    "Forecast",
    "Measured",
    "NotMeasured",
    "Opinion",
    "Published",
    "Rule",
    "Source",
    "combine",
    "difference",
    "figure_source",
    "from_figures",
    "load",
    "sentence",
    "source_of",
]


# A skill or a task is named by a phrase; this makes the sentence of it that is judged, which can stand alone.
SENTENCES = {
    "skill-required": "Required of {}: {}",
    "skill-nice-to-have": "Nice to have for {}: {}",
    "skill-shared": "Asked of {}: {}",
    "task": "A daily task of {}: {}",
}
ENGINEERS = {"ml": "ML engineers", "ai": "AI engineers", "both": "both roles"}


def sentence(claim: Mapping[str, str]) -> str:
    """Return a row of data/claims.csv as it stands on its card and in the ledger."""
    frame = SENTENCES.get(claim["kind"], "{1}")
    return frame.format(ENGINEERS.get(claim["role"]), claim["claim"])


class Claims:
    """The claims with their parts and rules; `claim` judges one and returns its card."""

    def __init__(self, claims: pd.DataFrame, parts: pd.DataFrame, rules: pd.DataFrame):
        self.claims = claims.set_index("id")
        self.parts = {id: group.set_index("part") for id, group in parts.groupby("id")}
        rows = rules.fillna({"part": "", "family": ""}).to_dict("records")
        self.rules = {(row["id"], row["part"]): Rule(**row) for row in rows}

    def claim(self, id: str, result: Result | Mapping[str, Result], practised_in: Sequence[str] = ()) -> Card:
        """Return the card of claim `id`: a result, or {part: result} where the claim has parts.

        `practised_in` are notebooks that let the learner do it. Raises KeyError for an unknown claim, ValueError for
        missing or surplus parts and for a result of another kind than `decided_by` says.
        """
        row = self.claims.loc[id]
        results = dict(result) if isinstance(result, Mapping) else {"": result}
        expected = list(self.parts[id].index) if id in self.parts else [""]
        if sorted(results) != sorted(expected):
            raise ValueError(f"{id} has the parts {expected}, got {sorted(results)}")
        judged = []
        for part in expected:
            entry = self.parts[id].loc[part] if part else row
            text, decided_by = entry["text"] if part else sentence(row), entry["decided_by"]
            if results[part].decided_by != decided_by:
                kind = type(results[part]).__name__
                raise ValueError(f"{id}{part} is decided by {decided_by}: {kind} is for {results[part].decided_by}")
            rule = self.rules.get((id, part))
            judged.append(Judged(id, part, text, decided_by, results[part].verdict(rule), results[part], rule))
        others = row["contradicts"].split(";") if isinstance(row["contradicts"], str) else []
        said = {other: self.claims.loc[other[:4]] for other in others}
        contradicts = {other: (sentence(claim), claim["section"]) for other, claim in said.items()}
        verdict = combine([part.verdict for part in judged])
        return Card(id, row["role"], row["section"], sentence(row), verdict, judged, list(practised_in), contradicts)


def load(folder: str | Path) -> Claims:
    """Return the claims, parts and rules of the tables in `folder`. Raises what `course.data.load` raises."""
    return Claims(*(data.load(folder, name) for name in ("claims", "claim_parts", "rules")))
