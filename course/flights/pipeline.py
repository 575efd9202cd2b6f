"""The plain runner: every step from ingest to the retraining decision, in one process."""

import json
import shutil
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
    the name of each step as it begins. Files appear in `folder` at the end, each whole; a run that is killed leaves
    those of the run before (and under artifacts/ at most a model that mlflow.db does not name).

    Raises NotADirectoryError if `folder` is a file.
    """
    with staged(folder) as new:
        stage("ingest")
        raw = steps.ingest()
        data_hash = steps.fingerprint(raw)
        stage("validate")
        flights, bad_flights = steps.validate(raw.flights, FLIGHTS)
        weather, bad_weather = steps.validate(raw.weather, WEATHER)
        rejected = pd.concat([bad_flights.assign(table="flights"), bad_weather.assign(table="weather")])
        rejected.to_csv(new / "rejected.csv", index=False)
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
            publish(folder, new, pd.concat([training, holdout]), scores["model"], data_hash)
        stage("monitor")
        probabilities = retraining.strategies(frame)
        retraining.monthly(live, probabilities).to_csv(new / "monitoring.csv")
        decision = retraining.decide(live, probabilities) | {"promoted": not reasons, "refused_because": reasons}
        (new / "decision.json").write_text(json.dumps(decision, indent=1) + "\n", encoding="utf-8")
        stage("report")
        passages = documents.write_all(frame, holdout, scores, data_hash, probabilities)
        passages.to_json(new / "documents.jsonl", orient="records", lines=True)
        (new / "documents").mkdir()
        for doc_id, rows in passages.groupby("doc_id"):
            (new / "documents" / f"{doc_id}.md").write_text(documents.markdown(rows), encoding="utf-8")
    return decision


def holdout_scores(model, training: pd.DataFrame, holdout: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return the hold-out scores of the model and of both baselines."""
    probabilities = {
        "model": steps.predict(model, holdout),
        "late rate": steps.baseline_constant(training, holdout),
        "carrier and hour": steps.baseline_table(training, holdout),
    }
    return {name: steps.evaluate(holdout["late"], p) for name, p in probabilities.items()}


def publish(folder: Path, new: Path, known: pd.DataFrame, scores: dict[str, float], data_hash: str) -> str:
    """Fit on all of `known`, export to `new`/model.onnx, track with data hash and code version, register.

    The database is a copy in `new` of the one in `folder`, if there is one. Returns the number of the version.
    """
    from course.flights import serve

    if (folder / "mlflow.db").is_file():
        shutil.copy2(folder / "mlflow.db", new / "mlflow.db")
    mlflow = registry.open_store(folder, new / "mlflow.db")
    model = steps.train(known)
    with mlflow.start_run(run_name=documents.MODEL_VERSION) as run:
        steps.track(mlflow, model, scores, data_hash=data_hash, code_version=registry.code_version())
    path = serve.export(model, new / "model.onnx")
    return registry.register(mlflow, run.info.run_id, path, documents.MODEL_VERSION)


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """Yield an empty folder inside `folder`; if nothing was raised, its files replace those of `folder` at the end.

    What a killed run left behind is removed first.
    """
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"{folder} is a file: give a folder for the results")
    new = folder / ".part"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    try:
        yield new
        for path in [path for path in new.rglob("*") if path.is_file()]:
            target = folder / path.relative_to(new)
            target.parent.mkdir(exist_ok=True)
            path.replace(target)
    finally:
        shutil.rmtree(new)
