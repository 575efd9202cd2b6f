"""`course.notebooks.stale`: each kind of change is found and named, and nothing else is."""

import hashlib
import json
import time
from importlib.metadata import version
from pathlib import Path

import nbformat
import pytest

from course.notebooks import run, stale

NOTEBOOK = "notebooks/ml/trees.ipynb"


def save(path: Path, sources: list[str], kernel: str = "python3", **record) -> Path:
    """Write a notebook; with modules, data and packages given, its record as after an execution."""
    root = path.parents[2]
    cells = [nbformat.v4.new_code_cell(source, id=f"cell-{i}") for i, source in enumerate(sources)]
    nb = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": {"name": kernel, "display_name": kernel}})
    if record:
        nb.metadata.course = {"stored": stale.record(root, nb, **record)}
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nb, path)
    return path


@pytest.fixture
def project(tmp_path) -> Path:
    """A project with one notebook, recorded as up to date."""
    for name, text in {
        "course/steps.py": "x = 1\n",
        "course/models.py": "y = 1\n",
        "data/x.csv": "a\n1\n",
        "requirements.txt": "numpy==2.4.6  # via pandas\npandas[all]==3.1.1 ; python_version > '3' \\\n  --hash=a:0\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    packages = {"pandas": "3.1.1", "numpy": "2.4.6", "own-thing": "0.1"}
    modules = ["course/steps.py", "course/models.py"]
    save(tmp_path / NOTEBOOK, ["a = 1", "b = 2"], modules=modules, data=["data/x.csv"], packages=packages)
    return tmp_path


def reasons(root: Path) -> list[tuple[str, str]]:
    return [(path.as_posix(), reason) for path, reason in stale.find(root, run.discover(root))]


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        (NOTEBOOK, "b = 2", "b = 3", "code changed"),
        ("course/steps.py", "x", "z", "course/steps.py changed"),
        ("data/x.csv", "1", "2", "data/x.csv changed"),
        ("requirements.txt", "3.1.1", "3.1.2", "pandas 3.1.1 -> 3.1.2 in requirements.txt"),
        (NOTEBOOK, '"hash": "', '"hash": "0', "its record was edited"),
    ],
)
def test_each_change_is_named_and_undoing_it_mends(project, file, old, new, reason):
    assert reasons(project) == []
    replace(project / file, old, new)
    assert reasons(project) == [(NOTEBOOK, reason)]
    replace(project / file, new, old)
    assert reasons(project) == []


def test_missing_file_and_several_reasons(project):
    (project / "data/x.csv").unlink()
    replace(project / "course/models.py", "y", "z")
    assert reasons(project) == [(NOTEBOOK, "course/models.py changed, data/x.csv is missing")]


def test_order_of_cells_and_their_borders_count(project):
    sources = ["a = 1", "b = 2"]
    prints = {
        stale.fingerprint(project, json.loads(save(project / "notebooks/ml/other.ipynb", cells).read_bytes()))
        for cells in [sources, sources[::-1], ["\n".join(sources)], ["", *sources]]
    }
    assert len(prints) == 4


def test_what_does_not_make_a_notebook_stale(project):
    path = project / NOTEBOOK
    before = stale.fingerprint(project, json.loads(path.read_bytes()))
    nb = nbformat.read(path, as_version=4)
    nb.cells.insert(0, nbformat.v4.new_markdown_cell("A better title"))
    nb.metadata.course.minutes = 20
    nbformat.write(nb, path)
    replace(project / "requirements.txt", "numpy", "scipy==9\nnumpy")
    assert reasons(project) == []
    assert stale.fingerprint(project, nb) == stale.fingerprint(project, json.loads(path.read_bytes())) == before


def test_a_lab_is_compared_with_its_own_lock(project):
    lab = project / "notebooks/ml/lab.ipynb"
    (project / "requirements").mkdir()
    (project / "requirements/kfp.txt").write_text("pandas==2.0.0\n")
    save(lab, ["1"], kernel="course-kfp", modules=[], data=[], packages={"pandas": "2.0.0"})
    assert reasons(project) == []
    (project / "requirements/kfp.txt").write_text("Pandas==2.0.1\n")
    assert reasons(project) == [("notebooks/ml/lab.ipynb", "pandas 2.0.0 -> 2.0.1 in requirements/kfp.txt")]


def test_never_executed_and_its_one_line_error(project):
    path = save(project / "notebooks/ml/new.ipynb", ["1"])
    [(found, reason)] = stale.find(project, [path, project / NOTEBOOK])
    assert (found, reason) == (Path("notebooks/ml/new.ipynb"), "never executed")
    expected = "notebooks/ml/new.ipynb is stale (never executed): run `course run notebooks/ml/new.ipynb`"
    assert stale.error(found, reason) == expected


def test_a_real_run_records_what_find_compares(tmp_path):
    for name in ["course/__init__.py", "course/used.py", "course/unused.py", "data/read.csv", "data/unread.csv"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("a = 1\n")
    (tmp_path / "requirements.txt").write_text("")
    source = (
        "import sys\nsys.path.insert(0, '../..')\nimport course.used, pandas\npandas.read_csv('../../data/read.csv')"
    )
    save(tmp_path / NOTEBOOK, [source])
    assert reasons(tmp_path) == [(NOTEBOOK, "never executed")]
    assert run.execute(tmp_path, run.discover(tmp_path), jobs=1) == []
    assert reasons(tmp_path) == []
    for name in ["course/unused.py", "data/unread.csv"]:
        (tmp_path / name).write_text("b = 2\n")
    assert reasons(tmp_path) == []
    for name in ["course/used.py", "data/read.csv"]:
        (tmp_path / name).write_text("b = 2\n")
    (tmp_path / "requirements.txt").write_text("pandas==0.1\n")
    changes = f"course/used.py changed, data/read.csv changed, pandas {version('pandas')} -> 0.1 in requirements.txt"
    assert reasons(tmp_path) == [(NOTEBOOK, changes)]


def test_a_whole_book_takes_well_under_a_second(project):
    (project / "data/large.csv").write_bytes(b"1,2,3\n" * 200_000)
    digest = hashlib.sha256(b"1,2,3\n" * 200_000).hexdigest()
    for i in range(80):
        path = save(project / f"notebooks/ml/n{i}.ipynb", ["1"], modules=[], data=["data/large.csv"], packages={})
        nb = json.loads(path.read_bytes())
        assert digest.startswith(nb["metadata"]["course"]["stored"]["data"]["data/large.csv"])
        nb["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["a line\n"] * 10_000}]
        path.write_text(json.dumps(nb, indent=1))
    notebooks = run.discover(project)
    start = time.process_time()
    assert stale.find(project, notebooks) == []
    assert time.process_time() - start < 1
