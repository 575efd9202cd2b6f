"""What the flight pipeline needs around its steps under Kubeflow: tables in a folder, a tracker, a quiet local run."""

import io
import json
import re
import warnings
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

COLOUR = re.compile(r"\x1b\[\d+m")
FINISHED = re.compile(r"Task '([\w-]+)' finished with status (SUCCESS|FAILURE)")
RAISED = re.compile(r"^\s*([\w.]*(?:Error|Exception)(?:: .*)?)$", re.MULTILINE)  # the last line of a traceback


def write(folder: str | Path, **tables: pd.DataFrame) -> None:
    """Write each table as NAME.csv to `folder`, made if need be; the index is left out."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_csv(Path(folder) / f"{name}.csv", index=False)


def read(folder: str | Path) -> dict[str, pd.DataFrame]:
    """Return the tables that `write` left in `folder`, by name; every float64 is the one that was written.

    A float32 column comes back as the float64 of its shortest decimal: cast it to float32 and nothing has changed.
    """
    return {path.stem: pd.read_csv(path) for path in sorted(Path(folder).glob("*.csv"))}


class MetricsTracker:
    """Lets `course.flights.steps.track` log to a kfp Metrics artifact as it logs to MLflow."""

    def __init__(self, metrics):
        self.metrics = metrics

    def log_params(self, params: dict[str, Any]) -> None:
        """Keep the parameters in the artifact's metadata: kfp has no place of its own for them."""
        self.metrics.metadata.update(params)
        self._save()

    def log_metrics(self, scores: dict[str, float]) -> None:
        """Log each score under its name."""
        for name, value in scores.items():
            self.metrics.log_metric(name, value)
        self._save()

    def _save(self) -> None:
        # kfp keeps metadata apart from files, but its local cache takes an artifact without a file for a lost one.
        Path(self.metrics.path).write_text(json.dumps(self.metrics.metadata, indent=1) + "\n", encoding="utf-8")


class LocalRun(NamedTuple):
    """One local run of a pipeline."""

    outputs: dict[str, Any]  # the pipeline's outputs by name, empty if a task failed
    executed: list[tuple[str, str]]  # (task, "SUCCESS" or "FAILURE") of each attempt; a task from the cache has none
    error: str  # the last line of the failed task's traceback, "" if none failed


def run_local(pipeline, **arguments) -> LocalRun:
    """Run a kfp pipeline with the runner given to `kfp.local.init`, its log captured instead of printed.

    A task that fails is reported in the result. Raises what kfp raises for any other reason.
    """
    log, outputs = io.StringIO(), {}
    with redirect_stdout(log), warnings.catch_warnings():
        # The subprocess runner takes no image, and says so for each image whose name lacks the word "python".
        warnings.filterwarnings("ignore", message="You may be attemping to run a task", category=RuntimeWarning)
        try:
            outputs = dict(pipeline(**arguments).outputs)
        except RuntimeError:
            if not _failed(_executed(log)):
                raise
    executed = _executed(log)
    raised = RAISED.findall(COLOUR.sub("", log.getvalue())) or ["the task ended without saying why"]
    return LocalRun(outputs, executed, raised[-1] if _failed(executed) else "")


def _executed(log: io.StringIO) -> list[tuple[str, str]]:
    return FINISHED.findall(COLOUR.sub("", log.getvalue()))


def _failed(executed: list[tuple[str, str]]) -> bool:
    return bool(executed) and executed[-1][1] == "FAILURE"
