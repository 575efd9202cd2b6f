"""The learning plan: what is planned, in which order, in how many weeks, and what the text says of it."""

import json
import random
import re
import subprocess
import sys
from decimal import ROUND_HALF_UP, Decimal
from graphlib import CycleError
from pathlib import Path

import pytest

from course import data, plan
from course.exercises import source
from course.plan import text

ROOT = Path(__file__).resolve().parents[1]
SWITCHES = (("ml", "ai"), ("ai", "ml"))


@pytest.fixture(scope="module")
def library() -> plan.Library:
    return plan.load(ROOT)


def wishes(library: plan.Library, seed: int) -> dict:
    """Return random arguments of `plan.make`."""
    draw = random.Random(seed)
    origin, target = draw.choice(SWITCHES)
    named = draw.sample(sorted(library.skills), draw.randint(0, len(library.skills)))
    cut = draw.randint(0, len(named))
    pace = draw.choice((1, draw.randint(2, 40), plan.MOST_HOURS))
    more = {"hours_per_week": pace, "nice_to_have": draw.random() < 0.5}
    return {"origin": origin, "target": target, "have": named[:cut], "lack": named[cut:], **more}


def small(*skills: tuple[str, str, int]) -> plan.Library:
    """A library of required AI skills, (id, what it builds on, hours), without labs."""
    rows = [plan.Skill(id, "ai", "required", "C000", id, list(after), hours, [], []) for id, after, hours in skills]
    return plan.Library({row.id: row for row in rows}, {}, {})


def names(made: plan.Plan) -> list[str]:
    return [step.skill.id for step in made.steps]


@pytest.mark.parametrize(("origin", "target"), SWITCHES)
def test_by_default_what_the_other_role_requires(library, origin, target):
    table = data.load(ROOT / "data", "skills")
    required = table[(table["role"] == target) & (table["standing"] == "required")]
    made = plan.make(library, origin, target)
    assert set(names(made)) == set(required["id"])
    assert made.hours == required["hours"].sum() > 0
    owned = table[(table["standing"] == "shared") | ((table["role"] == origin) & (table["standing"] == "required"))]
    assert made.have == owned["id"].tolist()


@pytest.mark.parametrize("seed", range(200))
def test_every_plan(library, seed):
    asked = wishes(library, seed)
    made = plan.make(library, **asked)
    steps, pace = names(made), asked["hours_per_week"]
    assert len(set(steps)) == len(steps)
    assert not set(steps) & set(made.have), "nothing is planned that is known"
    for at, step in enumerate(made.steps):
        foundations = set(step.skill.after)
        assert foundations <= set(steps[:at]) | set(made.have), "each step stands on earlier ones"
        before = sum(earlier.skill.hours for earlier in made.steps[:at])
        assert (step.first_week - 1) * pace <= before < step.first_week * pace
        assert (step.last_week - 1) * pace < before + step.skill.hours <= step.last_week * pace
    aim = [s.id for s in library.skills.values() if s.role in (asked["target"], "both")]
    aim = [id for id in aim if asked["nice_to_have"] or library.skills[id].standing != "nice-to-have"]
    assert set(aim) <= set(steps) | set(made.have), "all that the role asks for is there in the end"
    leads = {other for step in made.steps for other in step.skill.after}
    assert set(steps) <= set(aim) | leads, "and nothing else but what that builds on"


def test_of_the_steps_that_may_come_next_the_first_of_the_table_does():
    made = plan.make(small(("d", "b", 1), ("c", "", 1), ("b", "", 1), ("a", "c", 1)), "ml", "ai")
    assert names(made) == ["c", "b", "d", "a"]


def test_weeks_at_their_edges():
    made = plan.make(small(("a", "", 10), ("b", "", 5), ("c", "", 6)), "ml", "ai", hours_per_week=10)
    assert [(step.first_week, step.last_week) for step in made.steps] == [(1, 1), (2, 2), (2, 3)]
    assert made.as_json()["weeks"] == {"guess": 3, "low": 2, "high": 5}
    assert made.as_json()["hours"] == {"guess": 21, "low": 10.5, "high": 42}


def test_what_you_lack_is_planned_with_what_it_builds_on(library):
    assert "python" in names(plan.make(library, "ml", "ai", lack=["python"]))
    foundations = plan.make(library, "ai", "ml", lack=["software-engineering", "python"])
    assert names(foundations)[:2] == ["python", "software-engineering"]
    tuning = plan.make(library, "ml", "ai", lack=["statistics", "training-evaluation"], nice_to_have=True)
    order = names(tuning)
    assert order.index("statistics") < order.index("training-evaluation") < order.index("fine-tuning")


