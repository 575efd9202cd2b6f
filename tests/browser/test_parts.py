"""The interactive parts and the cards of claims, on every page that has them: accessible, and they serve unscripted."""

import pytest

pytestmark = pytest.mark.apart

PHONE = {"width": 390, "height": 844}
OURS = ".course-part, .claim-card"
VIEWS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark-phone": {"color_scheme": "dark", "viewport": PHONE, "is_mobile": True, "has_touch": True},
}


@pytest.fixture(scope="module")
def names(book, pages) -> list[str]:
    """The pages with a part or a card."""
    texts = {path.relative_to(book).as_posix(): path.read_text(encoding="utf-8") for path in pages}
    found = [name for name, text in texts.items() if 'class="course-part"' in text or 'class="claim-card' in text]
    assert found
    return found


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_axe_finds_no_violation(browser, site, names, axe, view):
    with browser.new_context(**view) as context:
        page = context.new_page()
        wrong = []
        for name in names:
            page.goto(f"{site}/{name}", wait_until="networkidle")
            wrong += [f"{name}: {violation}" for violation in axe(page, OURS)]
    assert wrong == []


def test_axe_finds_a_violation(browser, axe):
    with browser.new_context() as context:
        page = context.new_page()
        page.set_content('<html lang="en"><main><section class="course-part"><input type="text"></section></main>')
        assert any(violation.startswith("label") for violation in axe(page))


def test_every_part_says_something_without_scripts(browser, site, names):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        short = []
        for name in names:
            page.goto(f"{site}/{name}")
            texts = page.locator(".course-part-fallback").all_inner_texts()
            short += [f"{name}: {text!r}" for text in texts if len(text.split()) < 10]
    assert short == []
