"""The locks, read offline: complete, pinned, equal where numbers depend on it, and each dependency with its reason."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
LOCKS = sorted([ROOT / "requirements.txt", *(ROOT / "requirements").glob("*.txt")])
LABS = [lock for lock in LOCKS if lock.name not in ("requirements.txt", "dev.txt")]
NUMBERS = ("numpy", "scipy", "pandas", "scikit-learn")  # stored outputs are compared exactly: these decide them


def requirements(lock: Path) -> list[Requirement]:
    lines = (line.partition(" #")[0].strip() for line in lock.read_text(encoding="utf-8").splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def versions(lock: Path) -> dict[str, Version]:
    """Return {name: version}; every line of a lock must pin one."""
    pinned = {}
    for requirement in requirements(lock):
        operators = [(s.operator, s.version) for s in requirement.specifier]
        assert len(operators) == 1 and operators[0][0] == "==", f"{lock.name}: {requirement} pins no version"
        name = canonicalize_name(requirement.name)
        assert name not in pinned, f"{lock.name}: {name} twice: with other versions elsewhere, outputs would differ"
        pinned[name] = Version(operators[0][1])
    return pinned


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_lock_satisfies_every_direct_dependency():
    locked = versions(ROOT / "requirements.txt")
    for dependency in map(Requirement, project()["project"]["dependencies"]):
        name = canonicalize_name(dependency.name)
        assert name in locked, f"{name} is not in requirements.txt: run `make lock`"
        assert dependency.specifier.contains(locked[name]), f"{dependency}, locked {locked[name]}: run `make lock`"


def test_every_direct_dependency_says_why():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = re.search(r"^dependencies = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)[1]
    lines = [line.strip() for line in block.splitlines() if line.strip().startswith('"')]
    assert len(lines) == len(project()["project"]["dependencies"]), "one dependency a line"
    without = [line for line in lines if not re.search(r'",\s+# \S+', line)]
    assert not without, f"no reason given: {without}"


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_locks_pin_everything_and_name_no_address(lock):
    assert versions(lock)
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text and "--index" not in text, f"{lock.name} names an address"


def test_the_test_environment_shares_the_default_versions():
    default, dev = versions(ROOT / "requirements.txt"), versions(ROOT / "requirements/dev.txt")
    assert {name: version for name, version in dev.items() if default.get(name, version) != version} == {}


@pytest.mark.parametrize("lock", LABS, ids=lambda lock: lock.name)
def test_labs_compute_with_the_default_versions(lock):
    default, lab = versions(ROOT / "requirements.txt"), versions(lock)
    assert {name: lab[name] for name in NUMBERS if name in lab} == {n: default[n] for n in NUMBERS if n in lab}


@pytest.mark.parametrize("lock", LABS, ids=lambda lock: lock.name)
def test_every_lab_has_a_source_for_its_lock_and_a_notebook(lock):
    assert lock.with_suffix(".in").is_file(), f"requirements/{lock.stem}.in says what {lock.name} is compiled from"
    notebooks = (ROOT / "notebooks").rglob("*.ipynb")
    assert any(f'"course-{lock.stem}"' in path.read_text(encoding="utf-8") for path in notebooks)


def test_the_installed_environment_is_what_the_locks_say():
    locked = versions(ROOT / "requirements.txt") | versions(ROOT / "requirements/dev.txt")
    installed = {name: Version(metadata.version(name)) for name in locked}
    assert installed == locked


def test_the_lock_is_complete_for_this_python():
    """Locks are installed without resolving, so nothing else would notice a missing or unfit package."""
    locked = versions(ROOT / "requirements.txt")
    overridden = {canonicalize_name(entry["name"]) for entry in project()["tool"]["uv"]["dependency-metadata"]}
    wrong = []
    for name in locked.keys() - overridden:
        for wanted in map(Requirement, metadata.requires(name) or []):
            if wanted.marker and not wanted.marker.evaluate({"extra": ""}):
                continue
            version = locked.get(canonicalize_name(wanted.name))
            if version is None or not wanted.specifier.contains(version, prereleases=True):
                wrong.append(f"{name} needs {wanted}, locked: {version}")
    assert not wrong
