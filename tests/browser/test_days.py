"""A day of each role in a browser: nothing is told before a choice, choices are kept, and the end lists them."""

import json

import pytest
from playwright.sync_api import expect

PAGE = "notebooks/roles/days.html"
SCREEN = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"}
PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark", "is_mobile": True, "has_touch": True}


@pytest.fixture
def page(browser, site, request):
    """The chapter, opened with the test's context options; errors in the console fail the test."""
    with browser.new_context(**getattr(request, "param", SCREEN)) as context:
        page, faults = context.new_page(), []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{site}/{PAGE}")
        yield page
        assert faults == []


def day(page, role="ml"):
    return page.locator(f"[data-part=day]:has(.day-{role})")


def titles(part):
    return part.locator(".day-title:visible").all_inner_texts()


def test_consequences_are_told_after_a_choice_alone(page):
    part = day(page)
    expect(part.locator(".day-screen:visible")).to_have_count(1)
    expect(part.locator(".day-result")).to_have_count(0)
    choices = part.locator(".day-choice:visible")
    choices.nth(0).click()
    expect(choices.nth(0)).to_have_attribute("aria-pressed", "true")
    expect(part.get_by_role("status").filter(visible=True)).to_contain_text(choices.nth(0).inner_text())
    first = part.locator(".day-measured:visible").inner_text()
    choices.nth(1).click()
    expect(choices.nth(0)).to_have_attribute("aria-pressed", "false")
    expect(part.locator(".day-measured:visible")).to_have_count(1)
    assert part.locator(".day-measured:visible").inner_text() != first
    expect(day(page, "ai").locator(".day-result")).to_have_count(0)


def test_a_day_by_keyboard_from_first_screen_to_summary_and_back(page):
    part = day(page, "ai")
    seen = []
    for number in range(6):
        seen += titles(part)
        if number != 2:
            part.locator(".day-choice:visible").nth(1).focus()
            page.keyboard.press("Space")
            expect(part.locator(".day-result:visible")).to_have_count(1)
        if number == 4:  # two options tried: both stand in the summary, the last one first
            part.locator(".day-choice:visible").nth(0).press("Enter")
        part.locator(".day-steps button").last.press("Enter")
        assert page.evaluate("document.activeElement.className") == "day-title"
    assert len(set(seen)) == 6
    assert titles(part) == ["Your day"]
    lines = part.locator(".day-list > li")
    assert [line.locator(".day-measured").count() for line in lines.all()] == [1, 1, 0, 1, 2, 1]
    expect(lines.nth(2)).to_contain_text("No choice made")
    lines.nth(2).get_by_role("button").click()
    assert titles(part) == [seen[2]]
    part.get_by_role("button", name="Back").click()
    assert titles(part) == [seen[1]]
    expect(part.locator(".day-result:visible")).to_have_count(1)


def test_a_day_is_kept_on_the_device_and_can_be_cleared(page):
    day(page).locator(".day-choice:visible").nth(2).click()
    day(page).get_by_role("button", name="Next").click()
    second = titles(day(page))
    page.reload()
    assert titles(day(page)) == second
    day(page).get_by_role("button", name="Back").click()
    expect(day(page).locator("[aria-pressed=true]:visible")).to_have_count(1)
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('course.day'))") == ["course.day.ml"]
    for _ in range(6):
        day(page).locator(".day-steps button").last.click()
    day(page).get_by_role("button", name="Start the day again").click()
    expect(day(page).locator(".day-result:visible")).to_have_count(0)
    assert page.evaluate("localStorage.getItem('course.day.ml')") is None


@pytest.mark.parametrize(
    "kept",
    [
        "no JSON",
        "null",
        "3",
        "{}",
        '{"tried": {"C050": [9, -1, "0", null]}, "at": 99}',
        '{"tried": {"C050": 1}, "at": -4}',
    ],
)
def test_a_damaged_memory_does_no_harm(page, kept):
    page.evaluate(f"localStorage.setItem('course.day.ml', {json.dumps(kept)})")
    page.reload()
    expect(day(page).locator(".day-screen:visible")).to_have_count(1)
    expect(day(page).locator("[aria-pressed=true]")).to_have_count(0)


def test_an_address_opens_its_screen(page, site):
    page.goto(f"{site}/{PAGE}#day-c053")
    expect(day(page).locator("#day-c053")).to_be_visible()
    expect(day(page).locator(".day-screen:visible")).to_have_count(1)


@pytest.mark.parametrize("page", [SCREEN, PHONE], ids=["light", "dark-phone"], indirect=True)
def test_every_screen_and_the_summary_are_accessible_and_fit(page, axe):
    for role in ("ml", "ai"):
        part = day(page, role)
        for _ in range(6):
            part.locator(".day-choice:visible").last.click()
            assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
            part.locator(".day-steps button").last.click()
        expect(part.locator(".day-summary")).to_be_visible()
    # Side by side, so that one look of axe, which takes seconds, is enough.
    page.evaluate("document.querySelectorAll('.day-screen').forEach(screen => (screen.hidden = false))")
    page.evaluate("document.querySelectorAll('[data-part=day] details').forEach(details => (details.open = true))")
    expect(page.locator(".day-result:visible")).to_have_count(12)
    assert axe(page, "[data-part=day]") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_without_scripts_all_screens_and_consequences_can_be_read(browser, site):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{site}/{PAGE}")
        expect(page.locator(".day-screen:visible")).to_have_count(12)
        expect(page.locator(".day-measured:visible")).to_have_count(0)
        page.locator(".day-option summary").nth(3).click()
        expect(page.locator(".day-measured:visible")).to_have_count(1)
        assert page.locator(".day-option").count() == page.locator(".day-measured").count() > 24
