# loses: 1
# message: With another k or with ties your order is off: ranks start at 1, and equals go by the alphabet.
# public: passes
def fuse(rankings, k=60, top=3):
    """Return the ids with the highest sums of 1 / max(k + rank, 1)."""
    total = {}
    for ranked in rankings:
        for rank, name in enumerate(ranked):
            total[name] = total.get(name, 0) + 1 / max(k + rank, 1)
    return sorted(total, key=lambda name: (-round(total[name], 12), name))[:top]
