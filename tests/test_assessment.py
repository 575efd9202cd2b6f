"""The self-assessment's statements and its score."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from course import assessment, data
from course.assessment import SCALE, Statement, lean_of, score

FOLDER = Path(__file__).parent.parent / "data"
STATEMENTS = assessment.load(FOLDER)
IDS = [each.id for each in STATEMENTS]
NEITHER = dict.fromkeys(IDS, 3)
ANSWERS = st.fixed_dictionaries({id: st.sampled_from(sorted(SCALE)) for id in IDS})


# The statements


def test_the_statements_favour_no_role():
    for role in ("ml", "ai"):
        own = [each for each in STATEMENTS if each.role == role]
        assert len(own) == len(STATEMENTS) / 2
        assert sum(each.reversed for each in own) == len(own) / 2


def test_every_reason_has_a_statement_and_a_reversed_one_of_its_role():
    claims = data.load(FOLDER, "claims")
    roles = dict(claims.loc[claims["section"] == "choose", ["id", "role"]].to_numpy())
    pairs = {claim: sorted(each.reversed for each in STATEMENTS if each.claim == claim) for claim in roles}
    assert len(roles) == 10 and set(map(tuple, pairs.values())) == {(False, True)}
    assert all(each.role == roles[each.claim] for each in STATEMENTS)


def test_statements_are_in_the_first_person_differ_and_name_no_title():
    texts = [each.text for each in STATEMENTS]
    assert len(set(texts)) == len(texts)
    assert all({"I", "my", "me"} & set(text.replace(",", "").split()) for text in texts)
    assert not any(word in text for text in texts for word in ("engineer", "ML", "AI", "role"))
    lengths = {role: sum(len(each.text) for each in STATEMENTS if each.role == role) for role in ("ml", "ai")}
    assert 0.8 < lengths["ml"] / lengths["ai"] < 1.25  # nobody tells the role by the length


# The score


def test_a_score_counted_by_hand():
    statements = [
        Statement("a", "C1", "ml", False, ""),
        Statement("b", "C1", "ml", True, ""),
        Statement("c", "C2", "ai", False, ""),
        Statement("d", "C2", "ai", True, ""),
    ]
    result = score({"a": 5, "b": 2, "c": 1, "d": 4}, statements)
    assert (result.ml, result.ai, result.difference, result.lean) == (2 + 1, -2 - 1, 6, "ml")
    assert result.moved == {"a": 2, "b": 1, "c": 2, "d": 1}
    assert (result.steps, result.flips, result.split) == (2, [], [])


def test_all_neither_is_a_tie():
    result = score(NEITHER, STATEMENTS)
    assert (result.ml, result.ai, result.difference, result.lean) == (0, 0, 0, "none")
    assert set(result.moved.values()) == {0} and result.flips == [] and result.split == []


@pytest.mark.parametrize("answer", SCALE)
def test_agreeing_with_everything_or_nothing_is_a_tie(answer):
    result = score(dict.fromkeys(IDS, answer), STATEMENTS)
    assert (result.ml, result.ai, result.lean) == (0, 0, "none")
    assert len(result.split) == (0 if answer == 3 else 10)


@pytest.mark.parametrize("role", ["ml", "ai"])
def test_the_strongest_answers_reach_the_end_of_the_scale(role):
    answers = {each.id: 3 + 2 * each.direction * (1 if each.role == role else -1) for each in STATEMENTS}
    result = score(answers, STATEMENTS)
    assert getattr(result, role) == 20 and abs(result.difference) == 40 and result.lean == role
    assert result.steps == 36 and result.flips == []


@given(ANSWERS)
def test_swapping_the_roles_swaps_the_result(answers):
    swapped = [each._replace(role="ai" if each.role == "ml" else "ml") for each in STATEMENTS]
    before, after = score(answers, STATEMENTS), score(answers, swapped)
    other = {"ml": "ai", "ai": "ml", "none": "none"}
    moved = {id: -points for id, points in before.moved.items()}
    assert after == replace(
        before, ml=before.ai, ai=before.ml, difference=-before.difference, lean=other[before.lean], moved=moved
    )


@given(ANSWERS)
def test_the_opposite_answers_give_the_opposite_scores(answers):
    before, after = score(answers, STATEMENTS), score({id: 6 - answer for id, answer in answers.items()}, STATEMENTS)
    assert (after.ml, after.ai, after.split) == (-before.ml, -before.ai, before.split)


@given(ANSWERS)
def test_a_reversed_statement_counts_like_its_opposite(answers):
    turned = [each._replace(reversed=not each.reversed) for each in STATEMENTS]
    assert score(answers, turned).moved == {id: -points for id, points in score(answers, STATEMENTS).moved.items()}


@given(ANSWERS, st.permutations(STATEMENTS))
def test_the_order_of_the_statements_does_not_matter(answers, order):
    before, after = score(answers, STATEMENTS), score(answers, order)
    assert sorted(before.flips) == sorted(after.flips) and sorted(before.split) == sorted(after.split)
    same = {"flips": [], "split": []}
    assert replace(before, **same) == replace(after, **same)


@given(ANSWERS)
def test_what_moved_it_adds_up_to_the_difference(answers):
    result = score(answers, STATEMENTS)
    assert sum(result.moved.values()) == result.difference == result.ml - result.ai


@given(ANSWERS)
def test_single_steps_that_change_the_result_are_found_by_trying_every_one(answers):
    result = score(answers, STATEMENTS)
    tried = [(id, step) for id in IDS for step in (-1, 1) if answers[id] + step in SCALE]
    changed = [(id, s) for id, s in tried if score(answers | {id: answers[id] + s}, STATEMENTS).lean != result.lean]
    assert result.flips == changed


@given(ANSWERS)
def test_the_fewest_steps_are_enough_and_no_fewer_are(answers):
    """Walk toward the other lean, one possible step at a time: each step moves the difference by one point."""
    result = score(answers, STATEMENTS)
    toward = -1 if result.difference > 0 else 1
    if result.lean == "none":
        toward = -toward if result.difference else 1
    walked = dict(answers)
    for step in range(result.steps):
        assert score(walked, STATEMENTS).lean == result.lean, f"changed after {step} steps of {result.steps}"
        for each in STATEMENTS:
            one = toward * each.direction * (1 if each.role == "ml" else -1)
            if walked[each.id] + one in SCALE:
                walked[each.id] += one
                break
    assert score(walked, STATEMENTS).lean != result.lean


def test_the_near_tie_is_the_smallest_for_which_a_lean_survives_small_changes():
    """Each of 20 answers a step down, unchanged (twice as likely) or up: the difference moves by Bin(40, 1/2) - 20."""
    other_ahead = [binom.cdf(20 - difference - 1, 40, 0.5) for difference in range(41)]
    assert assessment.NEAR + 1 == next(difference for difference, share in enumerate(other_ahead) if share < 0.05)


def test_leans_at_the_boundary():
    assert [lean_of(value) for value in (-5, -4, 0, 4, 5)] == ["ai", "none", "none", "none", "ml"]


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({id: 3 for id in IDS[1:]}, f"no answer to {IDS[0]}"),
        (NEITHER | {"S99": 3}, "answers to S99, which no statement has"),
        (NEITHER | {"S01": 6}, "from 1 to 5, got S01: 6"),
        (NEITHER | {"S01": 0}, "got S01: 0"),
        (NEITHER | {"S01": 3.5}, "got S01: 3.5"),
        (NEITHER | {"S01": True}, "got S01: True"),
        (NEITHER | {"S01": "3"}, "got S01: '3'"),
        (NEITHER | {"S01": None}, "got S01: None"),
    ],
)
def test_answers_that_cannot_be_scored(answers, message):
    with pytest.raises(ValueError, match=message):
        score(answers, STATEMENTS)


def test_statements_that_favour_a_role_or_repeat_an_id_are_refused():
    with pytest.raises(ValueError, match="10 ml, 9 ai"):
        score(dict.fromkeys(IDS[:-1], 3), STATEMENTS[:-1])
    with pytest.raises(ValueError, match="20 ids of 22"):
        score(NEITHER, [*STATEMENTS, STATEMENTS[0], STATEMENTS[-1]])
    with pytest.raises(ValueError, match="9 ml, 10 ai"):
        score(NEITHER, [STATEMENTS[0]._replace(role="both"), *STATEMENTS[1:]])


# Without JavaScript


def test_the_table_lets_a_reader_score_by_hand():
    page = BeautifulSoup(assessment.by_hand(STATEMENTS), "html.parser")
    rows = [[cell.get_text() for cell in row("td")] for row in page.tbody("tr")]
    answers = dict(zip(IDS, np.random.default_rng(7).integers(1, 6, len(IDS)).tolist(), strict=True))
    totals = {"● ML": 0, "■ AI": 0}
    for each, (text, role, sign, _) in zip(STATEMENTS, rows, strict=True):
        assert text == each.text
        totals[role] += (answers[each.id] - 3) * (1 if sign == "+" else -1)
    result = score(answers, STATEMENTS)
    assert totals == {"● ML": result.ml, "■ AI": result.ai}
    assert f"more than {assessment.NEAR} points" in page.p.get_text()
    assert "strongly disagree −2" in page.p.get_text() and "neither 0," in page.p.get_text()


def test_text_is_escaped_in_the_table():
    shown = assessment.by_hand([Statement("a", "C100", "ml", False, "<b>I</b> & me")])
    assert "&lt;b&gt;I&lt;/b&gt; &amp; me" in shown
