"""The self-assessment in the page: the same score as in Python, by keyboard and touch, kept on the device alone."""

import json
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urljoin

import numpy as np
import pytest
from playwright.sync_api import expect

from course import assessment

STATEMENTS = assessment.load(Path(__file__).parents[2] / "data")
IDS = [each.id for each in STATEMENTS]
NEITHER = dict.fromkeys(IDS, 3)
ML = {each.id: 3 + each.direction * (1 if each.role == "ml" else -1) for each in STATEMENTS}  # 20 points to ML
PAGE = "notebooks/career/choosing.html"
PART = '[data-part="assessment"]'
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


def reversed_for(points: int) -> dict[str, int]:
    """Answers whose difference is `points`, made with single steps of the first statements."""
    answers = dict(NEITHER)
    for each in STATEMENTS[: abs(points)]:
        answers[each.id] += each.direction * (1 if each.role == "ml" else -1) * (1 if points > 0 else -1)
    return answers


@pytest.fixture
def page(browser, site, request):
    """The chapter, freshly opened; the test's parameter, if there is one, gives the context's options."""
    with browser.new_context(**getattr(request, "param", {})) as context:
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda m: page.faults.append(m.text) if m.type == "error" else None)
        page.goto(f"{site}/{PAGE}")
        yield page
        assert page.faults == []


def answer(page, answers) -> None:
    """Choose, in one call because each costs a tenth of a second, and ask for the result."""
    radios = [f"assessment-{id}-{value}" for id, value in answers.items()]
    page.evaluate("radios => radios.forEach((id) => document.getElementById(id).click())", radios)
    page.get_by_role("button", name="Show the result").click()


def order(page) -> list[str]:
    """The statements' ids as the page shows them."""
    names = page.locator(f"{PART} .ca-choice:first-child input").evaluate_all("all => all.map(e => e.name)")
    return [name for name in names if name != "guess"]


def kept(page) -> dict:
    """What the browser keeps of the book's."""
    return page.evaluate("Object.fromEntries(Object.entries(localStorage).filter(([k]) => k.startsWith('course.')))")


# The score


def test_the_page_and_python_agree_on_1000_answer_sets_and_at_every_boundary(page):
    rng = np.random.default_rng(1000)
    sets = [dict(zip(IDS, row, strict=True)) for row in rng.integers(1, 6, (1000, len(IDS))).tolist()]
    sets += [reversed_for(points) for points in range(-7, 8)]
    sets += [dict.fromkeys(IDS, value) for value in assessment.SCALE]
    found = page.evaluate(
        """([sets, part]) => {
          const { statements } = JSON.parse(document.querySelector(`${part} script`).textContent);
          return sets.map((answers) => courseAssessment.score(answers, statements));
        }""",
        [sets, PART],
    )
    expected = [json.loads(json.dumps(asdict(assessment.score(each, STATEMENTS)))) for each in sets]
    assert found == expected
    assert {each["lean"] for each in found} == {"ml", "ai", "none"}


@pytest.mark.parametrize(
    "wrong",
    [{"S01": 6}, {"S01": 0}, {"S01": 2.5}, {"S01": None}, {"S01": "3"}, {"S99": 3}],
    ids=lambda wrong: str(wrong),
)
def test_the_page_refuses_the_answers_that_python_refuses(page, wrong):
    with pytest.raises(ValueError):
        assessment.score(NEITHER | wrong, STATEMENTS)
    refused = page.evaluate(
        """([answers, statements]) => {
          try { courseAssessment.score(answers, statements); return false; }
          catch (error) { return error instanceof RangeError; }
        }""",
        [NEITHER | wrong, [each._asdict() for each in STATEMENTS]],
    )
    assert refused


