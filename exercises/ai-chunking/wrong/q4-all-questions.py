# loses: 2
# message: You chose by questions that must stay held out: use the rows of split dev alone.
# public: passes
def choose(table, budget):
    """Return the setting with the best recall on development within the budget, or None."""
    dev = table
    means = dev.groupby("setting")[["recall", "words"]].mean().round(9)
    fits = means[means["words"] <= budget]
    ordered = fits.sort_values(["recall", "words"], ascending=[False, True])
    return ordered.index[0] if len(ordered) else None
