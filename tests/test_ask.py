"""`course ask` on the built book: citations, abstention, times, what is embedded again, and errors in one line."""

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import time

import numpy as np
import pytest
from bs4 import BeautifulSoup

from course import ask
from course.models import LLM_NAME, embed
from tests.hosted_model import NAME, hosted_model

ANSWERED, OUTSIDE = "What does a promotion gate do?", "How do I write a web server in Rust?"


@pytest.fixture(scope="module")
def folder(book):
    return book.parent / "ask"


@pytest.fixture(scope="module")
def index(folder):
    return ask.open_index(folder)


@pytest.fixture(scope="module")
def questions(root):
    return json.loads((root / "tests" / "ask_questions.json").read_text(encoding="utf-8"))


def command(folder, *arguments, **variables):
    """Run `course ask` in `folder`, as a process of its own."""
    line = [sys.executable, "-m", "course.cli", "ask", *arguments]
    return subprocess.run(line, cwd=folder, capture_output=True, text=True, timeout=120, env=os.environ | variables)


# How good it is


def test_questions_are_split_and_half_of_them_have_an_answer(root, questions):
    assert len({question["question"] for question in questions}) == 48
    for split in ("dev", "test"):
        pages = [question["pages"] for question in questions if question["split"] == split]
        assert (len(pages), sum(map(bool, pages))) == (24, 12)
    assert all(("says" in question) == bool(question["pages"]) for question in questions)
    named = {page for question in questions for page in question["pages"]}
    toc = (root / "_toc.yml").read_text(encoding="utf-8")
    assert all(page.removesuffix(".html") in toc for page in named)


def test_questions_of_the_test_split_find_their_page_or_an_abstention(index, questions, capsys):
    cited, answered, silent, right = [], [], [], []
    for question in questions:
        if question["split"] == "test":
            found = ask.answer(index, question["question"])
            if question["pages"]:
                cited.append(any(citation["page"] in question["pages"] for citation in found["citations"]))
                answered.append(not found["abstained"])
                if found["answer"]:
                    right.append(re.search(question["says"], found["answer"]) is not None)
            else:
                silent.append(found["abstained"])
    with capsys.disabled():
        counts = [
            f"{sum(hits)} of {len(hits)} {name}"
            for hits, name in ((cited, "cited"), (answered, "answered"), (right, "right"))
        ]
        print(f"\ncourse ask, test questions: {', '.join(counts)}; {sum(silent)} of {len(silent)} outside abstained")
    # Generous: 12 questions each. tests/benchmarks/ask_threshold.py prints the rates with their intervals.
    assert np.mean(cited) >= 0.6 and np.mean(answered) >= 0.5 and np.mean(silent) >= 0.8
    assert np.mean(right) >= 0.3, "the sentence itself must answer, not only stand on the right page"


def test_a_quotation_stands_word_for_word_in_a_cited_chunk_and_page(index, book, questions):
    given = [ask.answer(index, question["question"]) for question in questions if question["split"] == "dev"]
    answers = [found for found in given if not found["abstained"]]
    assert len(answers) >= 6
    for found in answers:
        sources = [citation for citation in found["citations"] if found["answer"] in citation["text"]]
        assert sources, found["answer"]
        assert not found["answer"].endswith("?"), "a question answers nothing"
        assert [c["score"] for c in found["citations"]] == sorted(
            (c["score"] for c in found["citations"]), reverse=True
        )
        soup = BeautifulSoup((book / sources[0]["page"]).read_text(encoding="utf-8"), "html.parser")
        page, words = (re.sub(r"\W+", "", text) for text in (soup.get_text(), found["answer"]))
        assert words in page


# The index


def test_a_question_inside_a_process_is_quick(index, questions, capsys):
    ask.answer(index, "warm up")
    seconds = []
    for question in questions:
        start = time.process_time()
        ask.answer(index, question["question"])
        seconds.append(time.process_time() - start)
    with capsys.disabled():
        print(f"\ncourse ask, a question inside a process: {np.median(seconds) * 1000:.0f} ms of CPU (median)")
    assert np.median(seconds) < 0.1


