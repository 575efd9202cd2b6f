"""Intervals that resample days: flights of one day share weather and delay, so they are not independent.

Percentile bootstrap of clusters: Davison and Hinkley, Bootstrap Methods and their Application (1997), section 3.8.
"""

import numpy as np
import pandas as pd

from course.flights.steps import FALSE_ALARM, MISS, SEED, THRESHOLD

RESAMPLES = 1000


def weights(units: np.ndarray, resamples: int = RESAMPLES, seed: int = SEED) -> tuple[np.ndarray, np.ndarray]:
    """Return how often each unit is drawn, shape [resamples, units], and each row's unit number, shape [n].

    `units` names the unit (a day, or a row's own number) of each row.
    """
    names, number = np.unique(units, return_inverse=True)
    rng = np.random.default_rng(seed)
    return rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=resamples), number


def mean(values: np.ndarray, drawn: np.ndarray, number: np.ndarray) -> np.ndarray:
    """Return the mean of `values` in each resample, shape [resamples]."""
    total = np.bincount(number, values, minlength=drawn.shape[1])
    count = np.bincount(number, minlength=drawn.shape[1])
    return drawn @ total / (drawn @ count)


def auc(late: np.ndarray, probability: np.ndarray, drawn: np.ndarray, number: np.ndarray) -> np.ndarray:
    """Return the AUC in each resample, shape [resamples]; equal to scikit-learn's with those sample weights.

    The scores are sorted once for all resamples, which is what makes a thousand of them affordable.
    """
    levels, level = np.unique(probability, return_inverse=True)
    late = np.asarray(late, dtype=bool)
    result = np.empty(len(drawn))
    for i, times in enumerate(drawn):
        row = times[number].astype(float)
        positive = np.bincount(level[late], row[late], minlength=len(levels))
        negative = np.bincount(level[~late], row[~late], minlength=len(levels))
        below = negative.cumsum() - negative
        result[i] = (positive * (below + negative / 2)).sum() / (positive.sum() * negative.sum())
    return result


def losses(late: np.ndarray, probability: np.ndarray) -> dict[str, np.ndarray]:
    """Return each flight's Brier loss and its cost per 1,000 flights, shape [n] each."""
    late, warned = np.asarray(late, dtype=bool), np.asarray(probability) >= THRESHOLD
    return {
        "brier": (np.asarray(probability) - late) ** 2,
        "cost": 1000.0 * (MISS * (late & ~warned) + FALSE_ALARM * (~late & warned)),
    }


def interval(draws: np.ndarray, level: float = 0.95) -> tuple[float, float]:
    """Return the percentile interval of bootstrap draws."""
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def intervals(late: pd.Series, probability: np.ndarray, units: pd.Series, resamples: int = RESAMPLES) -> pd.DataFrame:
    """Return low and high of the 95% interval of AUC, Brier score and cost (index), resampling `units`."""
    drawn, number = weights(np.asarray(units), resamples)
    found = {"auc": interval(auc(late, probability, drawn, number))}
    for name, loss in losses(late, probability).items():
        found[name] = interval(mean(loss, drawn, number))
    return pd.DataFrame(found, index=["low", "high"]).T


def difference(
    late: pd.Series, probability: np.ndarray, other: np.ndarray, units: pd.Series, metric: str = "cost"
) -> tuple[float, float, float]:
    """Return `probability` minus `other` on `metric` (brier or cost), paired by flight, with its 95% interval."""
    gap = losses(late, probability)[metric] - losses(late, other)[metric]
    drawn, number = weights(np.asarray(units))
    return float(gap.mean()), *interval(mean(gap, drawn, number))
