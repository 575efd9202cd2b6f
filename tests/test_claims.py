"""Rules at their boundaries, every way to a verdict, the cards, and the ledger that must hold every claim."""

import dataclasses
import json
import math
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from course import claims, data, ledger
from course.claims.card import SHAPES, where
from course.claims.results import REASONS

BOOK = claims.load("data")
SOURCE = claims.Source("a publisher", "https://example.org/report", "2026-05", 100, "CC0 1.0")
FIGURES = data.load("data", "published_figures").set_index("id")


def rule(holds="(0, inf)", **changes):
    fields = {"id": "C000", "part": "", "estimand": "x", "population": "y", "unit": "ad", "n_min": 30, "holds": holds}
    fields |= {"measured_in": "percent", "tolerance": 0.1, "specifications": "", "agreement": 0.9, "family": ""}
    return claims.Rule(**(fields | {"seen_before_rule": "no"} | changes))


def estimate(low, high, n=100):
    return claims.Estimate((low + high) / 2, low, high, n)


# Rules at their boundaries


@pytest.mark.parametrize(
    ("holds", "low", "high", "verdict"),
    [
        ("[50, 100]", 50.0, 60.0, "supported"),  # the end belongs to it
        ("[50, 100]", 49.9, 60.0, "inconclusive"),
        ("[50, 100]", 40.0, 49.9, "not supported"),
        ("[50, 100]", 40.0, 50.0, "inconclusive"),
        ("(0, inf)", 0.1, 5.0, "supported"),
        ("(0, inf)", 0.0, 5.0, "inconclusive"),  # 0 is not excluded
        ("(0, inf)", -5.0, 0.0, "inconclusive"),
        ("(0, inf)", -5.0, -0.1, "not supported"),
        ("(0, 5]", 0.1, 5.0, "supported"),
        ("(0, 5]", 0.1, 5.1, "inconclusive"),
        ("(0, 5]", 5.1, 9.0, "not supported"),
        ("[165, 210]", 165.0, 210.0, "supported"),
        ("[165, 210]", 100.0, 300.0, "inconclusive"),
        ("[165, 210]", 210.1, 300.0, "not supported"),
        ("(-inf, 0)", -3.0, -0.1, "supported"),
        ("[-10, 10]", -10.0, 10.0, "supported"),
        ("[2, inf)", 2.0, 9.0, "supported"),
    ],
)
def test_a_rule_at_its_boundaries(holds, low, high, verdict):
    assert rule(holds).decide(estimate(low, high)) == verdict


@pytest.mark.parametrize(("n", "verdict"), [(30, "supported"), (29, "inconclusive"), (None, "not measured")])
def test_a_rule_at_its_smallest_n(n, verdict):
    assert rule().decide(estimate(1, 2, n)) == verdict


@given(st.floats(-1e3, 1e3), st.floats(0, 1e3), st.sampled_from(["[50, 100]", "(0, inf)", "(0, 5]"]))
def test_the_last_digits_of_a_float_do_not_turn_a_verdict(low, width, holds):
    low, high = round(low, 1), round(low + width, 1)  # as printed
    printed = rule(holds).decide(estimate(low, high))
    for noise in (1e-9, -1e-9):
        assert rule(holds).decide(estimate(low + noise, high + noise)) == printed


def test_every_rule_can_be_read_and_belongs_to_a_claim_that_figures_decide():
    texts = data.load("data", "claims").set_index("id")["decided_by"]
    parts = data.load("data", "claim_parts").set_index(["id", "part"])["decided_by"]
    kinds = {(id, ""): kind for id, kind in texts.items()} | parts.to_dict()
    assert set(BOOK.rules) == {key for key, kind in kinds.items() if kind in ("rule", "published")}
    assert {id for id, kind in texts.items() if kind == "parts"} == set(BOOK.parts)
    for each in BOOK.rules.values():
        assert each.interval.left < each.interval.right
        assert each.n_min >= 30 and 0.9 <= each.agreement <= 1
        assert each.seen_before_rule in ("yes", "no")


