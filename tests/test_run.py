"""`course.notebooks.run` with real kernels: order, failures, what is stored, and that a kill never spoils a file."""

import io
import itertools
import json
import multiprocessing
import os
import random
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import nbformat
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course import atomic
from course.notebooks import kernel, run, store

pytestmark = pytest.mark.apart

TRACEBACK = {"asttokens", "executing", "pure-eval", "stack-data"}  # IPython imports them when a cell raises
KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}


def add(root: Path, name: str, *sources: str, kernel: str = "python3", **course) -> Path:
    """Write notebooks/NAME.ipynb with these code cells and return its path."""
    cells = [nbformat.v4.new_code_cell(source, id=f"cell-{i}") for i, source in enumerate(sources)]
    metadata = {"kernelspec": {**KERNELSPEC, "name": kernel}, "course": course}
    path = root / "notebooks" / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=cells, metadata=metadata)))
    return path


def execute(root: Path, jobs: int = 2) -> list[str]:
    return [str(failure) for failure in run.execute(root, run.discover(root), jobs)]


def printed(path: Path) -> list[str]:
    """Return what each code cell wrote to stdout."""
    cells = json.loads(path.read_bytes())["cells"]
    return ["".join(line for out in cell["outputs"] for line in out.get("text", [])) for cell in cells]


def test_notebooks_run_in_parallel_and_those_after_them_wait(tmp_path):
    # a and b go on once both run; each gives up after 30 s.
    meet = (
        "import pathlib, time\npathlib.Path('{0}').touch()\nend = time.time() + 30\n"
        "while not pathlib.Path('{1}').exists():\n    assert time.time() < end\n    time.sleep(0.1)"
    )
    for name, other in ["ab", "ba"]:
        add(tmp_path, name, meet.format(name, other), f"pathlib.Path('{name}-ended').touch()")
    both = ["notebooks/a.ipynb", "notebooks/b.ipynb"]
    source = "import pathlib\nprint(sorted(p.name for p in pathlib.Path().glob('*-ended')))"
    last = add(tmp_path, "0-last", source, after=both)
    assert execute(tmp_path) == []
    assert printed(last) == ["['a-ended', 'b-ended']\n"]


def test_exclusive_runs_alone_and_no_more_than_jobs_at_once(tmp_path):
    source = (
        "import pathlib, time\nstart = time.time()\ntime.sleep(0.5)\n"
        "pathlib.Path('{}.time').write_text(f'{{start}} {{time.time()}}')"
    )
    for name in "abcd":
        add(tmp_path, name, source.format(name), exclusive=name == "b")
    assert execute(tmp_path) == []
    times = {p.stem: tuple(map(float, p.read_text().split())) for p in (tmp_path / "notebooks").glob("*.time")}
    overlaps = {n: sum(s < times[n][1] and times[n][0] < e for s, e in times.values()) - 1 for n in times}
    assert overlaps["b"] == 0
    assert max(overlaps.values()) >= 1
    moments = [start for start, _ in times.values()]
    assert max(sum(s <= moment < e for s, e in times.values()) for moment in moments) <= 2


def test_longest_first_by_the_last_run(tmp_path):
    for name in "abc":
        add(tmp_path, name, f"open('log', 'a').write('{name}');")
    (tmp_path / run.order.RUN_TIMES).parent.mkdir()
    noted = {"notebooks/a.ipynb": 1.0, "notebooks/b.ipynb": 9.0}
    (tmp_path / run.order.RUN_TIMES).write_text(json.dumps(noted))
    assert execute(tmp_path, jobs=1) == []
    assert (tmp_path / "notebooks" / "log").read_text() == "cba"  # never run counts as the longest
    times = json.loads((tmp_path / run.order.RUN_TIMES).read_text())
    assert list(times) == [f"notebooks/{name}.ipynb" for name in "abc"] and times["notebooks/b.ipynb"] != 9.0


