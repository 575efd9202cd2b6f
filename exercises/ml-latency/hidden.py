"""Hidden cases of ml-latency. Practice: this file is public. course-canary-ml-latency"""

import numpy as np

from course.exercises.cases import Check, call, close, drive


def trace(seed: int, depth: int) -> list[dict]:
    """Return a trace whose spans are nested `depth` levels deep, in random order, with names that repeat."""
    rng = np.random.default_rng([seed, 51])
    spans = [{"id": 0, "parent": None, "name": "request", "start": 0.0, "end": 1000.0}]
    level = spans[:]
    for _ in range(depth):
        below = []
        for parent in level:
            cuts = np.sort(rng.uniform(parent["start"], parent["end"], size=4)).round(3).tolist()
            for start, end in (cuts[:2], cuts[2:]):
                name = str(rng.choice(["fetch", "parse", "score"]))
                span = {"id": len(spans), "parent": parent["id"], "name": name, "start": start, "end": end}
                spans.append(span)
                below.append(span)
        level = below
    return [spans[n] for n in rng.permutation(len(spans))]


def traces(seed):
    return [call("own_time", trace(seed, 1)), call("own_time", trace(seed, 3))]


def whole(seed):
    rng = np.random.default_rng([seed, 52])
    own = {name: float(rng.uniform(5, 90)) for name in ("fetch", "score", "request")}
    return [call("speedup", own, part, float(rng.uniform(1.5, 50))) for part in own]


def tree(rng, depth: int, width: int) -> dict:
    """Return a tree whose leaves lie at different depths up to `depth`; thresholds are whole numbers."""
    made = {"feature": [], "threshold": [], "left": [], "right": [], "value": []}

    def grow(left_over: int) -> int:
        number = len(made["feature"])
        leaf = left_over == 0 or (left_over < depth and rng.random() < 0.3)
        entries = {"feature": -1 if leaf else rng.integers(width), "threshold": rng.integers(-2, 3)}
        entries |= {"left": -1, "right": -1, "value": rng.normal() if leaf else 0}
        for name, each in entries.items():
            made[name].append(float(each) if name in ("threshold", "value") else int(each))
        if not leaf:
            made["left"][number], made["right"][number] = grow(left_over - 1), grow(left_over - 1)
        return number

    grow(depth)
    return made


def forest(seed: int, depth: int = 6) -> list[dict]:
    rng = np.random.default_rng([seed, 53])
    return [tree(rng, depth, 4) for _ in range(4)]


def odd_rows(seed):
    rng = np.random.default_rng([seed, 54])
    rows = rng.integers(-3, 4, size=(40, 4)).astype(float)
    rows[rng.random(rows.shape) < 0.15] = float("nan")
    return [call("score_all", rows, forest(seed)), call("score_all", rows[:1], forest(seed, 1))]


def counted_steps(answers, rows, trees):
    import sys

    def steps(part):
        count, space, before = 0, answers.score_all.__globals__, sys.gettrace()

        def trace(frame, event, _):
            nonlocal count
            if frame.f_globals is not space:
                return None
            frame.f_trace_opcodes = True
            count += event == "opcode"
            return trace

        sys.settrace(trace)
        try:
            answers.score_all(part, trees)
        finally:
            sys.settrace(before)
        return count

    return {"of": "steps", "few": steps(rows[:30]), "many": steps(rows), "scores": []}


def timed(answers, seed, trees):
    """Return the seconds for 10 rows and for 3,000, and some of the scores."""
    import time

    import numpy as np

    rows = np.random.default_rng([seed, 56]).normal(size=(3000, 4))  # no row twice: remembering does not help

    def least(part, runs):
        # The least of some runs is one that nothing disturbed. time.process_time stands still in some sandboxes.
        times = []
        for _ in range(runs):
            start = time.perf_counter()
            answers.score_all(part, trees)
            times.append(time.perf_counter() - start)
        return min(times)

    few, many = least(rows[:10], 50), least(rows, 20)
    return {"of": "seconds", "few": few, "many": many, "scores": answers.score_all(rows, trees)[::100]}


def growing(seed):
    rows = np.tile(np.random.default_rng([seed, 55]).normal(size=(30, 4)), (10, 1))
    return [drive(counted_steps, rows, forest(seed, 4)), drive(timed, seed, forest(seed, 4))]


# How much more many rows may take than few. Steps: of 10 times the rows, where a loop takes 10 times as many.
# Seconds: of 300 times the rows, where loops were seen to take over 140 times as long, NumPy 3 to 15 times.
GROWTH = {"steps": 2, "seconds": 40}


def all_at_once(answer, expected) -> bool:
    grown = answer["many"] <= GROWTH[expected["of"]] * answer["few"]
    return 0 < answer["few"] and grown and close()(answer["scores"], expected["scores"])


def rows_message(answer, expected) -> str:
    if expected["of"] == "steps":
        return "The answers cost a step for every row: let NumPy move all rows at once."
    return "On many rows the time grows as a loop's does, or answers differ. Is each row still scored by itself?"


