"""Hidden cases of ai-tokens. Practice: this file is public. course-canary-ai-tokens"""

import numpy as np
import pandas as pd

from course.exercises.cases import Check, call, close

TOPICS = ["account", "api", "billing", "data", "incident", "prediction"]


def spellings(seed):
    rng = np.random.default_rng([seed, 1])
    forms = ["{}", "{}.", "Topic: {}", "The message belongs to {}, I think.", "**{}**", "{0}. Yes, {0}!", "\n{}\n"]
    changes = [str.lower, str.upper, str.capitalize]
    return [call("read_topic", form.format(changes[int(rng.integers(3))](str(rng.choice(TOPICS))))) for form in forms]


def two_or_none(seed):
    rng = np.random.default_rng([seed, 2])
    a, b = (str(topic) for topic in rng.choice(TOPICS, size=2, replace=False))
    return [
        call("read_topic", text)
        for text in (f"{a} or {b}", f"{a.upper()}/{b}", f"Not {b} but {a}.", "", "None of them")
    ]


def inside_words(seed):
    rng = np.random.default_rng([seed, 3])
    words = ["database", "rapid", "accounting", "incidental", "predictions"]
    a, b = (str(word) for word in rng.choice(words, size=2, replace=False))
    topic = str(rng.choice(["billing", "account", "incident"]))
    return [
        call("read_topic", text) for text in (f"Our {a} says so.", f"It is {topic}: see the {b}.", "update metadata")
    ]


def usage(rng, n: int, cached: bool) -> list[dict]:
    return [
        {
            "prompt_tokens": int(prompt),
            "cached_tokens": int(prompt // 64 * 64) if cached and rng.random() < 0.7 else 0,
            "completion_tokens": int(rng.integers(1, 80)),
        }
        for prompt in rng.integers(70, 900, size=n)
    ]


def prices(rng) -> dict:
    return {name: round(rng.uniform(*ends), 3) for name, ends in zip(KINDS, ENDS, strict=True)}


KINDS, ENDS = ("prompt", "cached", "completion"), ((0.3, 3), (0.02, 0.2), (1, 12))


def no_cache(seed):
    rng = np.random.default_rng([seed, 4])
    return [call("usd_per_1000", usage(rng, int(rng.integers(2, 40)), False), prices(rng))]


def with_cache(seed):
    rng = np.random.default_rng([seed, 5])
    return [call("usd_per_1000", usage(rng, int(rng.integers(5, 40)), True), prices(rng))]


def routed(rng, n: int, share: float, unread: float) -> tuple[list, list]:
    truth = [str(topic) for topic in rng.choice(TOPICS, size=n)]
    topics = []
    for topic in truth:
        luck = rng.random()
        other = TOPICS[(TOPICS.index(topic) + 1) % 6]
        topics.append(None if luck < unread else topic if luck < unread + share else other)
    topics[:2] = [truth[0], TOPICS[(TOPICS.index(truth[1]) + 1) % 6]]
    return topics, truth


def all_alike(seed):
    rng = np.random.default_rng([seed, 6])
    n = int(rng.integers(4, 40))
    return [call("lower_limit", ["api"] * n, ["api"] * n), call("lower_limit", ["api"] * n, ["data"] * n)]


def unread(seed):
    rng = np.random.default_rng([seed, 7])
    topics, truth = routed(rng, int(rng.integers(30, 90)), 0.6, 0.25)
    topics[2] = None
    return [call("lower_limit", topics, truth)]


def levels(seed):
    rng = np.random.default_rng([seed, 8])
    topics, truth = routed(rng, int(rng.integers(30, 90)), 0.8, 0)
    return [call("lower_limit", topics, truth, level=level) for level in (0.8, 0.99)]


def summary(rng, rows: dict) -> pd.DataFrame:
    """Return rows in any order; rows[prompt] is (low on dev, low on test, usd on dev, usd on test)."""
    listed = []
    for name, (low_dev, low_test, usd_dev, usd_test) in rows.items():
        listed.append({"prompt": name, "split": "dev", "low": low_dev, "usd": usd_dev})
        listed.append({"prompt": name, "split": "test", "low": low_test, "usd": usd_test})
    order = rng.permutation(len(listed))
    return pd.DataFrame([listed[at] for at in order])


def chosen_on_dev(seed):
    rng = np.random.default_rng([seed, 9])
    usd = round(rng.uniform(0.1, 0.2), 3)
    rows = {
        "current": (0.88, 0.87, 0.5, 0.52),
        "plain": (0.8, 0.81, usd + 0.1, usd + 0.11),
        "lucky": (0.79, 0.7, usd, usd + 0.01),  # cheapest on development; test says no
        "late": (0.72, 0.83, usd / 2, usd / 2),  # only test would choose it
    }
    return [call("cheapest", summary(rng, rows), 0.75)]


def savings(seed):
    rng = np.random.default_rng([seed, 10])
    usd = round(rng.uniform(0.1, 0.2), 3)
    rows = {
        "current": (0.9, 0.9, 0.4, round(rng.uniform(0.5, 0.6), 3)),
        "short": (0.8, 0.8, usd, usd * 1.2),
        "tiny": (0.6, 0.62, usd / 3, usd / 3),
    }
    return [call("cheapest", summary(rng, rows), floor) for floor in (0.75, 0.8, 0.85)]


def nothing_holds(seed):
    rng = np.random.default_rng([seed, 11])
    low = round(rng.uniform(0.5, 0.7), 3)
    rows = {"current": (low, 0.9, 0.5, 0.5), "short": (low - 0.1, 0.9, 0.1, 0.1)}
    return [call("cheapest", summary(rng, rows), 0.75)]


CHECKS = {
    "q1": [
        Check(
            "spellings and two",
            1,
            lambda seed: spellings(seed) + two_or_none(seed),
            "Case and signs around a topic do not matter, and a reply that names two topics names none.",
        ),
        Check("inside words", 1, inside_words, "A topic inside another word is not named: compare whole words."),
    ],
    "q2": [
        Check(
            "no cache", 1, no_cache, "Without a cache your cost is off: the mean of a call, with its reply, times 1000."
        ),
        Check(
            "cache", 1, with_cache, "Cached tokens are part of prompt_tokens: pay each token once, at its own price."
        ),
    ],
    "q3": [
        Check(
            "unread", 1, unread, "A reply that could not be read is a message not routed: it stays in n.", close(1e-3)
        ),
        Check(
            "all alike",
            1,
            all_alike,
            "With all right or all wrong your limit is off: use Wilson's formula, nothing cut.",
            close(1e-3),
        ),
        Check(
            "levels",
            1,
            levels,
            "At another level your limit is off: z comes from both tails, (1 + level) / 2.",
            close(1e-3),
        ),
    ],
    "q4": [
        Check(
            "chosen on development",
            1,
            chosen_on_dev,
            "Choose on development alone; test says only whether the choice is confirmed.",
        ),
        Check(
            "savings", 1, savings, "The saving compares the two prompts on test; a limit equal to the floor holds it."
        ),
        Check(
            "nothing holds", 1, nothing_holds, "Where no prompt holds the floor: None, not confirmed, a saving of 0."
        ),
    ],
}