def test_rules_on_pay_say_that_the_figures_were_known():
    assert {each.seen_before_rule for key, each in BOOK.rules.items() if key[0][:3] == "C07"} == {"yes"}


# From results to a verdict


def measured(*intervals, source=SOURCE, **more):
    return claims.Measured([estimate(*interval) for interval in intervals], source, **more)


def test_specifications_must_agree_in_nine_of_ten():
    yes, no = (1, 2), (-2, 1)
    assert measured(*[yes] * 9, no).verdict(rule()) == "supported"
    assert measured(*[yes] * 8, no, no).verdict(rule()) == "inconclusive"
    assert measured(yes, (-2, 1, 29)).verdict(rule()) == "supported"  # too small to disagree
    assert measured(no, *[yes] * 20).verdict(rule()) == "inconclusive"  # the first one leads


def test_one_of_several_tests_needs_holm():
    family = rule(family="pay")
    with pytest.raises(ValueError, match="p_holm"):
        measured((1, 2)).verdict(family)
    assert measured((1, 2), p_holm=0.05).verdict(family) == "supported"
    assert measured((1, 2), p_holm=0.051).verdict(family) == "inconclusive"


def test_publishers():
    other = claims.Source("another", "https://example.net/report", "2026-05", 100, "CC0 1.0")
    yes, no, open_ = measured((1, 2)), measured((-2, -1), source=other), measured((-1, 2), source=other)
    verdicts = [claims.Published(each).verdict(rule()) for each in ([], [yes], [no], [yes, no], [yes, open_], [open_])]
    assert verdicts == ["not measured", "supported", "not supported", "contested", "supported", "inconclusive"]
    with pytest.raises(ValueError, match="count once"):
        claims.Published([yes, measured((3, 4))])


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (["supported", "supported"], "supported"),
        (["supported", "not supported"], "partly supported"),
        (["supported", "not measured"], "not measured"),
        (["not supported", "not measured"], "not measured"),
        (["supported", "inconclusive", "not measured"], "inconclusive"),
        (["supported", "contested"], "contested"),
        (["opinion", "opinion"], "opinion"),
        (["opinion", "not measured"], "not measured"),
    ],
)
def test_parts_make_a_whole(parts, whole):
    assert claims.combine(parts) == whole
    assert claims.combine(parts[::-1]) == whole


def test_no_verdict_is_typed_where_a_rule_decides():
    with pytest.raises(ValueError, match="C070 is decided by rule: Opinion is for opinion"):
        BOOK.claim("C070", claims.Opinion(REASONS[0], "because"))
    with pytest.raises(ValueError, match="has the parts"):
        BOOK.claim("C078", measured((1, 2), p_holm=0.01))
    with pytest.raises(ValueError, match="makes no opinion"):
        claims.Opinion("no data", "because")


@pytest.mark.parametrize("address", ["https://example.org", "https://example.org/"])
def test_a_home_page_is_no_citation(address):
    with pytest.raises(ValueError, match="home page"):
        claims.Source("a publisher", address, "2026", 1, "CC0 1.0")


def test_a_published_figure_is_cited_where_it_stands():
    """A repository's front page is no better than a home page; a figure that was never seen again decides nothing."""
    unseen = FIGURES["checked"].str.startswith("not re-checked")
    assert not FIGURES.loc[unseen, "kind"].eq("measured").any()
    shallow = []
    for id, address in FIGURES.loc[~unseen, "address"].items():
        parts = urlsplit(address)
        steps = parts.path.strip("/").split("/") if parts.path.strip("/") else []
        if not (steps or parts.query) or (parts.netloc in ("github.com", "gitlab.com") and len(steps) < 3):
            shallow.append(f"{id}: {address}")
    assert shallow == []


@pytest.mark.parametrize("empty", [{"date": ""}, {"terms": ""}, {"n": ""}, {"address": ""}])
def test_a_source_must_be_complete(empty):
    fields = {"title": "t", "address": "https://example.org/x", "date": "2026", "n": 1, "terms": "CC0 1.0"}
    with pytest.raises(ValueError, match="has no"):
        claims.Source(**(fields | empty))


