# loses: 1
# message: With two answers recall is the share that was found among the first k chunks.
# public: passes
def recall_at_k(ranked, needed, k=5):
    """Return, for each question, the share of its answers that its first k chunks hold."""

    def alike(text):
        return " ".join(text.lower().split())

    found = []
    for chunks, answers in zip(ranked, needed, strict=True):
        first = [alike(chunk) for chunk in chunks[:k]]
        held = [any(alike(answer) in chunk for chunk in first) for answer in answers]
        found.append(float(any(held)))
    return found