def counted_calls(answers, keys, known, limit):
    class Store:
        width, calls, keys = 3, 0, 0

        def fetch(self, key):
            Store.calls, Store.keys = Store.calls + 1, Store.keys + 1
            return known.get(str(key))

        def fetch_many(self, keys):
            Store.calls, Store.keys = Store.calls + 1, Store.keys + len(keys)
            if len(keys) > limit:
                raise ValueError(f"{len(keys)} keys in one call, at most {limit} were expected")
            return {key: known[str(key)] for key in sorted(keys, reverse=True) if str(key) in known}

    Store.limit = limit
    found = answers.fetch_features(keys, Store())
    return {"rows": found, "shape": list(found.shape), "calls": Store.calls, "keys": Store.keys}


def stock(rng) -> dict:
    return {str(key): rng.normal(size=3).round(3).tolist() for key in range(80) if rng.random() < 0.8}


def baskets(seed):
    rng = np.random.default_rng([seed, 56])
    return [
        drive(counted_calls, rng.permutation(80)[:18].tolist(), stock(rng), 7),
        drive(counted_calls, rng.integers(0, 12, size=30).tolist(), stock(rng), 10),
        drive(counted_calls, [], stock(rng), 5),
    ]


def rows_right(answer, expected) -> bool:
    return all(close()(answer[name], expected[name]) for name in ("rows", "shape"))


def as_few_calls(answer, expected) -> bool:
    return answer["calls"] <= expected["calls"] and answer["keys"] <= expected["keys"]


def cache_message(answer, expected) -> str:
    if isinstance(answer, list) and len(answer) == 2 and answer[0] == expected[0]:
        return "The answers are right, but fetch is called at other times: look at the age of an entry and at who goes."
    return "An answer differs from what fetch gave: a caller may change its list, and entries grow old."


def replayed(answers, ttl, size, events):
    now, fetched = [0.0], []

    def fetch(key):
        fetched.append(key)
        if key < 0:
            raise KeyError(key)
        return [key, now[0]]

    ask = answers.cached(fetch, ttl, size, lambda: now[0])
    given = []
    for time, key, spoil in events:
        now[0] = time
        try:
            row = ask(key)
            given.append(list(row))
        except KeyError:
            given.append("error")
            continue
        if spoil:
            row[:] = [0, 0, 0]
    return [given, fetched]


def ages(seed):
    rng = np.random.default_rng([seed, 57])
    times = np.sort(rng.integers(0, 60, size=40)).tolist()
    steady = [[float(time), 1, False] for time in range(0, 40, 3)]
    events = [[float(time), int(rng.integers(3)), False] for time in times]
    return [drive(replayed, 10, 9, steady), drive(replayed, 7, 9, events)]


def full(seed):
    rng = np.random.default_rng([seed, 58])
    events = [[float(n), int(rng.integers(5)), False] for n in range(60)]
    # Fetched first but asked for last: it stays.
    return [drive(replayed, 1e9, 2, [[0, 1, False], [1, 2, False], [2, 1, False], [3, 3, False], [4, 1, False]])] + [
        drive(replayed, 1e9, 3, events)
    ]


def spoiled(seed):
    rng = np.random.default_rng([seed, 59])
    events = [[float(n), int(rng.integers(-1, 4)), bool(rng.random() < 0.5)] for n in range(40)]
    return [drive(replayed, 1e9, 9, [[0, 1, True], [1, 1, True], [2, 1, False], [3, -1, False], [4, -1, False]])] + [
        drive(replayed, 1e9, 9, events)
    ]


CHECKS = {
    "q1": [
        Check(
            "traces",
            1,
            traces,
            "Own times are off in a deeper trace: subtract only spans directly inside, add up equal names.",
        ),
        Check(
            "whole",
            1,
            whole,
            "The part gets faster, the rest stays as it is: look at what the whole takes afterwards.",
        ),
    ],
    "q2": [
        Check(
            "odd rows",
            1,
            odd_rows,
            "Another answer than score_slow: look at missing values, values at a threshold, leaves at other depths.",
        ),
        Check(
            "all at once",
            2,
            growing,
            rows_message,
            all_at_once,
            seeds=1,
        ),
    ],
    "q3": [
        Check(
            "rows",
            1,
            baskets,
            "Other rows than fetch_slow gives: look at keys that come twice, are unknown, or are none at all.",
            rows_right,
        ),
        Check(
            "calls",
            2,
            baskets,
            "More calls or keys than needed: each key once, as many a call as it takes.",
            as_few_calls,
        ),
    ],
    "q4": [
        Check("ages", 1, ages, cache_message),
        Check("full", 1, full, "Where the cache is full the wrong entry goes: who was asked for the longest time ago?"),
        Check("spoiled", 1, spoiled, "After a caller changed its list, or a fetch failed, a later answer differs."),
    ],
}
