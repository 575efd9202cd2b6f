"""Results and sources from the book's tables, with intervals from statsmodels where the publisher gave none."""

import pandas as pd
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from course.claims.results import Estimate, Measured, Source

CITED = "figure cited, data not redistributed"


def source_of(frame: pd.DataFrame, n: int | str, address: str | None = None) -> Source:
    """Return the source of a table from `course.data.load`: its first one, unless `address` says where to look."""
    provenance = frame.attrs["provenance"]
    first = provenance["sources"][0]
    where = address or first.get("path") or f"book/data_catalogue.html#{provenance['name']}"
    return Source(first["title"], where, provenance["date"], n, provenance["licence"])


def from_figures(row: pd.Series, p_holm: float | None = None, tests: int | None = None) -> Measured:
    """Return the result of one row of data/published_figures.csv.

    Without a published interval, that of a share is Wilson's, computed from the share and n. A row without n decides
    nothing. Raises ValueError for another unit without an interval.
    """
    n = None if pd.isna(row["n"]) else int(row["n"])
    value, low, high, note = row["value"], row["ci_low"], row["ci_high"], ""
    if pd.isna(low):
        if row["unit"] != "percent":
            raise ValueError(f"{row.name}: a figure in {row['unit']} needs a published interval to be judged")
        low = high = value
        if n is not None:
            low, high = (100 * end for end in proportion_confint(_count(row), n, method="wilson"))
            note = "interval computed here from the share and n, in whole postings"
    estimate = Estimate(value, min(low, value), max(high, value), n, row["measure"])
    return Measured([estimate], figure_source(row), p_holm, tests, note)


def difference(first: pd.Series, second: pd.Series, p_holm: float | None = None, tests: int | None = None) -> Measured:
    """Return the first share minus the second, both rows in percent of one publisher: Newcombe's 95% interval."""
    if first["source"] != second["source"]:
        raise ValueError(f"shares of {first['source']} and {second['source']} do not compare: take one publisher's")
    low, high = confint_proportions_2indep(
        _count(first), int(first["n"]), _count(second), int(second["n"]), method="newcomb", compare="diff"
    )
    value, n = first["value"] - second["value"], int(min(first["n"], second["n"]))
    note = "interval computed here from the shares and their n"
    estimate = Estimate(value, min(100 * low, value), max(100 * high, value), n, first["measure"])
    return Measured([estimate], figure_source(first), p_holm, tests, note)


def figure_source(row: pd.Series) -> Source:
    """Return the source of a row of data/published_figures.csv."""
    n = "not stated" if pd.isna(row["n"]) else int(row["n"])
    return Source(row["source"], row["address"], row["period"], n, CITED)


def _count(row: pd.Series) -> int:
    return round(row["value"] * row["n"] / 100)
