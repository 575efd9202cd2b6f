# loses: 3
# message: With texts of equal length it is off: look at the weight of a word.
# public: fails
# ruff: noqa: F821
def bm25(question, texts, k1=1.5, b=0.75):
    """Return the BM25 score of each text for the question."""
    split = [tokens(text) for text in texts]
    mean_length = sum(len(words) for words in split) / len(split)
    scores = [0.0] * len(texts)
    for word in sorted(set(tokens(question))):
        holds = sum(word in words for words in split)
        rarity = 1 if holds else 0
        for at, words in enumerate(split):
            f = words.count(word)
            norm = k1 * (1 - b + b * len(words) / mean_length)
            scores[at] += rarity * f * (k1 + 1) / (f + norm)
    return scores
