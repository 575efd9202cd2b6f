# loses: 3
# message: A reworded copy slips through, or something new is caught: look at the likeness, and at 'at least'.
# public: fails
# ruff: noqa: F821
def leaks(questions, least=0.6):
    """Return the sorted ids of test questions that are near copies of development ones."""
    bags = questions["question"].map(lambda question: set(words(question)))
    known = bags[questions["split"] == "dev"].tolist()
    found = []
    for at in questions.index[questions["split"] == "test"]:
        bag = bags[at]
        if any(bag == other for other in known):
            found.append(questions["question_id"][at])
    return sorted(found)
