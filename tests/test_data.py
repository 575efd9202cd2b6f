"""The tables in data/, the scripts that make them, and the loader.

The tables of advertised pay are recomputed from the real source file where SALARIES_CSV names it:

    SALARIES_CSV=/path/to/ai_jobs_salaries_2025-06-25.csv python -m pytest tests/test_data.py

Without the variable that test is not collected; with it, a missing or different file fails.
"""

import csv
import hashlib
import importlib.util
import io
import json
import os
import shutil
import sys
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course import data

FOLDER = Path(__file__).parent.parent / "data"
PACKAGE = json.loads((FOLDER / "datapackage.json").read_text(encoding="utf-8"))
RESOURCES = {resource["name"]: resource for resource in PACKAGE["resources"]}
FIELDS = [(name, field["name"]) for name, resource in RESOURCES.items() for field in resource["schema"]["fields"]]
MAKE = FOLDER / "make"


def script(name):
    """Load a script of data/make as a module, with its folder importable as it is when Python runs it."""
    sys.path.insert(0, str(MAKE))
    try:
        spec = importlib.util.spec_from_file_location(f"make_{name}", MAKE / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(str(MAKE))


pay_ads_us = script("pay_ads_us")
datapackage = script("datapackage")


# The data package


def test_every_table_is_valid():
    from frictionless import validate  # slow to import

    report = validate(FOLDER / "datapackage.json")
    assert report.valid, report.flatten(["title", "rowNumber", "fieldName", "message"])
    assert report.stats["tasks"] == len(RESOURCES)


def test_every_csv_file_is_described():
    assert {path.name for path in FOLDER.glob("*.csv")} == {resource["path"] for resource in RESOURCES.values()}


@pytest.mark.parametrize("name", RESOURCES)
def test_hash_size_and_row_count(name):
    resource = RESOURCES[name]
    content = (FOLDER / resource["path"]).read_bytes()
    assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert resource["bytes"] == len(content)
    assert resource["rows"] == len(data.load(FOLDER, name))


@pytest.mark.parametrize("name", RESOURCES)
def test_provenance_is_complete(name):
    resource = RESOURCES[name]
    assert resource["title"] and resource["date"][:2] == "20"
    assert resource["description"].startswith("A row is ") and "cannot" in resource["description"]
    assert resource["sources"] and all(source["title"] for source in resource["sources"])
    assert resource["licenses"] and all(licence["name"] and licence["title"] for licence in resource["licenses"])
    addresses_in_rows = "address" in {field["name"] for field in resource["schema"]["fields"]}
    from_outside = [source for source in resource["sources"] if not source["title"].startswith("Written for this book")]
    assert addresses_in_rows or all(source["path"].startswith("https://") for source in from_outside)
    assert resource["schema"]["primaryKey"] and "missingValues" in resource["schema"]


@pytest.mark.parametrize(("table", "name"), FIELDS)
def test_every_field_has_type_description_and_unit(table, name):
    field = next(field for field in RESOURCES[table]["schema"]["fields"] if field["name"] == name)
    assert field["type"] in {*data.DTYPES, "string", "date", "yearmonth"}
    assert field["description"]
    assert field["type"] not in {"integer", "number", "year"} or field["unit"]


# What the tables must say of themselves


def test_more_ads_than_distinct_ads_and_ordered_percentiles():
    names = ("pay_ads_us.csv", "pay_ads_us_histogram.csv", "pay_ranges_us.csv", "company_sizes_us.csv")
    assert_consistent({path: pd.read_csv(FOLDER / path) for path in names})


def test_title_counts_agree_with_the_pay_table():
    counts = data.load(FOLDER, "title_counts_us").set_index(["title", "year"])["n_ads"]
    ads = data.load(FOLDER, "pay_ads_us").groupby(["title", "year"])["n_ads"].sum()
    assert (counts.loc[ads.index] == ads).all()
    unlisted = counts.index.get_level_values("title") != "All titles"
    assert counts[unlisted].sum() == ads.sum()


def test_wage_percentiles_are_ordered():
    wages = data.load(FOLDER, "bls_oews_2025_05")
    columns = ["annual_p10", "annual_p25", "annual_median", "annual_p75", "annual_p90"]
    assert_ascending(wages[columns].dropna().astype(int))


def test_a_figure_is_a_number_a_range_or_a_statement():
    figures = data.load(FOLDER, "published_figures")
    forms = figures[["value", "low", "statement"]].notna().sum(axis=1)
    assert (forms == 1).all()
    assert (figures["low"].isna() == figures["high"].isna()).all()
    assert (figures["unit"].isna() == figures["statement"].notna()).all()
    assert figures.loc[figures["kind"] != "measured", "n"].isna().all()


def test_what_was_not_re_checked_says_so():
    for name, words in {"published_figures": "confirm before use", "timeline": "not confirmed"}.items():
        table = data.load(FOLDER, name)
        assert table["checked"].notna().all()
        assert table["checked"].str.contains(words).any()


# The loader


def test_types():
    ads = data.load(FOLDER, "pay_ads_us")
    assert ads["title"].dtype == "str" and ads["year"].dtype == "Int64" and ads["mid_median"].dtype == "Int64"
    tools = data.load(FOLDER, "tool_popularity_2026_11").set_index("package")
    assert tools["last_release_month"].dtype == "period[M]" and tools["rank_2026_11"].dtype == "Int64"
    assert tools["last_release_month"]["openai"] == pd.Period("2026-11")
    assert pd.isna(tools["rank_2026_11"]["torchserve"]) and pd.isna(tools["version"]["litellm"])
    assert tools["version"]["langchain"] == "1.5.0"
    events = data.load(FOLDER, "timeline")
    assert pd.api.types.is_datetime64_dtype(events["date"]) and events["date"].is_monotonic_increasing
    assert data.load(FOLDER, "published_figures")["value"].dtype == "float64"
    wages = data.load(FOLDER, "bls_oews_2025_05")
    assert wages["employment"].dtype == "Int64" and wages["employment"].isna().sum() == 2


def test_provenance_survives_selection():
    ads = data.load(FOLDER, "pay_ads_us")
    chosen = ads[ads["year"] >= 2024].sort_values("mid_median")[["title", "mid_median"]].copy()
    assert chosen.attrs["provenance"] == ads.attrs["provenance"]
    assert chosen.attrs["provenance"]["rows"] == 109
    assert chosen.attrs["provenance"]["upstream_rows"] == 133_349
    assert chosen.attrs["provenance"]["sources"][0]["path"] == "https://github.com/foorilla/ai-jobs-net-salaries"


def test_loading_twice_shares_no_state():
    data.load(FOLDER, "pay_ads_us").attrs["provenance"]["sources"].clear()
    assert data.load(FOLDER, "pay_ads_us").attrs["provenance"]["sources"]


def test_source_line():
    assert data.source_line(data.load(FOLDER, "pay_ads_us")) == (
        "Source: [ai-jobs.net salaries (foorilla), copy of 25 June 2025]"
        "(https://github.com/foorilla/ai-jobs-net-salaries); "
        "licence: CC0 1.0; data of 2025-06-25; 109 rows made from 133,349."
    )


@pytest.mark.parametrize("name", RESOURCES)
def test_source_line_is_one_line(name):
    line = data.source_line(data.load(FOLDER, name))
    assert line.endswith(".") and "\n" not in line and "{" not in line


def test_source_line_without_provenance():
    with pytest.raises(ValueError, match="no provenance"):
        data.source_line(pd.DataFrame())


def test_catalogue_lists_every_field_with_its_unit():
    page = data.catalogue(FOLDER)
    assert page.startswith("# ") and page.count("\n## ") == len(RESOURCES)
    for resource in RESOURCES.values():
        assert f"## {resource['title']}\n\n{resource['description']}\n" in page
        for field in resource["schema"]["fields"]:
            assert f"| `{field['name']}` | {field['type']} | {field.get('unit', '')} |" in page


@pytest.fixture
def folder(tmp_path):
    """A copy of data/ to spoil."""
    return Path(shutil.copytree(FOLDER, tmp_path / "data"))


def test_unknown_table(folder):
    with pytest.raises(ValueError, match="no table 'pay'.*pay_ads_us, pay_ads_us_histogram.*") as caught:
        data.load(folder, "pay")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("call", [lambda path: data.load(path, "timeline"), data.catalogue])
def test_missing_folder(tmp_path, call):
    with pytest.raises(FileNotFoundError, match="nowhere.*no such file; give the folder"):
        call(tmp_path / "nowhere")


def test_missing_file(folder):
    (folder / "timeline.csv").unlink()
    with pytest.raises(FileNotFoundError, match="timeline.csv: no such file, though datapackage.json lists it"):
        data.load(folder, "timeline")


def test_changed_file(folder):
    with (folder / "timeline.csv").open("a", encoding="utf-8") as file:
        file.write("2026-01-01,day,Something,ai,,\n")
    with pytest.raises(ValueError, match="timeline.csv: hash is sha256:.*datapackage.json says sha256:") as caught:
        data.load(folder, "timeline")
    assert "\n" not in str(caught.value)


def package_of(content, types):
    """A minimal data package around one table `t`."""
    fields = [{"name": name, "type": type_, "description": name} for name, type_ in types.items()]
    resource = {"name": "t", "path": "t.csv", "title": "T", "description": "A row is one.", "date": "2026"}
    resource |= {"sources": [{"title": "S"}], "licenses": [{"name": "L"}]}
    resource |= {"schema": {"fields": fields, "missingValues": [""]}} | datapackage.measured(content)
    return {"title": "P", "description": "D", "resources": [resource]}


printable = st.text(st.characters(blacklist_categories=("Cs", "Cc")) | st.sampled_from("\n\t,\";'|"), min_size=1)


@given(st.lists(st.tuples(printable, st.none() | st.booleans(), st.none() | st.integers(-(2**53), 2**53)), min_size=1))
def test_multi_line_text_survives(tmp_path_factory, rows):
    """Text with line ends, quotes, "NA" and the like comes back as it was; missing values stay missing."""
    columns = {"text": "string", "flag": "boolean", "n": "integer"}
    written = pd.DataFrame(rows, columns=list(columns)).astype({"text": "str", "flag": "boolean", "n": "Int64"})
    content = written.to_csv(index=False, lineterminator="\n").encode()
    folder = tmp_path_factory.mktemp("package")
    (folder / "t.csv").write_bytes(content)
    (folder / "datapackage.json").write_text(json.dumps(package_of(content, columns)), encoding="utf-8")
    loaded = data.load(folder, "t")
    pd.testing.assert_frame_equal(loaded, written, check_dtype=True)
    assert loaded.attrs["provenance"]["rows"] == datapackage.measured(content)["rows"] == len(rows)


@pytest.mark.parametrize("text", ["NA", "None", "nan", "null", "-", "a\nb", "a\r\nb", "a\rb", ' "x" ', "1e5", "007"])
def test_text_is_read_as_text(tmp_path, text):
    content = pd.DataFrame({"text": [text, "x"]}).to_csv(index=False, quoting=csv.QUOTE_ALL).encode()
    (tmp_path / "t.csv").write_bytes(content)
    (tmp_path / "datapackage.json").write_text(json.dumps(package_of(content, {"text": "string"})), encoding="utf-8")
    assert data.load(tmp_path, "t")["text"].tolist() == [text, "x"]


# data/make/pay_ads_us.py

COLUMNS = [
    *("work_year", "experience_level", "employment_type", "job_title", "salary", "salary_currency", "salary_in_usd"),
    *("employee_residence", "remote_ratio", "company_location", "company_size"),
]


def row(pay, title="AI Engineer", level="SE", year=2024, kind="FT", currency="USD", country="US", remote=0, size="M"):
    """One row of the source file."""
    return [year, level, kind, title, pay, currency, pay, country, remote, country, size]


def source(rows):
    """Rows as the script reads them from the source file."""
    return pd.DataFrame(rows, columns=COLUMNS)


def assert_ascending(columns):
    for before, after in zip(columns.columns, columns.columns[1:], strict=False):
        assert (columns[before] <= columns[after]).all(), f"{before} > {after}"


def assert_consistent(tables):
    """Assert what must hold for any source: all >= distinct ads, percentiles in order, all three tables agree."""
    pay = tables["pay_ads_us.csv"].set_index(["title", "year", "level"])
    assert (pay["n_ads"] >= pay["n_distinct_ads"]).all() and (pay["n_distinct_ads"] >= 1).all()
    assert_ascending(pay[["mid_p10", "mid_p25", "mid_median", "mid_p75", "mid_p90"]])
    assert_ascending(pay[["low_median", "high_median"]])
    bins = tables["pay_ads_us_histogram.csv"].groupby(["ads", "title", "year", "level"])["n"].sum()
    assert (bins["all"] == pay["n_ads"]).all() and (bins["distinct"] == pay["n_distinct_ads"]).all()
    assert (bins["distinct"] >= bins["distinct_range"]).all()
    assert_same_ads(tables["pay_ranges_us.csv"], pay, tables["pay_ads_us_histogram.csv"])
    counted = ["n_ads", "n_distinct_ads"]
    sizes = tables["company_sizes_us.csv"].groupby(["title", "year"])[counted].sum()
    roles = pay[pay.index.get_level_values("title").isin(pay_ads_us.ROLES)].groupby(["title", "year"])[counted].sum()
    assert sizes[sizes["n_ads"] > 0].astype(int).to_dict("index") == roles.astype(int).to_dict("index")


def assert_same_ads(ranges, pay, bins):
    """Assert that the roles' ranges are the ads behind the pay table and, rounded, behind the histogram."""
    cell = ["title", "year", "level"]
    assert (ranges["low"] <= ranges["high"]).all()
    assert (ranges["n_ads"] >= ranges["n_distinct_ads"]).all() and (ranges["n_distinct_ads"] >= 1).all()
    roles = pay[pay.index.get_level_values("title").isin(pay_ads_us.ROLES)]
    counted = ranges.groupby(cell)[["n_ads", "n_distinct_ads"]].sum()
    assert counted.equals(roles[["n_ads", "n_distinct_ads"]])
    single = ranges.loc[ranges.index.repeat(ranges["n_ads"])]
    medians = single.assign(mid=(single["low"] + single["high"]) / 2).groupby(cell)[["low", "mid", "high"]].median()
    assert (
        medians.round().astype(int).to_numpy().tolist()
        == roles[["low_median", "mid_median", "high_median"]].values.tolist()
    )
    middles = ((ranges["low"] + ranges["high"]) / 2000).round().astype(int).rename("mid_kusd")
    weights = ranges.assign(all=ranges["n_ads"], distinct=ranges["n_distinct_ads"], distinct_range=1)
    for population in pay_ads_us.REPEATS:
        ours = weights.groupby([*cell, middles])[population].sum()
        theirs = bins[(bins["ads"] == population) & bins["title"].isin(pay_ads_us.ROLES)]
        assert ours.to_dict() == theirs.set_index([*cell, "mid_kusd"])["n"].to_dict()


def test_tables_of_a_small_source_counted_by_hand():
    rows = [
        *(row(200_000), row(100_000)),  # an ad of 100-200 K
        *(row(200_000), row(100_000)),  # its exact repeat
        *(row(200_000, remote=100), row(100_000, remote=100)),  # the same range, remote
        *(row(300_000, size="S"), row(250_000, size="S")),  # an ad of 250-300 K, of a small employer
        row(90_000),  # no partner: the next row is of another country
        *(row(90_000, country="CA"), row(80_000, country="CA")),  # not in the US
        *(row(70_000, kind="PT"), row(60_000, kind="PT")),  # not full time
        *(row(70_000, year=2021), row(60_000, year=2021)),  # before the tables begin
        *(row(150_000, title="Plumber"), row(140_000, title="Plumber")),  # counted in All titles alone
        *(row(170_000, title="Machine Learning Engineer"), row(160_000, title="Machine Learning Engineer")),
    ]
    tables = pay_ads_us.make_tables(source(rows))
    pay = tables["pay_ads_us.csv"]
    assert pay.values.tolist() == [
        ["AI Engineer", 2024, "SE", 4, 3, 100_000, 150_000, 150_000, 150_000, 181_250, 237_500, 200_000],
        ["ML Engineer", 2024, "SE", 1, 1, 160_000, 165_000, 165_000, 165_000, 165_000, 165_000, 170_000],
    ]
    bins = tables["pay_ads_us_histogram.csv"]
    assert bins[bins["title"] == "AI Engineer"][["ads", "mid_kusd", "n"]].values.tolist() == [
        ["all", 150, 3], ["all", 275, 1],
        ["distinct", 150, 2], ["distinct", 275, 1],
        ["distinct_range", 150, 1], ["distinct_range", 275, 1],
    ]  # fmt: skip
    assert tables["pay_ranges_us.csv"].values.tolist() == [
        ["AI Engineer", 2024, "SE", 100_000, 200_000, 3, 2],
        ["AI Engineer", 2024, "SE", 250_000, 300_000, 1, 1],
        ["ML Engineer", 2024, "SE", 160_000, 170_000, 1, 1],
    ]
    counts = tables["title_counts_us.csv"].set_index("title")["n_ads"]
    assert counts["All titles"] == 6 and counts["AI Engineer"] == 4 and counts["Data Engineer"] == 0
    sizes = tables["company_sizes_us.csv"].set_index(["title", "company_size"])[["n_ads", "n_distinct_ads"]]
    assert sizes.T.to_dict("list") == {
        ("AI Engineer", "S"): [1, 1], ("AI Engineer", "M"): [3, 2], ("AI Engineer", "L"): [0, 0],
        ("ML Engineer", "S"): [0, 0], ("ML Engineer", "M"): [1, 1], ("ML Engineer", "L"): [0, 0],
    }  # fmt: skip


def paired_one_by_one(pays):
    """Pair from the top with a loop: the plain meaning of `pair_ads` for rows that differ in pay alone."""
    pairs, at = [], 0
    while at < len(pays) - 1:
        if pays[at] >= pays[at + 1]:
            pairs.append((pays[at + 1], pays[at]))
            at += 1
        at += 1
    return pairs


@given(st.lists(st.integers(1, 4), min_size=1, max_size=12))
def test_pairing_agrees_with_a_loop(pays):
    ads = pay_ads_us.pair_ads(source([row(pay) for pay in pays]))
    assert list(zip(ads["low"], ads["high"], strict=True)) == paired_one_by_one(pays)


ad = st.tuples(
    st.lists(st.integers(50, 400), min_size=2, max_size=2).map(sorted),
    st.sampled_from(["AI Engineer", "Machine Learning Engineer", "Data Analyst"]),
    st.sampled_from(["EN", "SE"]),
    st.sampled_from([2021, 2023, 2024]),
    st.sampled_from([0, 100]),
)


@given(st.lists(ad, max_size=30))
def test_any_source_gives_consistent_tables(ads):
    rows = [row(22_000), row(21_000)]  # a source is never empty
    for (low, high), title, level, year, remote in ads:
        rows += [row(pay * 500, title, level, year, remote=remote) for pay in (high, low)]
    tables = pay_ads_us.make_tables(source(rows))
    assert_consistent(tables)
    counts = tables["title_counts_us.csv"].set_index(["title", "year"])["n_ads"]
    listed = counts.unstack("title").drop(columns="All titles").sum(axis=1)
    assert (counts["All titles"] >= listed).all()


@pytest.fixture
def salaries(tmp_path, monkeypatch):
    """A small source file, whose hash the script is told to expect."""
    path = tmp_path / "salaries.csv"
    source([row(200_000), row(100_000), row(170_000), row(150_000)]).to_csv(path, index=False)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    monkeypatch.setattr(pay_ads_us, "SHA256", digest)
    return path


def test_writes_checks_and_finds_a_difference(salaries, tmp_path, capsys):
    folder = tmp_path / "data"
    folder.mkdir()
    command = [str(salaries), "--data", str(folder)]
    assert pay_ads_us.main([*command, "--check"]) == 1  # nothing there yet
    assert pay_ads_us.main(command) == 0
    assert {path.name for path in folder.iterdir()} == {
        "company_sizes_us.csv", "pay_ads_us.csv", "pay_ads_us_histogram.csv", "pay_ranges_us.csv", "title_counts_us.csv"
    }  # fmt: skip
    assert pay_ads_us.main([*command, "--check"]) == 0
    (folder / "title_counts_us.csv").write_text("title,year,n_ads\n", encoding="utf-8")
    capsys.readouterr()
    assert pay_ads_us.main([*command, "--check"]) == 1
    assert capsys.readouterr().out == "differs: title_counts_us.csv\n"


def test_wrong_hash(tmp_path, capsys):
    path = tmp_path / "salaries.csv"
    source([row(200_000), row(100_000)]).to_csv(path, index=False)
    assert pay_ads_us.main([str(path), "--data", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert "sha256 is" in error and pay_ads_us.SHA256 in error and error.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["salaries.csv"]


def test_missing_source(tmp_path, capsys):
    assert pay_ads_us.main([str(tmp_path / "none.csv")]) == 2
    error = capsys.readouterr().err
    assert "no such file" in error and error.count("\n") == 1


@pytest.mark.parametrize("module", [pay_ads_us, datapackage])
def test_help(module, capsys):
    with pytest.raises(SystemExit) as caught:
        module.main(["--help"])
    assert caught.value.code == 0 and "--check" in capsys.readouterr().out


if "SALARIES_CSV" in os.environ:

    def test_committed_tables_equal_the_real_source():
        assert pay_ads_us.main([os.environ["SALARIES_CSV"], "--check"]) == 0


# data/make/datapackage.py


def test_hashes_are_up_to_date():
    assert datapackage.main(["--check"]) == 0


def by_hand(resource):
    """What of a resource is written by hand, which the script must leave alone."""
    return {key: value for key, value in resource.items() if key not in {"bytes", "hash", "rows"}}


def test_update_after_a_change(folder, capsys):
    with (folder / "title_counts_us.csv").open("a", encoding="utf-8", newline="") as file:
        file.write("AI Engineer,2026,1\n")
    command = ["--data", str(folder)]
    assert datapackage.main([*command, "--check"]) == 1
    assert datapackage.main(command) == 0
    assert "updated: title_counts_us\n" in capsys.readouterr().out
    assert len(data.load(folder, "title_counts_us")) == RESOURCES["title_counts_us"]["rows"] + 1
    after = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert [by_hand(resource) for resource in after["resources"]] == [by_hand(r) for r in PACKAGE["resources"]]
    assert datapackage.main([*command, "--check"]) == 0


def test_datapackage_names_a_missing_table(folder, capsys):
    (folder / "timeline.csv").unlink()
    assert datapackage.main(["--data", str(folder)]) == 2
    error = capsys.readouterr().err
    assert "timeline.csv" in error and error.count("\n") == 1


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "table.csv"
    path.write_text("old", encoding="utf-8")

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        datapackage.write_atomically(path, b"new")
    assert path.read_text(encoding="utf-8") == "old" and list(tmp_path.iterdir()) == [path]


def test_rows_are_counted_as_csv_counts_them():
    content = b'a,b\n"two\nlines",1\nx,2\n'
    assert datapackage.measured(content)["rows"] == 2 == len(list(csv.DictReader(io.StringIO(content.decode()))))