def test_failure_leaves_the_file_and_what_comes_after_untouched(tmp_path, capfd):
    fails = add(tmp_path, "fails", "print('fine')", "raise ValueError('no rows\\nin the table')")
    between = add(tmp_path, "between", "1", after=["notebooks/fails.ipynb"])
    after = add(tmp_path, "later/after", "1", after=["notebooks/between.ipynb"])
    dies = add(tmp_path, "dies", "import os\nos._exit(1)")
    missing = add(tmp_path, "missing", "1", kernel="course-nowhere")
    edited = add(
        tmp_path,
        "edited",
        "import pathlib\npath = pathlib.Path('edited.ipynb')\npath.write_text(path.read_text() + ' ');",
    )
    good = add(tmp_path, "good", "print('done')")
    chosen = [fails, after, dies, missing, edited, good]  # `between` is not chosen, and still stands between
    before = {path: path.read_bytes() for path in [*chosen, between]}
    failures = run.execute(tmp_path, chosen, jobs=2)
    assert sorted(map(str, failures)) == [
        "notebooks/dies.ipynb, cell cell-0: DeadKernelError: Kernel died",
        "notebooks/edited.ipynb: the file was changed while it ran; run it again",
        "notebooks/fails.ipynb, cell cell-1: ValueError: no rows",
        "notebooks/later/after.ipynb: not run, as notebooks/fails.ipynb failed",
        "notebooks/missing.ipynb: the kernel course-nowhere is not installed; run `make lab-nowhere`",
    ]
    assert printed(good) == ["done\n"]
    before[edited] += b" "
    assert all(path.read_bytes() == before[path] for path in [fails, between, after, dies, missing, edited])
    out, err = capfd.readouterr()
    assert out == ""
    assert set(map(str, failures)) <= set(err.splitlines())
    assert len(err.splitlines()) == len(chosen), "one line for each notebook, and none of a kernel's log"


@pytest.mark.parametrize(
    ("after", "message"),
    [
        ({"a": ["b"], "b": ["c"], "c": ["a"]}, "wait for each other: notebooks/"),
        ({"a": ["a"]}, "notebooks/a.ipynb after notebooks/a.ipynb"),
        ({"a": ["b"], "b": ["gone"]}, "notebooks/b.ipynb: `after` names notebooks/gone.ipynb: no such notebook"),
    ],
)
def test_impossible_orders_are_errors(tmp_path, after, message):
    for name, others in after.items():
        add(tmp_path, name, "1", after=[f"notebooks/{other}.ipynb" for other in others])
    with pytest.raises(ValueError, match=message) as error:
        run.execute(tmp_path, [tmp_path / "notebooks/a.ipynb"], jobs=2)
    assert "\n" not in str(error.value)


def test_paths_that_are_not_notebooks_of_the_project_are_errors(tmp_path):
    inside = add(tmp_path / "project", "a", "1")
    with pytest.raises(ValueError, match="outside"):
        run.execute(tmp_path / "project", [add(tmp_path / "elsewhere", "a", "1")], jobs=1)
    with pytest.raises(ValueError, match="^notebooks/b.ipynb: no such notebook"):
        run.execute(tmp_path / "project", [inside.with_name("b.ipynb")], jobs=1)
    inside.write_text("<<<<<<< HEAD")
    with pytest.raises(ValueError, match="^notebooks/a.ipynb is not a notebook"):
        run.execute(tmp_path / "project", [inside], jobs=1)


def test_discover_leaves_hidden_files_out(tmp_path):
    paths = [add(tmp_path, name, "1") for name in ["b/two", "a/one", ".ipynb_checkpoints/one", "a/.hidden"]]
    assert run.discover(tmp_path) == [paths[1], paths[0]]


def test_what_is_stored_is_repeatable_and_what_nbval_sees(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONWARNINGS", "ignore")
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # with it a kernel leaves the output of subprocesses alone, as in nbval
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "__init__.py").touch()
    (tmp_path / "course" / "steps.py").write_text("def double(x):\n    return 2 * x\n")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x.csv").write_text("a\n1\n")
    (tmp_path / "data" / "unread.csv").write_text("a\n1\n")
    path = add(
        tmp_path,
        "lab",
        "import os, sys\nsys.path.insert(0, os.path.abspath('..'))\nfrom course.steps import double",
        "import tqdm\ntext = open('../data/x.csv').read()\nfor _ in tqdm.tqdm(range(3)):\n    pass",
        "print('out')\nprint('err', file=sys.stderr)\nprint('out again')\ndouble(4)",
        "double(5);",
        "os.system('echo from a subprocess')",
        "print({'b', 'a', 'c', 'd'})\ndisplay({'text/plain': 'x', 'application/json': {'id': 1}}, raw=True)",
        "display(1)\nprint('end')",
        "print([os.environ.get(name) for name in ('OMP_NUM_THREADS', 'PYTHONWARNINGS')])",
        "print([name for name in list(globals()) + sys.argv if 'watch' in name or 'seen' in name])",
        "",
        "# NBVAL_RAISES_EXCEPTION\n1 / 0",
    )
    nb = nbformat.read(path, as_version=4)
    nb.cells[-1].metadata.tags = ["raises-exception"]
    nb.cells[0].metadata.execution = {"iopub.status.busy": "2020-01-01T00:00:00Z"}
    nb.metadata.widgets = nb.metadata.jupytext = {}
    nbformat.write(nb, path)

    assert execute(tmp_path) == []
    first = path.read_bytes()
    assert execute(tmp_path) == []
    assert path.read_bytes() == first
    nbval = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval", str(path)]
    outcome = subprocess.run(nbval, env=kernel.environment(), cwd=tmp_path, capture_output=True, text=True)
    assert outcome.returncode == 0, outcome.stdout

    stored = json.loads(first)
    assert stored["metadata"].keys() == {"course", "kernelspec", "language_info"}
    record = stored["metadata"]["course"]["stored"]
    assert list(record["modules"]) == ["course/__init__.py", "course/steps.py"]
    assert list(record["data"]) == ["data/x.csv"]
    assert record["packages"].keys() - TRACEBACK == {"tqdm"}
    assert [cell["execution_count"] for cell in stored["cells"]] == [1, 2, 3, 4, 5, 6, 7, 8, 9, None, 10]
    assert printed(path)[7:9] == ["['1', None]\n", "[]\n"]