def test_an_order_is_a_permutation_and_depends_on_the_seed_alone(page):
    orders = page.evaluate("ids => [1, 2, 1].map((seed) => courseAssessment.shuffled(ids, seed))", IDS)
    assert orders[0] == orders[2] != orders[1]
    assert all(sorted(each) == IDS for each in orders)
    firsts = page.evaluate(
        "ids => Array.from({length: 4000}, (_, i) => courseAssessment.shuffled(ids, i * 1048573)[0])", IDS
    )
    counts = [firsts.count(id) for id in IDS]
    assert min(counts) > 130 and max(counts) < 280  # 200 expected, 5 standard deviations are 69


# Answering


def test_by_keyboard_alone_and_the_result_gets_the_focus(page):
    page.locator("#assessment-guess-cannot\\ tell").focus()
    page.keyboard.press("Space")
    for id in order(page):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.name") == id
        page.keyboard.press("Space")  # strongly disagree
        for _ in range(ML[id] - 1):
            page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    heading = page.locator(".ca-lean")
    expect(heading).to_have_text("A lean to ● ML engineer")
    expect(heading).to_be_focused()
    expect(page.locator(".ca-scores")).to_contain_text("● ML +10, ■ AI −10, each between −20 and +20")
    expect(page.locator(".ca-sensitivity")).to_contain_text("it would take 16 steps at least")
    expect(page.locator(".ca-guessed")).to_contain_text("cannot tell")
    expect(page.locator(".ca-status")).to_be_empty()  # the heading says it, once


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_by_touch_on_a_phone_nothing_is_too_wide_or_too_small(page):
    for id in order(page):
        page.locator(f"label[for=assessment-{id}-{ML[id]}]").tap()
    small = page.locator(f"{PART} :is(label, button)").evaluate_all(
        "all => all.filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect())"
        ".filter(r => r.height < 44 || r.width < 44).length"
    )
    assert small == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Show the result").tap()
    expect(page.locator(".ca-lean")).to_have_text("A lean to ● ML engineer")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_screen_reader_hears_each_statement_and_what_each_choice_means(page):
    for each in STATEMENTS:
        group = page.get_by_role("group", name=each.text)
        assert group.get_by_role("radio").count() == 5
        for words in assessment.SCALE.values():
            expect(group.get_by_role("radio", name=words, exact=True)).to_have_count(1)
    assert page.get_by_role("region", name="Self-assessment").count() == 1


def test_a_missing_answer_is_named_and_gets_the_focus(page):
    shown = order(page)
    answer(page, {id: 3 for id in IDS if id not in (shown[6], shown[11])})
    expect(page.get_by_role("status")).to_contain_text("2 statements have no answer yet, the first is number 7")
    assert page.evaluate("document.activeElement.name") == shown[6]
    assert page.get_by_text("No answer yet.").count() == 2
    assert page.locator(".ca-result").count() == 0
    page.locator(f"#assessment-{shown[6]}-3").check()
    assert page.get_by_text("No answer yet.").count() == 1


# The result


def test_a_tie_is_an_outcome_and_all_neither_says_that_there_is_nothing_to_go_by(page):
    answer(page, NEITHER)
    expect(page.locator(".ca-lean")).to_have_text("No lean")
    expect(page.locator(".ca-result")).to_contain_text("there is nothing to go by")
    expect(page.locator(".ca-sensitivity")).to_contain_text("No single answer")
    expect(page.locator(".ca-result")).to_contain_text("20 answers of 20 moved nothing")


@pytest.mark.parametrize(
    ("points", "lean", "into"),
    [
        (4, "No lean", "into a lean to ● ML engineer"),
        (-4, "No lean", "into a lean to ■ AI engineer"),
        (5, "A lean to ● ML engineer", "into no lean"),
        (-5, "A lean to ■ AI engineer", "into no lean"),
    ],
)
def test_at_the_boundary_the_page_says_that_one_step_decides(page, points, lean, into):
    answers = reversed_for(points)
    answer(page, answers)
    expect(page.locator(".ca-lean")).to_have_text(lean)
    expect(page.locator(".ca-sensitivity")).to_contain_text(into)
    expect(page.locator(".ca-sensitivity")).to_contain_text("Read it as undecided")
    assert page.locator(".ca-flips li").count() == len(assessment.score(answers, STATEMENTS).flips)


