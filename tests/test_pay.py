"""Advertised pay: cells of ads, medians by resampling, gaps within levels, the p-value, shares against a range.

Where SALARIES_CSV names the source file (see tests/test_data.py), the chapter's figures are recomputed from it.
"""

import json
import os
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from course import claims, data, ledger, pay

RANGES = data.load("data", "pay_ranges_us")
TABLE = data.load("data", "pay_ads_us").set_index(["title", "year", "level"])


def made_up(*rows):
    """A table like data/pay_ranges_us.csv; a row: title, year, level, low, high, ads, distinct ads."""
    columns = ["title", "year", "level", "low", "high", "n_ads", "n_distinct_ads"]
    return pd.DataFrame(rows, columns=columns)


SMALL = made_up(
    ("ML Engineer", 2024, "SE", 100_000, 200_000, 3, 2),
    ("ML Engineer", 2025, "SE", 100_000, 200_000, 1, 1),
    ("ML Engineer", 2025, "SE", 200_000, 300_000, 1, 1),
    ("ML Engineer", 2025, "MI", 110_000, 110_000, 1, 1),
    ("AI Engineer", 2024, "SE", 80_000, 120_000, 2, 1),
    ("AI Engineer", 2025, "MI", 100_000, 100_000, 1, 1),
)


# Ads


@pytest.mark.parametrize(
    ("period", "population", "middles"),
    [
        ("2024", "all", [150, 150, 150]),
        ("2024", "distinct", [150, 150]),
        ("2024", "distinct range", [150]),
        ("2024-25", "distinct range", [150, 150, 250]),  # a range of two years counts in both
        ("2024-25", "all", [150, 150, 150, 150, 250]),
        ("2023", "all", []),
    ],
)
def test_ads_counted_by_hand(period, population, middles):
    found = pay.ads(SMALL, "ML Engineer", "SE", period, population)
    assert found["middle"].tolist() == middles
    assert ((found["low"] + found["high"]) / 2 == found["middle"]).all()


def test_all_and_distinct_ads_are_those_of_the_pay_table():
    for (title, year, level), row in TABLE.iterrows():
        if title in pay.TITLES.values():
            found = pay.ads(RANGES, title, level, str(year), "all")
            assert len(found) == row["n_ads"]
            assert found["middle"].median() * 1000 == pytest.approx(row["mid_median"], abs=1)
            assert len(pay.ads(RANGES, title, level, str(year), "distinct")) == row["n_distinct_ads"]


def test_an_empty_cell_has_no_median():
    with pytest.raises(ValueError, match="no ads of AI Engineer at level EX in 2023: no median"):
        pay.median(SMALL, "AI Engineer", "EX", period="2023")


# Resampling


@pytest.mark.parametrize("size", [1, 2, 9, 10, 149])
def test_medians_are_distributed_as_those_of_real_resamples(size):
    values = stats.lognorm(0.3, scale=180).rvs(size, random_state=1)
    quick = pay.resampled_medians(values, np.random.default_rng(1))
    samples = np.random.default_rng(2).choice(values, (pay.DRAWS, size))
    slow = np.median(samples, axis=1)
    if size == 1:
        assert set(quick) == set(slow)
    else:
        assert stats.ks_2samp(quick, slow, method="asymp").pvalue > 0.001


def test_interval_agrees_with_scipy():
    values = pay.ads(RANGES, "AI Engineer", "MI", "2024-25", "distinct")["middle"].to_numpy()
    draws = pay.resampled_medians(values, np.random.default_rng(1))
    reference = stats.bootstrap(
        [values], np.median, n_resamples=pay.DRAWS, method="percentile", rng=np.random.default_rng(1)
    ).confidence_interval
    assert np.quantile(draws, [0.025, 0.975]) == pytest.approx([reference.low, reference.high], abs=1.5)


@settings(max_examples=50)
@given(st.lists(st.integers(20, 500), min_size=1, max_size=20), st.integers(1, 30))
def test_resampled_medians_stay_within_the_ads(values, size):
    draws = pay.resampled_medians(values, np.random.default_rng(0), size)
    assert len(draws) == pay.DRAWS
    assert min(values) <= draws.min() and draws.max() <= max(values)


