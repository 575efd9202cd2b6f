"""Questions over the text of the book: retrieval, an extractive answer with citations, and abstention."""

import json
import os
import re
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np

from course.models import embed, embed_cached
from course.sentences import split, supported

# Below this cosine the nearest sentence rarely answers: chosen on the development questions of tests/ask_questions.json
# and checked on its test questions in tests/test_ask.py. A passage may be near by its heading and hold no answer.
THRESHOLD = 0.51
REPEATED = re.compile(r"^C\d{3}[a-d]?:? |\(C\d{3}[a-d]?\)\.?$")  # "C073: ...", "... (C073)."
SHORTEST = 5  # words; fewer are a fragment


class Index(NamedTuple):
    """Chunks with their vectors [chunks, 384], sentences with theirs [sentences, 384], and each one's chunk number."""

    chunks: list[dict[str, str]]
    vectors: np.ndarray
    sentences: list[str]
    sentence_vectors: np.ndarray
    chunk_of_sentence: np.ndarray


def open_index(folder: Path, progress=lambda batches: batches) -> Index:
    """Return the index of the built book in `folder` (`_build/ask`), embedding only what changed since last time.

    Raises FileNotFoundError if the book was not built.
    """
    pages = sorted((folder / "pages").glob("*.json"))
    if not pages:
        raise FileNotFoundError(f"no text of the book in {folder}: build it first with `make book`")
    chunks = [chunk for page in pages for chunk in json.loads(page.read_text(encoding="utf-8"))]
    parts = [(number, s) for number, chunk in enumerate(chunks) for s in sentences(chunk["text"])]
    texts = [f"{chunk['heading']}. {chunk['text']}" for chunk in chunks]
    vectors = embed_cached(texts + [s for _, s in parts], folder / "vectors.npz", progress)
    chunk_of_sentence = np.array([number for number, _ in parts])
    return Index(chunks, vectors[: len(chunks)], [s for _, s in parts], vectors[len(chunks) :], chunk_of_sentence)


def sentences(text: str) -> list[str]:
    """Return the sentences of `text` that can answer, or all of them where none can. None goes on beyond its line."""
    parts = [part for line in text.split("\n") for part in split(line)]
    return [part for part in parts if can_answer(part)] or parts


def can_answer(sentence: str) -> bool:
    """Return whether `sentence` means something alone: no question, announcement, fragment or row of a table does.

    Nor does a claim that is repeated with its id: its verdict stands elsewhere, and an assertion is no answer.
    """
    alone = " | " not in sentence and sentence[-1] not in "?:" and len(sentence.split()) >= SHORTEST
    return alone and not REPEATED.search(sentence)


def answer(index: Index, question: str, k: int = 3) -> dict:
    """Return {"answer", "generated", "citations", "abstained"}: one sentence of the book, word for word, and the k
    best chunks as {"page", "heading", "anchor", "text", "score"}; score is the cosine with the question.

    Where no sentence is near enough the answer is None, `abstained` is true and the citations are the nearest pages.
    """
    citations, sentence, cosine = nearest(index, question, k)
    abstained = cosine < THRESHOLD
    return {
        "answer": None if abstained else sentence,
        "generated": None,
        "citations": citations,
        "abstained": abstained,
    }


def nearest(index: Index, question: str, k: int) -> tuple[list[dict], str, float]:
    """Return the k best chunks with their scores, the best sentence in them, and its cosine with the question."""
    query = embed([question])[0]
    scores = index.vectors @ query
    best = np.argsort(-scores, kind="stable")[:k]
    citations = [index.chunks[i] | {"score": round(float(scores[i]), 4)} for i in best]
    near = np.flatnonzero(np.isin(index.chunk_of_sentence, best))
    candidates = np.array([i for i in near if can_answer(index.sentences[i])] or near)
    cosines = index.sentence_vectors[candidates] @ query
    return citations, index.sentences[candidates[cosines.argmax()]], float(cosines.max())


def generate(question: str, citations: list[dict[str, str]]) -> tuple[str, str]:
    """Return the language model's name and its sentence; it saw the question and the best chunk alone.

    Raises ConnectionError if a hosted model does not answer.
    """
    from openai import OpenAI, OpenAIError

    from course.models import llm_endpoint

    prompt = f"{citations[0]['text']}\n\nAnswer in one sentence from the text above. Question: {question}"
    with llm_endpoint() as (url, model):
        client = OpenAI(base_url=url, api_key=os.environ.get("OPENAI_API_KEY", "local"))
        try:
            reply = client.chat.completions.create(
                model=model, messages=[{"role": "user", "content": prompt}], temperature=0, max_tokens=80
            )
        except OpenAIError as error:
            message = f"{url} gave no answer ({error}): check COURSE_LLM_URL, COURSE_LLM_MODEL and OPENAI_API_KEY"
            raise ConnectionError(message) from error
    return model, (reply.choices[0].message.content or "").strip()


def answer_on_terminal(root: Path, question: str, k: int, with_generated: bool, as_json: bool) -> int:
    """Print the answer, readable or as JSON, and return 0: an abstention is an answer too.

    Raises ValueError for an empty question.
    """
    if not question.strip():
        raise ValueError("the question is empty: write it in quotes, as in course ask 'What is leakage?'")
    from tqdm import tqdm

    index = open_index(root / "_build" / "ask", lambda batches: tqdm(batches, desc="embedding the book", leave=False))
    found, model = answer(index, question, k), ""
    if with_generated and not found["abstained"]:
        model, sentence = generate(question, found["citations"])
        found["generated"] = sentence if supported(sentence, found["citations"][0]["text"]) else None
    print(json.dumps(found, ensure_ascii=False, indent=1) if as_json else _readable(found, model))
    sys.stdout.flush()
    return 0


def _readable(found: dict, model: str) -> str:
    """Return the answer with the number of the citation that holds it, what `model` said if it was asked, and where."""
    citations = found["citations"]
    if found["abstained"]:
        lines = ["No sentence near enough was found. Nearest pages:"]
    else:
        holds = next(number for number, c in enumerate(citations, start=1) if found["answer"] in c["text"])
        lines = [f"{found['answer']} [{holds}]"]
    if found["generated"]:
        lines.append(f"\nGenerated by {model}, may be wrong: {found['generated']}")
    elif model:
        lines.append(f"\nWhat {model} generated is not shown: it has numbers or words that [1] lacks.")
    lines.append("")
    for number, c in enumerate(citations, start=1):
        lines.append(f"[{number}] {c['page']}#{c['anchor']} ({c['heading']}; score {c['score']:.2f})")
    return "\n".join(lines)
