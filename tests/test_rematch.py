"""The rematch: prompts without leakage, draws, retrieval, the grammar, the recorded runs, and the break-even."""

import importlib.util
import math
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai import BadRequestError, OpenAI
from sklearn.neighbors import NearestNeighbors

from course import data, models, rematch

DATA = Path(__file__).parent.parent / "data"


def script(name):
    """Import a script of data/make, which imports its neighbours by name."""
    sys.path.insert(0, str(DATA / "make"))
    try:
        spec = importlib.util.spec_from_file_location(f"make_{name}", DATA / "make" / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(str(DATA / "make"))


rematch_runs = script("rematch_runs")


@pytest.fixture(scope="module")
def questions():
    return data.load(DATA, "desk_questions").set_index("text_id")


@pytest.fixture(scope="module")
def train(questions):
    return questions[questions["split"] == "train"]


@pytest.fixture(scope="module")
def held_out(questions):
    return questions[questions["split"] == "test"]


@pytest.fixture(scope="module")
def runs():
    return data.load(DATA, "rematch_runs")


@pytest.fixture(scope="module")
def vectors(questions):
    """Unit vectors by chance: where only positions matter, embedding 900 messages would be a waste."""
    random = np.random.default_rng(0).normal(size=(len(questions), 8))
    return pd.DataFrame(random / np.linalg.norm(random, axis=1, keepdims=True), index=questions.index)


# draws


@pytest.mark.parametrize("per_class", rematch.PER_CLASS)
def test_draws_are_balanced_repeatable_and_nested(train, per_class):
    for number in (0, 7):
        drawn = rematch.draw(train, per_class, number)
        assert (drawn["topic"].value_counts() == per_class).all() and drawn["topic"].nunique() == len(rematch.TOPICS)
        assert drawn.index.is_unique and set(drawn["split"]) == {"train"}
        assert drawn.index.equals(rematch.draw(train, per_class, number).index)
        assert set(rematch.draw(train, 1, number).index) <= set(drawn.index)
    if per_class < 100:
        assert set(rematch.draw(train, per_class, 0).index) != set(rematch.draw(train, per_class, 1).index)


def test_a_draw_of_more_than_there_is_names_the_topic(train):
    with pytest.raises(ValueError, match="has 100 messages, 101 were asked for"):
        rematch.draw(train, 101, 0)
    assert rematch.draw(train, 0, 0).empty


def test_every_test_message_is_dealt_once(held_out):
    dealt = rematch.dealt(held_out)
    assert dealt.index.equals(held_out.index)
    assert sorted(dealt.unique()) == list(range(rematch.DRAWS)) and (dealt.value_counts() == 15).all()
    assert pd.crosstab(dealt, held_out["topic"]).isin([2, 3]).all(axis=None)


# prompts


@pytest.mark.parametrize(
    ("method", "per_class", "turns"),
    [("zero-shot", 0, 0), ("few-shot", 1, 6), ("few-shot", 5, 30), ("retrieval", 20, 3), ("zero-shot reversed", 0, 0)],
)
def test_prompts_hold_no_test_message_and_no_label_of_one(questions, held_out, vectors, method, per_class, turns):
    known = dict(zip(questions["text"], questions["split"], strict=True))
    topics = dict(zip(questions["text"], questions["topic"], strict=True))
    for text_id in held_out.index[::30]:
        call = pd.Series({"method": method, "examples_per_class": per_class, "draw": 3, "text_id": text_id})
        system, *examples, asked = rematch.chat(call, questions, vectors)
        assert asked == {"role": "user", "content": questions.loc[text_id, "text"]}
        shown, labels = examples[::2], examples[1::2]
        assert len(shown) == len(labels) == turns
        assert all(known[turn["content"]] == "train" for turn in shown)
        assert [turn["content"] for turn in labels] == [topics[turn["content"]] for turn in shown]
        assert not any(text in system["content"] for text in known)


def test_no_test_message_is_a_training_message(train, held_out):
    assert not set(held_out["text"].str.casefold()) & set(train["text"].str.casefold())


def test_no_two_messages_nearly_repeat_each_other(root, questions):
    """As the table's description says: no pair above a cosine of 0.75, least of all a training and a test message."""
    vectors = models.embed_cached(questions["text"].tolist(), root / "_build" / "vectors" / "desk_questions.npz")
    cosines = vectors @ vectors.T - 2 * np.eye(len(vectors))
    one, other = np.unravel_index(cosines.argmax(), cosines.shape)
    assert cosines.max() <= 0.75 + 1e-4, questions["text"].iloc[[one, other]].tolist()
    assert cosines.max() > 0.6, "the measure can tell"


def test_a_training_message_would_not_be_its_own_example_unless_drawn(questions, vectors):
    """Retrieval searches the draw, nothing else."""
    call = pd.Series({"method": "retrieval", "examples_per_class": 5, "draw": 2, "text_id": questions.index[1]})
    drawn = rematch.draw(questions[questions["split"] == "train"], 5, 2)
    shown = [turn["content"] for turn in rematch.chat(call, questions, vectors)[1:-1:2]]
    assert set(shown) <= set(drawn["text"])


def test_reversed_prompt_differs_in_the_order_of_topics_alone(questions, vectors):
    call = {"examples_per_class": 0, "draw": 0, "text_id": questions.index[1]}
    one, other = (
        rematch.chat(pd.Series(call | {"method": method}), questions, vectors)[0]["content"]
        for method in ("zero-shot", "zero-shot reversed")
    )
    assert one != other and sorted(one.splitlines()) == sorted(other.splitlines())


# retrieval


@given(st.integers(1, 40), st.integers(1, 6), st.integers(1, 5), st.integers(0, 10_000))
def test_nearest_equals_scikit_learn(pool_size, queries, count, seed):
    rng = np.random.default_rng(seed)
    pool, asked = (rng.normal(size=(n, 16)) for n in (pool_size, queries))
    pool, asked = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in (pool, asked))
    reference = NearestNeighbors(n_neighbors=min(count, pool_size), metric="cosine").fit(pool)
    assert np.array_equal(rematch.nearest(pool, asked, count), reference.kneighbors(asked, return_distance=False))


