"""The bank of interview questions: complete, marked, not to be guessed; its numbers recomputed, its code run."""

import json
import random
import re
import sqlite3
from datetime import date, timedelta
from math import ceil, log, sqrt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from docutils.nodes import make_id
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from scipy.stats import binomtest, norm
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import cohen_kappa_score, precision_score, recall_score, roc_auc_score

from course import data, interviews, rag

ROOT = Path(__file__).resolve().parents[1]
QUESTIONS = data.load(ROOT / "data", "interview_questions").set_index("question_id")
QUIZZES = QUESTIONS[QUESTIONS["right"].notna()]
LETTERS = list(interviews.LETTERS)


def about(topic: str, format: str) -> pd.Series:
    found = QUESTIONS[(QUESTIONS["topic"] == topic) & (QUESTIONS["format"] == format)]
    assert len(found) == 1, f"{len(found)} questions on {topic}"
    return found.iloc[0]


# The bank as a whole


def test_every_format_level_and_role_is_served():
    assert len(QUESTIONS) >= 80
    assert QUESTIONS["format"].value_counts().reindex(interviews.FORMATS).min() >= 8
    assert QUESTIONS["level"].value_counts().min() >= 15
    for role in ("ml", "ai"):
        assert QUESTIONS["role"].isin([role, "both"]).sum() >= 40
    assert not QUESTIONS.duplicated(["format", "topic"]).any() and not QUESTIONS["question"].duplicated().any()


def test_a_question_is_open_or_has_four_options_each_with_a_reason():
    fields = [f"{kind}_{letter}" for kind in ("option", "why") for letter in LETTERS]
    assert 24 <= len(QUIZZES) <= 30
    assert QUIZZES[fields].notna().all(axis=None)
    assert QUESTIONS.loc[QUESTIONS["right"].isna(), fields].isna().all(axis=None)
    for _, row in QUIZZES.iterrows():
        assert len({row[f"option_{letter}"] for letter in LETTERS}) == 4
        says_right = [letter for letter in LETTERS if row[f"why_{letter}"].startswith("Right")]
        assert says_right == [row["right"]], row["topic"]
        assert all(len(row[f"why_{letter}"]) >= 15 for letter in LETTERS), row["topic"]


def lengths(quizzes: pd.DataFrame) -> pd.DataFrame:
    return (
        quizzes[[f"option_{letter}" for letter in LETTERS]]
        .apply(lambda texts: texts.str.len())
        .set_axis(LETTERS, axis=1)
    )


def tells(quizzes: pd.DataFrame) -> list[str]:
    """Return the ways of guessing that do better than chance, by exact binomial tests against 1/4."""
    long, right = lengths(quizzes), quizzes["right"]
    rules = {"longest": long.idxmax(axis=1), "shortest": long.idxmin(axis=1)} | {letter: letter for letter in LETTERS}
    return [
        f"{name}: {hits} of {len(quizzes)}"
        for name, guess in rules.items()
        if binomtest(hits := int((right == guess).sum()), len(quizzes), 1 / 4, alternative="greater").pvalue < 0.05
    ]


def test_the_right_option_is_told_neither_by_its_length_nor_by_its_place():
    assert tells(QUIZZES) == []


@pytest.mark.parametrize("fault", ["longest", "shortest", "c"])
def test_a_tell_is_found(fault):
    long = lengths(QUIZZES)
    right = {"longest": long.idxmax(axis=1), "shortest": long.idxmin(axis=1), "c": "c"}[fault]
    assert any(tell.startswith(f"{fault}:") for tell in tells(QUIZZES.assign(right=right)))


@pytest.mark.parametrize("lab", sorted(QUESTIONS["lab"].dropna().unique()))
def test_a_link_leads_to_a_section_of_a_lab(lab):
    path, _, section = lab.partition("#")
    cells = json.loads((ROOT / path).read_text(encoding="utf-8"))["cells"]
    lines = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    assert section in {make_id(heading) for heading in re.findall(r"^#+ (.+)$", lines, re.MULTILINE)}
    assert path in interviews.LABS


def test_most_questions_lead_to_a_lab():
    assert QUESTIONS["lab"].notna().mean() >= 0.75


# The page without JavaScript


@pytest.fixture(scope="module")
def bank() -> BeautifulSoup:
    return BeautifulSoup(interviews.bank_html(QUESTIONS.reset_index()), "html.parser")


