# loses: 1
# message: A topic inside another word is not named: compare whole words.
# public: passes
# ruff: noqa: F821
def read_topic(reply):
    """Return the only topic that the reply names, or None."""
    named = {topic for topic in TOPICS if topic in reply.lower()}
    return named.pop() if len(named) == 1 else None