def test_the_answers_that_moved_it_are_listed_with_their_reason_and_no_percentage(page):
    answers = reversed_for(3) | {"S11": 5, "S20": 2}
    result = assessment.score(answers, STATEMENTS)
    answer(page, answers)
    toward_ml, toward_ai = page.locator(".ca-why").all()
    for block, sign in ((toward_ml, 1), (toward_ai, -1)):
        moved = [id for id, points in result.moved.items() if points * sign > 0]
        assert block.locator("li").count() == len(moved)
        for each in STATEMENTS:
            if each.id in moved:
                row = block.locator("li", has_text=each.text)
                expect(row).to_contain_text(f"+{abs(result.moved[each.id])}, {assessment.SCALE[answers[each.id]]}")
                target = row.get_by_role("link").get_attribute("href")
                assert target == f"#{each.claim.lower()}" and page.locator(target).count() == 1
    assert "%" not in page.locator(".ca-result").inner_text()


def test_two_answers_to_one_reason_that_disagree_are_named_and_so_is_the_articles_contradiction(page):
    answer(page, NEITHER | {"S03": 5, "S04": 5, "S01": 5, "S09": 1})
    expect(page.locator(".ca-result")).to_contain_text(
        "For 1 reason of 10 your two answers pull in opposite directions: C101"
    )
    expect(page.locator(".ca-result")).to_contain_text("Your answers gave +2 and −2 points toward ML there")


def test_a_lean_that_comes_from_disliking_the_other_role_says_so(page):
    disliked = {each.id: 3 - each.direction for each in STATEMENTS if each.role == "ai"}
    answer(page, NEITHER | disliked)
    expect(page.locator(".ca-lean")).to_have_text("A lean to ● ML engineer")
    expect(page.locator(".ca-result")).to_contain_text("comes from your answers against the other role")


@pytest.mark.parametrize("points", [0, 10, -10])
def test_what_to_read_next_exists_on_this_site(page, points):
    answer(page, reversed_for(points))
    links = page.locator(".ca-next a").evaluate_all("all => all.map(e => e.getAttribute('href'))")
    assert len(links) >= 4 and len(set(links)) == len(links)
    assert [href for href in links if page.request.get(urljoin(page.url, href)).status != 200] == []


def test_after_a_second_time_the_page_shows_what_moved(page):
    answer(page, NEITHER)
    first_order = page.evaluate("JSON.parse(localStorage['course.assessment']).first.seed")
    page.get_by_role("button", name="Take it again").click()
    assert page.locator(".ca-choice input:checked").count() == 0
    answer(page, NEITHER | {"S01": 5, "S02": 2, "S11": 4})
    moved = page.locator(".ca-moved")
    expect(moved).to_contain_text("No lean, ● ML 0, ■ AI 0. Now: No lean, ● ML +3, ■ AI +1. 3 answers of 20 moved.")
    rows = page.locator(".ca-moved + ul li").all_inner_texts()
    assert [row.partition(":")[0] for row in rows] == [
        "2 points toward ● ML",
        "1 point toward ● ML",
        "1 point toward ■ AI",
    ]
    assert 'From "neither" to "strongly agree"' in rows[0]
    page.get_by_role("button", name="Take it again").click()  # a third time replaces the second
    answer(page, NEITHER)
    expect(moved).to_contain_text("0 answers of 20 moved")
    assert page.evaluate("JSON.parse(localStorage['course.assessment']).first.seed") == first_order


# What is kept


def test_a_reload_keeps_answers_and_order_and_then_the_result(page):
    assert kept(page) == {}  # reading the page leaves nothing
    before = order(page)
    page.locator("#assessment-S07-2").check()
    page.reload()
    assert order(page) == before
    expect(page.locator("#assessment-S07-2")).to_be_checked()
    expect(page.locator(".ca-progress")).to_have_text("1 of 20 answered.")
    answer(page, ML)
    page.reload()
    expect(page.locator(".ca-lean")).to_have_text("A lean to ● ML engineer")
    assert page.evaluate("document.activeElement === document.body")  # reading the page starts at its top


