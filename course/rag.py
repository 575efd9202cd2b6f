"""What the RAG lab would repeat: evidence of a passage, the three rankings, fusion, and the scores of a ranking."""

import warnings
from itertools import groupby, zip_longest

import numpy as np
import pandas as pd

from course import sentences

with warnings.catch_warnings():  # it loads tqdm's notebook bars, which ask for ipywidgets; none is drawn here
    warnings.simplefilter("ignore")
    import bm25s

FUSION_CONSTANT = 60  # Cormack, Clarke and Buettcher, Reciprocal Rank Fusion (SIGIR 2009)


def evidence(text: str) -> list[str]:
    """Return the units of a passage that can be quoted as an answer: its sentences, and each table row with its heads.

    A row alone ("| UA | 1,220 | 25.6% |") means nothing; with its heads it can be found and understood.
    """
    prose, units = [], []
    for is_table, lines in groupby(text.split("\n"), key=lambda line: line.startswith("|")):
        lines = list(lines)
        if is_table and len(lines) > 2:
            heads, _, *rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
            units += ["; ".join(f"{h} {c}" for h, c in zip_longest(heads, row, fillvalue="")) for row in rows]
        else:
            prose += lines
    return sentences.split(" ".join(prose)) + units


def in_force(passages: pd.DataFrame, day: pd.Timestamp) -> np.ndarray:
    """Return which passages were in force on `day`, shape [passages]; all of them if no day is given (NaT)."""
    if pd.isna(day):
        return np.ones(len(passages), dtype=bool)
    return ((passages["valid_from"] <= day) & (passages["valid_to"].isna() | (passages["valid_to"] >= day))).to_numpy()


def bm25_index(texts: list[str]) -> bm25s.BM25:
    """Return a BM25 index of `texts` (Robertson's weighting as in Lucene, English stop words left out)."""
    index = bm25s.BM25()
    index.index(bm25s.tokenize(texts, stopwords="en", show_progress=False), show_progress=False)
    return index


def bm25_scores(index: bm25s.BM25, question: str) -> np.ndarray:
    """Return the BM25 score of each text, shape [texts]."""
    tokens = bm25s.tokenize(question, stopwords="en", return_ids=False, show_progress=False)[0]
    return index.get_scores(tokens) if tokens else np.zeros(index.scores["num_docs"], dtype=np.float32)


def ranking(scores: np.ndarray, ids: list[str], allowed: np.ndarray | None = None, k: int = 10) -> list[str]:
    """Return the k ids with the highest scores, each once, best first; ties in the order given.

    Several texts may have one id (sentences of a passage): the best one counts. `allowed` leaves texts out.
    """
    order = np.argsort(-np.asarray(scores, dtype=np.float64), kind="stable")
    ranked = (ids[i] for i in order if allowed is None or allowed[i])
    return list(dict.fromkeys(ranked))[:k]


def fuse(*rankings: list[str], k: int = 10) -> list[str]:
    """Return the rankings fused by reciprocal rank: 1 / (60 + rank), summed over the rankings; ties as first seen."""
    scores: dict[str, float] = {}
    for ranked in rankings:
        for rank, item in enumerate(ranked, start=1):
            scores[item] = scores.get(item, 0.0) + 1 / (FUSION_CONSTANT + rank)
    return sorted(scores, key=lambda item: -scores[item])[:k]


def recall_at_k(ranked: list[str], grades: dict[str, int], k: int) -> float:
    """Return the share of the answering passages (grade 2) that are among the first k.

    Raises ValueError if no passage answers: such a question has no recall.
    """
    wanted = {item for item, grade in grades.items() if grade == 2}
    if not wanted:
        raise ValueError("no passage has grade 2: recall is defined for questions with an answer, leave this one out")
    return len(wanted & set(ranked[:k])) / len(wanted)


def reciprocal_rank(ranked: list[str], grades: dict[str, int]) -> float:
    """Return 1 / rank of the first answering passage (grade 2), or 0 if there is none. Its mean is the MRR."""
    return next((1 / rank for rank, item in enumerate(ranked, start=1) if grades.get(item) == 2), 0.0)


def ndcg_at_k(ranked: list[str], grades: dict[str, int], k: int) -> float:
    """Return nDCG: gains equal to the grades, discounted by log2(rank + 1) (Jarvelin and Kekalainen 2002).

    Raises ValueError if no passage has a grade above 0: the best possible order is then worth nothing.
    """
    if not any(grades.values()):
        raise ValueError("no passage has a grade above 0: nDCG is not defined for this question, leave it out")
    discounts = 1 / np.log2(np.arange(2, k + 2))
    gains = np.array([grades.get(item, 0) for item in ranked[:k]])
    best = np.sort(np.array(list(grades.values())))[::-1][:k]
    return float((gains * discounts[: len(gains)]).sum() / (best * discounts[: len(best)]).sum())


def paired_interval(
    differences: np.ndarray, level: float = 0.95, seed: int = 2013, resamples: int = 10_000
) -> tuple[float, float, float]:
    """Return the mean difference over questions with its percentile interval, resampling questions."""
    differences = np.asarray(differences, dtype=float)
    rng = np.random.default_rng(seed)
    means = differences[rng.integers(0, len(differences), size=(resamples, len(differences)))].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(differences.mean()), float(low), float(high)
