# loses: 1
# message: A question that stands twice in another spelling counts once: compare its words.
# public: passes
def gaps(questions, plan):
    """Return {type: number of different questions that are missing}, where above 0."""
    missing = {}
    for kind, planned in plan.items():
        asked = questions.loc[questions["type"] == kind, "question"]
        different = asked.tolist()
        if len(different) < planned:
            missing[kind] = planned - len(different)
    return missing
