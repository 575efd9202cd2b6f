"""The bank of interview questions in the page: search, filters, drawing, quizzes, by mouse, touch and keyboard."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from course import data

QUESTIONS = data.load(Path(__file__).parents[2] / "data", "interview_questions")
QUIZZES = QUESTIONS[QUESTIONS["right"].notna()]
PAGE = "notebooks/career/interviews.html"
PART = '[data-part="interview-questions"]'
VIEWS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark-phone": {
        "color_scheme": "dark",
        "viewport": {"width": 390, "height": 844},
        "is_mobile": True,
        "has_touch": True,
    },
}


@pytest.fixture
def page(browser, site, request):
    """The chapter, freshly opened; the test's parameter, if there is one, gives the context's options."""
    with browser.new_context(**getattr(request, "param", {})) as context:
        page = context.new_page()
        faults = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{site}/{PAGE}")
        yield page
        assert faults == []
        assert not page.evaluate("Object.keys(localStorage).some((key) => key.startsWith('course.'))")


def shown(page) -> list[str]:
    """The ids of the questions that can be seen."""
    return page.eval_on_selector_all(f"{PART} .iq", "all => all.filter(e => e.checkVisibility()).map(e => e.id)")


def count(page) -> str:
    return page.locator(f"{PART} .iq-count").first.inner_text()


def choose(page, label: str, option: str) -> None:
    page.locator(PART).get_by_label(label, exact=True).select_option(option)


def ids(questions) -> list[str]:
    return questions["question_id"].str.lower().tolist()


def test_without_scripts_every_question_and_answer_can_be_read(browser, site):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{site}/{PAGE}")
        part = page.locator(PART)
        assert part.locator(".iq").count() == len(QUESTIONS)
        expect(part.locator(".iq").last).to_be_visible()
        assert part.locator("button, select, input").count() == 0
        quiz = part.locator(f"#{ids(QUIZZES)[0]}")
        expect(quiz.locator(".iq-options li")).to_have_count(4)
        for summary in quiz.locator("summary").all():
            summary.click()
        expect(quiz.locator(".iq-reasons li").last).to_be_visible()
        expect(quiz.get_by_text("Red flag:")).to_be_visible()


def test_a_few_are_shown_at_first_and_the_rest_on_demand(page):
    everything = ids(QUESTIONS)
    first = shown(page)
    assert 0 < len(first) < 20 and first == everything[: len(first)]
    assert count(page) == f"{len(everything)} of {len(everything)} questions."
    page.get_by_role("button", name="more of").click()
    assert shown(page) == everything[: 2 * len(first)]
    assert page.evaluate("document.activeElement.closest('.iq').id") == everything[len(first)]
    while (more := page.get_by_role("button", name="more of")).count():
        more.click()
    assert shown(page) == everything


def test_filters_and_search_combine(page):
    choose(page, "Role", "ai")
    choose(page, "Level", "senior")
    choose(page, "Kind", "open")
    wanted = QUESTIONS[
        QUESTIONS["role"].isin(["ai", "both"]) & (QUESTIONS["level"] == "senior") & QUESTIONS["right"].isna()
    ]
    assert count(page).startswith(f"{len(wanted)} of ") and set(shown(page)) <= set(ids(wanted))
    choose(page, "Format", "rag-design")
    assert shown(page) == ids(wanted[wanted["format"] == "rag-design"])
    page.get_by_role("searchbox", name="Search", exact=True).fill("INJECTION ticket")
    assert shown(page) == ids(wanted[wanted["topic"] == "prompt injection"])
    page.get_by_role("searchbox", name="Search", exact=True).fill("no such words")
    assert shown(page) == [] and "No question matches" in count(page)
    expect(page.get_by_role("button", name="Draw one at random")).to_be_disabled()


def test_search_reads_answers_too(page):
    page.get_by_role("searchbox", name="Search", exact=True).fill("grouped-query")
    assert shown(page) == ids(QUESTIONS[QUESTIONS["answer"].str.contains("grouped-query")])


def test_each_question_is_drawn_once_before_any_comes_again(page):
    choose(page, "Format", "papers")
    wanted = ids(QUESTIONS[QUESTIONS["format"] == "papers"])
    drawn = []
    page.get_by_role("button", name="Draw one at random").click()
    for number in range(1, len(wanted) + 1):
        (one,) = shown(page)
        drawn.append(one)
        assert count(page) == f"Drawn {number} of {len(wanted)} questions."
        assert page.evaluate("document.activeElement.closest('.iq')?.id") == one
        page.get_by_role("button", name="Draw another").click()
    assert sorted(drawn) == sorted(wanted) and drawn != wanted
    assert len(shown(page)) == 1 and shown(page) != drawn[-1:]
    page.get_by_role("button", name="Back to the list").click()
    assert shown(page) == wanted[: len(shown(page))] and len(shown(page)) > 1
    assert page.evaluate("document.activeElement.textContent") == "Draw one at random"


def test_a_drawn_question_hides_its_answer_again(page):
    choose(page, "Kind", "quiz")
    page.get_by_role("searchbox", name="Search", exact=True).fill("leakage air time")
    (one,) = shown(page)
    page.locator(f"#{one} .iq-answer summary").click()
    page.get_by_role("button", name="Draw one at random").click()
    assert page.locator(f"#{one} details[open]").count() == 0


def test_every_quiz_checks_itself_and_gives_the_reason_of_the_option(page):
    answers = QUIZZES.set_index("question_id")["right"].rename(str.lower)
    given = page.evaluate(
        """answers => Object.entries(answers).map(([id, right]) => {
          const article = document.getElementById(id), said = {};
          for (const letter of [..."abcd"].filter((x) => x !== right).concat(right)) {
            article.querySelector(`input[value=${letter}]`).checked = true;
            article.querySelector("form").requestSubmit();
            const verdict = article.querySelector(".iq-verdict").textContent;
            said[letter] = [verdict, article.querySelector(".iq-reasons").open];
          }
          return [id, said];
        })""",
        answers.to_dict(),
    )
    assert len(given) == len(QUIZZES)
    for id, said in given:
        for letter, (text, opened) in said.items():
            right = letter == answers[id]
            assert opened == right, f"{id}: the reasons open with the right option alone"
            assert text.startswith(f"{'✓' if right else '✗'} {letter.upper()}: {'Right' if right else 'Wrong'}"), text
    expect(page.locator(f"{PART} .iq-count").last).to_have_text(
        f"Multiple choice: 0 of {len(QUIZZES)} right at the first try."
    )


def test_a_quiz_by_keyboard(page):
    first = QUIZZES.iloc[0]
    choose(page, "Kind", "quiz")
    article = page.locator(f"#{first['question_id'].lower()}")
    article.get_by_role("button", name="Check").focus()
    page.keyboard.press("Enter")
    expect(article.get_by_role("status")).to_have_text("Choose an option first.")
    article.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    for _ in range("abcd".index(first["right"])):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(article.get_by_role("status")).to_contain_text("✓")
    expect(page.locator(f"{PART} .iq-count").last).to_have_text("Multiple choice: 1 of 1 right at the first try.")


def test_a_link_to_one_question_shows_it(page, site):
    last = ids(QUESTIONS)[-1]
    page.goto(f"{site}/{PAGE}#{last}")
    assert shown(page) == [last]
    page.get_by_role("button", name="Back to the list").click()
    assert len(shown(page)) > 1


@pytest.mark.parametrize("page", VIEWS.values(), ids=VIEWS, indirect=True)
def test_with_everything_open_it_fits_and_is_accessible(page, axe):
    while (more := page.get_by_role("button", name="more of")).count():
        more.click()
    quiz = page.locator(f"#{ids(QUIZZES)[0]}")
    quiz.get_by_role("radio").first.check()
    quiz.get_by_role("button", name="Check").click()
    page.evaluate("document.querySelectorAll('.iq details').forEach((details) => (details.open = true))")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert axe(page, PART) == []