def test_other_versions_than_the_lock_are_refused(tmp_path):
    path = add(tmp_path, "a", "import tqdm")
    before = path.read_bytes()
    (tmp_path / "requirements.txt").write_text("tqdm==1.0  # via nothing\n")
    message = f"notebooks/a.ipynb: tqdm is {version('tqdm')}, not 1.0 as requirements.txt pins; run `make book`"
    assert execute(tmp_path) == [message]
    assert path.read_bytes() == before


def test_normalise_golden():
    def stream(name, text):
        return {"output_type": "stream", "name": name, "text": text}

    result = {"output_type": "execute_result", "execution_count": 41, "data": {"text/plain": "2"}, "metadata": {}}
    cells = [
        {"cell_type": "markdown", "id": "title", "metadata": {"tags": ["t"]}, "source": "# Title\nText"},
        {
            "cell_type": "code",
            "id": "sum",
            "execution_count": 41,
            "metadata": {"execution": {"shell.execute_reply": "2020"}, "tags": ["hide-input"]},
            "outputs": [
                stream("stderr", "e"),
                stream("stdout", "a"),
                stream("stdout", "b\n"),
                result,
                stream("stdout", "c"),
            ],
            "source": "1 + 1",
        },
        {"cell_type": "code", "id": "not-run", "execution_count": None, "metadata": {}, "outputs": [], "source": "é"},
    ]
    metadata = {
        "kernelspec": KERNELSPEC,
        "language_info": {"name": "python", "version": "3.11.7"},
        "course": {"minutes": 5},
        "jupytext": {"text_representation": {}},
        "widgets": {},
    }
    nb = nbformat.from_dict({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})
    untouched = json.dumps(nb)
    assert store.to_text(store.normalise(nb)) == GOLDEN
    assert json.dumps(nb) == untouched


@settings(max_examples=50)
@given(st.lists(st.tuples(st.sampled_from(["stdout", "stderr", "display"]), st.text(min_size=1, max_size=3))))
def test_normalise_is_idempotent_and_loses_no_text(outputs):
    cell = nbformat.v4.new_code_cell("", id="a", execution_count=7)
    for kind, text in outputs:
        data = {"data": {"text/plain": text}} if kind == "display" else {"name": kind, "text": text}
        cell.outputs.append(nbformat.v4.new_output("display_data" if kind == "display" else "stream", **data))
    nb = store.normalise(nbformat.v4.new_notebook(cells=[cell]))
    assert store.normalise(nb) == nb
    after = [(out.get("name", "display"), out.get("text") or out.data["text/plain"]) for out in nb.cells[0].outputs]
    for kind in ("stdout", "stderr"):
        assert "".join(t for k, t in after if k == kind) == "".join(t for k, t in outputs if k == kind)
    assert all(one[0] != two[0] or one[0] == "display" for one, two in zip(after, after[1:], strict=False))


