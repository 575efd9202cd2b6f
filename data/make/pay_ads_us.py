"""Recompute the five tables of advertised pay in the US from the ai-jobs.net salaries file.

    python data/make/pay_ads_us.py ai_jobs_salaries_2025-06-25.csv           writes the tables
    python data/make/pay_ads_us.py ai_jobs_salaries_2025-06-25.csv --check   compares with the committed ones

The source file (CC0 1.0, https://github.com/foorilla/ai-jobs-net-salaries, the copy of 25 June 2025) is not part of the
book. Exit status: 0 done or equal, 1 a table differs, 2 the source file is missing or not that copy, or a table cannot
be written.
"""

import argparse
import hashlib
import io
import sys
from pathlib import Path

import pandas as pd
from datapackage import write_atomically  # the script beside this one

SHA256 = "6b94cd69caa77f421716a905a38b8279e3520d05dd1301d54e134ac8f73e78a5"
FIRST_YEAR = 2022  # the copy holds four paired US ads of 2021 and none before
CELL = ["title", "year", "level"]
PERCENTILES = {"mid_p10": 0.1, "mid_p25": 0.25, "mid_median": 0.5, "mid_p75": 0.75, "mid_p90": 0.9}
# The titles in the tables and how the source writes them; every title counts in "All titles".
TITLES = {
    "AI Developer": "AI Developer",
    "AI Engineer": "AI Engineer",
    "Applied Scientist": "Applied Scientist",
    "Data Engineer": "Data Engineer",
    "Data Scientist": "Data Scientist",
    "Machine Learning Engineer": "ML Engineer",
    "MLOps Engineer": "MLOps Engineer",
    "Prompt Engineer": "Prompt Engineer",
    "Research Engineer": "Research Engineer",
    "Software Engineer": "Software Engineer",
}
ROLES = ["AI Engineer", "ML Engineer"]  # the titles whose ads are kept range by range
# What makes two ads repeats of each other, besides the cell they are in. "all" drops none.
REPEATS = {
    "all": None,
    "distinct": ["low", "high", "remote_ratio", "company_size"],
    "distinct_range": ["low", "high"],
}


def pair_ads(rows: pd.DataFrame) -> pd.DataFrame:
    """Join each (maximum, minimum) pair of adjacent rows into one ad.

    The source writes an advertised range as two rows, the maximum first, with every other field the same. Rows are
    paired from the top, each at most once; a row without a partner is dropped, since its range is not known.

    Returns one row an ad: the fields that both rows share, and `low`, `high`, `mid` in USD a year.
    """
    pay = rows["salary_in_usd"]
    shared = rows.drop(columns=["salary", "salary_in_usd"])
    same = shared.eq(shared.shift(-1)).all(axis=1)
    link = same & (pay >= pay.shift(-1))  # this row can be the maximum of the next row's minimum
    run = (link & ~link.shift(fill_value=False)).cumsum()
    # In a run of links every second one starts a pair: the links between were used up as minima.
    first = link & (link.groupby(run).cumcount() % 2 == 0)
    ads = shared[first].assign(low=pay.shift(-1)[first].astype(int), high=pay[first])
    return ads.assign(mid=(ads["low"] + ads["high"]) / 2).reset_index(drop=True)


def us_full_time(ads: pd.DataFrame) -> pd.DataFrame:
    """Return the full-time ads in USD for work in the US from 2022 on, with `title`, `year` and `level`.

    `title` is missing where the ad's title is not one of `TITLES`.
    """
    kept = ads[
        (ads["employee_residence"] == "US")
        & (ads["employment_type"] == "FT")
        & (ads["salary_currency"] == "USD")
        & (ads["work_year"] >= FIRST_YEAR)
    ]
    kept = kept.rename(columns={"work_year": "year", "experience_level": "level"})
    return kept.assign(title=kept["job_title"].map(TITLES))


def without_repeats(ads: pd.DataFrame, population: str) -> pd.DataFrame:
    """Return the ads of one population of `REPEATS`: the first of each set of repeats in a title, year and level."""
    repeats = REPEATS[population]
    return ads if repeats is None else ads.drop_duplicates(CELL + repeats)


def pay_table(ads: pd.DataFrame) -> pd.DataFrame:
    """Return, per title, year and level, the number of ads and the distribution of pay over all ads, in USD a year.

    Percentiles are of the middle of the range, linear between ads (the default of pandas), rounded half to even.
    """
    cells = ads.groupby(CELL)
    distinct = without_repeats(ads, "distinct").groupby(CELL)
    table = pd.DataFrame({"n_ads": cells.size(), "n_distinct_ads": distinct.size()})
    table["low_median"] = cells["low"].median()
    for column, share in PERCENTILES.items():
        table[column] = cells["mid"].quantile(share)
    table["high_median"] = cells["high"].median()
    return table.round().astype(int).reset_index()


