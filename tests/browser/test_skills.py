"""The chapter on skills in the page: a job ad is counted as in Python and stays there; the matrix filters and sorts."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from course import data, job_ads

FOLDER = Path(__file__).parents[2] / "data"
SKILLS = data.load(FOLDER, "skills").set_index("id")
TERMS = job_ads.terms(SKILLS.reset_index())
ADS = data.load(FOLDER, "job_ads").set_index("id")
EDGES = [
    "",
    "fragment ragù éRAG RAG2 _RAG_ rag.",
    "fine\u2011tuning, fine\ntuning, FINETUNING; LLMs, LLM\u00a0API",
    "GPT-4o, CI/CD, Next.js, w&b, Weights & Biases, A/B-testing 🚀 RAG",
    "K8s and İstanbul, ſ and K: Kubeflow",
]
AD, MATRIX = '[data-part="job-ad"]', '[data-part="skill-matrix"]'
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


@pytest.fixture
def page(browser, site, request):
    """The chapter, freshly opened; the test's parameter, if there is one, gives the context's options."""
    with browser.new_context(**getattr(request, "param", {})) as context:
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda m: page.faults.append(m.text) if m.type == "error" else None)
        page.goto(f"{site}/notebooks/roles/skills.html", wait_until="networkidle")
        yield page
        assert page.faults == []


def paste(page, text: str) -> None:
    page.get_by_label("Or paste the text of a job ad").fill(text)
    page.get_by_role("button", name="Count").click()


def tick(page, *ids: str) -> None:
    page.get_by_text("Tick what you can do today").click()
    for id in ids:
        page.locator(AD).get_by_label(SKILLS.loc[id, "name"], exact=True).check()


def names(page) -> list[str]:
    """The skills of the matrix in the order shown."""
    shown = "all => all.filter(e => !e.closest('tr').hidden).map(e => e.dataset.sort)"
    return page.eval_on_selector_all(f"{MATRIX} tbody th", shown)


# The job ad


def test_the_page_counts_as_python_does(page):
    texts = [*EDGES, *(ADS["title"] + "\n\n" + ADS["text"])]
    assert len(texts) == 30 + len(EDGES)
    found = page.evaluate(
        """([texts, part]) => {
          const { terms } = JSON.parse(document.querySelector(`${part} script`).textContent);
          return texts.map((text) => {
            const { mentions, ...counted } = courseJobAd.count(text, terms);
            return { ...counted, said: mentions.map((m) => [text.slice(m.start, m.end), m.skill, m.role]) };
          });
        }""",
        [texts, AD],
    )
    for text, each in zip(texts, found, strict=True):
        counted = job_ads.count(text, TERMS)
        said = [[text[m.start : m.end], m.skill, m.role] for m in counted.mentions]
        more = {"by_role": counted.by_role, "mentions_by_role": counted.mentions_by_role, "lean": counted.lean}
        assert each == {"said": said, "skills": counted.skills} | more
    assert {each["lean"] for each in found} == {"ml", "ai", "tie"}


def test_what_you_have_and_lack(page):
    tick(page, "rag", "statistics")
    paste(page, "RAG, rag and prompts. Python.")
    have, lack = page.locator(f"{AD} .ja-lists > div").all()
    expect(have).to_contain_text("The ad names, you have: 1")
    expect(have.locator("li")).to_have_text(["■ RAG and vector databases, 2 mentions (C032)"])
    expect(lack.locator("li")).to_have_text(
        ["■ Prompt engineering, 1 mention (C033)", "◆ Strong Python, 1 mention (C041)"]
    )
    page.locator(AD).get_by_label("Strong Python", exact=True).check()  # the result follows
    expect(have).to_contain_text("you have: 2")
    for link in page.locator(f"{AD} .ja-lists a").all():
        assert page.locator(link.get_attribute("href")).count() == 1


def test_an_example_can_be_loaded_and_is_shown_with_its_terms_marked(page):
    page.get_by_label("An example").select_option("A29")
    page.get_by_role("button", name="Load it").click()
    text = f"{ADS.loc['A29', 'title']}\n\n{ADS.loc['A29', 'text']}"
    expect(page.locator(AD).get_by_role("status")).to_have_text(
        "● ML: 0 skills (0 mentions), ■ AI: 3 skills (5 mentions), ◆ both: 1 skill (1 mention). "
        "The count leans to ■ AI."
    )
    marks = page.locator(f"{AD} mark")
    assert marks.count() == len(job_ads.count(text, TERMS).mentions)
    shown = page.locator(f"{AD} .ja-text").text_content()
    assert shown.replace("■", "").replace("◆", "") == text
    expect(page.locator(f"{AD} .ja-result")).to_contain_text("A count of words, not a model")


def test_a_pasted_text_never_becomes_markup(page):
    bad = "<img src=x onerror=\"document.title='gone'\"> <script>document.title='gone'</script> RAG <b>LLM</b>"
    paste(page, bad)
    expect(page.locator(f"{AD} mark")).to_have_text(["■RAG", "■LLM"])
    assert page.locator(f"{AD} .ja-text :is(img, script, b)").count() == 0
    assert page.title() != "gone"


def test_an_empty_text_and_one_without_terms(page):
    paste(page, " \n")
    status = page.locator(AD).get_by_role("status")
    expect(status).to_contain_text("There is no text yet")
    paste(page, "Gardener wanted.")
    expect(status).to_have_text("The text names none of the listed skills.")
    expect(page.locator(f"{AD} .ja-text")).to_have_text("Gardener wanted.")


def test_nothing_is_sent_the_ad_is_not_kept_and_ticks_can_be_cleared(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    tick(page, "rag")
    paste(page, "A secret RAG ad")
    # The browser fetches the theme's fonts and the tab's icon when it finds time.
    assert [url for url in asked if "/_static/" not in url] == []
    kept = page.evaluate("({...localStorage})")
    assert json.loads(kept["course.job-ad"]) == ["rag"]
    assert "secret" not in json.dumps(kept)
    page.reload()
    assert page.locator(f"{AD} input:checked").count() == 1
    assert page.get_by_label("Or paste the text of a job ad").input_value() == ""
    page.locator(AD).get_by_role("button", name="Clear").click()
    assert page.evaluate("localStorage.getItem('course.job-ad')") is None
    assert page.locator(f"{AD} input:checked").count() == 0


@pytest.mark.parametrize("stored", ["not JSON", "null", "{}", '["gone", 3]'])
def test_ticks_that_cannot_be_read_back_are_left_out(page, stored):
    page.evaluate("stored => localStorage.setItem('course.job-ad', stored)", stored)
    page.reload()
    paste(page, "RAG")
    expect(page.locator(f"{AD} .ja-lists > div").last).to_contain_text("is split. The ad names: 1")


def test_by_keyboard_alone(page):
    page.get_by_label("Or paste the text of a job ad").focus()
    page.keyboard.insert_text("PyTorch")
    page.keyboard.press("Tab")  # to the ticks
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # the first skill
    page.locator(AD).get_by_role("button", name="Count").focus()
    page.keyboard.press("Enter")
    expect(page.locator(AD).get_by_role("status")).to_contain_text("● ML: 1 skill (1 mention)")
    assert page.locator(f"{AD} input:checked").count() == 1


# The matrix


def test_filters_and_words_combine(page):
    matrix = page.locator(MATRIX)
    assert names(page) == list(SKILLS["name"])
    matrix.locator("select[name=role]").select_option("ai")
    matrix.locator("select[name=standing]").select_option("nice-to-have")
    of_ai = SKILLS[(SKILLS["role"] == "ai") & (SKILLS["standing"] == "nice-to-have")]
    assert names(page) == list(of_ai["name"])
    expect(matrix.get_by_role("status")).to_have_text(f"{len(of_ai)} of {len(SKILLS)} skills shown")
    matrix.get_by_label("words").fill("TUNING")
    assert names(page) == ["Fine-tuning"]
    matrix.get_by_role("button", name="Show all").click()
    assert names(page) == list(SKILLS["name"])


def test_columns_sort_by_keyboard_and_say_so(page):
    matrix = page.locator(MATRIX)
    head = matrix.get_by_role("columnheader", name="skill")
    head.get_by_role("button").focus()
    page.keyboard.press("Enter")
    assert names(page) == sorted(SKILLS["name"], key=str.lower)
    expect(head).to_have_attribute("aria-sort", "ascending")
    page.keyboard.press("Enter")
    assert names(page) == sorted(SKILLS["name"], key=str.lower, reverse=True)
    expect(head).to_have_attribute("aria-sort", "descending")
    expect(matrix.get_by_role("status")).to_contain_text("in order of skill, Z to A")


@pytest.mark.parametrize("way", ["highest first", "lowest first"])
def test_shares_sort_as_numbers_and_what_nobody_counted_comes_last(page, way):
    page.locator(f"{MATRIX} select[name=order]").select_option(label=f"AI postings, {way}")
    keys = page.eval_on_selector_all(f"{MATRIX} tbody tr", "all => all.map(r => r.cells[3].dataset.sort)")
    counted = [float(key) for key in keys if key]
    assert counted == sorted(counted, reverse=way.startswith("high")) and len(counted) > 10
    assert keys[len(counted) :] == [""] * (len(keys) - len(counted)) and "" in keys


def test_labs_and_claims_of_the_matrix_lead_somewhere(page):
    links = page.locator(f"{MATRIX} a").evaluate_all("all => [...new Set(all.map(e => e.href))]")
    assert len(links) > len(SKILLS)
    for link in links:
        address, _, anchor = link.partition("#")
        assert page.locator(f"#{anchor}").count() == 1 if anchor else page.request.get(address).status == 200


# For everybody


@pytest.mark.parametrize(
    "page", [{"color_scheme": "light"}, {"color_scheme": "dark", **PHONE}], ids=["light", "dark-phone"], indirect=True
)
def test_axe_finds_no_violation_in_any_state(page, axe):
    wrong = axe(page, f"{AD}, {MATRIX}")
    page.get_by_label("An example").select_option("A25")
    page.get_by_role("button", name="Load it").click()
    tick(page, "rag", "python")
    page.locator(f"{MATRIX} select[name=order]").select_option(index=1)
    assert wrong + axe(page, f"{AD}, {MATRIX}") == []
    page.faults.clear()  # axe looks for a style sheet that the theme imports in the page's own folder
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("page", [{"java_script_enabled": False}], indirect=True)
def test_without_scripts_the_table_and_a_counted_example_stand_there(page):
    assert page.locator(f"{MATRIX} tbody tr").count() == len(SKILLS)
    expect(page.locator(f"{AD} mark").first).to_be_visible()
    expect(page.locator(f"{AD} tbody tr").first).to_be_visible()
    assert page.locator(f":is({AD}, {MATRIX}) :is(input, button, textarea)").count() == 0
