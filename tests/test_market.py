"""Figures of the chapters on the market and on forecasts, recomputed from the tables without the chapters' code."""

import csv
import json
import math
import re
from datetime import date

import pytest
from scipy.stats import binom

from course import claims, data, ledger

FIGURES = data.load("data", "published_figures").set_index("id")
FORECASTS = data.load("data", "forecasts").fillna({"part": "", "also": "", "first_reading": ""})


@pytest.fixture(scope="module")
def cards(root):
    return {row["id"] + row["part"]: row for row in ledger.read(root / "notebooks")}


def ads(column):
    """{(title, year): ads} by plain addition."""
    found = {}
    with open("data/pay_ads_us.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = row["title"], int(row["year"])
            found[key] = found.get(key, 0) + int(row[column])
    return found


def growth(column, reference):
    """Ratio of ratios with its interval on the log scale, by the formula of Woolf (1955)."""
    n = ads(column)
    counts = [n[title, year] for title in ("AI Engineer", reference) for year in (2025, 2024)]
    value = (counts[0] / counts[1]) / (counts[2] / counts[3])
    half = 1.959964 * math.sqrt(sum(1 / count for count in counts))
    return value, value * math.exp(-half), value * math.exp(half), min(counts)


def test_the_card_on_growth_agrees_with_woolfs_formula(cards):
    value, low, high, n = growth("n_ads", "ML Engineer")
    assert f"{value:.2f} times [95% interval {low:.2f} to {high:.2f}, n = {n}]" in cards["C088"]["evidence"]


def test_growth_is_judged_by_every_listed_specification(cards):
    rule = claims.load("data").rules["C088", ""]
    columns, references = ("n_ads", "n_distinct_ads"), ("ML Engineer", "Data Scientist", "Data Engineer")
    verdicts = [rule.decide(claims.Estimate(*growth(column, title))) for column in columns for title in references]
    same = verdicts.count(verdicts[0])
    assert f"{same} of {len(verdicts)} specifications" in cards["C088"]["evidence"]
    assert cards["C088"]["verdict"] == (verdicts[0] if same / len(verdicts) >= rule.agreement else "inconclusive")


def printed(root, path):
    """Everything that a notebook's cells printed as Markdown."""
    cells = json.loads((root / "notebooks" / path).read_bytes())["cells"]
    outputs = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
    return "\n".join("".join(found.get("text/markdown", "")) for found in outputs)


def test_the_ratio_of_the_titles_is_shown_over_all_and_distinct_ads(root):
    market, evolution = (printed(root, path) for path in ("career/market.ipynb", "roles/evolution.ipynb"))
    every, distinct = ads("n_ads"), ads("n_distinct_ads")
    for year in (2023, 2024, 2025):
        for n in (every, distinct):
            ml, ai = n["ML Engineer", year], n["AI Engineer", year]
            assert f"{ml / ai:.1f} (" in market and f"{100 * ai / (ml + ai):.1f} (" in evolution
        for title in ("ML Engineer", "AI Engineer"):
            share = 1 - distinct[title, year] / every[title, year]
            assert f"{share:.0%} of {every[title, year]:,}" in market and f"{share:.0%} in {year}" in evolution


def test_the_cards_on_employers_give_the_count_by_size(cards):
    with open("data/company_sizes_us.csv", encoding="utf-8", newline="") as file:
        rows = [
            row for row in csv.DictReader(file) if row["title"] == "AI Engineer" and row["year"] in ("2024", "2025")
        ]
    n = {size: sum(int(row["n_ads"]) for row in rows if row["company_size"] == size) for size in "SML"}
    said = f"{n['S']} come from small employers, {n['M']} from medium and {n['L']} from large ones"
    for id in ("C092", "C093"):
        assert cards[id]["verdict"] == "not measured" and said in cards[id]["evidence"]


def test_every_forecast_has_one_test():
    book = claims.load("data")
    wanted = set(book.claims.index[book.claims["decided_by"] == "forecast"])
    wanted |= {id + part for id, parts in book.parts.items() for part in parts.index[parts["decided_by"] == "forecast"]}
    assert sorted(FORECASTS["id"] + FORECASTS["part"]) == sorted(wanted)


@pytest.mark.parametrize("row", FORECASTS.dropna(subset="figure").to_dict("records"), ids=lambda row: row["id"])
def test_a_threshold_is_a_quarter_from_its_first_reading(row):
    factor = {"at least": 1.25, "at most": 0.75}[row["side"]]
    assert row["threshold"] == pytest.approx(factor * FIGURES.loc[row["figure"], "value"], abs=0.06)


def test_a_threshold_is_a_quarter_above_what_a_publisher_worded():
    for row in FORECASTS[FORECASTS["first_reading"] != ""].to_dict("records"):
        upper = float(re.match(r"(?:[\d.]+ to )?([\d.]+)", row["first_reading"])[1])
        assert row["side"] == "at least" and row["threshold"] == pytest.approx(1.25 * upper, abs=0.06)


def test_thresholds_that_rest_on_no_published_figure():
    limit = FORECASTS.set_index(FORECASTS["id"] + FORECASTS["part"])["threshold"]
    n = ads("n_ads")
    assert limit["C148a"] == pytest.approx(2 * n["AI Engineer", 2025] / n["Software Engineer", 2025], abs=0.005)
    assert binom.sf(limit["C140"] - 1, 8, 0.5) < 0.05 < binom.sf(limit["C140"] - 2, 8, 0.5)


def test_the_clock_runs_for_three_years():
    later = FORECASTS["first_reading"] != ""  # the two tests that were replaced, as the chapter says
    assert (FORECASTS.loc[~later, "declared"].dt.date == date(2026, 11, 24)).all()
    assert (FORECASTS.loc[later, "declared"].dt.date == date(2026, 11, 25)).all()
    assert (FORECASTS["resolves"].dt.date == date(2029, 11, 24)).all()


def test_cards_hold_the_whole_test(cards):
    for row in FORECASTS.to_dict("records"):
        said = cards[row["id"] + row["part"]]["evidence"]
        assert row["counted"] in said and row["leaves_out"] in said and f"{row['threshold']:g}" in said
        assert row["also"] in said and "by 2029-11-24" in said and "No change would mean" in said
        first = re.search(r"Today: ([\d.]+)", said)  # nothing has come true before the clock starts
        assert first, "a forecast needs today's reading"
        if row["side"] in ("at least", "at most"):
            today = float(first[1])
            assert today < row["threshold"] if row["side"] == "at least" else today > row["threshold"]
