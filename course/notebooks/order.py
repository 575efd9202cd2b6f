"""In which order notebooks run: what their `metadata.course.after` asks for, and the longest first."""

import json
from collections.abc import Collection, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from course import atomic

RUN_TIMES = Path("_build/run_times.json")  # {notebook: seconds}; outside the notebooks, as it changes with every run


def course_metadata(root: Path, chosen: list[str]) -> dict[str, dict]:
    """Return {notebook: its metadata.course} of the chosen notebooks and of all that they come after.

    Raises ValueError for a path that is not there, a notebook listed in `after` among them, or is not a notebook.
    """
    course = {}
    todo = [(name, "") for name in chosen]
    while todo:
        name, wanted_by = todo.pop()
        if name in course:
            continue
        try:
            course[name] = json.loads((root / name).read_bytes())["metadata"].get("course", {})
        except FileNotFoundError:
            where = f"{wanted_by}: `after` names {name}" if wanted_by else name
            raise ValueError(f"{where}: no such notebook; give its path relative to the project's root") from None
        except (ValueError, KeyError, TypeError):
            raise ValueError(f"{name} is not a notebook: JSON with metadata was expected") from None
        todo += [(after, name) for after in course[name].get("after", [])]
    return course


def sorter(course: Mapping[str, dict]) -> TopologicalSorter:
    """Return a prepared sorter of the notebooks. Raises ValueError where notebooks wait for each other."""
    graph = TopologicalSorter(_graph(course))
    try:
        graph.prepare()
    except CycleError as error:
        cycle = " after ".join(reversed(error.args[1]))
        raise ValueError(f"notebooks wait for each other: {cycle}; take one `after` away") from None
    return graph


def take_ready(graph: TopologicalSorter, chosen: Collection[str]) -> list[str]:
    """Return the chosen notebooks that became ready; those in between that were not chosen count as done."""
    ready = []
    while names := graph.get_ready():
        for name in names:
            if name in chosen:
                ready.append(name)
            else:
                graph.done(name)
    return ready


def blocked(course: Mapping[str, dict], failed: Collection[str]) -> dict[str, str]:
    """Return {notebook: a failed one that it comes after, directly or through others}."""
    causes = {}
    for name in TopologicalSorter(_graph(course)).static_order():
        reasons = (first if first in failed else causes.get(first) for first in course[name].get("after", []))
        reason = next(filter(None, reasons), None)
        if reason:
            causes[name] = reason
    return causes


def run_times(root: Path) -> dict[str, float]:
    """Return {notebook: seconds of its last run}; empty where none was noted."""
    try:
        return json.loads((root / RUN_TIMES).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}


def note_run_time(root: Path, name: str, seconds: float) -> None:
    """Note how long a notebook took. Of two runs at once one may lose a time, which only costs a worse order."""
    times = run_times(root) | {name: round(seconds, 1)}
    (root / RUN_TIMES).parent.mkdir(exist_ok=True)
    atomic.write(root / RUN_TIMES, json.dumps(times, indent=1, sort_keys=True) + "\n")


def _graph(course: Mapping[str, dict]) -> dict[str, list[str]]:
    return {name: metadata.get("after", []) for name, metadata in course.items()}