def histogram(ads: pd.DataFrame) -> pd.DataFrame:
    """Return, for each population, the number of ads per title, year, level and middle of the range in 1,000 USD."""
    counts = []
    for population in REPEATS:
        kept = without_repeats(ads, population)
        bins = kept.assign(ads=population, mid_kusd=(kept["mid"] / 1000).round().astype(int))
        counts.append(bins.groupby([*CELL, "ads", "mid_kusd"]).size())
    return pd.concat(counts).rename("n").reset_index()


def ranges(ads: pd.DataFrame) -> pd.DataFrame:
    """Return, for the two roles, one row per title, year, level and range: its ends in USD, all and distinct ads.

    A row is an ad of the population distinct_range, so every figure about the ends of the roles' ranges, about their
    middles and about both ends at once can be recomputed from this table in all three populations, without rounding.
    """
    roles = ads[ads["title"].isin(ROLES)]
    by_range = [*CELL, *REPEATS["distinct_range"]]
    distinct = without_repeats(roles, "distinct").groupby(by_range).size()
    return pd.DataFrame({"n_ads": roles.groupby(by_range).size(), "n_distinct_ads": distinct}).reset_index()


def title_counts(ads: pd.DataFrame) -> pd.DataFrame:
    """Return the number of ads per title and year, zeros included; "All titles" counts titles outside the list too."""
    years = sorted(ads["year"].unique())
    titles = sorted(TITLES.values())
    counts = ads.groupby(["title", "year"]).size().reindex(pd.MultiIndex.from_product([titles, years]), fill_value=0)
    total = ads.groupby("year").size().reindex(years)
    total.index = pd.MultiIndex.from_product([["All titles"], years])
    return pd.concat([total, counts]).rename_axis(["title", "year"]).rename("n_ads").reset_index()


def company_sizes(ads: pd.DataFrame) -> pd.DataFrame:
    """Return the number of ads, all and distinct, per title of the two roles, year and size of the employer.

    Sizes are as the source writes them, S, M and L; zeros are included.
    """
    roles = ads[ads["title"].isin(ROLES)]
    by_size = ["title", "year", "company_size"]
    every = pd.MultiIndex.from_product([ROLES, sorted(roles["year"].unique()), list("SML")], names=by_size)
    distinct = without_repeats(roles, "distinct").groupby(by_size).size()
    counts = {"n_ads": roles.groupby(by_size).size(), "n_distinct_ads": distinct}
    return pd.DataFrame({name: n.reindex(every, fill_value=0) for name, n in counts.items()}).reset_index()


def make_tables(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the five tables, by file name, from the rows of the source file."""
    ads = us_full_time(pair_ads(rows))
    listed = ads.dropna(subset=["title"])
    return {
        "pay_ads_us.csv": pay_table(listed),
        "pay_ads_us_histogram.csv": histogram(listed),
        "pay_ranges_us.csv": ranges(listed),
        "title_counts_us.csv": title_counts(ads),
        "company_sizes_us.csv": company_sizes(listed),
    }


def read_source(path: Path, sha256: str) -> pd.DataFrame:
    """Return the rows of the source file.

    Raises FileNotFoundError where there is none, ValueError where its sha256 is not `sha256`.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file; give the path of the salaries CSV of 25 June 2025")
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ValueError(f"{path}: sha256 is {found}, expected {sha256}; give the copy of 25 June 2025")
    return pd.read_csv(io.BytesIO(content), keep_default_na=False)


def as_csv(table: pd.DataFrame) -> bytes:
    """Return the table as the bytes of a CSV file, the same on every system."""
    return table.to_csv(index=False, lineterminator="\n").encode()


def differing(tables: dict[str, pd.DataFrame], folder: Path) -> list[str]:
    """Return the names of the tables whose file in `folder` is missing or not byte for byte the same."""
    paths = {name: folder / name for name in tables}
    return [name for name, path in paths.items() if not path.is_file() or path.read_bytes() != as_csv(tables[name])]


def arguments() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(description="Recompute the tables of advertised US pay from the salaries CSV.")
    parser.add_argument("salaries", type=Path, help="the ai-jobs.net salaries CSV, the copy of 25 June 2025")
    parser.add_argument("--data", type=Path, default=Path(__file__).parent.parent, help="folder (default: data/)")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a committed table differs")
    return parser


def run(salaries: Path, folder: Path, check: bool) -> int:
    """Write the tables into `folder`, or only compare; return the exit status."""
    tables = make_tables(read_source(salaries, SHA256))
    if check:
        names = differing(tables, folder)
        print(f"differs: {', '.join(names)}" if names else f"{len(tables)} tables equal")
        return 1 if names else 0
    for name, table in tables.items():
        write_atomically(folder / name, as_csv(table))
        print(f"{name}: {len(table):,} rows")
    print("now run data/make/datapackage.py, which records the tables' hashes")
    return 0


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return its exit status."""
    options = arguments().parse_args(argv)
    try:
        return run(options.salaries, options.data, options.check)
    except (OSError, ValueError) as error:
        print(f"pay_ads_us.py: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
