"""The whole pipeline from the shell: what it writes, what the corpus was frozen from, and that it can be killed."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from course import data
from course.flights import documents, pipeline, registry, report, serve

ROOT = Path(__file__).resolve().parents[1]
PIPELINE = [sys.executable, "-m", "course.cli", "pipeline"]


def start(folder: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [*PIPELINE, "--json", "--out", str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """The folder of a run that was killed while it registered the model, then repeated."""
    folder = tmp_path_factory.mktemp("run") / "results"
    killed = start(folder)
    begun = time.monotonic()
    while not (folder / ".part" / "mlflow.db").exists():
        assert killed.poll() is None, killed.communicate()[1]
        assert time.monotonic() - begun < 120, "the pipeline did not reach the registry"
        time.sleep(0.005)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert [path.name for path in folder.iterdir()] == [".part"]  # nothing that a reader would take for a result
    return folder


@pytest.fixture(scope="module")
def printed(folder) -> dict:
    """What the repeated run printed, as JSON."""
    done = start(folder)
    out, err = done.communicate(timeout=300)
    assert done.returncode == 0, err
    assert err == ""
    return json.loads(out)


def test_the_documents_are_those_of_the_frozen_corpus(folder, printed):
    written = [json.loads(line) for line in (folder / "documents.jsonl").read_text("utf-8").splitlines()]
    corpus = data.load(ROOT / "data", "flight_documents")
    frozen = corpus[corpus["kind"].isin(["model_card", "report"])]
    assert len(frozen) == len(written)
    for name in documents.COLUMNS:
        expected = frozen[name]
        if pd.api.types.is_datetime64_any_dtype(expected):
            expected = expected.dt.strftime("%Y-%m-%d").fillna("")
        assert [row[name] for row in written] == expected.to_list(), name


def test_each_document_is_a_page_too(folder, printed):
    pages = {path.name: path.read_text("utf-8") for path in (folder / "documents").iterdir()}
    assert sorted(pages) == ["MC-1.md", *(f"MR-2013-{month:02d}.md" for month in range(4, 13))]
    assert pages["MC-1.md"].startswith("# Model card 2013.04.0\n\n## What the model does\n\n")


def test_the_printed_decision_is_the_one_written(folder, printed):
    written = json.loads((folder / "decision.json").read_text("utf-8"))
    assert {name: value for name, value in printed.items() if name != "folder"} == written
    assert printed["folder"] == str(folder)
    assert printed["promoted"] is True
    gap = printed["against_never"][printed["decision"]]
    assert gap["high"] < 0
    assert gap["cost"] == min(other["cost"] for other in printed["against_never"].values())


def test_rejected_rows_and_monitoring_are_written(folder, printed):
    rejected = pd.read_csv(folder / "rejected.csv")
    assert rejected[["table", "column"]].to_numpy().tolist() == [["flights", "distance"], ["weather", "wind_speed"]]
    monitoring = pd.read_csv(folder / "monitoring.csv", index_col=["strategy", "month"])
    assert monitoring["cost"].notna().all()
    assert len(monitoring) == 6 * 9


def test_the_live_model_is_registered_with_its_data_and_code(folder, printed):
    mlflow = registry.open_store(folder)
    version = mlflow.MlflowClient().get_model_version_by_alias("latebird", "live")
    parameters = mlflow.get_run(version.run_id).data.params
    assert parameters["data_hash"] in (folder / "documents" / "MC-1.md").read_text("utf-8")
    assert parameters["code_version"] == registry.code_version()
    stored = Path(version.source.removeprefix("file://"))
    assert stored.read_bytes() == (folder / "model.onnx").read_bytes()
    assert stored.is_relative_to(folder)
    assert serve.load(stored).get_inputs()[0].shape[1] == 14


def test_nothing_is_left_over(folder, printed):
    assert not [path for path in folder.rglob("*") if path.name.startswith(".") or path.suffix == ".part"]
    with sqlite3.connect(folder / "mlflow.db") as database:
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)


def test_a_second_version_leaves_the_first_and_takes_the_alias(folder, printed, tmp_path):
    shutil.copy(folder / "mlflow.db", tmp_path)
    mlflow = registry.open_store(tmp_path)
    client = mlflow.MlflowClient()
    first = client.get_model_version("latebird", "1")
    with mlflow.start_run() as run:
        pass
    assert registry.register(mlflow, run.info.run_id, folder / "model.onnx", "test") == "2"
    assert client.get_model_version_by_alias("latebird", "live").run_id == run.info.run_id
    assert client.get_model_version("latebird", "1").source == first.source


def test_the_readable_decision_has_the_numbers(folder, printed):
    text = report.text(folder, printed)
    assert text.splitlines()[0] == f"Retraining decision: {printed['decision']}"
    assert text.splitlines()[-1] == f"Results are in {folder}"
    for cost in printed["total_cost"].values():
        assert f"{cost:.0f}" in text
    wins = report.text(folder, printed | {"constant_wins": {9: "warn nobody"}})
    assert "September (warn nobody)" in wins
    assert "refused: too dear" in report.text(folder, printed | {"promoted": False, "refused_because": ["too dear"]})


# Without running it


def test_a_file_for_a_folder_is_refused_in_one_line(tmp_path):
    path = tmp_path / "results"
    path.write_text("mine")
    done = subprocess.run([*PIPELINE, "--out", str(path)], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"course: {path} is a file: give a folder for the results\n"
    assert path.read_text() == "mine"


def test_staged_files_replace_old_ones_together(tmp_path):
    (tmp_path / "decision.json").write_text("old")
    with pipeline.staged(tmp_path) as new:
        (new / "decision.json").write_text("new")
        (new / "documents").mkdir()
        (new / "documents" / "MC-1.md").write_text("card")
        assert (tmp_path / "decision.json").read_text() == "old"
    assert (tmp_path / "decision.json").read_text() == "new"
    assert (tmp_path / "documents" / "MC-1.md").read_text() == "card"
    assert not (tmp_path / ".part").exists()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_interrupted_stage_leaves_what_was_there(tmp_path, error):
    (tmp_path / "decision.json").write_text("old")
    with pytest.raises(error), pipeline.staged(tmp_path) as new:
        (new / "decision.json").write_text("half")
        raise error
    assert [path.name for path in tmp_path.iterdir()] == ["decision.json"]
    assert (tmp_path / "decision.json").read_text() == "old"


def test_what_a_killed_run_left_is_not_taken_over(tmp_path):
    (tmp_path / ".part").mkdir()
    (tmp_path / ".part" / "mlflow.db").write_text("half")
    with pipeline.staged(tmp_path) as new:
        assert list(new.iterdir()) == []


def test_the_store_says_where_it_is_and_can_be_moved(tmp_path):
    """The database is closed after each use, so that it can be moved into place on every system."""
    (tmp_path / "new").mkdir()
    mlflow = registry.open_store(tmp_path, tmp_path / "new" / "mlflow.db")
    with mlflow.start_run() as run:
        mlflow.log_metrics({"auc": 0.7})
    (tmp_path / "new" / "mlflow.db").replace(tmp_path / "mlflow.db")
    again = registry.open_store(tmp_path)
    assert again.get_run(run.info.run_id).data.metrics == {"auc": 0.7}
    assert again.get_run(run.info.run_id).info.artifact_uri.startswith((tmp_path / "artifacts").as_uri())
