"""A learning plan as Markdown; book/_static/parts/plan.js writes the same text.

Everything is counted in whole numbers, so that no rounding can tell the two apart.
"""

from course.plan import CLAIMED, ROLES, Library, Plan, Skill, Step

STANDINGS = {"shared": "shared by both roles", "required": "required of the {}", "nice-to-have": "nice for the {}"}


def markdown(library: Library, plan: Plan) -> str:
    """Return the plan as Markdown: what it adds up to, a table, then labs and exercises step by step."""
    old, new = ROLES[plan.origin], ROLES[plan.target]
    blocks = [f"# Learning plan: from {old} to {new}", *_summary(library, plan)]
    if plan.steps:
        rows = [
            f"| {number} | {step.skill.name} | {step.skill.hours} | {_weeks(step)} |"
            for number, step in enumerate(plan.steps, 1)
        ]
        blocks.append("\n".join(["| step | skill | hours (a guess) | weeks |", "|---|---|---|---|", *rows]))
    seen: dict[str, int] = {}
    for number, step in enumerate(plan.steps, 1):
        blocks += [f"## {number}. {step.skill.name}", _sentence(library, plan, step)]
        blocks.append("\n".join(_training(library, step.skill, number, seen)))
    names = ", ".join(library.skills[id].name for id in plan.have) or "nothing of the list"
    return "\n\n".join([*blocks, "## What you start with", f"{names}."]) + "\n"


def _summary(library: Library, plan: Plan) -> list[str]:
    if not plan.steps:
        return [f"You have every skill that this book lists for the {ROLES[plan.target]}. There is nothing to plan."]
    hours, pace = plan.hours, plan.hours_per_week
    weeks = plan.as_json()["weeks"]
    labs = {path for step in plan.steps for path in step.skill.labs}
    exercises = {name for step in plan.steps for name in step.skill.exercises}
    minutes = [sum(library.labs[path][1] for path in labs), sum(library.exercises[name][1] for name in exercises)]
    claim, least, most = CLAIMED[plan.origin, plan.target]
    slow, fast = (_tenths(hours * 3, months * 13) for months in (most, least))
    return [
        f"{_count(len(plan.steps), 'skill')}, about {_count(hours, 'hour')}: {_count(weeks['guess'], 'week')}, or "
        f"{_tenths(hours * 3, pace * 13)} months, at {_count(pace, 'hour')} a week.",
        "The hours are a guess by the authors of this book; nobody has measured them. If all of them are half or "
        f"twice as many: {_tenths(hours, 2)} to {2 * hours} hours, {weeks['low']} to {weeks['high']} weeks.",
        f"The article's {least} to {most} months ({claim}) are claimed, no data shown: an opinion, without hours a "
        f"week. This plan takes that long at {slow} to {fast} hours a week.",
        f"{_count(len(labs), 'lab')} of this book in it, {_count(minutes[0], 'minute')}, and "
        f"{_count(len(exercises), 'exercise')}, {_count(minutes[1], 'minute')}. One that trains several skills stands "
        "at the first of them: come back to it later. The other hours are practice on work of your own.",
    ]


def _sentence(library: Library, plan: Plan, step: Step) -> str:
    skill, place = step.skill, {other.skill.id: number for number, other in enumerate(plan.steps, 1)}
    role = ROLES.get(skill.role, "")
    builds = [
        f"{library.skills[id].name} ({f'step {place[id]}' if id in place else 'you have it'})" for id in skill.after
    ]
    after = f" Builds on: {', '.join(builds)}." if builds else ""
    week = "week" if step.first_week == step.last_week else "weeks"
    return (
        f"About {_count(skill.hours, 'hour')} (a guess; {_tenths(skill.hours, 2)} to {2 * skill.hours}), "
        f"{week} {_weeks(step)}. {skill.claim}, {STANDINGS[skill.standing].format(role)}.{after}"
    )


def _training(library: Library, skill: Skill, number: int, seen: dict[str, int]) -> list[str]:
    lines = []
    for kind, heads, names in (
        ("Lab", library.labs, skill.labs),
        ("Exercise", library.exercises, skill.exercises),
    ):
        for name in names:
            title, minutes = heads[name]
            again = f"again: see step {seen[name]}" if name in seen else _count(minutes, "minute")
            seen.setdefault(name, number)
            lines.append(f"- {kind}: {title} ({name}), {again}")
    return lines or ["- No lab and no exercise of this book yet."]


def _weeks(step: Step) -> str:
    return f"{step.first_week}" + (f" to {step.last_week}" if step.last_week > step.first_week else "")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _tenths(numerator: int, denominator: int) -> str:
    """Return the fraction rounded to one decimal, halves up; without ".0"."""
    tenths = (20 * numerator + denominator) // (2 * denominator)
    return f"{tenths // 10}.{tenths % 10}".removesuffix(".0")
