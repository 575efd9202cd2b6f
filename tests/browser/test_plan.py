"""The learning plan in Chromium: the same plan as `course plan`, made on the device, for everybody."""

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from course import plan
from course.plan import text

ROOT = Path(__file__).resolve().parents[2]
PAGE = "notebooks/career/switching.html"
PART = '[data-part="plan"]'
VIEWS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}


@pytest.fixture(scope="module")
def library() -> plan.Library:
    return plan.load(ROOT)


@pytest.fixture
def page(browser, site):
    with browser.new_context(accept_downloads=True) as context:
        page = context.new_page()
        page.goto(f"{site}/{PAGE}", wait_until="networkidle")
        yield page


def printed(command: str) -> str:
    """Return what the command that the page shows prints."""
    arguments = command.removeprefix("course ").split()
    done = subprocess.run(
        [sys.executable, "-m", "course.cli", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def shown(page) -> str:
    return page.locator(f"{PART} pre").text_content()


def command(page) -> str:
    return page.locator(f"{PART} .plan-result p > code").text_content()


@pytest.mark.parametrize(("origin", "target"), [("ml", "ai"), ("ai", "ml")])
def test_a_software_engineer_starts_as_the_table_below_takes_one(page, library, origin, target):
    page.locator(f"#plan-from-{origin}").check()
    page.get_by_role("button", name="Tick as a software engineer").click()
    shared = {id for id, skill in library.skills.items() if skill.standing == "shared"}
    ticked = page.eval_on_selector_all(
        f"{PART} .plan-skills input", "boxes => boxes.filter(b => b.checked).map(b => b.value)"
    )
    assert set(ticked) == shared | {"application-development"}
    lack = [id for id in plan.skills_of(library, origin) if id not in ticked]
    made = plan.make(library, origin, target, have=["application-development"], lack=lack)
    assert f"{made.hours} hours" in page.locator(f"{PART} .plan-said").text_content()


def test_page_and_python_agree_on_a_thousand_random_wishes(page, library):
    assert json.loads(page.locator(f"{PART} script").text_content()) == json.loads(json.dumps(library.as_json()))
    draw = random.Random(1)
    wishes = []
    for _ in range(1000):
        named = draw.sample(sorted(library.skills), draw.randint(0, len(library.skills)))
        cut = draw.randint(0, len(named))
        origin, target = draw.choice(sorted(plan.CLAIMED))
        more = {"hours_per_week": draw.randint(1, plan.MOST_HOURS), "nice_to_have": draw.random() < 0.5}
        wishes.append({"from": origin, "to": target, "have": named[:cut], "lack": named[cut:], **more})
    found = page.evaluate(
        """(wishes) => {
            const library = JSON.parse(document.querySelector('[data-part="plan"] script').textContent);
            return wishes.map((wish) => {
                const made = window.coursePlan.plan(library, wish);
                return [made, window.coursePlan.markdown(library, made)];
            });
        }""",
        wishes,
    )
    for wish, (as_json, markdown) in zip(wishes, found, strict=True):
        keywords = {{"from": "origin", "to": "target"}.get(name, name): value for name, value in wish.items()}
        made = plan.make(library, **keywords)
        assert as_json == json.loads(json.dumps(made.as_json())), wish
        assert markdown == text.markdown(library, made), wish


@pytest.mark.parametrize(
    "wish",
    [
        {"from": "ml", "to": "ml"},
        {"from": "ml", "to": "x"},
        {"have": ["juggling"]},
        {"have": ["rag"], "lack": ["rag"]},
        {"hours_per_week": 0},
        {"hours_per_week": 2.5},
    ],
    ids=str,
)
def test_the_script_refuses_what_python_refuses(page, wish):
    usual = {"from": "ml", "to": "ai", "have": [], "lack": [], "hours_per_week": 10, "nice_to_have": False}
    refused = page.evaluate(
        """(wish) => {
            const library = JSON.parse(document.querySelector('[data-part="plan"] script').textContent);
            try { window.coursePlan.plan(library, wish); return false; } catch { return true; }
        }""",
        usual | wish,
    )
    assert refused


def test_the_plan_follows_what_the_reader_says(page):
    assert page.locator(f"{PART} .course-part-fallback").is_hidden()
    first = shown(page)
    assert first == printed("course plan --from ml --to ai")
    page.get_by_label("■ AI engineer to ● ML engineer").check()
    page.get_by_label("Hours a week").fill("6")
    page.get_by_label("Hours a week").blur()
    page.get_by_label("Statistics and linear algebra").check()
    page.get_by_label("Strong Python").uncheck()
    page.get_by_label("Plan what is nice to have, too").check()
    assert command(page) == (
        "course plan --from ai --to ml --have statistics --lack python --hours-per-week 6 --nice-to-have"
    )
    assert shown(page) == printed(command(page)) != first
    assert page.locator(f"{PART} .plan-said").text_content() in shown(page)
    names = page.locator(f"{PART} .plan-chart tbody th").all_inner_texts()
    assert len(names) == page.locator(f"{PART} .plan-steps > li").count() == shown(page).count("\n## ") - 1


def test_each_exercise_is_linked_with_its_title_and_minutes(page, library, site):
    step = plan.make(library, "ml", "ai").steps[0]
    first = page.locator(f"{PART} .plan-steps > li").first
    for name in step.skill.exercises:
        title, minutes = library.exercises[name]
        item = first.locator("li", has_text=title)
        assert item.inner_text() == f"Exercise: {title} ({minutes} minutes)"
        assert item.locator("a").evaluate("a => a.href") == f"{site}/book/exercises/{name}.html"


def test_what_was_ticked_is_kept_and_can_be_cleared(page):
    page.get_by_label("RAG and vector databases").check()
    kept = shown(page)
    page.reload(wait_until="networkidle")
    assert shown(page) == kept
    page.get_by_role("button", name="Start again").click()
    assert shown(page) == printed("course plan --from ml --to ai")
    assert page.evaluate("localStorage.getItem('course.plan')") is None


@pytest.mark.parametrize(
    "kept", ["no JSON", "null", "7", '{"from": "x", "hours_per_week": -1, "changed": {"juggling": true, "rag": "yes"}}']
)
def test_storage_that_holds_something_else(page, kept):
    page.evaluate("(kept) => localStorage.setItem('course.plan', kept)", kept)
    page.reload(wait_until="networkidle")
    assert shown(page) == printed("course plan --from ml --to ai")


@pytest.mark.parametrize("hours", ["0", "81", "2.5", ""])
def test_hours_that_make_no_plan(page, hours):
    before = shown(page)
    field = page.get_by_label("Hours a week")
    field.fill(hours)
    field.blur()
    assert field.get_attribute("aria-invalid") == "true"
    assert "a whole number from 1 to 80" in page.locator(f"{PART} .plan-said").text_content()
    assert shown(page) == before
    field.fill("20")
    field.blur()
    assert field.get_attribute("aria-invalid") == "false"
    assert shown(page) == printed("course plan --from ml --to ai --hours-per-week 20")


def test_the_download_is_what_is_shown_and_asks_no_server(page, tmp_path):
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the plan").click()
    download.value.save_as(tmp_path / "plan.md")
    assert (tmp_path / "plan.md").read_text(encoding="utf-8") == shown(page)
    assert download.value.suggested_filename == "plan-ml-to-ai.md"
    # The browser fetches the theme's fonts and the tab's icon when it finds time.
    assert [url for url in requests if not url.startswith("blob:") and "/_static/" not in url] == []


def test_who_has_everything(page):
    for box in page.locator(f"{PART} .plan-groups input").all():
        box.check()
    assert "nothing to plan" in page.locator(f"{PART} .plan-said").text_content()
    assert page.locator(f"{PART} .plan-chart").count() == 0


def test_by_keyboard(page):
    page.locator(f"{PART} input[type=radio]").first.focus()
    page.keyboard.press("ArrowDown")
    assert command(page).startswith("course plan --from ai --to ml")
    page.keyboard.press("Tab")
    page.keyboard.type("5")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert "--nice-to-have" in command(page)


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_every_view_is_accessible_and_fits(browser, site, axe, view):
    with browser.new_context(**view) as context:
        page = context.new_page()
        page.goto(f"{site}/{PAGE}", wait_until="networkidle")
        page.get_by_label("Plan what is nice to have, too").check()
        page.get_by_text("The plan as Markdown").click()
        assert axe(page, PART) == []
        wide = page.evaluate(
            "() => [...document.querySelectorAll('[data-part=\"plan\"] *')]"
            ".filter((e) => e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.outerHTML.slice(0, 80))"
        )
        assert wide == []


def test_without_scripts_both_plans_are_tables(browser, site, library):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{site}/{PAGE}")
        said = page.locator(f"{PART} .course-part-fallback").inner_text()
    for origin, target in plan.CLAIMED:
        for step in plan.make(library, origin, target).steps:
            assert step.skill.name in said