def test_only_changed_chunks_are_embedded_again(folder, tmp_path):
    (tmp_path / "pages").mkdir()
    for name in ("book--how_to_use.json", "book--references.json"):
        shutil.copy(folder / "pages" / name, tmp_path / "pages" / name)
    shutil.copy(folder / "vectors.npz", tmp_path)  # holds the vectors of the whole book
    texts = []

    def counting(batches):
        texts.extend(text for batch in batches for _, text in batch)
        return batches

    before = ask.open_index(tmp_path, counting)
    assert texts == [], "every vector is in the cache"
    page = tmp_path / "pages" / "book--how_to_use.json"
    chunks = json.loads(page.read_text(encoding="utf-8"))
    chunks[0]["text"] += "\nA new sentence stands here."
    page.write_text(json.dumps(chunks), encoding="utf-8")
    after = ask.open_index(tmp_path, counting)
    assert texts == [f"{chunks[0]['heading']}. {chunks[0]['text']}", "A new sentence stands here."]
    assert np.array_equal(after.vectors[1:], before.vectors[1:])
    assert np.array_equal(after.vectors[0], embed(texts[:1])[0])
    assert len(after.sentences) == len(before.sentences) + 1
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["vectors.npz"]


def test_sentences_stay_on_their_line_and_what_cannot_stand_alone_does_not_answer():
    text = "One flight of two is late. Two of it!\nIs it three or more of them? It is four of them\nnow, at five."
    assert ask.sentences(text) == ["One flight of two is late.", "It is four of them"]
    assert ask.sentences("Is it? Is it not?") == ["Is it?", "Is it not?"], "better a question than nothing"
    assert ask.sentences(" | ML engineer | AI engineer\nFails by | leakage | missing context, made-up answers") == [
        "| ML engineer | AI engineer",
        "Fails by | leakage | missing context, made-up answers",
    ], "and better a row"
    assert ask.sentences("") == []


@pytest.mark.parametrize(
    "sentence",
    ["Is it three or more of them?", "Here is one message for each team:", "Two of it!", "| ML engineer | AI engineer"],
)
def test_questions_announcements_fragments_and_rows_do_not_answer(sentence):
    assert not ask.can_answer(sentence) and ask.can_answer("A drift is a change over time.")


def test_assertions_without_a_verdict_are_not_in_the_index(index):
    # The table of rules repeats what articles claim; a card has the claim with its verdict.
    assert not [chunk for chunk in index.chunks if chunk["anchor"] == "the-rules"]
    cards = [chunk for chunk in index.chunks if re.fullmatch(r"c\d{3}", chunk["anchor"])]
    assert len(cards) > 100 and all(re.search("[✓✗◐≈⇄○❝→◆]", chunk["text"]) for chunk in cards)


def test_every_sentence_belongs_to_a_chunk_that_holds_it(index):
    assert len(index.sentences) == len(index.sentence_vectors) == len(index.chunk_of_sentence)
    assert set(index.chunk_of_sentence) == set(range(len(index.chunks)))
    for sentence, number in zip(index.sentences, index.chunk_of_sentence, strict=True):
        assert sentence in index.chunks[number]["text"]


# The command


def test_an_answer_as_json(book, folder, index, capsys):
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = command(book.parents[1], ANSWERED, "--json", "-k", "2")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    with capsys.disabled():
        print(f"\ncourse ask, a fresh process: {time.perf_counter() - start:.1f} s, {cpu:.1f} s of CPU")
    assert done.returncode == 0 and cpu < 5
    found = json.loads(done.stdout)
    assert list(found) == ["answer", "generated", "citations", "abstained"]
    assert found == ask.answer(index, ANSWERED, k=2)
    assert found["abstained"] is False and found["generated"] is None
    assert [list(citation) for citation in found["citations"]] == [["page", "heading", "anchor", "text", "score"]] * 2
    assert found["citations"][0]["page"] in ("book/glossary.html", "notebooks/ml/training_pipeline.html")
    assert type(found["citations"][0]["score"]) is float


