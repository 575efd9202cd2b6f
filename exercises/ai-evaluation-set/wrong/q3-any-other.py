# loses: 1
# message: Compare test questions with development questions, not with each other, and sort the ids.
# public: fails
# ruff: noqa: F821
def leaks(questions, least=0.6):
    """Return the sorted ids of test questions that are near copies of development ones."""
    bags = questions["question"].map(lambda question: set(words(question)))
    found = []
    for at in questions.index[questions["split"] == "test"]:
        bag = bags[at]
        if any(len(bag & other) / len(bag | other) >= least for other in bags.drop(at)):
            found.append(questions["question_id"][at])
    return sorted(found)
