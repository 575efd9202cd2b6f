"""Routing a message to one of six topics by asking an LLM: the prompt, the grammar, the draws, the price of mistakes.

The same functions run the recorded calls, the notebook and the tests, so that all three send the same prompts.
"""

import time
from typing import NamedTuple

import numpy as np
import pandas as pd

SEED = 2013
DRAWS = 20
PER_CLASS = (1, 5, 20, 100)  # examples a class; 100 is every training message, so there is one such draw
NEIGHBOURS = 3  # examples that retrieval puts into the prompt

TOPICS = {
    "account": "people and access: login, password, invitations, roles, single sign-on, personal data, who gets alerts",
    "api": (
        "building against the HTTP API or webhooks: requests, fields, keys in headers, error codes, limits, versions"
    ),
    "billing": "plans, prices, invoices, payment, refunds, quota as something bought, tax, contract",
    "data": "the inputs and records: a flight missing or wrong, weather stations, airports covered, history downloads",
    "incident": "the service itself fails now or just did: down, slow, alerts not sent to anyone, board stale",
    "prediction": "the meaning, reason or change of a forecast for a flight, or how good the model is",
}
GRAMMAR = "root ::= " + " | ".join(f'"{topic}"' for topic in TOPICS)  # GBNF: the answer is one topic, nothing else


class Answer(NamedTuple):
    """One call: the topic, wall and CPU seconds, prompt tokens, and how many of them came from the prompt cache."""

    topic: str
    seconds: float
    cpu_seconds: float
    prompt_tokens: int
    cached_tokens: int


def draw(train: pd.DataFrame, per_class: int, number: int) -> pd.DataFrame:
    """Return `per_class` messages of each topic, in random order; a larger draw of one number holds the smaller one.

    Raises ValueError if a topic has fewer messages.
    """
    found = train.sample(frac=1, random_state=SEED + number).groupby("topic").head(per_class)
    if per_class and (short := found["topic"].value_counts()).min() < per_class:
        raise ValueError(f"{short.idxmin()} has {short.min()} messages, {per_class} were asked for: ask for fewer")
    return found


def dealt(test: pd.DataFrame) -> pd.Series:
    """Return the draw number of each test message: every message under one draw, topics dealt out evenly."""
    order = test.sample(frac=1, random_state=SEED).sort_values("topic", kind="stable").index
    return pd.Series(np.arange(len(test)) % DRAWS, index=order).reindex(test.index)


def nearest(pool: np.ndarray, queries: np.ndarray, count: int = NEIGHBOURS) -> np.ndarray:
    """Return row numbers in `pool` of the most similar embeddings, best first, shape [queries, min(count, pool)].

    Both are of unit length, so that the dot product is the cosine.
    """
    return np.argsort(-(queries @ pool.T), axis=1, kind="stable")[:, :count]


def messages(text: str, examples: pd.DataFrame, topics: dict[str, str] = TOPICS) -> list[dict[str, str]]:
    """Return the chat: instructions, one turn for each example (columns text, topic), and the message last.

    What stays the same stands first, so that the prompt cache can reuse it.
    """
    listed = "\n".join(f"- {topic}: {meaning}" for topic, meaning in topics.items())
    task = "Sort each message to a flight-delay service's help desk into one of six topics."
    chat = [{"role": "system", "content": f"{task}\n{listed}\nAnswer with the topic alone."}]
    for example, topic in zip(examples["text"], examples["topic"], strict=True):
        chat += [{"role": "user", "content": example}, {"role": "assistant", "content": topic}]
    return [*chat, {"role": "user", "content": text}]


