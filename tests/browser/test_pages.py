"""Every page as a reader's browser shows it: nothing from outside, no errors, on a phone, in the dark; and search."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.apart

PHONE = {"width": 390, "height": 844}
SCREEN = {"width": 1280, "height": 800}
INSIDE = {"data", "blob", "about"}  # schemes that leave the machine alone
ENOUGH = 4.5  # WCAG 2.2, 1.4.3: contrast of text

# For each visible text under `selector`: its contrast with the first opaque background behind it, by WCAG's formula.
CONTRASTS = """selector => {
  const parse = colour => (colour.match(/[\\d.]+/g) || []).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll(selector)]
    .filter(e => e.checkVisibility({ visibilityProperty: true }) && !e.matches(".headerlink"))
    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
    .map(e => {
      const [a, b] = [parse(getComputedStyle(e).color), behind(e)].map(luminance).sort((x, y) => y - x);
      return [(a + 0.05) / (b + 0.05), e.tagName + " " + e.textContent.trim().slice(0, 40)];
    });
}"""
TEXT = "main article :is(p, li, td, th, summary, h1, h2, h3, dt, dd, .role-ml, .role-ai, a, code, pre, pre span)"
TOO_WIDE = """() => [...document.querySelectorAll("main *")]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.tagName + "." + e.className).slice(0, 5)"""

# For each table that is wider than the box in which it scrolls: whether a keyboard reaches the box, and its shadow.
SCROLLING = """() => [...document.querySelectorAll("main article table")].flatMap(table => {
  const scrolls = e => e.scrollWidth > e.clientWidth + 1 && ["auto", "scroll"].includes(getComputedStyle(e).overflowX);
  let box = table;
  while (box.tagName !== "ARTICLE" && !scrolls(box)) box = box.parentElement;
  if (box.tagName === "ARTICLE") return [];
  return [[box.tabIndex >= 0, getComputedStyle(box).backgroundImage.includes("gradient"), table.innerText.slice(0, 9)]];
})"""


class Watched:
    """A browser page that notes what it asks for from outside and every error."""

    def __init__(self, context):
        self.page = context.new_page()
        self.requests, self.faults = [], []
        self.page.on("request", self._note_request)
        self.page.on("console", lambda m: self.faults.append(f"console: {m.text}") if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("requestfailed", lambda r: self.faults.append(f"failed: {r.url[:200]} {r.failure}"))
        self.page.on("response", lambda r: self.faults.append(f"{r.status}: {r.url}") if r.status >= 400 else None)

    def _note_request(self, request):
        self.requests.append(request.url)
        address = urlsplit(request.url)
        if address.hostname != "127.0.0.1" and address.scheme not in INSIDE | {"file"}:
            self.faults.append(f"outside: {request.url}")

    def open(self, url: str) -> list[str]:
        """Load a page until the network rests and return the faults."""
        self.requests.clear()
        self.faults.clear()
        self.page.goto(url, wait_until="networkidle")
        return list(self.faults)


@pytest.fixture
def watched(browser, request):
    """A watched page; the test's parameter, if there is one, gives the context's options."""
    with browser.new_context(**{"viewport": SCREEN, **getattr(request, "param", {})}) as context:
        yield Watched(context)


@pytest.fixture(scope="session")
def names(book, pages) -> list[str]:
    """The pages' addresses within the book."""
    return [path.relative_to(book).as_posix() for path in pages]


def faults_of_layout(page) -> list[str]:
    """Return what a reader of this page could not see: parts beyond the screen, text too pale, formulas, plots."""
    wrong = []
    width = page.viewport_size["width"]
    found = page.evaluate("Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)")
    if found > width:
        wrong.append(f"{found} px wide on a screen of {width} px: {page.evaluate(TOO_WIDE)}")
    formulas = page.locator(".math").count()
    if formulas:
        expect(page.locator(".math mjx-container")).to_have_count(formulas)
    for reached, shadow, what in page.evaluate(SCROLLING):
        if not (reached and shadow):
            wrong.append(f"table {what!r} goes on: by keyboard {reached}, with a shadow {shadow}")
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    for contrast, what in page.evaluate(CONTRASTS, TEXT):
        if contrast < ENOUGH:
            wrong.append(f"contrast {contrast:.1f} of {what!r}")
    # A plot is drawn on white and must stay so: a filter of the dark theme would change its colours.
    for plot in page.locator(".course-plot img").all():
        style = plot.evaluate("e => [getComputedStyle(e).filter, e.naturalWidth > 0]")
        if style != ["none", True]:
            wrong.append(f"plot, filter and whether it is drawn: {style}")
    return wrong


