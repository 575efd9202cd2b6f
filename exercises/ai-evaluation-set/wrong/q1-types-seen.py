# loses: 1
# message: Go through the plan: a type without questions lacks them all, and one with more than planned lacks none.
# public: passes
# ruff: noqa: F821
def gaps(questions, plan):
    """Return {type: number of different questions that are missing}, where above 0."""
    missing = {}
    for kind in questions["type"].unique():
        planned = plan.get(kind, 0)
        asked = questions.loc[questions["type"] == kind, "question"]
        different = {tuple(words(question)) for question in asked}
        if len(different) < planned:
            missing[kind] = planned - len(different)
    return missing
