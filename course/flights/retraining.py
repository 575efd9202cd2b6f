"""Never, last three months, all history, or the intercept alone: what each way of retraining would have delivered."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from course.flights import steps
from course.flights.uncertainty import difference

INTERCEPT_DAYS = 28  # the intercept is refitted each day on the outcomes of the days before


def strategies(frame: pd.DataFrame, progress: Callable = lambda months: months) -> pd.DataFrame:
    """Return each strategy's probability for every live flight that arrived (index as in `frame`).

    Columns: never, last_three_months, all_history, intercept. A month's model sees only earlier months.
    `progress` wraps the list of months, for a progress bar.
    """
    known = steps.with_outcome(frame)
    live = known[known["month"].isin(steps.LIVE_MONTHS)]
    first = steps.train(known[known["month"] < steps.LIVE_MONTHS[0]])
    result = pd.DataFrame({"never": steps.predict(first, live)}, index=live.index)
    for month in progress(list(steps.LIVE_MONTHS)):
        rows = live.index[live["month"] == month]
        for name, oldest in {"last_three_months": month - 3, "all_history": 1}.items():
            if month == steps.LIVE_MONTHS[0]:  # both windows are January-March: the first model itself
                result.loc[rows, name] = result.loc[rows, "never"]
                continue
            window = known[(known["month"] >= oldest) & (known["month"] < month)]
            result.loc[rows, name] = steps.predict(steps.train(window), live.loc[rows])
    result["intercept"] = refit_intercept(known, steps.predict(first, known)).loc[live.index]
    return result


def refit_intercept(known: pd.DataFrame, probability: np.ndarray, days: int = INTERCEPT_DAYS) -> pd.Series:
    """Return `probability` with its intercept moved each day so that the mean of the `days` before is met.

    Matching the mean is the maximum-likelihood condition of a logistic model with a free intercept. The outcomes of
    a day count from the next day on. Days without `days` of history keep their probability.
    """
    logit = pd.Series(np.log(probability / (1 - probability)), index=known.index)
    date = pd.to_datetime(known["day"])
    moved = pd.Series(probability, index=known.index)
    for day in date.unique():
        past = (date < day) & (date >= day - pd.Timedelta(days=days))
        if (day - date.min()).days < days:
            continue
        shift = _shift(logit[past].to_numpy(), known.loc[past, "late"].mean())
        today = date == day
        moved[today] = 1 / (1 + np.exp(-(logit[today] + shift)))
    return moved


def _shift(logit: np.ndarray, target: float) -> float:
    """Return b such that mean(sigmoid(logit + b)) equals `target`, by Newton's method."""
    shift = 0.0
    for _ in range(20):
        probability = 1 / (1 + np.exp(-(logit + shift)))
        step = (probability.mean() - target) / (probability * (1 - probability)).mean()
        shift -= step
        if abs(step) < 1e-10:
            break
    return shift


def monthly(live: pd.DataFrame, probabilities: pd.DataFrame) -> pd.DataFrame:
    """Return AUC, Brier score and cost by month (index: strategy, month), with warning everybody and nobody beside.

    The two constants warn by decree: they have a cost, and neither AUC nor Brier score.
    """
    tables = {name: steps.monitor(live, column.to_numpy()) for name, column in probabilities.items()}
    for name, warned in {"warn everybody": True, "warn nobody": False}.items():
        cost = live.groupby("month")["late"].agg(
            lambda late, w=warned: steps.cost_per_1000(late, np.full(len(late), w))
        )
        tables[name] = pd.DataFrame({"cost": cost})
    return pd.concat(tables, names=["strategy", "month"])


def total_cost(live: pd.DataFrame, probabilities: pd.DataFrame) -> pd.Series:
    """Return cost per 1,000 flights over all live months for each strategy and both constants, cheapest first."""
    costs = {name: steps.cost_per_1000(live["late"], p >= steps.THRESHOLD) for name, p in probabilities.items()}
    for name, warned in {"warn everybody": True, "warn nobody": False}.items():
        costs[name] = steps.cost_per_1000(live["late"], np.full(len(live), warned))
    return pd.Series(costs, name="cost").sort_values()


def decide(live: pd.DataFrame, probabilities: pd.DataFrame) -> dict:
    """Return the decision and what it rests on.

    Rule, fixed beforehand: keep the first model unless another strategy's cost is lower with a 95% interval (days
    resampled) that excludes 0; among those, take the cheapest. `constant_wins` lists the months in which warning
    everybody or nobody cost less than every strategy.
    """
    gaps = {
        name: difference(live["late"], probabilities[name], probabilities["never"], live["day"])
        for name in probabilities.columns.drop("never")
    }
    better = [name for name, (_, _, high) in gaps.items() if high < 0]
    cost = monthly(live, probabilities)["cost"].unstack("month")
    constants, models = cost.loc[["warn everybody", "warn nobody"]], cost.loc[list(probabilities)]
    wins = constants.min() < models.min()
    return {
        "decision": min(better, key=lambda name: gaps[name][0]) if better else "never",
        "against_never": {name: {"cost": g, "low": low, "high": high} for name, (g, low, high) in gaps.items()},
        "total_cost": total_cost(live, probabilities).to_dict(),
        "constant_wins": {int(m): constants[m].idxmin() for m in cost.columns[wins]},
    }
