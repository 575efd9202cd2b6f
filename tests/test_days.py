"""The days of the two roles: screens, the simulated A/B test, and the recorded tables behind them."""

import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from course import data, days, rag, rematch
from course.days import Option, Screen

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "data"
NOTEBOOK = json.loads((ROOT / "notebooks/roles/days.ipynb").read_text(encoding="utf-8"))
CLAIMS = [f"C{number:03}" for number in range(50, 62)]


def screen(claim="C050", options=("one", "two"), evidence="<p>seen</p>"):
    listed = [Option(label, f"measured {label}", f"means {label}") for label in options]
    return Screen(claim, "09:00", "A title", "A situation", evidence, "What now?", listed)


# Screens


@pytest.mark.parametrize("count", [0, 1, 5])
def test_a_screen_has_two_to_four_options(count):
    with pytest.raises(ValueError, match=f"C050 has {count} options"):
        screen(options=[str(n) for n in range(count)])


def test_two_options_of_one_label_are_refused():
    with pytest.raises(ValueError, match="an option twice"):
        screen(options=("same", "same"))


def test_two_screens_about_one_claim_are_refused():
    with pytest.raises(ValueError, match="about one claim"):
        days.fallback("ml", [screen(), screen()])


def test_without_scripts_every_option_stands_with_its_consequence():
    page = BeautifulSoup(days.fallback("ai", [screen("C056"), screen("C057")]), "html.parser")
    assert [item["data-claim"] for item in page.select("ol.day-ai > li.day-screen")] == ["C056", "C057"]
    assert [h["id"] for h in page("h3")] == ["day-c056", "day-c057"]
    for item in page.select("li"):
        pairs = [(d.summary.get_text(), d.select_one(".day-result").get_text("|")) for d in item("details")]
        assert pairs == [(name, f"Measured:| measured {name}|means {name}") for name in ("one", "two")]


@given(st.text(min_size=1))
def test_text_never_becomes_markup(text):
    option = Option("other" + text, text, text)
    shown = days.fallback("ml", [Screen("C050", text, text, text, "", text, [option, Option("x", "y", "z")])])
    tags = {tag.name for tag in BeautifulSoup(shown, "html.parser").find_all(True)}
    assert tags == {"ol", "li", "h3", "span", "p", "div", "details", "summary", "strong"}


@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1), min_size=1), st.text(min_size=1))
def test_a_log_is_text(lines, label):
    page = BeautifulSoup(days.log(lines, label), "html.parser")
    assert [tag.name for tag in page.find_all(True)] == ["div"]
    assert page.div["role"] == "region" and page.div["tabindex"] == "0"


def test_a_table_has_a_caption_one_line_of_heads_and_no_empty_one():
    frame = pd.DataFrame({"<b>share</b>": ["<i>half</i>"]}, pd.Index(["dense"], name="retriever"))
    page = BeautifulSoup(days.table(frame, "Shares & more"), "html.parser")
    assert page.caption.get_text() == "Shares & more" and page.div["aria-label"] == "Shares & more"
    assert [[h.get_text() for h in row("th")] for row in page("tr")] == [["retriever", "<b>share</b>"], ["dense"]]
    assert page.td.get_text() == "<i>half</i>"
    assert "day-wordy" not in page.table["class"]
    long = BeautifulSoup(days.table(frame.assign(question="word " * 20), "c"), "html.parser")
    assert "day-wordy" in long.table["class"]
    unnamed = BeautifulSoup(days.table(frame.rename_axis(None), "c"), "html.parser")
    assert all(h.get_text() for h in unnamed("th"))


# The simulated A/B test


def flights(seed=0, days_=20, each=40, spread=0.0):
    rng = np.random.default_rng(seed)
    day = np.repeat(np.arange(days_), each)
    return rng.normal(size=days_ * each) + spread * rng.normal(size=days_)[day], day


