"""Advertised pay of the two roles: medians and gaps with bootstrap intervals, every specification, shares of a range.

All pay is in thousand USD a year. An ad is a row of data/pay_ranges_us.csv, as often as its population counts it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from course.claims import Estimate

TITLES = {"ml": "ML Engineer", "ai": "AI Engineer"}
LEVELS = {"EN": "entry", "MI": "mid", "SE": "senior", "EX": "executive"}
# Main specification first: the rules name it so.
POPULATIONS = ("distinct", "all", "distinct range")
PERIODS = {"2024-25": (2024, 2025), "2024": (2024,), "2025": (2025,)}
MEASURES = ("middle", "low", "high")
GAP_LEVELS = {"both levels": ("MI", "SE"), "mid": ("MI",), "senior": ("SE",)}
DRAWS = 10_000
SEED = 20261124
TOP = 400  # thousand USD: the last bin of a distribution holds what is above


@dataclass(frozen=True)
class Resampled:
    """A figure, its value in each bootstrap draw, the n of its smallest group, and how it was computed."""

    value: float
    draws: np.ndarray
    n: int
    specification: str = ""

    def estimate(self) -> Estimate:
        """Return the figure with its 95% percentile interval."""
        low, high = np.quantile(self.draws, [0.025, 0.975])
        return Estimate(float(self.value), float(low), float(high), self.n, self.specification)

    def p_value(self, claimed: pd.Interval) -> float:
        """Return the p-value of the verdict on an interval: twice the share of draws beyond its nearer boundary.

        Beyond is the side of a boundary on which the figure itself is not. A draw is added to either count, so that
        no p-value is 0.
        """
        ends = [end for end in (claimed.left, claimed.right) if np.isfinite(end)]
        beyond = [np.sum(self.draws >= end if self.value < end else self.draws <= end) for end in ends]
        return min(1.0, 2 * (max(beyond) + 1) / (len(self.draws) + 1))


def ads(ranges: pd.DataFrame, title: str, level: str, period: str, population: str) -> pd.DataFrame:
    """Return one row an ad of the cell: low, middle and high of its range; `period` is one of PERIODS or a year.

    Repeats are dropped within a year, so a range that is advertised in two years counts in both.
    """
    years = PERIODS.get(period) or (int(period),)
    cell = ranges[(ranges["title"] == title) & (ranges["level"] == level) & ranges["year"].isin(years)]
    ends = cell[["low", "high"]].astype(float) / 1000
    ends.insert(1, "middle", (ends["low"] + ends["high"]) / 2)
    counts = {"all": cell["n_ads"], "distinct": cell["n_distinct_ads"], "distinct range": 1}[population]
    return ends.loc[ends.index.repeat(np.broadcast_to(counts, len(cell)))].reset_index(drop=True)


def resampled_medians(pay: Iterable[float], rng: np.random.Generator, size: int | None = None) -> np.ndarray:
    """Return the medians of DRAWS bootstrap samples of `size` ads (default: as many as there are).

    The k-th smallest of n uniform numbers has a Beta(k, n - k + 1) distribution (David and Nagaraja, Order
    Statistics, 2003, section 2.1), so the middle of a resample is drawn directly instead of n ads and a sort.
    """
    ordered = np.sort(np.asarray(pay, dtype=float))
    size = len(ordered) if size is None else size
    k = (size + 1) // 2
    lower = rng.beta(k, size + 1 - k, DRAWS)
    upper = lower if size % 2 else lower + (1 - lower) * rng.beta(1, size - k, DRAWS)
    positions = [np.minimum((u * len(ordered)).astype(int), len(ordered) - 1) for u in (lower, upper)]
    return (ordered[positions[0]] + ordered[positions[1]]) / 2


def median(
    ranges: pd.DataFrame, title: str, level: str, population="distinct", period="2024-25", measure="middle", repeats=1
) -> Resampled:
    """Return the median of a cell's ads; each cell has random numbers of its own.

    `repeats` asks what the interval would be if only one ad in so many were independent of the others. Raises
    ValueError where the cell has no ad.
    """
    pay = ads(ranges, title, level, period, population)[measure]
    if pay.empty:
        raise ValueError(f"no ads of {title} at level {level} in {period}: no median")
    name = f"{title} {level} {population} {period} {measure}"
    rng = np.random.default_rng([SEED, *name.encode()])
    draws = resampled_medians(pay, rng, max(1, len(pay) // repeats))
    return Resampled(float(pay.median()), draws, len(pay), f"{population} ads, {period}, {measure} of the range")


def gap(
    ranges: pd.DataFrame, levels="both levels", population="distinct", period="2024-25", measure="middle", repeats=1
) -> Resampled:
    """Return by how many percent ML-engineer ads advertise more than AI-engineer ads.

    The ratio of medians within each level, minus 1, weighted by the ads of both titles at that level; n is the
    smallest of the groups. The weights are held fixed while ads are resampled.
    """
    cells = {
        level: [median(ranges, TITLES[role], level, population, period, measure, repeats) for role in ("ml", "ai")]
        for level in GAP_LEVELS[levels]
    }
    weights = {level: ml.n + ai.n for level, (ml, ai) in cells.items()}
    total = sum(weights.values())
    value = sum(weights[level] / total * (ml.value / ai.value - 1) for level, (ml, ai) in cells.items())
    draws = sum(weights[level] / total * (ml.draws / ai.draws - 1) for level, (ml, ai) in cells.items())
    smallest = min(cell.n for pair in cells.values() for cell in pair)
    words = f"{population} ads, {period}, {measure} of the range, {levels}"
    return Resampled(100 * value, 100 * draws, smallest, words)


def median_specifications(ranges: pd.DataFrame, title: str, level: str, repeats=1) -> list[Resampled]:
    """Return the median under every population and period, the main specification first; `repeats` as in `median`."""
    each = product(PERIODS, POPULATIONS)
    return [median(ranges, title, level, population, period, repeats=repeats) for period, population in each]


def gap_specifications(ranges: pd.DataFrame, repeats=1) -> pd.DataFrame:
    """Return the gap under every specification, the main one first; `repeats` as in `median`.

    Columns: population, period, measure, levels, and `gap`, a Resampled in percent.
    """
    columns = ["levels", "measure", "period", "population"]
    table = pd.DataFrame(list(product(GAP_LEVELS, MEASURES, PERIODS, POPULATIONS)), columns=columns)
    return table.assign(gap=[gap(ranges, **row, repeats=repeats) for row in table.to_dict("records")])


def against(pay: pd.DataFrame, claimed: pd.Interval) -> Mapping[str, float]:
    """Return the shares of ads, in percent, that agree with a claimed range in each of four senses, and their n.

    `middle inside`: the middle of the ad's range lies in the claimed one; `overlap`: the two ranges share a point;
    `inside`: the ad's range lies within the claimed one; `around`: the claimed range lies within the ad's.
    """
    low, high = pay["low"], pay["high"]
    agrees = {
        "middle inside": pay["middle"].between(claimed.left, claimed.right),
        "overlap": (low <= claimed.right) & (high >= claimed.left),
        "inside": (low >= claimed.left) & (high <= claimed.right),
        "around": (low <= claimed.left) & (high >= claimed.right),
    }
    return {sense: 100 * float(ads_.mean()) for sense, ads_ in agrees.items()} | {"n": len(pay)}


def distribution(pay: Iterable[float]) -> dict:
    """Return n, quartiles and the number of ads in bins of 10 thousand USD from 0 to TOP, the last one open."""
    values = np.asarray(pay, dtype=float)
    bins = np.bincount(np.minimum(values // 10, TOP // 10).astype(int), minlength=TOP // 10 + 1)
    quartiles = np.quantile(values, [0.25, 0.5, 0.75])
    return {"n": len(values), "quartiles": [round(float(q), 1) for q in quartiles], "bins": bins.tolist()}