def test_progress_names_the_running_notebooks_on_a_terminal(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stderr", Terminal())
    with run.show(2) as report:
        report(["notebooks/ml/trees.ipynb", "notebooks/ai/rag.ipynb"], "")
        report(["notebooks/ai/rag.ipynb"], "notebooks/ml/trees.ipynb: 3.2 s")
    shown = sys.stderr.getvalue()
    assert "trees, rag" in shown and "notebooks/ml/trees.ipynb: 3.2 s\n" in shown and "1/2" in shown


def test_killed_at_any_moment_each_notebook_is_the_old_or_the_new_one(tmp_path):
    source = "import pathlib, time\nprint(pathlib.Path('generation').read_text())"
    paths = [add(tmp_path, name, source, "time.sleep(0.1)", source) for name in "ab"]
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["course.notebooks.run"])

    def start(generation: int) -> multiprocessing.Process:
        (tmp_path / "notebooks" / "generation").write_text(str(generation))
        process = context.Process(target=run.execute, args=(tmp_path, paths, 2))
        process.start()
        return process

    def stored() -> list[int]:
        for path in paths:
            nbformat.validate(json.loads(path.read_bytes()))
        texts = [printed(path) for path in paths]
        assert all(first == last for first, _, last in texts)
        return [int(first) for first, _, _ in texts]

    start(0).join()  # its time is not taken: the server imports first
    begin = time.monotonic()
    start(1).join()
    duration = time.monotonic() - begin
    assert stored() == [1, 1]
    chance = random.Random(0)
    for generation in range(2, 10):
        before = stored()
        process = start(generation)
        process.join(chance.uniform(0, 1) * duration)
        process.kill()
        process.join()
        assert all(now in (old, generation) for now, old in zip(stored(), before, strict=True))
    assert no_process_in(tmp_path), "kernels outlived the run that started them"

    (tmp_path / "notebooks" / f".a.ipynb.{process.pid}.tmp").write_text("{")
    start(10).join()
    assert stored() == [10, 10]
    assert sorted(path.name for path in (tmp_path / "notebooks").iterdir()) == ["a.ipynb", "b.ipynb", "generation"]


def no_process_in(folder: Path, seconds: float = 15) -> bool:
    """Wait until no process works in `folder`; return whether none does. A kernel looks for its parent each second."""

    def works_there(process: psutil.Process) -> bool:
        try:
            return Path(process.cwd()).is_relative_to(folder)
        except psutil.Error:
            return False

    end = time.monotonic() + seconds
    while any(map(works_there, psutil.process_iter())):
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True


def test_killed_while_writing_the_file_is_whole_and_the_rest_is_removed(tmp_path):
    path = tmp_path / "a.ipynb"
    ours = tmp_path / f".a.ipynb.{os.getpid()}.tmp"
    ours.touch()  # its writer lives
    chance = random.Random(0)
    leftovers = 0

    def write_forever() -> None:
        for letter in itertools.cycle("ab"):
            atomic.write(path, letter * 5_000_000)

    for attempt in itertools.count(1):  # how often a kill hits a write depends on the machine
        process = multiprocessing.get_context("fork").Process(target=write_forever)
        process.start()
        while not path.exists():
            time.sleep(0.01)
        time.sleep(chance.uniform(0.05, 0.2))
        process.kill()
        process.join()
        content = path.read_text()
        assert content in ("a" * 5_000_000, "b" * 5_000_000)
        leftovers += len(list(tmp_path.iterdir())) - 2
        atomic.remove_leftovers(tmp_path)
        assert sorted(tmp_path.iterdir()) == [ours, path]
        if attempt >= 12 and leftovers > 0:
            break
        assert attempt < 200, "no kill hit a write: the test proves nothing; let it write longer"


GOLDEN = """{
 "cells": [
  {
   "cell_type": "markdown",
   "id": "title",
   "metadata": {
    "tags": [
     "t"
    ]
   },
   "source": [
    "# Title\\n",
    "Text"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": 1,
   "id": "sum",
   "metadata": {
    "tags": [
     "hide-input"
    ]
   },
   "outputs": [
    {
     "name": "stdout",
     "output_type": "stream",
     "text": [
      "ab\\n"
     ]
    },
    {
     "name": "stderr",
     "output_type": "stream",
     "text": [
      "e"
     ]
    },
    {
     "data": {
      "text/plain": [
       "2"
      ]
     },
     "execution_count": 1,
     "metadata": {},
     "output_type": "execute_result"
    },
    {
     "name": "stdout",
     "output_type": "stream",
     "text": [
      "c"
     ]
    }
   ],
   "source": [
    "1 + 1"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": null,
   "id": "not-run",
   "metadata": {},
   "outputs": [],
   "source": [
    "é"
   ]
  }
 ],
 "metadata": {
  "course": {
   "minutes": 5
  },
  "kernelspec": {
   "display_name": "Python 3",
   "language": "python",
   "name": "python3"
  },
  "language_info": {
   "name": "python"
  }
 },
 "nbformat": 4,
 "nbformat_minor": 5
}
"""
