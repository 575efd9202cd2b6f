# loses: 1
# message: Case and signs around a topic do not matter, and a reply that names two topics names none.
# public: passes
# ruff: noqa: F821
import re


def read_topic(reply):
    """Return the only topic that the reply names, or None."""
    for word in re.findall("[a-z]+", reply.lower()):
        if word in TOPICS:
            return word
