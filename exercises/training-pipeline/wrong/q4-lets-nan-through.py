# loses: 1
# message: A score that is missing or NaN was waved through: what cannot be shown is an objection.
# public: passes
def objections(candidate, baselines, margin=0.002, max_gap=0.05):
    nan = float("nan")

    def number(scores, name):
        return nan if scores.get(name) is None else scores[name]

    found = ["gap"] if abs(number(candidate, "gap")) > max_gap + 1e-12 else []
    for name, scores in baselines.items():
        if number(candidate, "brier") > number(scores, "brier") - margin + 1e-12:
            found.append(f"brier vs {name}")
        if number(candidate, "auc") < number(scores, "auc") - 1e-12:
            found.append(f"auc vs {name}")
    return sorted(found)
