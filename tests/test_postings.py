"""Figures on skills in postings: which count, for which side, and how the smaller of two shares gets its interval."""

from pathlib import Path

import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from course import data, plan, postings, skill_matrix

ROOT = Path(__file__).resolve().parents[1]
SKILLS = data.load(ROOT / "data", "skills").set_index("id")
FIGURES = data.load(ROOT / "data", "published_figures").set_index("id")
ASKED = postings.mentions(FIGURES, SKILLS)


def test_only_measured_mentions_of_a_listed_skill_by_one_of_the_roles():
    assert set(ASKED["kind"]) == {"measured"} and ASKED["measure"].str.startswith("mention ").all()
    assert set(ASKED["skill"]) <= set(SKILLS.index) and set(ASKED["role"]) == {"ml", "ai"}
    gone = {"F061": "a narrower term", "F022": "data scientists", "F129": "second-hand", "F018": "no skill's id"}
    assert not set(gone) & set(ASKED.index)
    assert ASKED.loc["F014", "skill"] == "rag" and ASKED.loc["F075", "sample"] == "Field guide, AI-first"


def test_a_side_is_one_of_the_postings_own_role():
    assert ASKED.loc["F020", "side"] == "nice-to-have"  # fine-tuning, in postings for AI engineers
    assert pd.isna(ASKED.loc["F021", "side"])  # the same in postings for ML engineers
    assert set(ASKED.loc[ASKED["skill"] == "python", "side"].dropna()) == set()


def test_no_sample_has_the_five_skills_a_side_that_the_rule_asks_for():
    sides = postings.sides(ASKED)
    assert sides.loc[("ai", "Field guide, AI-first")].tolist() == [4, 2]
    assert sides.min(axis=1).max() < 5


def test_a_distance_stays_within_one_sample():
    first = ASKED[(ASKED["sample"] == "Field guide, AI-first") & (ASKED["side"] == "nice-to-have")]
    points = ASKED.loc["F075", "value"] - first["value"].median()
    assert f"{points:+.1f} points against the median of 2 nice-to-have in Field guide, AI-first" in postings.distances(
        "rag", ASKED
    )
    # InterviewStack counts both titles: shares of ML postings are no yardstick for a skill of AI engineers.
    both = postings.distances("agents", ASKED)
    assert both and both == postings.distances("agents", ASKED[ASKED["role"] == "ai"])
    assert postings.distances("llm-cost", ASKED) == [] == postings.distances("python", ASKED)


def test_readings_say_who_n_and_which_figure_or_that_nobody_counted():
    said = postings.readings("fine-tuning", ASKED)
    assert "26.2% of AI Engineer postings (Skillenai, 2026-03 to 2026-05, n = 1,114; F020)" in said
    assert "F021" not in said
    assert "n not stated" in postings.reading(next(ASKED.loc[["F115"]].itertuples()))
    assert postings.readings("llm-cost", ASKED).startswith("No publisher was found")


def test_the_smaller_share_of_both_titles():
    stack, unknown = postings.both_titles("python", ASKED)
    estimate = stack.estimates[0]
    ends = proportion_confint(round(0.666 * 4960), 4960, method="wilson")
    assert (estimate.value, estimate.n) == (66.6, 4091)
    assert estimate.low == pytest.approx(100 * ends[0]) and estimate.high <= 100 * ends[1] + 1e-9
    assert unknown.source.title == "Skillenai" and unknown.estimates[0].n is None


def test_a_publisher_of_unknown_method_or_with_one_title_decides_nothing():
    assert [each.source.title for each in postings.both_titles("cloud", ASKED)] == ["Skillenai"]
    assert postings.both_titles("software-engineering", ASKED) == []


def test_the_matrix_says_what_is_ready_what_is_to_come_and_what_nobody_counted():
    library = plan.load(ROOT)
    table = skill_matrix.table(library, dict.fromkeys(SKILLS.index, "stated"), ASKED)
    rows = dict(zip(SKILLS.index, table.split("<tbody>")[1].split("</tr>"), strict=False))
    assert len(rows) == table.count('<th scope="row"') == len(SKILLS)
    assert "36 to 50%" in rows["rag"] and 'data-sort="50.2"' in rows["rag"] and 'href="../ai/rag.html"' in rows["rag"]
    assert rows["llm-cost"].count('data-sort="">not counted') == 2
    for id, skill in library.skills.items():
        coming = [name for name in skill.exercises if name not in library.exercises]
        assert ("still to come" in rows[id]) == bool(coming)
        assert all(f"<code>{name}</code>" in rows[id] for name in skill.exercises)
        ready = [name for name in skill.exercises if name in library.exercises]
        assert all(f'href="../../book/exercises/{name}.html"' in rows[id] for name in ready)
