"""Tracking and registry on MLflow's sqlite store: one file, no server, nothing sent anywhere."""

import os
import subprocess
from pathlib import Path

import course


def open_store(folder: Path, database: Path | None = None):
    """Return the module mlflow, pointed at `database`, telemetry off; artifacts go to `folder`/artifacts.

    `database` is `folder`/mlflow.db unless given. The folder is made if need be.
    """
    database = database or folder / "mlflow.db"
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    os.environ["MLFLOW_SQLALCHEMYSTORE_POOLCLASS"] = "NullPool"  # the file is closed after each use: it may be moved
    import logging
    import warnings

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="IProgress not found")  # tqdm, in a notebook without ipywidgets
        import mlflow

    for name in ("alembic", "mlflow"):  # else they report every table they create
        logging.getLogger(name).setLevel(logging.WARNING)
    folder.mkdir(parents=True, exist_ok=True)
    mlflow.set_tracking_uri(f"sqlite:///{database.resolve()}")
    if mlflow.get_experiment_by_name("flights") is None:
        mlflow.create_experiment("flights", artifact_location=(folder.resolve() / "artifacts").as_uri())
    mlflow.set_experiment("flights")
    return mlflow


def code_version() -> str:
    """Return the commit of the checkout that `course` runs from, with "+changes" if files differ, or "unknown"."""
    folder = Path(course.__file__).parent
    git = ["git", "-C", str(folder)]
    try:
        commit = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
        changes = subprocess.run([*git, "status", "--porcelain", "--", "."], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return commit.stdout.strip() + ("+changes" if changes.stdout.strip() else "")


def register(mlflow, run_id: str, path: Path, version: str) -> str:
    """Store the exported model under the run, register it as "latebird" with the alias "live"; return its number."""
    from mlflow.exceptions import MlflowException

    client = mlflow.MlflowClient()
    client.log_artifact(run_id, str(path), "model")
    try:
        client.create_registered_model("latebird")
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    source = f"{client.get_run(run_id).info.artifact_uri}/model/{path.name}"
    number = client.create_model_version("latebird", source, run_id, tags={"model_version": version}).version
    client.set_registered_model_alias("latebird", "live", number)
    return str(number)