def test_same_cell_same_numbers_in_any_order_and_other_cells_others():
    first = pay.median(RANGES, "ML Engineer", "SE")
    pay.median(RANGES, "AI Engineer", "SE")
    shuffled = RANGES.sample(frac=1, random_state=1)
    assert (first.draws == pay.median(shuffled, "ML Engineer", "SE").draws).all()
    other = made_up(*(("AI Engineer", 2024, "SE", low, low, 1, 1) for low in range(100_000, 200_000, 1000)))
    same_ads = pd.concat([other, other.assign(title="ML Engineer")])
    ml, ai = (pay.median(same_ads, title, "SE") for title in pay.TITLES.values())
    assert ml.value == ai.value and abs(np.corrcoef(ml.draws, ai.draws)[0, 1]) < 0.05


def test_fewer_independent_ads_widen_the_interval():
    widths = [np.ptp(np.quantile(pay.gap(RANGES, repeats=d).draws, [0.025, 0.975])) for d in (1, 4, 16)]
    assert widths[1] / widths[0] == pytest.approx(2, rel=0.3) and widths[2] / widths[0] == pytest.approx(4, rel=0.3)


# Gaps


def test_gap_weighted_by_hand():
    found = pay.gap(SMALL, "both levels", "distinct", "2024-25")
    # Senior: 4 ML ads with median 150 against 1 AI ad of 100, 5 ads together; mid: 110 against 100, 2 ads.
    assert found.value == pytest.approx(100 * (5 * 0.5 + 2 * 0.1) / 7)
    assert found.n == 1
    assert pay.gap(SMALL, "mid").value == pytest.approx(10)
    assert pay.gap(SMALL, "senior", measure="high", population="all").value == pytest.approx(100 * (200 / 120 - 1))


def test_a_uniform_rise_moves_the_gap_by_itself_and_mixed_levels_do_not():
    dearer = RANGES.copy()
    ends = ["low", "high"]
    dearer[ends] = (
        dearer[ends].astype(float).mul((dearer["title"] == "ML Engineer").map({True: 1.1, False: 1.0}), axis=0)
    )
    before, after = pay.gap(RANGES).value, pay.gap(dearer).value
    assert 1 + after / 100 == pytest.approx(1.1 * (1 + before / 100))
    level = made_up(*((t, 2024, lv, k, k, n, n) for t, lv, k, n in [
        ("ML Engineer", "MI", 150_000, 10), ("ML Engineer", "SE", 200_000, 90),
        ("AI Engineer", "MI", 150_000, 90), ("AI Engineer", "SE", 200_000, 10),
    ]))  # fmt: skip
    assert pay.gap(level).value == 0


def test_every_specification_of_the_rules_is_there_and_the_main_one_first():
    curve = pay.gap_specifications(RANGES)
    assert len(curve) == len(curve.drop(columns="gap").drop_duplicates()) == 3 * 3 * 3 * 3
    assert curve.loc[0].drop("gap").to_dict() == {
        "population": "distinct", "period": "2024-25", "measure": "middle", "levels": "both levels"
    }  # fmt: skip
    medians = pay.median_specifications(RANGES, "AI Engineer", "SE")
    assert len({each.specification for each in medians}) == 9
    assert medians[0].specification == "distinct ads, 2024-25, middle of the range"
    assert medians[0].value == pay.ads(RANGES, "AI Engineer", "SE", "2024-25", "distinct")["middle"].median()


# The p-value