def test_every_text_of_the_table_is_on_the_page(bank):
    def words(text):
        return re.sub(r"\s+", "", text)

    for id, row in QUESTIONS.iterrows():
        shown = words(bank.find(id=id.lower()).get_text())
        texts = row[["question", "answer", "earns", "red_flag"]].tolist()
        texts += [
            row[f"{kind}_{x}"] for kind in ("option", "why") for x in LETTERS if isinstance(row[f"{kind}_{x}"], str)
        ]
        for text in texts:
            plain = BeautifulSoup(MarkdownIt("commonmark").render(text), "html.parser").get_text()
            assert words(plain) in shown, (id, plain[:60])


def test_answers_and_reasons_wait_behind_a_click(bank):
    for article in bank("article"):
        quiz = bool(article["data-right"])
        assert len(article("details", class_="iq-answer")) == 1
        assert len(article("details", class_="iq-reasons")) == quiz == len(article("ol", class_="iq-options"))
        for details in article("details"):
            assert not details.has_attr("open")
            details.extract()
        assert "Red flag" not in article.get_text() and "Right" not in article.get_text()


def test_text_of_the_table_cannot_become_markup():
    row = QUESTIONS.reset_index().iloc[0].copy()
    row["question"] = row["answer"] = row["earns"] = row["red_flag"] = row["topic"] = "<script>alert(1)</script> a < b"
    soup = BeautifulSoup(interviews.question_html(row), "html.parser")
    assert not soup("script") and soup.get_text().count("<script>") == 5


def test_a_lab_that_does_not_exist_is_refused():
    with pytest.raises(KeyError, match="gone"):
        interviews.lab_link("notebooks/ml/gone.ipynb#x")


def test_a_link_is_relative_to_the_chapter():
    assert 'href="../ai/rag.html#a-hostile-passage"' in interviews.lab_link("notebooks/ai/rag.ipynb#a-hostile-passage")


# Numbers, recomputed. Each number printed in bold in an answer must be among those listed for its question.


def bold(text: str) -> list[str]:
    return [number for part in re.findall(r"\*\*(.+?)\*\*", text) for number in re.findall(r"\d[\d,.]*\d|\d", part)]


def peeking(looks=14, experiments=20_000) -> float:
    z = np.random.default_rng(2013).normal(size=(experiments, looks)).cumsum(axis=1) / np.sqrt(np.arange(1, looks + 1))
    return float((np.abs(z) > norm.ppf(0.975)).any(axis=1).mean())


def simpson() -> tuple[str, str]:
    bad, good = {"A": (270, 900), "B": (35, 100)}, {"A": (10, 100), "B": (108, 900)}
    assert all(at["A"][0] / at["A"][1] < at["B"][0] / at["B"][1] for at in (bad, good))
    rate = {c: (bad[c][0] + good[c][0]) / (bad[c][1] + good[c][1]) for c in "AB"}
    assert rate["A"] > rate["B"]
    return f"{100 * rate['A']:.1f}", f"{100 * rate['B']:.1f}"


def kappa_of_judges() -> str:  # 100 passages: each judge calls 10 relevant, five of them the same
    first, second = [1] * 10 + [0] * 90, [1] * 5 + [0] * 5 + [1] * 5 + [0] * 85
    assert sum(a == b for a, b in zip(first, second, strict=True)) == 90
    return f"{cohen_kappa_score(first, second):.3f}"