def test_p_values_are_those_of_a_z_test_with_the_same_lot():
    loss, day = flights()
    p, gap = days.nothing_to_find(loss, day, "flight", tests=3, seed=7)
    arm = np.random.default_rng(7).integers(0, 2, len(loss)).astype(bool)
    for last in (4, 19):
        seen = day <= last
        two = CompareMeans(DescrStatsW(loss[seen & arm]), DescrStatsW(loss[seen & ~arm]))
        assert p[0, last] == pytest.approx(two.ztest_ind(usevar="unequal")[1], rel=1e-9)
    assert gap[0] == pytest.approx(loss[arm].mean() - loss[~arm].mean())
    assert p.shape == (3, 20) and gap.shape == (3,)


def test_a_lot_over_flights_keeps_its_error_rate_and_one_over_days_does_not():
    loss, day = flights(spread=1.0)
    by_flight, _ = days.nothing_to_find(loss, day, "flight")
    by_day, _ = days.nothing_to_find(loss, day, "day")
    assert (by_flight[:, -1] < 0.05).mean() == pytest.approx(0.05, abs=0.02)
    assert (by_day[:, -1] < 0.05).mean() > 0.5
    assert (by_flight < 0.05).any(axis=1).mean() > 2 * (by_flight[:, -1] < 0.05).mean()


def test_a_lot_over_days_is_honest_where_days_do_not_differ():
    by_day, _ = days.nothing_to_find(*flights(days_=300, each=10), "day")
    assert (by_day[:, -1] < 0.05).mean() == pytest.approx(0.05, abs=0.03)


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.sampled_from(["flight", "day"]))
def test_p_values_are_probabilities_and_come_out_again(seed, unit):
    loss, day = flights(days_=5, each=3)
    p, gap = days.nothing_to_find(loss, day, unit, tests=4, seed=seed)
    again, gap_again = days.nothing_to_find(loss, day, unit, tests=4, seed=seed)
    assert ((p >= 0) & (p <= 1)).all()
    assert np.array_equal(p, again) and np.array_equal(gap, gap_again, equal_nan=True)


def test_an_arm_without_flights_finds_nothing():
    p, _ = days.nothing_to_find(*flights(days_=4), "day", tests=10)
    assert (p[:, 0] == 1).all()  # all flights of the first day are in one arm


def test_the_same_loss_everywhere_finds_nothing():
    p, gap = days.nothing_to_find(np.ones(100), np.repeat(np.arange(10), 10), "flight", tests=5)
    assert (p == 1).all() and (gap == 0).all()


def test_an_unknown_unit_is_refused():
    with pytest.raises(ValueError, match="unit 'week': flight or day"):
        days.nothing_to_find(*flights(), "week")


def test_length_for_a_power_of_80_percent():
    """The notebook's 2.8 standard errors are the two quantiles of a two-sided test at 5% with a power of 80%."""
    assert norm.ppf(0.975) + norm.ppf(0.8) == pytest.approx(2.8, abs=0.002)


# The recorded tables


def outputs(nb: dict, kind: str) -> list[str]:
    found = [output.get("data", {}).get(kind) for cell in nb["cells"] for output in cell.get("outputs", [])]
    return ["".join(text) if isinstance(text, list) else text for text in found if text]


@pytest.fixture(scope="module")
def recalls() -> pd.DataFrame:
    """recall@5 by question and retriever, from the recorded rankings."""
    judged = data.load(FOLDER, "flight_judgements")
    answers = judged.groupby("question_id")[["passage_id", "grade"]]
    grades = {q: dict(zip(g["passage_id"], g["grade"].astype(int), strict=True)) for q, g in answers}
    runs = data.load(FOLDER, "retriever_runs")
    scores = [rag.recall_at_k(r.passages.split(), grades[r.question_id], 5) for r in runs.itertuples()]
    return runs.assign(recall=scores).pivot(index="question_id", columns="retriever", values="recall")


def test_recorded_rankings_score_as_in_the_lab(recalls):
    lab = json.loads((ROOT / "notebooks/ai/rag.ipynb").read_text(encoding="utf-8"))
    tables = [table for table in outputs(lab, "text/html") if "recall@5" in table and "dense, documents" in table]
    rows = BeautifulSoup(tables[1], "html.parser").tbody("tr")
    shown = {row.th.get_text(): float(row.td.get_text()) for row in rows}  # the first column is recall@5
    assert recalls.mean().round(3).to_dict() == shown


