"""Questions over the text of the book: retrieval, an extractive answer with citations, and abstention."""

import json
import os
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np

from course.models import embed, embed_cached
from course.sentences import split

# Below this cosine the nearest chunk rarely answers: chosen on the development questions of tests/ask_questions.json,
# and checked on its test questions in tests/test_ask.py.
THRESHOLD = 0.45


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
    """Return the sentences of `text` that can answer: not its questions, unless it has nothing else.

    No sentence goes on beyond its line.
    """
    parts = [part for line in text.split("\n") for part in split(line)]
    return [part for part in parts if not part.endswith("?")] or parts


def answer(index: Index, question: str, k: int = 3) -> dict:
    """Return {"answer", "generated", "citations", "abstained"}: one sentence of the book, word for word, and the k
    best chunks as {"page", "heading", "anchor", "text", "score"}; score is the cosine with the question.

    Below THRESHOLD the answer is None, `abstained` is true and the citations are the nearest pages.
    """
    query = embed([question])[0]
    scores = index.vectors @ query
    best = np.argsort(-scores, kind="stable")[:k]
    citations = [index.chunks[i] | {"score": round(float(scores[i]), 4)} for i in best]
    abstained = bool(scores[best[0]] < THRESHOLD)
    chosen = None
    if not abstained:
        candidates = np.flatnonzero(np.isin(index.chunk_of_sentence, best))
        chosen = index.sentences[candidates[np.argmax(index.sentence_vectors[candidates] @ query)]]
    return {"answer": chosen, "generated": None, "citations": citations, "abstained": abstained}


def generate(question: str, citations: list[dict[str, str]]) -> str:
    """Return one sentence by the language model, which saw the question and the best chunk alone.

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
    return (reply.choices[0].message.content or "").strip()


def answer_on_terminal(root: Path, question: str, k: int, with_generated: bool, as_json: bool) -> int:
    """Print the answer, readable or as JSON, and return 0: an abstention is an answer too.

    Raises ValueError for an empty question.
    """
    if not question.strip():
        raise ValueError("the question is empty: write it in quotes, as in course ask 'What is leakage?'")
    from tqdm import tqdm

    index = open_index(root / "_build" / "ask", lambda batches: tqdm(batches, desc="embedding the book", leave=False))
    found = answer(index, question, k)
    if with_generated and not found["abstained"]:
        found["generated"] = generate(question, found["citations"])
    print(json.dumps(found, ensure_ascii=False, indent=1) if as_json else _readable(found))
    sys.stdout.flush()
    return 0


def _readable(found: dict) -> str:
    lines = ["The book does not answer this. Nearest pages:" if found["abstained"] else found["answer"]]
    if found["generated"]:
        lines.append(f"\nGenerated by a 135M-parameter model, may be wrong: {found['generated']}")
    lines.append("")
    for number, c in enumerate(found["citations"], start=1):
        lines.append(f"[{number}] {c['page']}#{c['anchor']} ({c['heading']}; score {c['score']:.2f})")
    return "\n".join(lines)
