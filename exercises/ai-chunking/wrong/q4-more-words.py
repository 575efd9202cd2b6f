# loses: 1
# message: Look at the budget: mean words on development, at most; fewer words among equals; None if none fits.
# public: passes
def choose(table, budget):
    """Return the setting with the best recall on development within the budget, or None."""
    dev = table[table["split"] == "dev"]
    means = dev.groupby("setting")[["recall", "words"]].mean().round(9)
    fits = means[means["words"] <= budget]
    ordered = fits.sort_values(["recall", "words"], ascending=[False, False])
    return ordered.index[0] if len(ordered) else None
