"""Say which notebooks' stored outputs no longer match what they were made from, and why.

The record of what they were made from is in the notebook, as `metadata.course.stored`; `course.notebooks.run` writes
it. Nothing is executed and no installed package is looked at: the versions are those that the lock pins.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from course import ledger

PIN = re.compile(r"^([\w.-]+)(?:\[[^]]*\])?==([^\s;\\]+)", re.MULTILINE)
SHORT = 12  # hexadecimal digits kept of each part's hash: enough to say that the part changed


def fingerprint(root: Path, nb: Mapping) -> str:
    """Return the sha256 of what the outputs of notebook `nb` depend on, as it is now.

    That is: the sources of its code cells in order, the bytes of the modules and data files listed in its record
    ("missing" for a file that is not there), and the versions of the listed packages in the kernel's lock (the recorded
    version for a package that the lock does not have). `nb` is a notebook as nbformat or json reads it.
    """
    return _hash(_parts(root, nb, _digest))


def record(root: Path, nb: Mapping, modules: list[str], data: list[str], packages: dict[str, str]) -> dict:
    """Return the record for a notebook just executed, which loaded these files (relative to `root`) and versions.

    {"hash": over all, "code": short hash, "modules": {path: short hash}, "data": the same, "packages": {name: version}}
    """
    parts = {
        "code": _code(nb),
        "modules": {path: _digest(root / path) for path in sorted(modules)},
        "data": {path: _digest(root / path) for path in sorted(data)},
        "packages": dict(sorted(packages.items())),
    }
    return {"hash": _hash(parts), **_shortened(parts)}


def find(root: Path, notebooks: list[Path]) -> list[tuple[Path, str]]:
    """Return (path relative to `root`, reason in words) of each notebook whose stored outputs are out of date."""
    root = root.resolve()
    digest = cache(_digest)  # most notebooks share modules and tables
    found = []
    for path in notebooks:
        reason = _reason(root, json.loads(path.read_bytes()), digest)
        if reason:
            found.append((path.resolve().relative_to(root), reason))
    return found


def error(path: Path, reason: str) -> str:
    """Return the one-line error for a notebook and reason from `find`."""
    return f"{path.as_posix()} is stale ({reason}): run `course run {path.as_posix()}`"


def other_than_locked(root: Path, nb: Mapping, packages: dict[str, str]) -> str:
    """Return the error where these versions, with which `nb` ran, are not those of its lock; "" where they are.

    Stored outputs of other versions would be stale at once.
    """
    lock = lock_file(nb)
    locked = pins(root / lock)
    wrong = [f"{name} is {is_}, not {locked[name]}" for name, is_ in packages.items() if locked.get(name, is_) != is_]
    target = "book" if lock == "requirements.txt" else f"lab-{Path(lock).stem}"
    return f"{', '.join(wrong)} as {lock} pins; run `make {target}`" if wrong else ""


def lock_file(nb: Mapping) -> str:
    """Return the lock of the notebook's kernel: requirements/NAME.txt for kernel course-NAME, else requirements.txt."""
    kernel = nb["metadata"].get("kernelspec", {}).get("name", "python3")
    return f"requirements/{kernel.removeprefix('course-')}.txt" if kernel.startswith("course-") else "requirements.txt"


def pins(lock: Path) -> dict[str, str]:
    """Return {normalised package name: version} of a lock file; nothing where there is none."""
    if not lock.is_file():
        return {}
    return {normal_name(name): version for name, version in PIN.findall(lock.read_text(encoding="utf-8"))}


def normal_name(package: str) -> str:
    """Return the normalised name of a package (https://packaging.python.org/specifications/name-normalization)."""
    return re.sub(r"[-_.]+", "-", package).lower()


def _reason(root: Path, nb: Mapping, digest: Callable) -> str:
    stored = _stored(nb)
    if "hash" not in stored:
        return "never executed"
    parts = _parts(root, nb, digest)
    if _hash(parts) == stored["hash"]:
        return ""
    now = _shortened(parts)
    reasons = ["code changed"] if now["code"] != stored["code"] else []
    for path, part in {**now["modules"], **now["data"]}.items():
        if part != {**stored["modules"], **stored["data"]}[path]:
            reasons.append(f"{path} is missing" if part == "missing" else f"{path} changed")
    for name, version in now["packages"].items():
        if version != stored["packages"][name]:
            reasons.append(f"{name} {stored['packages'][name]} -> {version} in {lock_file(nb)}")
    return ", ".join(reasons) or "its record was edited"


def _parts(root: Path, nb: Mapping, digest: Callable) -> dict:
    stored = _stored(nb)
    locked = pins(root / lock_file(nb))
    return {
        "code": _code(nb),
        "modules": {path: digest(root / path) for path in stored.get("modules", {})},
        "data": {path: digest(root / path) for path in stored.get("data", {})},
        "packages": {name: locked.get(name, version) for name, version in stored.get("packages", {}).items()},
    }


def _stored(nb: Mapping) -> Mapping:
    return nb["metadata"].get("course", {}).get("stored", {})


def _code(nb: Mapping) -> str:
    # A source is one text in memory, a list of lines in the file.
    sources = ["".join(cell["source"]) for cell in nb["cells"] if cell["cell_type"] == "code"]
    return hashlib.sha256(json.dumps(sources).encode()).hexdigest()


def _digest(path: Path) -> str:
    try:
        content = path.read_bytes()
        if path.suffix == ".ipynb":  # another notebook is read for its claims alone: its timings change with every run
            content = json.dumps(ledger.records(json.loads(content)), sort_keys=True).encode()
        return hashlib.sha256(content).hexdigest()
    except FileNotFoundError:
        return "missing"


def _hash(parts: dict) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _shortened(parts: dict) -> dict:
    return {
        "code": parts["code"][:SHORT],
        "modules": {path: part[:SHORT] for path, part in parts["modules"].items()},
        "data": {path: part[:SHORT] for path, part in parts["data"].items()},
        "packages": parts["packages"],
    }