DESIGN_EFFECT = 1 + (280 - 1) * 0.1
POWER = (norm.ppf(0.975) + norm.ppf(0.8)) ** 2 * (0.1 * 0.9 + 0.11 * 0.89) / 0.01**2
NUMBERS = {
    ("statistics", "Bayes and base rates"): [
        f"{0.2 * 0.8 / (0.2 * 0.8 + 0.8 * 0.1):.3f}",
        f"{0.05 * 0.8 / (0.05 * 0.8 + 0.95 * 0.1):.3f}",
    ],
    ("statistics", "no failures seen"): [f"{100 * (1 - 0.05 ** (1 / 100)):.2f}", f"{3 / 0.005:.0f}"],
    ("statistics", "many comparisons"): [f"{27 * 0.05:.2f}", f"{1 - 0.95**27:.3f}"],
    ("statistics", "effective sample size"): [
        f"{DESIGN_EFFECT:.1f}",
        f"{round(8680 / DESIGN_EFFECT, -2):.0f}",
        f"{sqrt(DESIGN_EFFECT):.1f}",
    ],
    ("statistics", "bootstrap sample"): [f"{100 * (1 - (1 - 1 / 1000) ** 1000):.1f}"],
    ("statistics", "A/B sample size"): [f"{round(POWER / 50) * 50:,}"],
    ("statistics", "Simpson's paradox"): list(simpson()),
    ("statistics", "tail latency"): [f"{0.99**200:.3f}", f"{sqrt(5**2 + 10**2 + 20**2):.1f}"],
    ("statistics", "peeking"): [f"{peeking():.2f}"],
    ("statistics", "agreement of labels"): [kappa_of_judges()],
    ("ml-design", "capacity"): [str(ceil(ceil(700 * 0.008 / 0.6) / 2) + 1)],
    ("ml-design", "two-stage ranking"): [
        f"{10_000_000 * 0.0001:,.0f}",
        f"{500 * 0.1:.0f}",
        f"{10_000_000 * 256 * 4 / 1e9:.2f}",
    ],
    ("papers", "reading a claim"): [f"{100 * sqrt(0.8 * 0.2 / 1000):.1f}"],
    ("papers", "LoRA"): [f"{2 * 4096 * 8:,}", f"{100 * 2 * 4096 * 8 / 4096**2:.2f}"],
    ("rag-design", "re-ranking"): [f"{50 * 4}", f"{240_000 * 0.004 / 60:.0f}"],
    ("rag-design", "changing the embedding model"): [f"{10_000_000 / 500 / 3600:.1f}"],
    ("llm", "the price of tokens"): [f"{16_000 * (1900 * 0.30 + 200 * 2.50) / 1e6:.2f}"],
    ("llm", "memory of the KV cache"): [f"{2 * 32 * 8 * 128 * 2:,}", f"{2 * 32 * 8 * 128 * 2 * 8192 / 2**30:.0f}"],
    ("llm", "speed of decoding"): [f"{200 / (8 * 0.5):.0f}"],
    ("product", "a metric that pays"): [f"{10_000 * 0.04 * 5 / 60:.0f}"],
    ("product", "build or buy"): [f"{700 / (0.40 - 0.05) * 1000:,.0f}", f"{700 / (0.40 - 0.05) * 1000 / 10_000:.0f}"],
}


@pytest.mark.parametrize("key", NUMBERS, ids=lambda key: key[1])
def test_the_numbers_of_an_answer(key):
    format, topic = key
    assert bold(about(topic, format)["answer"]) == NUMBERS[key]


def test_no_number_in_bold_goes_unchecked():
    with_numbers = {(row["format"], row["topic"]) for _, row in QUESTIONS.iterrows() if bold(row["answer"])}
    assert with_numbers == NUMBERS.keys()


# The right options of quizzes with numbers, and other numbers that answers name in passing.
OPTIONS = {
    ("fundamentals", "threshold by cost"): f"1/{(1 + 3) / 1:.0f}",
    ("statistics", "at least one failure"): f"{100 * (1 - 0.99**30):.0f}%",
    ("statistics", "bootstrap sample"): f"{100 * (1 - (1 - 1 / 1000) ** 1000):.0f}%",
    ("llm", "the price of tokens"): f"USD {16_000 * (1900 * 0.30 + 200 * 2.50) / 1e6:.2f}",
    ("product", "which number first"): f"{16_000 * 0.03:.0f} wrong answers a day",
}


@pytest.mark.parametrize("key", OPTIONS, ids=lambda key: key[1])
def test_the_right_option_has_the_right_number(key):
    row = about(key[1], key[0])
    assert row[f"option_{row['right']}"].startswith(OPTIONS[key])


@pytest.mark.parametrize(
    ("format", "topic", "text"),
    [
        ("statistics", "no failures seen", f"exactly {ceil(log(0.05) / log(1 - 0.005))}"),
        ("statistics", "A/B sample size", f"gives {16 * 0.1 * 0.9 / 0.01**2:,.0f}"),
        ("statistics", "at least one failure", f"about {0.99**30:.3f}"),
        ("statistics", "bootstrap sample", f"= {(1 - 1 / 1000) ** 1000:.3f}"),
        ("llm", "the price of tokens", f"USD {16_000 * 1900 * 0.30 / 1e6:.2f}. Output"),
        ("llm", "the price of tokens", f"USD {16_000 * 200 * 2.50 / 1e6:.2f}. Together"),
        ("product", "build or buy", f"USD {1000 * 0.01 * 0.01:.2f} per 1,000"),
        ("ml-design", "what alarms first", f"by {1.609344:.1f} within"),
    ],
)
def test_a_number_in_passing(format, topic, text):
    assert text in about(topic, format)["answer"]