@pytest.mark.parametrize(
    ("value", "draws", "claimed", "beyond"),
    [
        (5.0, [4, 5, 6, 7], "[0, inf)", 0),
        (1.0, [-1, 1, 2, 3], "[0, inf)", 1),
        (7.0, [4, 6, 7, 8], "[0, 5]", 1),  # above: nearer to 5
        (-2.0, [-3, -2, -1, 0], "[0, 5]", 1),  # a draw on the boundary lies beyond it
        (3.0, [-1, 3, 6, 7], "[0, 5]", 2),  # inside: the worse side counts
        (3.0, [6, 6, 3, 3], "[0, 5]", 2),
        (3.0, [6, 6, 6, 6], "[0, 5]", 4),
    ],
)
def test_p_value_by_hand(value, draws, claimed, beyond):
    rule = claims.Rule("", "", "", "", "", 30, claimed, "", 0.1, "", 0.9, "", "no")
    found = pay.Resampled(value, np.array(draws, dtype=float), 4).p_value(rule.interval)
    assert found == pytest.approx(min(1, 2 * (beyond + 1) / 5))


def test_p_value_and_interval_decide_alike():
    book = claims.load("data")
    for id, (title, level) in {"C072": ("ML Engineer", "MI"), "C075": ("AI Engineer", "SE")}.items():
        rule = book.rules[id, ""]
        for each in pay.median_specifications(RANGES, title, level):
            decided = rule.decide(each.estimate()) != "inconclusive"
            assert decided == (each.p_value(rule.interval) < 0.05) or each.n < rule.n_min


# Shares against a range, distributions


def test_the_four_senses_by_hand():
    low, high = [100, 90, 150, 160, 120, 150], [200, 110, 160, 300, 140, 250]
    ads = pd.DataFrame({"low": low, "high": high}, dtype=float)
    ads.insert(1, "middle", (ads["low"] + ads["high"]) / 2)
    found = pay.against(ads, pd.Interval(130, 165, closed="both"))
    # Middles: 150, 100, 155, 230, 130, 200.
    assert found == pytest.approx(
        {"middle inside": 50, "overlap": 500 / 6, "inside": 100 / 6, "around": 100 / 6, "n": 6}
    )


@given(st.lists(st.tuples(st.integers(50, 400), st.integers(0, 200)), min_size=1, max_size=30))
def test_what_lies_inside_or_around_overlaps(ends):
    ads = pd.DataFrame([(low, low + width / 2, low + width) for low, width in ends], columns=["low", "middle", "high"])
    found = pay.against(ads, pd.Interval(165, 210, closed="both"))
    assert found["overlap"] >= max(found["inside"], found["around"], found["middle inside"])
    assert found["middle inside"] >= found["inside"]


def test_distribution_bins_and_its_open_end():
    found = pay.distribution([0, 9.9, 10, 390, 400, 1000])
    assert found["n"] == 6 == sum(found["bins"]) and len(found["bins"]) == 41
    assert (found["bins"][0], found["bins"][1], found["bins"][39], found["bins"][40]) == (2, 1, 1, 2)
    assert found["quartiles"] == [9.9, 200.0, 397.5]


# The chapter


@pytest.fixture(scope="module")
def cards(root):
    """The evidence of each card of the chapter."""
    nb = json.loads((root / "notebooks" / "career" / "pay.ipynb").read_bytes())
    return {row["id"] + row["part"]: row["evidence"] for row in ledger.records(nb)}


CLAIMED = {
    "C070": ("ML Engineer", "EN"), "C071": ("AI Engineer", "EN"), "C072": ("ML Engineer", "MI"),
    "C073": ("AI Engineer", "MI"), "C074": ("ML Engineer", "SE"), "C075": ("AI Engineer", "SE"),
}  # fmt: skip


def test_cards_have_the_figures_of_the_table(cards):
    for id, (title, level) in CLAIMED.items():
        found = pay.median(RANGES, title, level).estimate()
        sentence = (
            f"{found.value:.1f} thousand USD a year [95% interval {found.low:.1f} to {found.high:.1f}, n = {found.n:,}]"
        )
        assert cards[id].startswith(sentence)
    gap = pay.gap(RANGES).estimate()
    for part in "ab":
        assert cards[f"C078{part}"].startswith(f"{gap.value:.1f} percent [95% interval {gap.low:.1f} to {gap.high:.1f}")
        assert "over 8 tests" in cards[f"C078{part}"] and "of 81 specifications" in cards[f"C078{part}"]
    for role, id in (("ml", "C076"), ("ai", "C077")):
        assert f"n = {pay.median(RANGES, pay.TITLES[role], 'EX').n}]" in cards[id]