def test_who_has_everything_has_nothing_to_do(library):
    made = plan.make(library, "ml", "ai", have=list(library.skills), nice_to_have=True)
    assert made.steps == [] and made.hours == 0
    assert "nothing to plan" in text.markdown(library, made)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ml", "ml"), "no switch"),
        (("ml", "data scientist"), "unknown role data scientist"),
        (("ml", "ai", ["juggling"]), "unknown skill juggling: the skills are python,"),
        (("ml", "ai", [], ["juggling"]), "unknown skill juggling"),
        (("ml", "ai", ["rag"], ["rag"]), "rag cannot be both"),
        (("ml", "ai", [], [], 0), "from 1 to 80"),
        (("ml", "ai", [], [], 81), "from 1 to 80"),
        (("ml", "ai", [], [], 2.5), "2.5 hours a week"),
    ],
)
def test_wishes_that_cannot_be_met(library, arguments, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        plan.make(library, *arguments)


def test_skills_that_build_on_themselves():
    with pytest.raises(CycleError):
        plan.make(small(("a", "b", 1), ("b", "a", 1)), "ml", "ai")


@pytest.mark.parametrize(("origin", "target"), SWITCHES)
def test_claimed_durations_are_those_of_the_claims(origin, target):
    claim, least, most = plan.CLAIMED[origin, target]
    row = data.load(ROOT / "data", "claims").set_index("id").loc[claim]
    assert re.findall(r"\d+", row["claim"]) == [str(least), str(most)]
    assert row["role"] == f"{origin}-to-{target}"


def test_labs_and_exercises_are_those_that_exist(library):
    assert all((ROOT / path).is_file() and minutes > 0 and title for path, (title, minutes) in library.labs.items())
    for name, head in library.exercises.items():
        exercise = source.load(ROOT / "exercises" / name)
        assert head == (exercise.title, exercise.minutes)
    written = text.markdown(library, plan.make(library, "ml", "ai"))
    title, minutes = library.exercises["rag"]
    assert f"- Exercise: {title} (rag), {minutes} minutes\n" in written and "(rag), again: see step " in written


def test_a_claimed_duration_is_called_an_opinion(library):
    for origin, target in SWITCHES:
        assert "claimed, no data shown: an opinion" in text.markdown(library, plan.make(library, origin, target))


@pytest.mark.parametrize("there", [[], ["notebooks"]])
def test_a_listed_lab_or_exercise_that_is_missing(tmp_path, there):
    for name in ["data", *there]:
        (tmp_path / name).symlink_to(ROOT / name)
    with pytest.raises(FileNotFoundError, match="source.ipynb: no such" if there else "no such lab"):
        plan.load(tmp_path)


@pytest.mark.parametrize("seed", range(20))
def test_the_text_adds_up(library, seed):
    made = plan.make(library, **wishes(library, seed))
    written = text.markdown(library, made)
    rows = [line.strip("| ").split(" | ") for line in written.splitlines() if re.match(r"\| \d", line)]
    assert [row[1] for row in rows] == [step.skill.name for step in made.steps]
    assert sum(int(row[2]) for row in rows) == made.hours
    if rows:
        assert f"about {made.hours} hours: " in written
        assert re.search(r"\d+$", rows[-1][3])[0] == str(made.as_json()["weeks"]["guess"])
        assert "a guess" in written and "nobody has measured" in written
    minutes = [int(found) for found in re.findall(r"\), (\d+) minutes$", written, re.MULTILINE)]
    labs = [library.labs[path][1] for path in {path for step in made.steps for path in step.skill.labs}]
    exercises = [library.exercises[name][1] for name in {name for step in made.steps for name in step.skill.exercises}]
    assert sorted(minutes) == sorted(labs + exercises), "the minutes of a lab or an exercise count once"
    if rows:
        assert re.search(rf"labs? of this book in it, {sum(labs)} minutes, and", written)
        assert re.search(rf"\b{len(exercises)} exercises?, {sum(exercises)} minutes\.", written)


@pytest.mark.parametrize("seed", range(100))
def test_tenths_round_half_up(seed):
    draw = random.Random(seed)
    numerator, denominator = draw.randint(0, 3000), draw.randint(1, 1000)
    exact = Decimal(numerator) / Decimal(denominator)
    assert Decimal(text._tenths(numerator, denominator)) == exact.quantize(Decimal("0.1"), ROUND_HALF_UP)


def course(*arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "course.cli", "plan", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


def test_the_command_prints_the_plan(library):
    asked = {"have": ["rag", "agents"], "lack": ["python"], "hours_per_week": 7, "nice_to_have": True}
    done = course(
        *"--from ml --to ai --have rag agents --lack python --hours-per-week 7 --nice-to-have".split(),
    )
    assert (done.returncode, done.stderr) == (0, "")
    made = plan.make(library, "ml", "ai", **asked)
    assert done.stdout == text.markdown(library, made)
    assert json.loads(course(*"--from ai --to ml --json".split()).stdout) == plan.make(library, "ai", "ml").as_json()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("--from ml --to ml", "two different roles"),
        ("--from ml --to ai --have juggling", "unknown skill juggling: the skills are python, "),
        ("--from ml --to ai --hours-per-week 99", "from 1 to 80"),
    ],
)
def test_the_command_says_in_one_line_what_is_wrong(arguments, words):
    done = course(*arguments.split())
    assert done.returncode == 2 and done.stdout == ""
    assert len(done.stderr.splitlines()) == 1 and words in done.stderr


@pytest.mark.parametrize("arguments", ["", "--from ml", "--from ml --to data", "--from ml --to ai --hours-per-week 0"])
def test_the_command_asks_for_its_arguments(arguments):
    done = course(*arguments.split())
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.splitlines()[-1].startswith("course plan: error: ")
