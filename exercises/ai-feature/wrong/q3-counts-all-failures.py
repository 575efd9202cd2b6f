# loses: 1
# message: Only failures in a row open it: a success starts the count again.
# public: passes
from types import SimpleNamespace


def make_breaker(clock, failures=3, rest=30):
    state = {"bad": 0, "since": None, "trial": False}

    def allows():
        if state["since"] is None:
            return True
        if state["trial"] or clock.now < state["since"] + rest:
            return False
        state["trial"] = True
        return True

    def record(ok):
        if ok:
            if state["trial"]:
                state.update(bad=0, since=None)
        else:
            state["bad"] += 1
            if state["bad"] >= failures:
                state["since"] = clock.now
        state["trial"] = False

    return SimpleNamespace(allows=allows, record=record)