# Figures and their intervals


def test_a_share_without_interval_gets_wilsons():
    row = FIGURES.loc["F013"]
    low, high = (claims.from_figures(row).estimates[0].low, claims.from_figures(row).estimates[0].high)
    n, p, z = 895, 738 / 895, norm.ppf(0.975)
    centre, half = (p + z**2 / 2 / n), z * math.sqrt(p * (1 - p) / n + z**2 / 4 / n**2)
    assert [low, high] == pytest.approx(
        [100 * (centre - half) / (1 + z**2 / n), 100 * (centre + half) / (1 + z**2 / n)]
    )


def test_a_published_interval_is_kept_and_a_figure_without_n_decides_nothing():
    assert claims.from_figures(FIGURES.loc["F020"]).estimates[0].low == 23.7
    assert claims.Published([claims.from_figures(FIGURES.loc["F019"])]).verdict(rule("[50, 100]")) == "not measured"
    with pytest.raises(ValueError, match="needs a published interval"):
        claims.from_figures(FIGURES.loc["F001"])


def test_a_difference_stays_with_one_publisher():
    found = claims.difference(FIGURES.loc["F021"], FIGURES.loc["F020"]).estimates[0]
    assert found.value == pytest.approx(-8.0) and found.low < -8 < found.high < 0
    with pytest.raises(ValueError, match="do not compare"):
        claims.difference(FIGURES.loc["F021"], FIGURES.loc["F014"])


# The card


def test_a_card_in_every_form():
    card = BOOK.claim("C111", {part: claims.Published([]) for part in "abc"}, ["notebooks/ai/rag.ipynb"])
    forms = card._repr_mimebundle_()
    page = BeautifulSoup(forms["text/html"], "html.parser")
    assert page.article["id"] == "C111" and page.find(id="c111") and page.find(id="c111b")
    assert page.find(class_="claim-verdict").get_text() == f"{SHAPES['not measured']} not measured"
    assert [link["href"] for link in page.find_all("a") if "rules" in link["href"]] == [
        f"../../book/rules.html#rule-c111{part}" for part in "abc"
    ]
    assert page.find(class_="claim-practised").a["href"] == "../../notebooks/ai/rag.html"
    for form in ("text/plain", "text/markdown"):
        assert "C111" in forms[form] and "not measured" in forms[form] and "RAG" in forms[form]
    rows = forms[ledger.MIME]
    assert [row["part"] for row in rows] == ["", "a", "b", "c"]
    assert {"id", "part", "claim", "verdict", "decided_by", "evidence", "n", "source"} <= set(rows[0])


def test_what_a_card_prints_of_a_measured_claim():
    result = measured((165.04, 171.0), (150, 160), (1, 2, 10), p_holm=0.0004, tests=8)
    evidence = BOOK.claim("C072", result).records()[0]["evidence"]
    assert "168.0 thousand USD a year [95% interval 165.0 to 171.0, n = 100]" in evidence
    assert "1 of 2 specifications with n of at least 30" in evidence
    assert "p < 0.001 after Holm over 8 tests" in evidence


@pytest.mark.parametrize(
    ("holds", "unit", "words"),
    [
        ("[50, 100]", "percent", "from 50 to 100 percent"),
        ("(0, inf)", "percentage points", "above 0 percentage points"),
        ("(-inf, 0)", "percentage points", "below 0 percentage points"),
        ("(-inf, 0]", "percent", "at 0 percent or less"),
        ("[2, inf)", "ratio", "at 2 times or more"),
        ("(0, 5]", "percent", "above 0 and up to 5 percent"),
        ("[0, 5)", "percent", "from 0 to below 5 percent"),
        ("[-10, 10]", "percent", "from \N{MINUS SIGN}10 to 10 percent"),
    ],
)
def test_a_card_says_in_words_where_a_claim_holds(holds, unit, words):
    assert where(rule(holds, measured_in=unit)) == words