def test_the_nearest_example_stands_last(questions, vectors):
    text_id = "D002"
    call = pd.Series({"method": "retrieval", "examples_per_class": 20, "draw": 4, "text_id": text_id})
    shown = [turn["content"] for turn in rematch.chat(call, questions, vectors)[1:-1:2]]
    closeness = [float(vectors.loc[questions.index[questions["text"] == t][0]] @ vectors.loc[text_id]) for t in shown]
    assert closeness == sorted(closeness) and len(shown) == rematch.NEIGHBOURS


# the language model itself


def test_live_answers_are_topics_and_as_recorded(questions, vectors, runs):
    calls = runs[runs["method"] == "zero-shot"].iloc[:6]
    few = runs[(runs["method"] == "few-shot") & (runs["examples_per_class"] == 1)].iloc[:2]
    with models.llm_endpoint() as (url, model):
        client = OpenAI(base_url=url, api_key="local")
        chats = [rematch.chat(call, questions, vectors) for _, call in pd.concat([calls, few]).iterrows()]
        answers = [rematch.ask(client, model, chat) for chat in chats]
        nonsense = rematch.ask(client, model, [{"role": "user", "content": "Write a poem about rain."}])
        too_many = rematch.draw(questions[questions["split"] == "train"], 20, 0)
        with pytest.raises(BadRequestError, match="context"):
            rematch.ask(client, model, rematch.messages("Hello?", too_many))
    assert {answer.topic for answer in [*answers, nonsense]} <= set(rematch.TOPICS)
    same = [
        answer.topic == said for answer, said in zip(answers, [*calls["predicted"], *few["predicted"]], strict=True)
    ]
    assert np.mean(same) >= 0.75  # 6 of 8: another processor may flip a near tie
    assert answers[1].cached_tokens > 100 and answers[1].prompt_tokens > answers[1].cached_tokens
    assert all(answer.seconds > 0 and answer.cpu_seconds > 0 for answer in answers)


# the recorded runs


def test_recorded_runs_are_the_planned_ones(runs, held_out):
    planned = rematch_runs.plan(held_out)
    recorded = runs[rematch_runs.KEY].astype({"examples_per_class": int, "draw": int})
    pd.testing.assert_frame_equal(recorded, planned, check_dtype=False)
    assert not planned.duplicated().any()
    assert (planned.groupby(["method", "examples_per_class"]).size() == len(held_out)).all()


def test_recorded_runs_are_consistent(runs):
    assert set(runs["predicted"]) <= set(rematch.TOPICS)
    assert (runs["cached_tokens"] < runs["prompt_tokens"]).all() and (runs["prompt_tokens"] < 4096).all()
    assert (runs["seconds"] > 0).all() and (runs["cpu_seconds"] > 0).all()
    tokens = runs.groupby(["method", "examples_per_class"])["prompt_tokens"].median()
    assert tokens["zero-shot", 0] < tokens["retrieval", 1] < tokens["few-shot", 5]


def test_the_recorder_resumes_where_it_stopped(tmp_path, questions, held_out, monkeypatch):
    """Two planned calls, one of them recorded: only the other is run, and the order is the plan's."""
    two = rematch_runs.plan(held_out).iloc[:2]
    monkeypatch.setattr(rematch_runs, "plan", lambda test: two)
    path = tmp_path / "rematch_runs.csv"
    first = two.iloc[[1]].assign(predicted="data", seconds=1.0, cpu_seconds=1.0, prompt_tokens=9, cached_tokens=0)
    first.to_csv(path, index=False)
    few = questions.loc[two["text_id"]]  # embed two messages, not 900
    assert rematch_runs.record(path, few) == 0
    written = pd.read_csv(path)
    assert written["text_id"].tolist() == two["text_id"].tolist()
    assert written["predicted"].iloc[1] == "data" and written["seconds"].iloc[1] == 1.0
    assert written["predicted"].iloc[0] in rematch.TOPICS and [p.name for p in tmp_path.iterdir()] == [path.name]


