"""Measure what building and running the book costs, as ratios within one run: absolute seconds depend on the machine.

    python tests/benchmarks/bench_book.py --repeat 3 --json results.json

Everything happens in a temporary copy of the project. In each repetition every variant is measured once, in an order
that turns, so that a machine that gets slower or busier touches all alike. Medians are reported.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from course.notebooks import kernel, order, run

ROOT = Path(__file__).resolve().parents[2]
NOISE = 1.15  # a notebook counts as slowed by the others from this ratio on
PARALLEL, SERIAL, PLAIN = "course run", "course run --jobs 1", "jupyter-book build, force"
COLD, EDITED = "course build, cold", "course build, one page edited"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=3, metavar="K", help="how often each is measured (default: 3)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N", help="parallel notebooks")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the results here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        book = copy(Path(folder) / "book")
        seconds, notebooks = measure(book, options.repeat, options.jobs)
    results = summary(seconds, notebooks, options.jobs)
    print(table(results))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return 0


def copy(folder: Path) -> Path:
    """Return a copy of the project's sources, with what earlier runs left for later ones: run times and embeddings."""
    hidden = shutil.ignore_patterns(".*", "_build", "*.egg-info", "__pycache__")
    book = Path(shutil.copytree(ROOT, folder, ignore=hidden))
    if (ROOT / "_build").is_dir():
        pages = shutil.ignore_patterns(".*", "html", "jupyter_execute", "ask", "syllabi")
        shutil.copytree(ROOT / "_build", book / "_build", ignore=pages)
    return book


def measure(book: Path, repeat: int, jobs: int) -> tuple[dict[str, list[float]], dict[str, dict[str, list[float]]]]:
    """Return {variant: seconds} and {notebook: {variant: seconds}}, one value for each repetition."""
    variants = {
        COLD: lambda: cold(book),
        EDITED: lambda: edited(book),
        PARALLEL: lambda: execute(book, jobs),
        SERIAL: lambda: execute(book, 1),
        PLAIN: lambda: plain(book),
    }
    seconds = {name: [] for name in variants}
    notebooks: dict[str, dict[str, list[float]]] = {}
    names = {path.relative_to(book).as_posix() for path in run.discover(book) if is_default(path)}
    if names - order.run_times(book).keys():
        execute(book, jobs)  # not counted: notes run times and embeddings, as on a machine in use
    for repetition in range(repeat):
        # The edited page needs a built book, so the two builds stay together.
        groups = [(COLD, EDITED), (PARALLEL,), (SERIAL,), (PLAIN,)]
        for group in groups[repetition % 4 :] + groups[: repetition % 4]:
            for name in group:
                print(f"repetition {repetition + 1} of {repeat}: {name}", file=sys.stderr, flush=True)
                took = variants[name]()
                seconds[name].append(took)
                if name in (PARALLEL, SERIAL):
                    for notebook, own in order.run_times(book).items():
                        notebooks.setdefault(notebook, {PARALLEL: [], SERIAL: []})[name].append(own)
    return seconds, notebooks


def cold(book: Path) -> float:
    """Build from nothing."""
    shutil.rmtree(book / "_build" / "html", ignore_errors=True)
    shutil.rmtree(book / "_build" / ".doctrees", ignore_errors=True)
    return timed([sys.executable, "-m", "course.cli", "build"], book)


def edited(book: Path) -> float:
    """Build again after one sentence was added to one page."""
    with (book / "book" / "how_to_use.md").open("a", encoding="utf-8") as page:
        page.write("\nOne more sentence.\n")
    return timed([sys.executable, "-m", "course.cli", "build"], book)


def execute(book: Path, jobs: int) -> float:
    """Execute all notebooks of the default environment."""
    return timed([sys.executable, "-m", "course.cli", "run", f"--jobs={jobs}"], book)