# Code, run


def fences(topic: str, language: str = "python") -> list[str]:
    tokens = MarkdownIt("commonmark").parse(about(topic, "coding")["answer"])
    return [token.content for token in tokens if token.type == "fence" and token.info == language]


def run(topic: str) -> dict:
    """Return the names that the code of a model answer defines."""
    (code,) = fences(topic)
    names = {}
    exec(compile(code, topic, "exec"), names)
    return names


CODED = {
    "precision and recall", "AUC", "point-in-time features", "top k of a stream", "stable split",
    "logistic regression from scratch", "rank fusion", "retrieval metrics", "chunking", "structured output", "retries",
}  # fmt: skip


def test_every_answer_with_code_is_run_here():
    with_code = {row["topic"] for _, row in QUESTIONS.iterrows() if "```python" in row["answer"]}
    assert with_code == CODED
    assert {row["topic"] for _, row in QUESTIONS.iterrows() if "```sql" in row["answer"]} == {"SQL"}


binary = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=30)


@given(binary)
def test_precision_and_recall(pairs):
    y_true, y_pred = zip(*pairs, strict=True)
    precision, recall = run("precision and recall")["precision_recall"](y_true, y_pred)
    assert precision == (pytest.approx(precision_score(y_true, y_pred)) if any(y_pred) else None)
    assert recall == (pytest.approx(recall_score(y_true, y_pred)) if any(y_true) else None)


def test_precision_and_recall_refuse_unequal_lists():
    with pytest.raises(ValueError):
        run("precision and recall")["precision_recall"]([1], [1, 0])


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 5)), min_size=2, max_size=40))
def test_auc(rows):
    y_true, scores = (list(column) for column in zip(*rows, strict=True))
    auc = run("AUC")["auc"]
    if len(set(y_true)) == 2:
        assert auc(y_true, scores) == pytest.approx(roc_auc_score(y_true, scores))
    else:
        with pytest.raises(ZeroDivisionError):
            auc(y_true, scores)


@given(st.lists(st.tuples(st.integers(0, 600), st.integers(-20, 200)), max_size=30), st.integers(0, 700))
def test_point_in_time_features(events, t):
    recent_mean = run("point-in-time features")["recent_mean"]
    known = [delay for minute, delay in events if t - 180 <= minute < t]
    (found,) = recent_mean(sorted(events), [t])
    assert found == (pytest.approx(np.mean(known)) if known else None)
    later = [(minute, delay if minute < t else 10_000) for minute, delay in events]
    assert recent_mean(sorted(later), [t]) == [found]  # the future does not matter


@given(st.lists(st.integers(0, 5), max_size=30), st.integers(0, 8))
def test_top_k(scores, k):
    stream = [({"n": n}, score) for n, score in enumerate(scores)]  # dicts cannot be compared
    best = sorted(stream, key=lambda pair: (-pair[1], pair[0]["n"]))[:k]
    assert run("top k of a stream")["top_k"](iter(stream), k) == [item for item, _ in best]


def test_stable_split():
    is_test = run("stable split")["is_test"]
    days = [date(2013, 1, 1) + timedelta(n) for n in range(3650)]
    assert binomtest(sum(map(is_test, days)), len(days), 0.2).pvalue > 0.01
    assert [is_test(day) for day in days[:6]] == [is_test(day) for day in days][:6]
    assert not any(is_test(day, share=0) for day in days) and all(is_test(day, share=1) for day in days)
    assert all(is_test(day, share=0.5) for day in days if is_test(day))  # a larger share keeps the days it had


def test_logistic_regression():
    rng = np.random.default_rng(2013)
    X = rng.normal(size=(300, 4))
    y = (X @ [1, -2, 0.5, 0] + 0.3 + rng.logistic(size=300) > 0).astype(float)
    weights, intercept = run("logistic regression from scratch")["fit"](X, y, penalty=2.0)
    model = LogisticRegression(C=1 / 2, tol=1e-10, max_iter=1000).fit(X, y)
    assert weights == pytest.approx(model.coef_[0], abs=1e-3) and intercept == pytest.approx(
        model.intercept_[0], abs=1e-3
    )
    with np.errstate(over="raise"):
        assert np.isfinite(run("logistic regression from scratch")["fit"](1000 * X, y, steps=5)[0]).all()


