"""Plan a switch between the roles: what to learn, in which order, with which labs, in how many weeks.

book/_static/parts/plan.js holds `make` and the Markdown of course.plan.text a second time, for the page; a test
compares the two.
"""

import heapq
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

from course import data

ROLES = {"ml": "ML engineer", "ai": "AI engineer"}
# The durations that data/claims.csv lists, in months; neither says at how many hours a week.
CLAIMED = {("ml", "ai"): ("C112", 1, 3), ("ai", "ml"): ("C115", 6, 12)}
MOST_HOURS = 80  # a week


class Skill(NamedTuple):
    """A row of skills.csv; `hours` is a guess by the book's authors, `after` the skills that it builds on."""

    id: str
    role: str  # ml, ai or both
    standing: str  # required, nice-to-have or shared
    claim: str
    name: str
    after: list[str]
    hours: int
    labs: list[str]  # paths of notebooks
    exercises: list[str]


@dataclass(frozen=True)
class Library:
    """What a plan draws on: the skills, and of each lab and exercise its title and minutes."""

    skills: Mapping[str, Skill]
    labs: Mapping[str, tuple[str, int]]
    exercises: Mapping[str, tuple[str, int]]

    def as_json(self) -> dict:
        """Return it as the page's script reads it."""
        skills = [skill._asdict() for skill in self.skills.values()]
        claimed = {f"{origin}-{target}": values for (origin, target), values in CLAIMED.items()}
        more = {"roles": ROLES, "claimed": claimed, "most_hours": MOST_HOURS}
        return {"skills": skills, "labs": dict(self.labs), "exercises": dict(self.exercises), **more}


class Step(NamedTuple):
    """A skill to learn, with the weeks in which it is learned, the first one being 1."""

    skill: Skill
    first_week: int
    last_week: int


@dataclass(frozen=True)
class Plan:
    """The steps from role `origin` to role `target`, for somebody who starts with the skills `have`."""

    origin: str
    target: str
    hours_per_week: int
    have: list[str]
    steps: list[Step]

    @property
    def hours(self) -> int:
        """All hours, as guessed."""
        return sum(step.skill.hours for step in self.steps)

    def as_json(self) -> dict:
        """Return it for programs; low and high are half and twice the guess."""
        hours, pace = self.hours, self.hours_per_week
        return {
            "from": self.origin,
            "to": self.target,
            "hours_per_week": pace,
            "have": self.have,
            "hours": {"guess": hours, "low": hours / 2, "high": hours * 2},
            "weeks": {"guess": _up(hours, pace), "low": _up(hours, 2 * pace), "high": _up(2 * hours, pace)},
            "steps": [{**step.skill._asdict(), "weeks": [step.first_week, step.last_week]} for step in self.steps],
        }


def load(root: str | Path) -> Library:
    """Return the skills in `root`/data, with their labs and exercises under `root`.

    Raises what `course.data.load` raises, and FileNotFoundError for a lab or exercise that is listed and missing.
    """
    root = Path(root)
    skills = {}
    for row in data.load(root / "data", "skills").fillna("").to_dict("records"):
        lists = {name: row[name].split(";") if row[name] else [] for name in ("after", "labs", "exercises")}
        texts = {name: row[name] for name in ("id", "role", "standing", "claim", "name")}
        skills[row["id"]] = Skill(**texts, **lists, hours=int(row["hours"]))
    labs = {path for skill in skills.values() for path in skill.labs}
    exercises = {name for skill in skills.values() for name in skill.exercises}
    return Library(
        skills,
        {path: _head(root / path) for path in sorted(labs)},
        {name: _head(root / "exercises" / name / "source.ipynb") for name in sorted(exercises)},
    )


def skills_of(library: Library, role: str) -> list[str]:
    """Return what somebody in `role` is taken to have: the shared skills and those required of it."""
    return [id for id, skill in library.skills.items() if _belongs(skill, role) and skill.standing != "nice-to-have"]


def make(
    library: Library,
    origin: str,
    target: str,
    have: Collection[str] = (),
    lack: Collection[str] = (),
    hours_per_week: int = 10,
    nice_to_have: bool = False,
) -> Plan:
    """Return the plan from role `origin` to role `target` ("ml" or "ai").

    You start with `skills_of` the origin, more those in `have`, less those in `lack`. The plan has what is required of
    the target, and with `nice_to_have` the rest, that you do not have, and everything missing that these build on.
    Of the skills that may come next, the first of the table does.

    Raises ValueError for the same role twice, an unknown role or skill, a skill both had and lacked, hours per week
    that are no whole number from 1 to MOST_HOURS, and skills that build on themselves.
    """
    _check(library, origin, target, have, lack, hours_per_week)
    owned = (set(skills_of(library, origin)) | set(have)) - set(lack)
    wanted = [id for id, skill in library.skills.items() if nice_to_have and _belongs(skill, target)]
    steps, spent = [], 0
    for id in _in_order(library.skills, _missing(library.skills, wanted + skills_of(library, target), owned)):
        skill = library.skills[id]
        first_week = spent // hours_per_week + 1
        spent += skill.hours
        steps.append(Step(skill, first_week, _up(spent, hours_per_week)))
    return Plan(origin, target, hours_per_week, [id for id in library.skills if id in owned], steps)


def _check(library, origin, target, have, lack, hours_per_week) -> None:
    if strangers := {origin, target} - set(ROLES):
        raise ValueError(f"unknown role {', '.join(sorted(strangers))}: the roles are {', '.join(ROLES)}")
    if origin == target:
        raise ValueError(f"from {origin} to {target} is no switch: give two different roles")
    if strangers := sorted({*have, *lack} - set(library.skills)):
        raise ValueError(f"unknown skill {', '.join(strangers)}: the skills are {', '.join(library.skills)}")
    if both := sorted(set(have) & set(lack)):
        raise ValueError(f"{', '.join(both)} cannot be both had and lacked: name it once")
    if type(hours_per_week) is not int or not 1 <= hours_per_week <= MOST_HOURS:
        raise ValueError(f"{hours_per_week!r} hours a week: give a whole number from 1 to {MOST_HOURS}")


def _belongs(skill: Skill, role: str) -> bool:
    return skill.role in (role, "both")


def _missing(skills: Mapping[str, Skill], wanted: Sequence[str], owned: Collection[str]) -> set[str]:
    missing, pending = set(), list(wanted)
    while pending:
        id = pending.pop()
        if id not in owned and id not in missing:
            missing.add(id)
            pending += skills[id].after
    return missing


def _in_order(skills: Mapping[str, Skill], chosen: Collection[str]) -> list[str]:
    place = {id: at for at, id in enumerate(skills)}
    sorter = TopologicalSorter({id: [other for other in skills[id].after if other in chosen] for id in chosen})
    sorter.prepare()
    order, ready = [], []
    while sorter.is_active():
        for id in sorter.get_ready():
            heapq.heappush(ready, (place[id], id))
        order.append(heapq.heappop(ready)[1])
        sorter.done(order[-1])
    return order


def _head(path: Path) -> tuple[str, int]:
    """Return title and minutes of a notebook; that of an exercise has its title below a raw cell."""
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such lab or exercise, though skills.csv lists it; correct the table")
    nb = json.loads(path.read_text(encoding="utf-8"))
    texts = ("".join(cell["source"]) for cell in nb["cells"] if cell["cell_type"] == "markdown")
    first = next(text for text in texts if text.startswith("# ")).splitlines()[0]
    return first.removeprefix("# "), nb["metadata"]["course"]["minutes"]


def _up(hours: int, per_week: int) -> int:
    return -(-hours // per_week)
