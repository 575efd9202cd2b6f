"""The count of a job ad's terms: whole words, longest first, each skill once, and how far it goes on the thirty ads."""

import string
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from course import data, job_ads

FOLDER = Path(__file__).resolve().parents[1] / "data"
SKILLS = data.load(FOLDER, "skills")
TERMS = job_ads.terms(SKILLS)
ADS = data.load(FOLDER, "job_ads").set_index("id")


def found(text: str) -> list[tuple[str, str]]:
    return [(text[m.start : m.end], m.skill) for m in job_ads.count(text, TERMS).mentions]


def lean(id: str) -> str:
    return job_ads.count(f"{ADS.loc[id, 'title']}\n\n{ADS.loc[id, 'text']}", TERMS).lean


@pytest.mark.parametrize(
    "text",
    ["fine-tuning", "Fine tuning", "FINETUNING", "fine\ntuning", "fine\u2011tuning", "(fine-tuning)", "/fine-tuning/"],
)
def test_case_hyphens_and_line_ends_do_not_matter(text):
    assert [skill for _, skill in found(text)] == ["fine-tuning"]


@pytest.mark.parametrize("text", ["fragment", "ragù", "éRAG", "RAG2", "trag", "storage", "Pythonic", "cloudy"])
def test_a_term_is_a_whole_word(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "skill"),
    [
        ("LLMs", "llm-apis"),
        ("feature stores", "feature-engineering"),
        ("neural networks", "deep-learning"),
        ("quantization", "model-optimisation"),
        ("quantisation", "model-optimisation"),
        ("cost optimisation", "llm-cost"),
        ("cost optimization", "llm-cost"),
        ("CI/CD", "software-engineering"),
        ("Next.js", "application-development"),
        ("Weights & Biases", "experiment-tracking"),
    ],
)
def test_plurals_spellings_and_signs(text, skill):
    assert found(f"We use {text}, daily.") == [(text, skill)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("evaluate LLM", [("evaluate LLM", "llm-evaluation")]),
        ("LLM in production", [("LLM in production", "llm-deployment")]),
        ("machine learning pipelines", [("machine learning pipelines", "training-pipelines")]),
        ("system prompt engineering", [("system prompt", "prompt-engineering")]),
        ("GPT-4 and GPT-4o", [("GPT-4", "llm-apis"), ("GPT", "llm-apis")]),
    ],
)
def test_the_longest_term_counts_and_no_letter_twice(text, expected):
    assert found(text) == expected


def test_a_skill_counts_once_for_its_role_however_often_it_is_named():
    counted = job_ads.count("RAG, rag, Qdrant and PyTorch; Python", TERMS)
    assert counted.skills == {"rag": 3, "training-evaluation": 1, "python": 1}
    assert counted.by_role == {"ml": 1, "ai": 1, "both": 1}
    assert counted.mentions_by_role == {"ml": 1, "ai": 3, "both": 1}
    assert counted.lean == "tie"
    assert counted.compared({"rag", "statistics"}) == (["rag"], ["training-evaluation", "python"])


@pytest.mark.parametrize("text", ["", " \n", "Gardener wanted."])
def test_a_text_without_terms_names_nothing(text):
    counted = job_ads.count(text, TERMS)
    assert (counted.mentions, counted.skills, counted.lean) == ([], {}, "tie")
    assert set(counted.by_role.values()) == {0}


@given(st.lists(st.sampled_from([term.text for term in TERMS]), max_size=12), st.text(string.punctuation, min_size=1))
@example(["evals", "rag"], "|")
def test_whatever_stands_between_them_mentions_are_ordered_apart_and_add_up(texts, between):
    text = f" {between} ".join(texts)
    counted = job_ads.count(text, TERMS)
    ends = [0] + [end for m in counted.mentions for end in (m.start, m.end)]
    assert ends == sorted(ends) and ends[-1] <= len(text)
    assert sum(counted.skills.values()) == len(counted.mentions) == sum(counted.mentions_by_role.values())
    assert sum(counted.by_role.values()) == len(counted.skills)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.text)
def test_every_term_is_found_as_its_own_skill(term):
    assert found(f"({term.text.upper()})") == [(term.text.upper(), term.skill)]


def test_what_is_marked_is_escaped_and_nothing_is_lost():
    text = "<b>RAG</b> & Python\nfor <script>"
    shown = job_ads.marked(text, job_ads.count(text, TERMS).mentions, {"ai": "■", "both": "◆"})
    assert shown == ("&lt;b&gt;<mark>■ RAG</mark>&lt;/b&gt; &amp; <mark>◆ Python</mark><br>for &lt;script&gt;")


def test_terms_are_longest_first_and_name_one_skill_each():
    assert [len(term.text) for term in TERMS] == sorted((len(term.text) for term in TERMS), reverse=True)
    twice = pd.DataFrame({"id": ["a", "b"], "role": ["ml", "ai"], "terms": ["fine-tuning;x", "Fine tuning"]})
    with pytest.raises(ValueError, match="finetuning"):
        job_ads.terms(twice)


def test_the_thirty_ads_are_ten_of_each_sort_and_all_different():
    sort = ADS["about"].where(ADS["kind"] == "plain", "hard")
    assert sort.value_counts().to_dict() == {"ml": 10, "ai": 10, "hard": 10}
    assert ADS["text"].is_unique and not ADS["text"].str.contains("  ").any()


@pytest.mark.parametrize("id", ADS.index[ADS["kind"] == "plain"])
def test_on_a_plain_ad_the_count_agrees_with_the_reader(id):
    assert lean(id) == ADS.loc[id, "about"]


@pytest.mark.parametrize(("id", "fooled"), [("A23", "ai"), ("A24", "tie"), ("A28", "ml"), ("A29", "ai")])
def test_negations_and_other_senses_fool_it_as_the_chapter_says(id, fooled):
    assert lean(id) == fooled != ADS.loc[id, "about"]