def test_a_request_to_the_outside_and_errors_are_seen(watched, serve, tmp_path):
    (tmp_path / "index.html").write_text(
        '<img src="http://127.0.0.2:9/x.png"><script>console.error("told"); gone()</script><img src="gone.png">',
        encoding="utf-8",
    )
    with serve(tmp_path) as address:
        faults = watched.open(f"{address}/index.html")
    assert {fault.partition(":")[0] for fault in faults} == {"outside", "console", "script", "failed", "404"}


def test_what_a_reader_cannot_see_is_found(watched):
    watched.page.set_content(
        '<main><article><p style="color: #999">pale</p><p>dark</p></article></main><pre style="width: 3000px">w</pre>'
        '<figure class="course-plot"><img src="data:image/svg+xml,broken" style="filter: invert(1)"></figure>'
    )
    assert [fault.partition(" ")[2][:12] for fault in faults_of_layout(watched.page)] == [
        "px wide on a",
        "2.8 of 'P pa",
        "filter and w",
    ]


@pytest.mark.parametrize(
    "watched",
    [
        {"color_scheme": "light"},
        {"color_scheme": "dark", "viewport": PHONE, "has_touch": True, "is_mobile": True},
    ],
    ids=["screen-light", "phone-dark"],
    indirect=True,
)
def test_every_page_opens_without_error_or_outside_request_and_is_readable(watched, site, names):
    wrong, themes = [], set()
    for name in names:
        faults = watched.open(f"{site}/{name}")
        wrong += [f"{name}: {fault}" for fault in faults + faults_of_layout(watched.page)]
        themes.add(watched.page.evaluate("document.documentElement.dataset.theme"))
    assert wrong == []
    assert len(themes) == 1  # it follows the system's setting on every page


def test_search_works_from_a_file(watched, book):
    faults = watched.open(f"{(book / 'search.html').as_uri()}?q=leakage")
    results = watched.page.locator("#search-results li a")
    expect(results.first).to_be_visible()
    assert faults + watched.faults == []
    assert all(url.startswith("file:") or urlsplit(url).scheme in INSIDE for url in watched.requests)
    target = results.first.get_attribute("href").partition("?")[0].partition("#")[0]
    assert (book / target).is_file()


def test_search_finds_nothing_for_a_word_that_is_not_there(watched, book):
    watched.open(f"{(book / 'search.html').as_uri()}?q=xyzzyqwerty")
    expect(watched.page.locator("#search-results")).to_contain_text("did not match")
    assert watched.page.locator("#search-results li").count() == 0


def test_the_front_door_leads_to_the_book(watched, site):
    watched.open(f"{site}/index.html")
    watched.page.wait_for_url("**/book/index.html")
    expect(watched.page.locator("article h1")).to_contain_text("ML Engineer vs AI Engineer")


@pytest.mark.parametrize("watched", [{"viewport": PHONE}], ids=["phone"], indirect=True)
def test_rows_of_words_are_blocks_of_lines_on_a_phone(watched, site):
    for page in ("book/instructors", "book/exercises", "notebooks/roles/days", "notebooks/career/future"):
        watched.open(f"{site}/{page}.html")
        tables = watched.page.locator("article table.stacks").all()
        assert tables
        for table in tables:
            expect(table.locator("thead")).to_be_hidden()
            assert table.evaluate("e => e.parentElement.scrollWidth <= e.parentElement.clientWidth"), page
        label = tables[0].locator("td[data-label]").nth(1)
        shown = label.evaluate("e => getComputedStyle(e, '::before').content")
        assert label.get_attribute("data-label") in shown


@pytest.mark.parametrize("watched", [{"viewport": PHONE}], ids=["phone"], indirect=True)
def test_a_phone_has_menu_and_contents(watched, site):
    faults = watched.open(f"{site}/notebooks/career/pay.html")
    for name, dialog in (("primary", "#pst-primary-sidebar-modal"), ("secondary", "#pst-secondary-sidebar-modal")):
        watched.page.locator(f".{name}-toggle:visible").click()
        expect(watched.page.locator(f"{dialog}[open]")).to_be_visible()
        expect(watched.page.locator(f"{dialog} a").first).to_be_visible()
        watched.page.keyboard.press("Escape")
        expect(watched.page.locator(dialog)).to_be_hidden()
    assert faults + watched.faults == []


def test_the_menu_of_a_wide_screen_folds(watched, site):
    faults = watched.open(f"{site}/notebooks/career/pay.html")
    menu = watched.page.locator("#pst-primary-sidebar")
    expect(menu).to_be_in_viewport()
    watched.page.locator(".primary-toggle:visible").click()
    expect(menu).not_to_be_in_viewport()
    watched.page.locator(".primary-toggle:visible").click()
    expect(menu).to_be_in_viewport()
    assert faults + watched.faults == []
