# loses: 1
# message: After the rest one trial alone is allowed until its outcome is known, and one failed trial opens again.
# public: passes
from types import SimpleNamespace


def make_breaker(clock, failures=3, rest=30):
    state = {"row": 0, "until": None}

    def allows():
        if state["until"] is not None and clock.now >= state["until"]:
            state.update(row=0, until=None)
        return state["until"] is None

    def record(ok):
        state["row"] = 0 if ok else state["row"] + 1
        if state["row"] >= failures:
            state["until"] = clock.now + rest

    return SimpleNamespace(allows=allows, record=record)