def stands(id, part, found, p_values):
    """Whether a claim is supported by its interval; also after Holm; also in nine in ten specifications."""
    rule = claims.load("data").rules[id, part]
    decided = [rule.decide(each.estimate()) for each in found if each.n >= rule.n_min]
    after = dict(zip(p_values, multipletests(list(p_values.values()), method="holm")[1], strict=True))
    interval = decided[0] == "supported"
    corrected = interval and after[id + part] <= 0.05
    return interval, corrected, corrected and decided.count("supported") >= 0.9 * len(decided)


@pytest.mark.parametrize("repeats", [1, 2, 4])
def test_how_far_the_supported_verdicts_carry(cards, repeats):
    book = claims.load("data")
    ways = {(id, ""): pay.median_specifications(RANGES, *CLAIMED[id], repeats) for id in CLAIMED}
    ways |= dict.fromkeys([("C078", "a"), ("C078", "b")], list(pay.gap_specifications(RANGES, repeats)["gap"]))
    p = {"".join(key): found[0].p_value(book.rules[key].interval) for key, found in ways.items()}
    for key, alone, corrected in ((("C070", ""), 2, 1), (("C072", ""), 6, 2), (("C078", "a"), 9, 4)):
        assert stands(*key, ways[key], p) == (repeats <= alone, repeats <= corrected, repeats == 1)
        assert "with only one ad in 2 independent it would say inconclusive" in cards["".join(key)]
        assert f"(the main interval alone carries to one ad in {alone}, with Holm" in cards["".join(key)]


if "SALARIES_CSV" in os.environ:

    @pytest.fixture(scope="module")
    def source(root):
        """The roles' ads, read from the source file without our tables, in each population."""
        sys.path.insert(0, str(root / "data" / "make"))
        try:
            import pay_ads_us
        finally:
            sys.path.pop(0)
        rows = pay_ads_us.read_source(root / os.environ["SALARIES_CSV"], pay_ads_us.SHA256)
        ads = pay_ads_us.us_full_time(pay_ads_us.pair_ads(rows)).rename(columns={"mid": "middle"})
        ads = ads[ads["title"].isin(pay.TITLES.values())]
        return {name: pay_ads_us.without_repeats(ads, name.replace(" ", "_")) for name in pay.POPULATIONS}

    def from_source(source, title, level, period, population, measure):
        ads = source[population]
        cell = ads[ads["title"].eq(title) & ads["level"].eq(level) & ads["year"].isin(pay.PERIODS[period])]
        return cell[measure].median() / 1000, len(cell)

    @pytest.mark.parametrize("id", CLAIMED)
    def test_ranges_from_the_source(source, cards, id):
        title, level = CLAIMED[id]
        assert cards[id].startswith(f"{from_source(source, title, level, '2024-25', 'distinct', 'middle')[0]:.1f} ")
        for each in pay.median_specifications(RANGES, title, level):
            population, period, _ = each.specification.split(", ")
            value, n = from_source(source, title, level, period, population.removesuffix(" ads"), "middle")
            assert (each.value, each.n) == (pytest.approx(value), n)

    def test_every_gap_from_the_source(source, cards):
        curve = pay.gap_specifications(RANGES)
        for row in curve.to_dict("records"):
            cell = (row["period"], row["population"], row["measure"])
            total = weight = 0
            for level in pay.GAP_LEVELS[row["levels"]]:
                (ml, n_ml), (ai, n_ai) = (from_source(source, title, level, *cell) for title in pay.TITLES.values())
                total += (n_ml + n_ai) * (ml / ai - 1)
                weight += n_ml + n_ai
            assert row["gap"].value == pytest.approx(100 * total / weight)
        assert cards["C078a"].startswith(f"{curve.loc[0, 'gap'].value:.1f} percent")
