"""The rematch with a hosted model: what its cells send, to a server that refuses what the protocol does not have."""

import json
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import pytest

from course import rematch
from tests.hosted_model import NAME, hosted_model

ROOT = Path(__file__).resolve().parents[1]
LIVE = ["slice", "ask", "replay", "replay-check", "does-not-fit", "does-not-fit-line"]


@pytest.fixture
def provider(monkeypatch):
    """Return the requests that the hosted model got so far."""
    with hosted_model() as (variables, requests):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        yield requests


@pytest.fixture
def run(monkeypatch):
    """Return a function that runs cells of the notebook by their ids, and the names that they share."""
    monkeypatch.chdir(ROOT / "notebooks" / "roles")
    nb = json.loads(Path("rematch.ipynb").read_text(encoding="utf-8"))
    sources = {cell["id"]: "".join(cell["source"]) for cell in nb["cells"] if cell["cell_type"] == "code"}
    names = {}

    def cells(*ids):
        for cell in ids:
            exec(compile(sources[cell], cell, "exec"), names)

    with matplotlib.rc_context():
        cells("load")
        yield cells, names


def with_vectors_by_chance(names):
    """Which examples are nearest does not matter here, and embedding 900 messages takes half a minute."""
    vectors = np.random.default_rng(0).normal(size=(len(names["questions"]), 8))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    names["vectors"] = pd.DataFrame(vectors, index=names["questions"].index)


def test_the_live_cells_send_a_hosted_model_only_what_the_protocol_has(provider, run):
    cells, names = run
    with_vectors_by_chance(names)
    cells(*LIVE)
    assert len(provider) == len(names["slice_"]), "nothing but the slice is sent: a call costs money"
    for asked in provider:
        schema = asked["response_format"]["json_schema"]["schema"]
        (answer,) = schema["properties"].values()
        assert asked["model"] == NAME and answer["enum"] == list(rematch.TOPICS)
        assert asked["messages"][-1]["role"] == "user"
    assert (names["live"]["topic"] == "account").all() and f"{NAME} gives" in names["said"]


def test_checks_of_the_small_model_alone_are_skipped_for_a_hosted_one(provider, run):
    """Its processor is out of sight, so that it has no CPU seconds and no place in the order of prices."""
    cells, names = run
    with_vectors_by_chance(names)
    cells("slice", "ask")
    took = {"tfidf": 0.001, "embeddings": 0.02, "zero-shot": np.nan, "retrieval": np.nan}
    names["spent"] = pd.DataFrame({"cpu_seconds": took, "usd_per_1000": took})
    cells("latency-check")
    assert names["order"] == "counting words, embedding"


def test_a_key_that_is_missing_is_said_before_anything_is_sent(provider, run, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY")
    cells, names = run
    with_vectors_by_chance(names)
    cells("slice", "ask")
    with pytest.raises(Exception, match="OPENAI_API_KEY"):
        cells("replay")
    assert provider == []