def test_an_answer_for_people_with_a_generated_sentence(book, index):
    done = command(book.parents[1], ANSWERED, "--generate")
    assert done.returncode == 0, done.stderr
    expected = ask.answer(index, ANSWERED)
    lines = done.stdout.splitlines()
    sentence, number = re.fullmatch(r"(.+) \[(\d)\]", lines[0]).groups()
    assert sentence == expected["answer"] and sentence in expected["citations"][int(number) - 1]["text"]
    shown, hidden = f"Generated by {LLM_NAME}, may be wrong: ", f"What {LLM_NAME} generated is not shown: "
    assert len([line for line in lines if line.startswith((shown, hidden)) and len(line) > len(shown) + 10]) == 1
    cited = [line for line in lines if line.startswith("[")]
    assert [line.split(" ")[1] for line in cited] == [f"{c['page']}#{c['anchor']}" for c in expected["citations"]]


@pytest.mark.parametrize("shown", [True, False], ids=["supported", "not supported"])
def test_a_hosted_model_is_named_and_shown_only_with_support(book, index, shown):
    """Its reply is the best passage's own first sentence, or that with a number that the passage lacks."""
    best = ask.answer(index, ANSWERED)["citations"][0]["text"]
    said = ask.sentences(best)[0] if shown else f"{ask.sentences(best)[0]} That was 987654."
    with hosted_model(lambda request: said) as (variables, requests):
        done = command(book.parents[1], ANSWERED, "--generate", **variables)
        as_json = json.loads(command(book.parents[1], ANSWERED, "--generate", "--json", **variables).stdout)
    assert done.returncode == 0, done.stderr
    assert (f"Generated by {NAME}, may be wrong: {said}" in done.stdout) is shown
    assert (f"What {NAME} generated is not shown: it has numbers or words that [1] lacks." in done.stdout) is not shown
    assert as_json["generated"] == (said if shown else None) and "135M" not in done.stdout
    assert len(requests) == 2 and best in requests[0]["messages"][0]["content"]


def test_an_abstention_prints_the_nearest_pages_and_generates_nothing(book):
    done = command(book.parents[1], OUTSIDE, "--generate")
    assert done.returncode == 0, "that the book does not answer is an answer"
    assert done.stdout.startswith("No sentence near enough was found. Nearest pages:\n\n[1] ")
    assert len(re.findall(r"^\[\d\] \S+\.html#\S+ \(.+; score 0\.\d\d\)$", done.stdout, re.MULTILINE)) == 3
    assert "Generated" not in done.stdout
    found = json.loads(command(book.parents[1], OUTSIDE, "--json").stdout)
    assert found["abstained"] is True and found["answer"] is None and len(found["citations"]) == 3


def one_line(done) -> str:
    """The error, after checking that it is one line and the status is that of a command that could not start."""
    assert done.returncode == 2 and done.stdout == "", done.stderr
    assert done.stderr.count("\n") == 1 and done.stderr.startswith("course: ")
    return done.stderr


@pytest.mark.parametrize("question", ["", "   "])
def test_an_empty_question_is_refused_in_one_line(book, question):
    assert "the question is empty: write it in quotes" in one_line(command(book.parents[1], question))


def test_a_book_that_is_not_built_is_said_in_one_line(root, tmp_path):
    (tmp_path / "notebooks").mkdir()
    shutil.copy(root / "_config.yml", tmp_path)
    assert "build it first with `make book`" in one_line(command(tmp_path, ANSWERED))


def test_a_hosted_model_that_does_not_answer_is_said_in_one_line(book):
    hosted = {"COURSE_LLM_URL": "http://127.0.0.1:9/v1", "COURSE_LLM_MODEL": "large"}
    message = one_line(command(book.parents[1], ANSWERED, "--generate", **hosted))
    assert "http://127.0.0.1:9/v1 gave no answer" in message and "check COURSE_LLM_URL" in message


def test_no_notebook_asks_the_book(root):
    # The index is made from the notebooks' outputs: one that read it would depend on itself.
    notebooks = sorted((root / "notebooks").rglob("*.ipynb"))
    assert notebooks
    for path in notebooks:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
        assert not re.search(r"course\.ask|from course import[^\n]*\bask\b|course ask|_build/ask", code), path.name