def test_recorder_help_and_missing_folder(tmp_path, capsys):
    with pytest.raises(SystemExit) as caught:
        rematch_runs.main(["--help"])
    assert caught.value.code == 0 and "--check" in capsys.readouterr().out
    assert rematch_runs.main(["--data", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


# intervals


def test_interval_of_one_draw_is_the_bootstrap_of_texts():
    """20 of 100 right: the standard error is known, sqrt(0.2 x 0.8 / 100) = 0.04."""
    mean, low, high = rematch.interval(np.repeat([1.0, 0.0], [20, 80]), resamples=20_000)
    assert mean == pytest.approx(0.2)
    assert (high - low) / 2 == pytest.approx(1.96 * 0.04, rel=0.05)


def test_interval_resamples_draws_that_differ():
    """Draws that agree on every text but differ among themselves: resampling texts alone would see no spread."""
    correct = np.tile(np.repeat([0.0, 1.0], 10)[:, None], (1, 50))
    mean, low, high = rematch.interval(correct, resamples=20_000)
    assert mean == 0.5 and (high - low) / 2 == pytest.approx(1.96 * math.sqrt(0.25 / 20), rel=0.1)


def test_interval_of_nested_texts_resamples_the_draws_with_their_texts():
    rng = np.random.default_rng(1)
    correct = np.full((20, 300), np.nan)
    for text in range(300):
        correct[text % 20, text] = rng.random() < 0.6
    mean, low, high = rematch.interval(correct, resamples=20_000)
    by_draw = np.nanmean(correct, axis=1)
    assert mean == pytest.approx(by_draw.mean())
    assert (high - low) / 2 == pytest.approx(1.96 * by_draw.std() / math.sqrt(20), rel=0.1)


@settings(max_examples=25)
@given(st.integers(1, 4), st.integers(2, 12), st.integers(0, 1000))
def test_interval_holds_the_mean_and_widens_with_the_level(draws, texts, seed):
    correct = np.random.default_rng(seed).integers(0, 2, size=(draws, texts)).astype(float)
    mean, low, high = rematch.interval(correct, resamples=500)
    _, lower, higher = rematch.interval(correct, resamples=500, level=0.99)
    assert 0 <= lower <= low <= mean <= high <= higher <= 1
    assert mean == pytest.approx(correct.mean())


# break-even

money = st.floats(0, 1000, allow_nan=False)
positive = st.floats(0.01, 1000, allow_nan=False)
share = st.floats(0, 1, allow_nan=False)


def total(accuracy, per_thousand, labels, texts, mistake):
    """What everything costs, written out: labels, calls, and mistakes."""
    return labels + texts * per_thousand / 1000 + texts * (1 - accuracy) * mistake


@given(share, money, money, money, st.floats(1, 1e6), positive)
def test_both_cost_the_same_at_the_break_even(accuracy, own, hosted, labels, texts, mistake):
    needed = rematch.break_even(accuracy, own, hosted, labels, texts, mistake)
    own_total = total(accuracy, own, labels, texts, mistake)
    hosted_total = total(needed, hosted, 0, texts, mistake)
    if needed > 0:
        assert hosted_total == pytest.approx(own_total, rel=1e-6, abs=1e-6)
    else:
        assert hosted_total <= own_total * (1 + 1e-9) + 1e-6


@given(share, money, money, positive, st.floats(1, 1e6), positive)
def test_break_even_moves_as_it_must(accuracy, own, hosted, labels, texts, mistake):
    needed = rematch.break_even(accuracy, own, hosted, labels, texts, mistake)
    assert rematch.break_even(accuracy, own, hosted + 1, labels, texts, mistake) >= needed
    assert rematch.break_even(accuracy, own, hosted, labels + 1, texts, mistake) <= needed
    assert rematch.break_even(accuracy, own, hosted, labels, 2 * texts, mistake) >= needed
    assert rematch.break_even(accuracy, own, own, 0, texts, mistake) == pytest.approx(accuracy)


def test_hosted_price_counted_by_hand():
    prices = pd.DataFrame({"input_usd": [1.0, 0.1], "output_usd": [5.0, 0.5]}, index=["a", "b"])
    # 1,000 texts of 200 prompt tokens are 200,000 tokens: a fifth of a million.
    assert rematch.hosted_price(prices, 200, 3).tolist() == pytest.approx([0.2 + 0.015, 0.02 + 0.0015])


def test_prices_have_a_date_and_a_deep_address():
    prices = data.load(DATA, "hosted_prices")
    hosted = prices[prices["kind"] == "model"]
    assert prices["date"].notna().all() and prices["address"].str.match(r"https://[^/]+/.+/.+").all()
    assert (hosted[["input_usd", "output_usd"]] > 0).all(axis=None) and hosted["hour_usd"].isna().all()
    assert (hosted["output_usd"] >= hosted["input_usd"]).all()
