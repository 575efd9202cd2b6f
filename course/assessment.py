"""Score the self-assessment: how far your answers speak for each role, and how little would change the result.

book/_static/parts/assessment.js holds `score` a second time, for the page; a test compares the two on random answers.
"""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from course import data

SCALE = {1: "strongly disagree", 2: "disagree", 3: "neither", 4: "agree", 5: "strongly agree"}
NEUTRAL = 3
# Differences up to this many points are called no lean. If every other answer moved by one step at random, a larger one
# would leave the other role ahead in fewer than one case in twenty (computed in notebooks/career/choosing).
NEAR = 4


class Statement(NamedTuple):
    """A row of assessment_statements.csv: agreeing speaks for `role` ("ml" or "ai"), or against it where reversed."""

    id: str
    claim: str
    role: str
    reversed: bool
    text: str

    @property
    def direction(self) -> int:
        """+1 where agreeing raises its role's score, -1 where it lowers it."""
        return -1 if self.reversed else 1


@dataclass(frozen=True)
class Result:
    """What `score` returns; every number is in points, none is a percentage or a probability."""

    ml: int  # from -2 to 2 a statement of the role
    ai: int
    difference: int  # ml - ai
    lean: str  # "ml", "ai" or "none"
    moved: dict[str, int]  # {statement: points of the difference}; positive speaks for ml
    flips: list[tuple[str, int]]  # (statement, +1 or -1): answers that one step moves into another lean
    steps: int  # the fewest single steps, over all answers together, that end in another lean
    split: list[str]  # claims whose statements point in opposite directions


def load(folder: str | Path) -> list[Statement]:
    """Return the statements of the table in `folder`. Raises what `course.data.load` raises."""
    table = data.load(folder, "assessment_statements")
    return [Statement(row.id, row.claim, row.role, bool(row.reversed), row.text) for row in table.itertuples()]


def score(answers: Mapping[str, int], statements: Sequence[Statement]) -> Result:
    """Return the result of `answers`, {statement id: 1 (strongly disagree) to 5 (strongly agree)}.

    An answer is worth its distance from 3, the other way round for a reversed statement. A role's score is the sum over
    its statements; the difference of the two decides. Both roles must have equally many statements, so that neither can
    score more than the other. Nothing else enters: not the order of the statements, not the time, not earlier answers.

    Raises ValueError for a missing, surplus or impossible answer, and for statements that favour a role.
    """
    _check(answers, statements)
    points = {each.id: (answers[each.id] - NEUTRAL) * each.direction for each in statements}
    ml, ai = (sum(points[each.id] for each in statements if each.role == role) for role in ("ml", "ai"))
    side = {each.id: 1 if each.role == "ml" else -1 for each in statements}
    lean = lean_of(ml - ai)
    flips = [
        (each.id, step)
        for each in statements
        for step in (-1, 1)
        if answers[each.id] + step in SCALE and lean_of(ml - ai + step * each.direction * side[each.id]) != lean
    ]
    return Result(
        ml=ml,
        ai=ai,
        difference=ml - ai,
        lean=lean,
        moved={id: points[id] * side[id] for id in points},
        flips=flips,
        steps=NEAR + 1 - abs(ml - ai) if lean == "none" else abs(ml - ai) - NEAR,
        split=_split(points, statements),
    )


def lean_of(difference: int) -> str:
    """Return the role that a difference (ml - ai) of more than NEAR points leans to, "ml" or "ai", else "none"."""
    if abs(difference) <= NEAR:
        return "none"
    return "ml" if difference > 0 else "ai"


def signed(points: int) -> str:
    """Return points as text with their sign; 0 has none."""
    return f"{points:+d}".replace("-", "−") if points else "0"


def by_hand(statements: Sequence[Statement]) -> str:
    """Return the statements and the rule as HTML, for a reader without JavaScript."""
    names = {"ml": "● ML", "ai": "■ AI"}
    rows = "".join(
        f"<tr><td>{html.escape(each.text)}</td><td>{names[each.role]}</td><td>{'−' if each.reversed else '+'}</td>"
        f'<td><a href="#{each.claim.lower()}">{each.claim}</a></td></tr>'
        for each in statements
    )
    points = ", ".join(f"{words} {signed(answer - NEUTRAL)}" for answer, words in SCALE.items())
    return (
        f"<p>Give every statement points: {points}. Where the sign is −, turn yours round. Add up each role. "
        f"A difference of more than {NEAR} points leans to the role with more; any other is no lean.</p>"
        '<table class="dataframe"><thead><tr><th scope="col">Statement</th><th scope="col">Role</th>'
        f'<th scope="col">Sign</th><th scope="col">From</th></tr></thead><tbody>{rows}</tbody></table>'
    )


def _check(answers: Mapping[str, int], statements: Sequence[Statement]) -> None:
    ids = [each.id for each in statements]
    if missing := [id for id in ids if id not in answers]:
        raise ValueError(f"no answer to {', '.join(missing)}: answer every statement, 3 is neither")
    if surplus := sorted(set(answers) - set(ids)):
        raise ValueError(f"answers to {', '.join(surplus)}, which no statement has: remove them")
    if wrong := [f"{id}: {answers[id]!r}" for id in ids if type(answers[id]) is not int or answers[id] not in SCALE]:
        raise ValueError(f"answers are whole numbers from 1 to 5, got {', '.join(wrong)}")
    roles = [each.role for each in statements]
    if len(set(ids)) < len(ids) or set(roles) - {"ml", "ai"} or roles.count("ml") != roles.count("ai"):
        raise ValueError(
            f"statements need different ids, and equally many of ml and ai: got {len(set(ids))} ids of {len(ids)}, "
            f"{roles.count('ml')} ml, {roles.count('ai')} ai"
        )


def _split(points: Mapping[str, int], statements: Sequence[Statement]) -> list[str]:
    by_claim: dict[str, list[int]] = {}
    for each in statements:
        by_claim.setdefault(each.claim, []).append(points[each.id])
    return [claim for claim, values in by_claim.items() if min(values) < 0 < max(values)]
