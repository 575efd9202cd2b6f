"""The plain runner: every step from ingest to the retraining decision, in one process."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from course.flights import documents, registry, retraining, steps
from course.flights.schema import FLIGHTS, WEATHER

STAGES = ("ingest", "validate", "features", "train", "evaluate", "register", "monitor", "report")


def run(folder: Path, stage: Callable[[str], None] = lambda name: None) -> dict:
    """Run all steps, write their results to `folder`, and return the decision with what it rests on.

    Written: model.onnx, mlflow.db and artifacts/ (not if the gate refuses), rejected.csv, monitoring.csv,
    documents.jsonl (passages of the card and the reports), documents/*.md and decision.json. `stage` is called with
    the name of each step as it begins. Nothing appears in `folder` before it is whole.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stage("ingest")
    raw = steps.ingest()
    data_hash = steps.fingerprint(raw)
    stage("validate")
    flights, bad_flights = steps.validate(raw.flights, FLIGHTS)
    weather, bad_weather = steps.validate(raw.weather, WEATHER)
    rejected = pd.concat([bad_flights.assign(table="flights"), bad_weather.assign(table="weather")], ignore_index=True)
    stage("features")
    frame = steps.prepare(steps.Raw(flights, weather, raw.airports))
    training, holdout, live = steps.split(frame)
    stage("train")
    candidate = steps.train(training)
    stage("evaluate")
    scores = holdout_scores(candidate, training, holdout)
    reasons = steps.gate(scores["model"], {name: s for name, s in scores.items() if name != "model"})
    stage("register")
    if not reasons:
        publish(folder, pd.concat([training, holdout]), scores["model"], data_hash)
    stage("monitor")
    probabilities = retraining.strategies(frame)
    decision = retraining.decide(live, probabilities) | {"promoted": not reasons, "refused_because": reasons}
    stage("report")
    passages = documents.write_all(frame, holdout, scores, data_hash, probabilities)
    with replacing(folder / "rejected.csv") as path:
        rejected.to_csv(path, index=False)
    with replacing(folder / "monitoring.csv") as path:
        retraining.monthly(live, probabilities).to_csv(path)
    with replacing(folder / "documents.jsonl") as path:
        passages.to_json(path, orient="records", lines=True)
    (folder / "documents").mkdir(exist_ok=True)
    for doc_id, rows in passages.groupby("doc_id"):
        with replacing(folder / "documents" / f"{doc_id}.md") as path:
            path.write_text(documents.markdown(rows), encoding="utf-8")
    with replacing(folder / "decision.json") as path:
        path.write_text(json.dumps(decision, indent=1) + "\n", encoding="utf-8")
    return decision


def holdout_scores(model, training: pd.DataFrame, holdout: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return the hold-out scores of the model and of both baselines."""
    probabilities = {
        "model": steps.predict(model, holdout),
        "late rate": steps.baseline_constant(training, holdout),
        "carrier and hour": steps.baseline_table(training, holdout),
    }
    return {name: steps.evaluate(holdout["late"], p) for name, p in probabilities.items()}


def publish(folder: Path, known: pd.DataFrame, scores: dict[str, float], data_hash: str) -> str:
    """Fit on all of January-March, export, track with data hash and code version, register; return the number."""
    from course.flights import serve

    mlflow = registry.open_store(folder)
    model = steps.train(known)
    with mlflow.start_run(run_name=documents.MODEL_VERSION) as run:
        steps.track(mlflow, model, scores, data_hash=data_hash, code_version=registry.code_version())
    path = serve.export(model, folder / "model.onnx")
    return registry.register(mlflow, run.info.run_id, path, documents.MODEL_VERSION)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; what was written there replaces `path` if nothing was raised."""
    temporary = path.with_name(f".{path.name}.part")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
