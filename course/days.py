"""A day of a role as screens: what is seen, a question, options, and what was measured for each of them.

The HTML of `fallback` is complete without JavaScript; book/_static/parts/day.js makes a day to play of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd
from scipy.stats import norm

SEED = 2013
LONG = 40  # characters of a cell that needs room on a phone: its column, the first one, then has a minimum width


@dataclass(frozen=True)
class Option:
    """A way to act: what the reader chooses, what was measured, and what to make of it. Plain text."""

    label: str
    measured: str
    means: str


@dataclass(frozen=True)
class Screen:
    """A moment of the day: claim id of its task, clock time, title, situation, evidence (trusted HTML), options."""

    claim: str
    time: str
    title: str
    situation: str
    evidence: str
    question: str
    options: Sequence[Option]

    def __post_init__(self):
        if not 2 <= len(self.options) <= 4:
            raise ValueError(f"{self.claim} has {len(self.options)} options: a screen has 2 to 4")
        labels = [option.label for option in self.options]
        if len(set(labels)) < len(labels):
            raise ValueError(f"{self.claim} has an option twice: {labels}")


def fallback(role: str, screens: Sequence[Screen]) -> str:
    """Return the day as HTML: screens in order, each option a <details> with its consequence.

    Raises ValueError if two screens are about one claim, because their ids would clash.
    """
    claims = [screen.claim for screen in screens]
    if len(set(claims)) < len(claims):
        raise ValueError(f"two screens are about one claim: {claims}")
    return f'<ol class="day-screens day-{escape(role)}">{"".join(_screen(screen) for screen in screens)}</ol>'


def _screen(screen: Screen) -> str:
    options = "".join(
        f'<details class="day-option"><summary>{escape(option.label)}</summary>'
        f'<div class="day-result"><p class="day-measured"><strong>Measured:</strong> {escape(option.measured)}</p>'
        f'<p class="day-means">{escape(option.means)}</p></div></details>'
        for option in screen.options
    )
    return (
        f'<li class="day-screen" data-claim="{screen.claim}">'
        f'<h3 class="day-title" id="day-{screen.claim.lower()}"><span class="day-time">{escape(screen.time)}</span> '
        f"{escape(screen.title)}</h3>"
        f'<p class="day-situation">{escape(screen.situation)}</p><div class="day-evidence">{screen.evidence}</div>'
        f'<p class="day-question">{escape(screen.question)}</p><div class="day-options">{options}</div></li>'
    )


def table(frame: pd.DataFrame, caption: str) -> str:
    """Return a table as HTML with a caption, its index as row headings, cells escaped; a keyboard can scroll it."""
    frame = frame.rename_axis(columns=frame.index.name, index=None)  # one line of headings
    wordy = any(len(str(cell)) > LONG for cell in frame.to_numpy().flat)
    classes = f"dataframe day-table{' day-wordy' if wordy else ''}"
    body = frame.to_html(border=0, classes=classes, na_rep="", escape=True)
    body = body.replace("<thead>", f"<caption>{escape(caption)}</caption><thead>", 1)
    return _scrolled(headed(body), "day-scroll", caption)


def headed(table: str) -> str:
    """Return pandas' HTML of a table without empty heading cells, which a screen reader would announce."""
    return table.replace("<th></th>", "<td></td>")


def log(lines: Sequence[str], label: str) -> str:
    """Return lines of a log as HTML, which a keyboard can scroll."""
    # Not <pre>: the theme takes the keyboard from every <pre> that is hidden when the page loads.
    return _scrolled(escape("\n".join(lines)), "day-log", label)


def _scrolled(content: str, name: str, label: str) -> str:
    return f'<div class="{name}" tabindex="0" role="region" aria-label="{escape(label)}">{content}</div>'


def nothing_to_find(
    loss: np.ndarray, day: np.ndarray, unit: str, tests: int = 2000, seed: int = SEED
) -> tuple[np.ndarray, np.ndarray]:
    """Return p-values of A/A tests after each day, shape [tests, days], and the mean difference B - A after the last.

    Both arms get the same model, so `loss` (one value a flight) is dealt out by lot and any winner is a false alarm.
    `unit` is what the lot decides on: "flight", or "day" (all flights of a day in one arm; at least one day in each).
    The p-value is that of a z-test over all flights so far, which takes flights as independent.
    Raises ValueError for another unit.
    """
    if unit not in ("flight", "day"):
        raise ValueError(f"unit {unit!r}: flight or day was expected")
    days, number = np.unique(day, return_inverse=True)
    rng = np.random.default_rng(seed)
    size, total, squares = (np.bincount(number, w) for w in (np.ones(len(loss)), loss, loss**2))
    chosen = np.empty((3, tests, len(days)))  # flights, sum and sum of squares of arm B by day
    for test in range(tests):
        if unit == "flight":
            arm = rng.integers(0, 2, len(loss))
            chosen[:, test] = [np.bincount(number, w * arm, len(days)) for w in (np.ones(len(loss)), loss, loss**2)]
        else:
            arm = rng.permutation(np.arange(len(days)) % 2)
            chosen[:, test] = size * arm, total * arm, squares * arm
    b = chosen.cumsum(axis=2)
    a = np.stack([size, total, squares])[:, None].cumsum(axis=2) - b
    return _p_values(a, b)


def _p_values(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return p-values and the last mean difference of two arms given as n, sum and sum of squares."""
    with np.errstate(divide="ignore", invalid="ignore"):  # an arm with no flight yet, or one
        mean_a, mean_b = a[1] / a[0], b[1] / b[0]
        variance = (a[2] / a[0] - mean_a**2) / (a[0] - 1) + (b[2] / b[0] - mean_b**2) / (b[0] - 1)
        p = 2 * norm.sf(np.abs(mean_b - mean_a) / np.sqrt(variance))
    return np.where(np.isnan(p), 1.0, p), (mean_b - mean_a)[:, -1]