def chat(call: pd.Series, questions: pd.DataFrame, vectors: pd.DataFrame) -> list[dict[str, str]]:
    """Return the messages of a call, which has method, examples_per_class, draw and text_id (a row of rematch_runs).

    Both tables are indexed by text_id; `vectors` holds the embeddings. Examples come from the training messages alone.
    """
    train = questions[questions["split"] == "train"]
    examples = draw(train, int(call["examples_per_class"]), int(call["draw"]))
    if call["method"] == "retrieval":
        rows = nearest(vectors.loc[examples.index].to_numpy(), vectors.loc[[call["text_id"]]].to_numpy())[0]
        examples = examples.iloc[rows[::-1]]  # the nearest stands last, next to the message
    topics = dict(reversed(TOPICS.items())) if call["method"] == "zero-shot reversed" else TOPICS
    return messages(questions.loc[call["text_id"], "text"], examples, topics)


def ask(client, model: str, chat: list[dict[str, str]]) -> Answer:
    """Return the topic that the LLM behind `client` (an openai.OpenAI) gives, and what the call took.

    CPU seconds are this process's, in which llama.cpp runs; of a hosted model they say nothing.
    Raises openai.BadRequestError if the prompt does not fit the model's context.
    """
    wall, cpu = time.perf_counter(), time.process_time()
    reply = client.chat.completions.create(
        model=model, messages=chat, temperature=0, max_tokens=8, extra_body={"grammar": GRAMMAR}
    )
    taken = time.perf_counter() - wall, time.process_time() - cpu
    details = reply.usage.prompt_tokens_details
    cached = (details.cached_tokens or 0) if details else 0
    return Answer(reply.choices[0].message.content.strip(), *taken, reply.usage.prompt_tokens, cached)


def interval(correct: np.ndarray, resamples: int = 2000, level: float = 0.95) -> tuple[float, float, float]:
    """Return the mean of `correct` (0, 1 or a difference; shape [draws, texts], NaN where not run), and its interval.

    Percentile bootstrap. Draws of examples are resampled if there are several. Texts are resampled too, unless each
    text belongs to one draw and so comes and goes with it. Where both are (the pigeonhole bootstrap of Owen 2007,
    Annals of Applied Statistics 1(2)), the interval is a little wide, never narrow.
    """
    correct = np.atleast_2d(np.asarray(correct, dtype=float))
    ran = ~np.isnan(correct)
    draws, texts = correct.shape
    nested = draws > 1 and bool((ran.sum(axis=0) == 1).all())
    rng = np.random.default_rng(SEED)

    def times(units: int, fixed: bool) -> np.ndarray:  # how often each unit is drawn, shape [resamples, units]
        return np.ones((resamples, units)) if fixed else rng.multinomial(units, np.full(units, 1 / units), resamples)

    by_draw, by_text = times(draws, fixed=draws == 1), times(texts, fixed=nested)
    total = ((by_draw @ np.nan_to_num(correct)) * by_text).sum(axis=1)
    count = ((by_draw @ ran.astype(float)) * by_text).sum(axis=1)
    low, high = np.quantile(total / count, [(1 - level) / 2, (1 + level) / 2])
    return float(np.nanmean(correct)), float(low), float(high)


def hosted_price(prices: pd.DataFrame, prompt: float, output: float) -> pd.Series:
    """Return US dollars per 1,000 texts of each hosted model, for so many prompt and output tokens a text.

    `prices` has input_usd and output_usd, US dollars per million tokens; no discount for cached prompts is taken off.
    """
    return (prompt * prices["input_usd"] + output * prices["output_usd"]) / 1000


def break_even(accuracy: float, own: float, hosted: float, labels: float, texts: float, mistake: float) -> float:
    """Return the accuracy from which a hosted model without labels costs less than an own one; above 1 is never.

    `own` and `hosted` are US dollars per 1,000 texts, `labels` the dollars spent once on the own model's labels,
    `texts` how many texts it will serve, `mistake` the dollars that one wrong routing costs. Both sides' total is
    labels / texts + price + mistake x (1 - accuracy) a text; this is where they are equal, and 0 if any accuracy does.
    """
    gap = (hosted - own) / 1000 - labels / texts
    return max(0.0, accuracy + gap / mistake)