def plain(book: Path) -> float:
    """Build with Jupyter Book's own execution of the same notebooks."""
    with altered(book / "_config.yml") as config:
        text = config.read_text(encoding="utf-8")
        excluded = [p.relative_to(book).as_posix() for p in run.discover(book) if not is_default(p)]
        forced = f'execute_notebooks: "force"\n  timeout: 600\n  exclude_patterns: {json.dumps(excluded)}'
        assert 'execute_notebooks: "off"' in text
        config.write_text(text.replace('execute_notebooks: "off"', forced), encoding="utf-8")
        shutil.rmtree(book / "_build" / "html", ignore_errors=True)
        shutil.rmtree(book / "_build" / ".doctrees", ignore_errors=True)
        command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build"]
        # -W: else a cell that fails is only a warning. In the kernels the same number of threads as with `course run`.
        took = timed([*command, "-W", "--keep-going", "-q", str(book)], book, kernel.environment())
    shutil.rmtree(book / "_build" / ".doctrees")
    return took


def is_default(notebook: Path) -> bool:
    return json.loads(notebook.read_bytes())["metadata"]["kernelspec"]["name"] == "python3"


@contextmanager
def altered(path: Path):
    before = path.read_bytes()
    try:
        yield path
    finally:
        path.write_bytes(before)


def timed(command: list[str], folder: Path, environment: Mapping[str, str] = os.environ) -> float:
    """Return the seconds that a command took. Raises RuntimeError with its last words if it failed."""
    own = {**environment, "PYTHONPATH": str(folder)}  # kernels too import the copy's `course`
    started = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=own, capture_output=True, text=True)
    seconds = time.perf_counter() - started
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[1:])} failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return seconds


def summary(seconds: dict[str, list[float]], notebooks: dict[str, dict[str, list[float]]], jobs: int) -> dict:
    """Return medians and the ratios that matter."""
    medians = {name: round(statistics.median(values), 2) for name, values in seconds.items()}
    # A notebook's own ratio is taken within each repetition, where both were measured close together.
    ratios = {
        notebook: round(statistics.median(p / s for p, s in zip(t[PARALLEL], t[SERIAL], strict=True)), 2)
        for notebook, t in sorted(notebooks.items())
    }
    return {
        "date": date.today().isoformat(),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}",
        "python": platform.python_version(),
        "jobs": jobs,
        "repetitions": len(next(iter(seconds.values()))),
        "load_average": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "seconds": medians,
        "ratios": {
            f"{EDITED} / cold": round(medians[EDITED] / medians[COLD], 2),
            f"{PARALLEL} / {SERIAL}": round(medians[PARALLEL] / medians[SERIAL], 2),
            f"{PARALLEL} + {COLD} / {PLAIN}": round((medians[PARALLEL] + medians[COLD]) / medians[PLAIN], 2),
            f"{COLD} / {PLAIN}": round(medians[COLD] / medians[PLAIN], 2),
        },
        "notebook_parallel_to_alone": ratios,
        "slower_than_alone": [notebook for notebook, ratio in ratios.items() if ratio > NOISE],
    }


def table(results: dict) -> str:
    """Return the results as Markdown."""
    head = ("date", "machine", "python", "jobs", "repetitions", "load_average")
    lines = [", ".join(f"{key} {results[key]}" for key in head), ""]
    lines += ["| measured | median seconds |", "|---|---|"]
    lines += [f"| {name} | {value:.1f} |" for name, value in results["seconds"].items()]
    lines += ["", "| ratio | value |", "|---|---|"]
    lines += [f"| {name} | {value:.2f} |" for name, value in results["ratios"].items()]
    lines += ["", "| notebook | its time among others / alone |", "|---|---|"]
    lines += [f"| {name} | {value:.2f} |" for name, value in results["notebook_parallel_to_alone"].items()]
    slower = ", ".join(results["slower_than_alone"]) or "none"
    return "\n".join([*lines, "", f"Slower than alone by more than {NOISE - 1:.0%}: {slower}."])


if __name__ == "__main__":
    sys.exit(main())
