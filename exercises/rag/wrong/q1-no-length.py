# loses: 2
# message: With long and short texts it is off: look at b and the mean length.
# public: passes
# ruff: noqa: F821
import math


def bm25(question, texts, k1=1.5, b=0.75):
    """Return the BM25 score of each text for the question."""
    split = [tokens(text) for text in texts]
    scores = [0.0] * len(texts)
    for word in sorted(set(tokens(question))):
        holds = sum(word in words for words in split)
        rarity = math.log(1 + (len(texts) - holds + 0.5) / (holds + 0.5))
        for at, words in enumerate(split):
            f = words.count(word)
            norm = k1
            scores[at] += rarity * f * (k1 + 1) / (f + norm)
    return scores