def test_a_card_names_a_publisher_once_and_never_the_claim_as_its_own_source():
    again = dataclasses.replace(SOURCE, date="2026-02", n=7)
    card = BOOK.claim("C069", claims.NotMeasured("counted elsewhere", [SOURCE, claims.THE_CLAIM, again]))
    (line,) = BeautifulSoup(card._repr_mimebundle_()["text/html"], "html.parser").select(".claim-source")
    assert line.get_text() == "Source: a publisher, 2026-05, n = 100, another count, 2026-02, n = 7, CC0 1.0"
    assert len(card.records()[0]["source"]) == 3
    without = BOOK.claim("C069", claims.NotMeasured("nowhere"))
    assert claims.THE_CLAIM.title not in without._repr_mimebundle_()["text/html"]
    assert without.records()[0]["source"][0]["title"] == claims.THE_CLAIM.title


def test_contradictions_within_the_article_are_shown_on_both_sides():
    pairs = {("C083", "C120"), ("C083", "C150"), ("C007", "C036"), ("C007", "C121"), ("C147", "C121"), ("C100", "C104")}
    table = data.load("data", "claims").set_index("id")["contradicts"].dropna()
    found = {(id, other[:4]) for id, others in table.items() for other in others.split(";")}
    assert found == pairs | {(b, a) for a, b in pairs}


@pytest.mark.parametrize(
    ("id", "said"),
    [
        ("C021", "Required of ML engineers: Feature engineering"),
        ("C036", "Nice to have for AI engineers: Fine-tuning, with LoRA or of all weights"),
        ("C041", "Asked of both roles: Strong Python"),
        ("C054", "A daily task of ML engineers: Document the endpoints that serve a model"),
        ("C007", "ML engineers train models, AI engineers use them"),
    ],
)
def test_a_card_says_what_is_judged(id, said):
    row = BOOK.claims.loc[id]
    result = claims.NotMeasured("x") if row["decided_by"] == "nothing" else claims.Published([])
    card = BOOK.claim(id, result)
    assert card.records()[0]["claim"] == said
    assert all(said in form for kind, form in card._repr_mimebundle_().items() if kind.startswith("text/"))


def test_a_whole_is_said_to_be_decided_by_what_gave_its_verdict():
    opinion = claims.Opinion(REASONS[0], "because")
    whole, *_ = BOOK.claim("C110", {"a": opinion, "b": claims.Published([measured((60, 70))])}).records()
    assert (whole["verdict"], whole["decided_by"], whole["n"]) == ("opinion", "opinion", "not stated")
    whole, *_ = BOOK.claim("C113", {"a": opinion, "b": claims.Published([])}).records()
    assert (whole["verdict"], whole["decided_by"]) == ("not measured", "published")
    whole, *_ = BOOK.claim("C078", {"a": measured((1, 2), p_holm=0.01), "b": measured((9, 12), p_holm=0.01)}).records()
    assert (whole["verdict"], whole["decided_by"], whole["n"]) == ("partly supported", "rule", 100)


def test_a_note_becomes_a_sentence_and_n_stays_n():
    for note, printed in (
        ("interval of ours", ". Interval of ours."),
        ("n is the smaller one", ". n is the smaller one."),
    ):
        result = measured((1, 2), p_holm=0.01, note=note)
        assert BOOK.claim("C072", result).records()[0]["evidence"].endswith(printed)


def test_text_from_a_table_cannot_become_markup():
    card = BOOK.claim("C069", claims.NotMeasured("<script>alert(1)</script> & more"))
    assert "<script>" not in card._repr_mimebundle_()["text/html"]


# The ledger


@pytest.fixture(scope="module")
def rows(root):
    return ledger.read(root / "notebooks")


def test_every_claim_and_part_has_a_card(rows):
    wanted = {(id, "") for id in BOOK.claims.index}
    wanted |= {(id, part) for id, parts in BOOK.parts.items() for part in parts.index}
    assert {(row["id"], row["part"]) for row in rows} == wanted


