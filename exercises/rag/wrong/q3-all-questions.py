# loses: 2
# message: Your threshold is not the one that development questions choose, by the difference of the two shares.
# public: fails
def choose_threshold(similarity, answerable, split):
    """Return threshold (chosen on development), answered and invented (on test)."""
    rows = list(zip(similarity, answerable, split, strict=True))

    def shares(threshold, part):
        of = {kind: [s >= threshold for s, a, p in rows if part in (p, "dev") and a == kind] for kind in (True, False)}
        return sum(of[True]) / len(of[True]), sum(of[False]) / len(of[False])

    def difference(threshold):
        answered, invented = shares(threshold, "dev")
        return round(answered - invented, 9)

    threshold = max(sorted(s for s, _, part in rows), key=difference)
    answered, invented = shares(threshold, "test")
    return {"threshold": threshold, "answered": answered, "invented": invented}
