"""Execute notebooks in parallel, in the order that their metadata asks for, and store their outputs."""

import asyncio
import json
import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import nbformat
from tqdm import tqdm

from course import atomic
from course.notebooks import kernel, order, stale, store

Report = Callable[[list[str], str], None]  # called with the running notebooks and a line on what just ended, or ""


class Failure(NamedTuple):
    """A notebook, relative to the root, that failed or was not run; `cell` is the id of the failing cell, or None."""

    notebook: Path
    cell: str | None
    message: str

    def __str__(self) -> str:
        place = f", cell {self.cell}" if self.cell else ""
        return f"{self.notebook.as_posix()}{place}: {self.message}"


def discover(root: Path) -> list[Path]:
    """Return the notebooks under `root`/notebooks, sorted, without hidden ones such as Jupyter's checkpoints."""
    folder = root / "notebooks"
    paths = ((path, path.relative_to(folder).parts) for path in folder.rglob("*.ipynb"))
    return sorted(path for path, parts in paths if not any(part.startswith(".") for part in parts))


def kernel_name(path: Path) -> str:
    """Return the kernel that a notebook asks for: python3, or course-NAME for an isolated lab.

    Raises ValueError if the file is not a notebook.
    """
    try:
        return json.loads(path.read_bytes())["metadata"]["kernelspec"]["name"]
    except (ValueError, KeyError) as error:
        raise ValueError(f"{path} names no kernel: it is not a notebook; restore it") from error


@contextmanager
def show(total: int) -> Iterator[Report]:
    """Yield a report that draws a progress bar on stderr, or writes plain lines where stderr is not a terminal."""
    if not sys.stderr.isatty():
        yield lambda running, line: print(line, file=sys.stderr, flush=True) if line else None
        return
    with tqdm(total=total, unit="notebook", file=sys.stderr, dynamic_ncols=True) as bar:

        def report(running: list[str], line: str) -> None:
            bar.set_postfix_str(", ".join(Path(name).stem for name in running), refresh=not line)
            if line:
                bar.write(line, file=sys.stderr)
                bar.update()

        yield report


def execute(root: Path, notebooks: list[Path], jobs: int, progress=show) -> list[Failure]:
    """Execute the notebooks, at most `jobs` at once; return those that failed or were not run because one failed.

    A notebook starts after those of `notebooks` that its `metadata.course.after` lists, directly or through others;
    with `metadata.course.exclusive` it runs while nothing else does. Outputs are stored, with the record that
    `course.notebooks.stale` reads, only after the whole notebook succeeded. `progress` is a context manager that, given
    the number of notebooks, yields a `Report`.

    Raises ValueError for a path outside `root`, an unknown path, a cycle in `after`, or a file that is not a notebook.
    """
    root = root.resolve()
    chosen = list(dict.fromkeys(_relative(root, path) for path in notebooks))
    course = order.course_metadata(root, chosen)
    graph = order.sorter(course)
    for folder in {
        path.parent for path in [*discover(root), *(root / name for name in chosen), root / order.RUN_TIMES]
    }:
        atomic.remove_leftovers(folder)
    # zmq needs a selector loop, which is not the default on Windows.
    with progress(len(chosen)) as report, asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        failures = runner.run(_schedule(root, course, graph, chosen, max(jobs, 1), report))
        blocked = order.blocked(course, {failure.notebook.as_posix() for failure in failures})
        for name in [name for name in chosen if name in blocked]:
            failures.append(Failure(Path(name), None, f"not run, as {blocked[name]} failed"))
            report([], str(failures[-1]))
    return failures


async def _schedule(
    root: Path, course: dict[str, dict], graph: TopologicalSorter, chosen: list[str], jobs: int, report: Report
) -> list[Failure]:
    seconds = order.run_times(root)
    ready: list[str] = []
    running: dict[asyncio.Task, str] = {}
    failures: list[Failure] = []

    def exclusive(name: str) -> bool:
        return course[name].get("exclusive", False)

    def may_start(name: str) -> bool:
        return not running or (len(running) < jobs and not exclusive(name))

    try:
        while True:
            ready += order.take_ready(graph, chosen)
            # Longest first, so that none is left over at the end. Exclusive ones only once nothing else is ready or
            # running: while one runs nothing can become ready, so it stays alone.
            ready.sort(key=lambda name: (exclusive(name), -seconds.get(name, math.inf), name))
            while ready and may_start(ready[0]):
                name = ready.pop(0)
                running[asyncio.create_task(_run(root, name))] = name
            if not running:
                return failures
            report(sorted(running.values()), "")
            ended, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                name = running.pop(task)
                result = task.result()
                if isinstance(result, Failure):
                    failures.append(result)
                else:
                    graph.done(name)
                line = str(result) if isinstance(result, Failure) else f"{name}: {result:.1f} s"
                report(sorted(running.values()), line)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)  # each stops its kernel


async def _run(root: Path, name: str) -> Failure | float:
    """Execute one notebook and store it; return its failure, or the seconds that it took."""
    path = root / name
    before = path.read_bytes()
    nb = nbformat.reads(before.decode("utf-8"), as_version=4)
    started = time.monotonic()
    try:
        loaded = await kernel.run_cells(root, path.parent, nb)
    except kernel.NotebookFailed as failure:
        return Failure(Path(name), failure.cell, str(failure))
    seconds = time.monotonic() - started
    if mismatch := stale.other_than_locked(root, nb, loaded.packages):
        return Failure(Path(name), None, mismatch)
    nb.metadata.setdefault("course", nbformat.NotebookNode())["stored"] = stale.record(root, nb, *loaded)
    text = store.to_text(store.normalise(nb))
    if path.read_bytes() != before:
        return Failure(Path(name), None, "the file was changed while it ran; run it again")
    atomic.write(path, text)
    order.note_run_time(root, name, seconds)
    return seconds


def _relative(root: Path, path: Path) -> str:
    path = path.resolve()
    if not path.is_relative_to(root):
        raise ValueError(f"{path} is outside {root}; give notebooks of this project")
    return path.relative_to(root).as_posix()