def test_clearing_leaves_nothing_in_the_browser(page):
    answer(page, ML)
    assert set(kept(page)) == {"course.assessment"}
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Clear from this device").click()
    assert set(kept(page)) == {"course.assessment"}
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Clear from this device").click()
    expect(page.get_by_role("status")).to_contain_text("Cleared")
    assert kept(page) == {}
    page.reload()
    assert page.locator(".ca-result").count() == 0


def test_it_can_be_downloaded(page):
    page.locator("#assessment-guess-■\\ AI").check()
    answer(page, ML)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as JSON").click()
    told = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert told["first"]["answers"] == ML and told["latest"] is None and told["first"]["guess"] == "■ AI"
    assert told["first"]["result"] == json.loads(json.dumps(asdict(assessment.score(ML, STATEMENTS))))
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as Markdown").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert download.value.suggested_filename == "self-assessment.md"
    assert "**A lean to ● ML engineer.**" in text and "Not a validated scale" in text
    assert all(f"| {each.text} | {each.claim} |" in text for each in STATEMENTS)


def test_nothing_is_sent_anywhere(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))  # but for the icon, which may come later still
    answer(page, ML)
    page.get_by_role("button", name="Take it again").click()
    answer(page, NEITHER)
    assert [url for url in asked if not url.endswith("/favicon.svg")] == []
    expect(page.locator(".ca-where")).to_contain_text("nothing is sent anywhere")


@pytest.mark.parametrize(
    "stored",
    ["not JSON", "null", "[]", '{"draft": 3}', '{"first": {"answers": {"S01": 9}}}', '{"latest": {"answers": null}}'],
)
def test_what_cannot_be_read_back_is_left_out(page, stored):
    page.evaluate("stored => localStorage.setItem('course.assessment', stored)", stored)
    page.reload()
    assert len(order(page)) == 20
    answer(page, ML)
    expect(page.locator(".ca-lean")).to_have_text("A lean to ● ML engineer")


def test_a_browser_that_keeps_nothing_says_so_and_still_works(page):
    refuse = "throw new DOMException('full', 'QuotaExceededError')"
    page.add_init_script(
        f"const set = Storage.prototype.setItem; Storage.prototype.setItem = function (key, value) {{"
        f"if (key.startsWith('course.')) {refuse}; set.call(this, key, value); }}"
    )
    page.reload()
    expect(page.locator(".ca-where")).to_contain_text("does not let the page keep your answers")
    answer(page, ML)
    expect(page.locator(".ca-lean")).to_have_text("A lean to ● ML engineer")


# In every state, for everybody


@pytest.mark.parametrize(
    "page", [{"color_scheme": "light"}, {"color_scheme": "dark", **PHONE}], ids=["light", "dark-phone"], indirect=True
)
def test_axe_finds_no_violation_in_any_state(page, axe):
    wrong = {}  # the empty form is in test_parts.py
    page.get_by_role("button", name="Show the result").click()
    wrong["missing"] = axe(page, PART)
    answer(page, reversed_for(5))
    wrong["result"] = axe(page, PART)
    page.get_by_role("button", name="Take it again").click()
    answer(page, ML)
    page.locator(f"{PART} details").evaluate_all("all => all.forEach(e => e.open = true)")
    wrong["second result"] = axe(page, PART)
    assert wrong == {"missing": [], "result": [], "second result": []}
    page.faults.clear()  # axe looks for a style sheet that the theme imports in the page's own folder


@pytest.mark.parametrize("page", [{"java_script_enabled": False}], indirect=True)
def test_without_scripts_the_statements_can_be_scored_by_hand(page):
    rows = page.locator(f"{PART} tbody tr")
    assert rows.count() == 20
    expect(rows.first).to_be_visible()
    expect(page.locator(PART)).to_contain_text("Give every statement points")
    assert page.locator(f"{PART} input").count() == 0