def test_recorded_word_rankings_come_out_again():
    passages, runs = data.load(FOLDER, "flight_documents"), data.load(FOLDER, "retriever_runs")
    questions = data.load(FOLDER, "flight_questions").set_index("question_id")
    index = rag.bm25_index((passages["title"] + ". " + passages["section"] + ". " + passages["text"]).tolist())
    ids = passages["passage_id"].tolist()
    for name in ("BM25", "BM25 + date"):
        for run in runs[runs["retriever"] == name].itertuples():
            asked = questions.loc[run.question_id]
            allowed = rag.in_force(passages, asked["as_of"]) if "date" in name else None
            assert rag.ranking(rag.bm25_scores(index, asked["question"]), ids, allowed) == run.passages.split()


def test_every_recorded_passage_was_judged():
    judged = data.load(FOLDER, "flight_judgements").groupby("question_id")["passage_id"].agg(set)
    for run in data.load(FOLDER, "retriever_runs").itertuples():
        found = run.passages.split()
        assert len(set(found)) == 10 and set(found) <= judged[run.question_id]


def test_guards_saw_the_same_messages_and_a_grammar_holds():
    runs = data.load(FOLDER, "guardrail_runs")
    texts = runs.groupby("guard")["text"].agg(list)
    assert texts["none"] == texts["warning sentence"] == texts["grammar"]
    hostile = runs[(runs["kind"] == "hostile") & (runs["guard"] == "none")]
    assert hostile["wording"].value_counts().to_dict() == {"plain": 12, "disguised": 12}
    assert all(word in text for word, text in zip(hostile["wanted"], hostile["text"], strict=True) if word != "REFUND")
    assert set(runs.loc[runs["guard"] == "grammar", "reply"]) <= set(rematch.TOPICS)
    honest = runs[runs["kind"] == "honest"]
    topics = data.load(FOLDER, "desk_questions").set_index("text_id")["topic"]
    assert (honest["wanted"].to_numpy() == topics[honest["message_id"]].to_numpy()).all()


def test_each_build_answered_as_often():
    runs = data.load(FOLDER, "latency_runs")
    assert set(runs.groupby("build").size()) == {200}
    assert (runs["cpu_ms"] > 0).all() and runs["wall_ms"].min() > 0


def test_the_script_that_recorded_them_explains_itself(capsys):
    sys.path.insert(0, str(FOLDER / "make"))
    try:
        spec = importlib.util.spec_from_file_location("day_runs", FOLDER / "make" / "day_runs.py")
        day_runs = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(day_runs)
        with pytest.raises(SystemExit, match="0"):
            day_runs.main(["--help"])
        assert "guardrail" in capsys.readouterr().out
        assert day_runs.main(["retriever", "--data", str(ROOT / "tests")]) == 2
        assert "datapackage.json" in capsys.readouterr().err
    finally:
        sys.path.remove(str(FOLDER / "make"))


# The page


def test_each_task_has_its_screen_with_evidence_and_measured_options():
    page = BeautifulSoup("".join(outputs(NOTEBOOK, "text/html")), "html.parser")
    shown = page.select(".day-screen")
    assert [item["data-claim"] for item in shown] == CLAIMS
    assert [len(part.select(".day-screen")) for part in page.select("[data-part=day]")] == [6, 6]
    for item in shown:
        assert item.select(".day-evidence table, .day-evidence img, .day-log"), item["data-claim"]
        measured = [p.get_text() for p in item.select(".day-measured")]
        assert len(measured) == len(item.select(".day-option")) >= 2
        assert all(any(c.isdigit() for c in text) and "nan" not in text for text in measured), measured
        assert not item.select("th:empty")


def test_the_summary_of_a_screen_names_no_option_twice():
    page = BeautifulSoup("".join(outputs(NOTEBOOK, "text/html")), "html.parser")
    for item in page.select(".day-screen"):
        texts = [p.get_text() for p in item.select(".day-measured")]
        assert len(set(texts)) == len(texts)
