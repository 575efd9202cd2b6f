# loses: 1
# message: Near the border the list is off: look at margin and max_gap.
# public: passes
def objections(candidate, baselines, margin=0.002, max_gap=0.05):
    nan = float("nan")

    def number(scores, name):
        return nan if scores.get(name) is None else scores[name]

    found = [] if abs(number(candidate, "gap")) <= max_gap + 1e-12 else ["gap"]
    for name, scores in baselines.items():
        if not number(candidate, "brier") < number(scores, "brier"):
            found.append(f"brier vs {name}")
        if not number(candidate, "auc") >= number(scores, "auc") - 1e-12:
            found.append(f"auc vs {name}")
    return sorted(found)