def test_every_card_has_date_deep_address_n_and_terms(rows):
    wrong = []
    for row in rows:
        if not row["source"] or not row["evidence"] or row["n"] in ("", None) or row["verdict"] not in SHAPES:
            wrong.append(row["id"] + row["part"])
        for source in row["source"]:
            address = urlsplit(source["address"])
            deep = address.path.strip("/") or address.query
            if not (deep and source["date"] and source["terms"] and (source["n"] or source["n"] == 0)):
                wrong.append(f"{row['id']}{row['part']}: {source}")
    assert wrong == []


def test_every_card_has_a_working_anchor(rows, book):
    pages = {}
    for row in rows:
        name, _, anchor = row["page"].partition("#")
        if name not in pages:
            pages[name] = BeautifulSoup((book / name).read_text(encoding="utf-8"), "html.parser")
        assert pages[name].find(id=anchor), row["page"]


def test_links_inside_cards_lead_somewhere(book, rows):
    pages = {}

    def ids(path):
        if path not in pages:
            pages[path] = {e["id"] for e in BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")(id=True)}
        return pages[path]

    wrong = []
    for name in sorted({row["page"].partition("#")[0] for row in rows}):
        page = BeautifulSoup((book / name).read_text(encoding="utf-8"), "html.parser")
        for link in page.select(".claim-card a[href]"):
            if "://" in link["href"]:
                continue
            target, _, anchor = link["href"].partition("#")
            path = ((book / name).parent / target).resolve() if target else (book / name).resolve()
            if not path.is_file() or (anchor and anchor not in ids(path)):
                wrong.append(f"{name}: {link['href']}")
    assert wrong == []


def test_a_claim_with_two_cards_is_refused(tmp_path):
    record = [{"id": "C001", "part": ""}]
    nb = {"cells": [{"outputs": [{"data": {ledger.MIME: record}}]}]}
    for name in ("one", "two"):
        (tmp_path / f"{name}.ipynb").write_text(json.dumps(nb), encoding="utf-8")
    with pytest.raises(ValueError, match="C001 has a card in notebooks/one.html and in notebooks/two.html"):
        ledger.read(tmp_path)


def test_the_command_prints_the_ledger(root, rows):
    command = [sys.executable, "-m", "course.cli", "claims"]
    done = subprocess.run([*command, "--json"], cwd=root, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and json.loads(done.stdout) == rows
    lines = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60).stdout.splitlines()
    assert len(lines) == len(rows) and lines[0].startswith("C001")


def test_pages_can_refer_to_a_claim_and_questions_find_it(book):
    chunks = json.loads((book.parent / "ask" / "pages" / "notebooks--roles--distinction.json").read_text("utf-8"))
    found = {chunk["anchor"]: chunk["text"] for chunk in chunks}
    assert found["c007"].startswith("C007. ML engineers train models") and "not supported" in found["c007"]


def test_the_page_of_rules_has_an_anchor_for_every_rule(book):
    page = BeautifulSoup((book / "book" / "rules.html").read_text(encoding="utf-8"), "html.parser")
    assert {f"rule-{id}{part}".lower() for id, part in BOOK.rules} <= {each["id"] for each in page(id=True)}


def test_verdicts_do_not_depend_on_the_order_of_the_tables():
    shuffled = claims.Claims(
        *(data.load("data", name).sample(frac=1, random_state=1) for name in ("claims", "claim_parts", "rules"))
    )
    result = {part: measured((1, 2), p_holm=0.01) for part in "ab"}
    assert shuffled.claim("C078", result).verdict == BOOK.claim("C078", result).verdict


def test_rounding_prints_no_negative_zero():
    evidence = BOOK.claim("C078", {part: measured((-0.04, 0.03), p_holm=0.5) for part in "ab"}).records()[1]["evidence"]
    assert "95% interval 0.0 to 0.0" in evidence
