"""The threshold of `course ask`: chosen on the development questions, reported on the test questions.

Run it on the built book, then put the threshold into course/ask.py: python tests/benchmarks/ask_threshold.py
"""

import json
import re
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score, roc_curve
from statsmodels.stats.proportion import proportion_confint

from course import ask

ROOT = Path(__file__).resolve().parents[2]


def best_threshold(scores: np.ndarray, answerable: np.ndarray) -> float:
    """Return the middle of the gap in scores at which `answerable` and the others separate best (Youden)."""
    false_alarm, hit, cuts = roc_curve(answerable, scores, drop_intermediate=False)
    cut = cuts[(hit - false_alarm).argmax()]
    below = scores[scores < cut]
    return float((cut + below.max()) / 2) if len(below) else float(cut)


def share(hits: np.ndarray) -> str:
    """Return a proportion with its 95% Wilson interval."""
    low, high = proportion_confint(int(hits.sum()), len(hits), method="wilson")
    return f"{hits.sum()} of {len(hits)}, {hits.mean():.0%} [{low:.0%}, {high:.0%}]"


def main(index_folder: Path = ROOT / "_build" / "ask") -> None:
    questions = json.loads((ROOT / "tests" / "ask_questions.json").read_text(encoding="utf-8"))
    index = ask.open_index(index_folder)
    nearest = [ask.nearest(index, question["question"], 3) for question in questions]
    found, scores = [citations for citations, *_ in nearest], np.array([cosine for *_, cosine in nearest])
    answerable = np.array([bool(question["pages"]) for question in questions])
    says = np.array(
        [
            bool(q["pages"]) and bool(re.search(q["says"], said))
            for q, (_, said, _) in zip(questions, nearest, strict=True)
        ]
    )
    is_dev = np.array([question["split"] == "dev" for question in questions])
    right = np.array([any(c["page"] in q["pages"] for c in cited) for q, cited in zip(questions, found, strict=True)])

    threshold = best_threshold(scores[is_dev], says[is_dev])
    print(f"threshold {threshold:.3f} (course/ask.py has {ask.THRESHOLD})")
    for name, split in (("dev", is_dev), ("test", ~is_dev)):
        print(f"{name}: AUC {roc_auc_score(says[split], scores[split]):.3f}")
        print(f"  expected page cited: {share(right[split & answerable])}")
        print(f"  abstained, no answer in the book: {share(scores[split & ~answerable] < threshold)}")
        print(f"  nearest sentence answers: {share(says[split & answerable])}")
        print(f"  the sentence given answers: {share(says[split & (scores >= threshold)])}")
        print(f"  answered, answer in the book: {share(scores[split & answerable] >= threshold)}")


if __name__ == "__main__":
    main()