@given(st.lists(st.permutations("abcdef").map(lambda items: items[:4]), min_size=1, max_size=3))
def test_rank_fusion_is_the_labs(rankings):
    assert run("rank fusion")["fuse"](rankings, k=4) == rag.fuse(*rankings, k=4)


@given(st.permutations("abcdef"), st.sets(st.sampled_from("abcdefgh"), min_size=1), st.integers(1, 6))
def test_retrieval_metrics_are_the_labs(ranked, relevant, k):
    own, grades = run("retrieval metrics"), dict.fromkeys(relevant, 2)
    assert own["recall_at_k"](ranked, relevant, k) == rag.recall_at_k(ranked, grades, k)
    assert own["reciprocal_rank"](ranked, relevant) == rag.reciprocal_rank(ranked, grades)


@given(st.integers(0, 50), st.integers(1, 12), st.data())
def test_chunks(length, size, draw):
    overlap = draw.draw(st.integers(0, size - 1))
    words = list(range(length))
    cut = run("chunking")["chunks"](words, size, overlap)
    assert {word for chunk in cut for word in chunk} == set(words)
    assert all(0 < len(chunk) <= size for chunk in cut)
    for before, chunk in zip(cut, cut[1:], strict=False):
        assert set(chunk) - set(before) and len(set(chunk) & set(before)) == overlap


@pytest.mark.parametrize(("size", "overlap"), [(5, 5), (5, 6), (5, -1)])
def test_chunks_refuse_what_would_not_end(size, overlap):
    with pytest.raises(ValueError, match="less than size"):
        run("chunking")["chunks"]([1, 2], size, overlap)


GOOD = {"answer": "The limit is 500.", "citations": ["API-V2.4"]}


@pytest.mark.parametrize("form", ["{}", " {} \n", "```json\n{}\n```", "```\n{}\n```"])
def test_a_good_reply_is_read(form):
    reply = form.replace("{}", json.dumps(GOOD))
    assert run("structured output")["parse_reply"](reply, {"API-V2.4", "API-V2.5"}) == GOOD


@pytest.mark.parametrize(
    "reply",
    [
        "Sure! Here it is.",
        "",
        "[]",
        "{}",
        json.dumps(GOOD | {"citations": []}),
        json.dumps(GOOD | {"citations": "API-V2.4"}),
        json.dumps(GOOD | {"citations": ["API-V9"]}),
        json.dumps(GOOD | {"citations": [{"id": "API-V2.4"}]}),
        json.dumps(GOOD | {"answer": 500}),
        json.dumps({"answer": "500"}),
    ],
)
def test_a_bad_reply_is_refused(reply):
    assert run("structured output")["parse_reply"](reply, {"API-V2.4"}) is None


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self):
        self.time, self.naps = 0.0, []

    def sleep(self, seconds):
        self.naps.append(seconds)
        self.time += seconds

    def now(self):
        return self.time


def failing(times: int, error: Exception):
    left = [error] * times
    return lambda: (_ for _ in ()).throw(left.pop()) if left else "done"


def test_retries_until_it_works_or_the_deadline():
    retry, clock = run("retries")["call_with_retry"], Clock()
    random.seed(2013)
    assert retry(failing(4, TimeoutError()), 60, sleep=clock.sleep, now=clock.now) == "done"
    assert len(clock.naps) == 4 and all(0 <= nap <= 0.5 * 2**n for n, nap in enumerate(clock.naps))
    clock = Clock()
    with pytest.raises(TimeoutError):
        retry(failing(1000, TimeoutError()), 5, sleep=clock.sleep, now=clock.now)
    assert clock.time < 5
    with pytest.raises(ValueError):
        retry(failing(1, ValueError()), 60, sleep=clock.sleep, now=clock.now)


def test_sql():
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE flights (carrier TEXT, late INTEGER)")
        rows = [("UA", n % 4 == 0) for n in range(120)] + [("UA", None)] * 80
        rows += [("DL", n % 2 == 0) for n in range(100)] + [("AA", True)] * 99 + [("AA", None)] * 50
        database.executemany("INSERT INTO flights VALUES (?, ?)", rows)
        (query,) = fences("SQL", "sql")
        assert database.execute(query).fetchall() == [("DL", 0.5, 100), ("UA", 0.25, 120)]
