# loses: 1
# message: Different words in both, divided by different words in either: each counts once.
# public: passes
# ruff: noqa: F821
def leaks(questions, least=0.6):
    """Return the sorted ids of test questions that are near copies of development ones."""
    bags = questions["question"].map(lambda question: set(words(question)))
    known = bags[questions["split"] == "dev"].tolist()
    # A short question inside a long one was taken for a copy.
    found = []
    for at in questions.index[questions["split"] == "test"]:
        bag = bags[at]
        if any(
            len(bag & other) / len(bag | other) >= least or len(bag & other) == min(len(bag), len(other))
            for other in known
        ):
            found.append(questions["question_id"][at])
    return sorted(found)
