"""The scorecard's filters, as a reader uses them."""

import pytest
from playwright.sync_api import expect


@pytest.fixture
def page(browser, site):
    with browser.new_context(viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        page.goto(f"{site}/notebooks/career/scorecard.html", wait_until="networkidle")
        yield page


def shown(page) -> list[str]:
    return page.eval_on_selector_all(".scorecard tbody tr", "rows => rows.filter(r => !r.hidden).map(r => r.innerText)")


def test_filters_combine_and_say_how_many_are_left(page, axe):
    everything = shown(page)
    page.locator("select[name=role]").select_option("ai")
    page.locator("select[name=topic]").select_option("skills")
    some = shown(page)
    assert 0 < len(some) < len(everything)
    assert all("AI engineer" in text and "skills" in text for text in some)
    assert page.get_by_role("status").first.inner_text() == f"{len(some)} of {len(everything)} claims shown"
    page.get_by_label("words").fill("no such words stand there")
    assert shown(page) == []
    assert axe(page) == []
    page.get_by_role("button", name="Show all").click()
    assert shown(page) == everything


def test_words_find_parts_and_do_not_mind_hyphens(page):
    search = page.get_by_label("words")
    search.fill("C018b")
    assert [text.split()[0] for text in shown(page)] == ["C018"]
    search.fill("back-end")
    some = shown(page)
    search.fill("backend")
    assert shown(page) == some != []


def test_a_claims_number_leads_to_its_card(page):
    link = page.locator(".scorecard a", has_text="C007")
    link.click()
    assert page.url.endswith("notebooks/roles/distinction.html#c007")
    expect(page.locator("#C007")).to_be_visible()
