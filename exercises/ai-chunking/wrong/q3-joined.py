# loses: 1
# message: An answer counts only if one chunk holds all of it; case and spaces do not matter.
# public: passes
def recall_at_k(ranked, needed, k=5):
    """Return, for each question, the share of its answers that its first k chunks hold."""

    def alike(text):
        return " ".join(text.lower().split())

    found = []
    for chunks, answers in zip(ranked, needed, strict=True):
        first = [alike(chunk) for chunk in chunks[:k]]
        held = [alike(answer) in " ".join(first) for answer in answers]
        found.append(sum(held) / len(held))
    return found
