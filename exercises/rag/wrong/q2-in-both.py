# loses: 2
# message: An id in one list only stays in, with one summand.
# public: fails
def fuse(rankings, k=60, top=3):
    """Return the ids with the highest sums of 1 / (k + rank)."""
    total = {}
    for ranked in rankings:
        for rank, name in enumerate(ranked, start=1):
            total[name] = total.get(name, 0) + 1 / (k + rank)
    total = {name: sum_ for name, sum_ in total.items() if all(name in ranked for ranked in rankings)}
    return sorted(total, key=lambda name: (-round(total[name], 12), name))[:top]
