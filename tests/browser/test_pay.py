"""The reader picks title, level, year and how ads are counted, and sees the distribution that the table has."""

import json

import pytest

from course import data, pay

PAGE = "notebooks/career/pay.html"
RANGES = data.load("data", "pay_ranges_us")
VIEWS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "phone": {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}


@pytest.fixture
def page(browser, site):
    with browser.new_context(viewport=VIEWS["light"]["viewport"]) as context:
        page = context.new_page()
        page.set_default_timeout(10_000)
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{site}/{PAGE}", wait_until="networkidle")
        yield page
        assert errors == []


def choose(page, level, year, counted):
    page.get_by_label("Level", exact=True).select_option(level)
    page.get_by_label("Year", exact=True).select_option(year)
    page.get_by_label("Count", exact=True).select_option(counted)


def rows(page):
    """The numbers below the bars: {title: [n, median, quartiles, claimed]}."""
    found = page.locator(".pay-numbers tbody tr").all()
    return {row.locator("th").inner_text(): row.locator("td").all_inner_texts() for row in found}


@pytest.mark.parametrize("counted", ["distinct", "all"])
@pytest.mark.parametrize("year", ["2024-25", "2024"])
@pytest.mark.parametrize("level", ["EN", "MI", "SE", "EX"])
def test_numbers_are_those_of_the_table(page, level, year, counted):
    choose(page, level, year, counted)
    shown = rows(page)
    assert list(shown) == ["ML Engineer", "AI Engineer"]
    for title, (n, median, quartiles, claimed) in shown.items():
        middle = pay.ads(RANGES, title, level, year, counted)["middle"]
        assert n == f"{len(middle):,}"
        low, high = (float(end) for end in quartiles.replace("K", "").split(" to "))
        ends = [low, float(median[:-1]), high]
        assert ends == pytest.approx(middle.quantile([0.25, 0.5, 0.75]).tolist(), abs=0.56)
        assert (claimed == "no claim") == (level == "EX")


def test_bars_have_the_shares_of_the_ads(page):
    choose(page, "SE", "2025", "all")
    middle = pay.ads(RANGES, "AI Engineer", "SE", "2025", "all")["middle"]
    bins = pay.distribution(middle)["bins"]
    heights = page.locator("rect.pay-ai").evaluate_all("bars => bars.map(bar => +bar.getAttribute('height'))")
    full = [count for count in bins if count]
    assert [h / heights[0] for h in heights] == pytest.approx([count / full[0] for count in full])
    assert max(page.locator(".pay-bar").evaluate_all("bars => bars.map(b => +b.getAttribute('height'))")) == (
        pytest.approx(100)
    )


def test_words_say_what_the_bars_show_and_are_announced(page):
    said = page.locator(".pay-said")
    assert said.get_attribute("role") == "status"
    choose(page, "EN", "2025", "distinct")
    n = len(pay.ads(RANGES, "AI Engineer", "EN", "2025", "distinct"))
    assert f"AI Engineer: {n} ads" in said.inner_text() and "Fewer than 30 ads" in said.inner_text()
    assert "claims 125K to 160K" in said.inner_text()
    choose(page, "EN", "2023", "all")
    assert "AI Engineer: no ads." in said.inner_text()
    assert rows(page)["AI Engineer"][0] == "0"


def test_titles_are_chosen_by_keyboard(page):
    first = page.locator(".pay-titles input").first
    first.focus()
    page.keyboard.press("Space")  # ML engineer off
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # data scientist on
    assert list(rows(page)) == ["AI Engineer", "Data Scientist"]
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowUp")  # senior to mid
    assert page.get_by_label("Level", exact=True).input_value() == "MI"
    assert "Level mid" in page.locator(".pay-said").inner_text()


def test_no_title_says_so(page):
    for box in page.locator(".pay-titles input").all():
        box.uncheck()
    assert "choose at least one" in page.locator(".pay-said").inner_text()
    assert page.locator(".pay-picture").count() == 0 and rows(page) == {}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_accessible_and_within_the_screen(browser, site, axe, view):
    with browser.new_context(**view) as context:
        page = context.new_page()
        page.goto(f"{site}/{PAGE}", wait_until="networkidle")
        for box in page.locator(".pay-titles input").all():
            box.check()
        assert axe(page, '[data-part="pay"]') == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_text_and_background_differ_in_the_dark(browser, site):
    """axe-core cannot always tell the background of a page; the theme paints outputs light."""
    luminance = """element => {
      const style = getComputedStyle(element);
      const rgb = text => text.match(/[\\d.]+/g).map(Number);
      const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
        .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
      return [light(rgb(style.color)), light(rgb(style.backgroundColor))];
    }"""
    for scheme in ("light", "dark"):
        with browser.new_context(color_scheme=scheme) as context:
            page = context.new_page()
            page.goto(f"{site}/{PAGE}", wait_until="networkidle")
            dim, bright = sorted(page.locator('[data-part="pay"]').evaluate(luminance))
            assert (bright + 0.05) / (dim + 0.05) >= 4.5


def test_without_scripts_a_table_of_medians(browser, site):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{site}/{PAGE}")
        table = page.locator('[data-part="pay"] table')
        assert table.is_visible()
        median = pay.median(RANGES, "ML Engineer", "SE")
        assert f"{median.value:.0f}K (n = {median.n:,})" in table.inner_text()


def test_the_page_loads_its_data_and_nothing_from_elsewhere(page, site):
    cells = json.loads(page.locator('[data-part="pay"]').evaluate("p => p.querySelector('script')?.textContent"))
    assert len(json.dumps(cells)) < 60_000
    loaded = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    assert [name for name in loaded if not name.startswith((site, "data:"))] == []
