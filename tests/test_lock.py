"""The locks, read offline: complete, pinned, equal where numbers depend on it, and each dependency with its reason."""

import ast
import json
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from IPython.core.inputtransformer2 import TransformerManager
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
LOCKS = sorted([ROOT / "requirements.txt", *(ROOT / "requirements").glob("*.txt")])
LABS = [lock for lock in LOCKS if lock.name not in ("requirements.txt", "dev.txt", "graders.txt")]
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


@pytest.mark.parametrize("source", sorted((ROOT / "requirements").glob("*.in")), ids=lambda source: source.name)
def test_every_line_of_a_lab_or_of_the_tests_says_why(source):
    lines = [line for line in source.read_text(encoding="utf-8").splitlines() if line and line[0] not in "#-"]
    assert not [line for line in lines if not re.search(r" # \S+", line)], "no reason given"


def imported(source: str) -> set[str]:
    """Return the top-level packages that `source` imports anywhere, in functions too; relative imports are its own."""
    nodes = list(ast.walk(ast.parse(source)))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    taken_from = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    return {name.partition(".")[0] for name in plain | taken_from}


def notebook_source(path: Path) -> str:
    """Return the code of a notebook that runs in the default kernel, magics as Python; nothing of another kernel's."""
    nb = json.loads(path.read_text(encoding="utf-8"))
    cells = [cell for cell in nb["cells"] if cell["cell_type"] == "code"]
    if nb["metadata"]["kernelspec"]["name"] != "python3":
        return ""
    return "\n".join(TransformerManager().transform_cell("".join(cell["source"])) for cell in cells)


def test_imports_are_found_wherever_they_stand():
    source = "import a.b, c as d\nfrom e.f import g\nfrom . import h\ndef later():\n    from i import j\n"
    assert imported(source) == {"a", "c", "e", "i"}


def test_what_the_package_and_the_notebooks_import_is_declared():
    """What comes only because another package needs it may go with that package's next version."""
    declared = {canonicalize_name(Requirement(line).name) for line in project()["project"]["dependencies"]}
    distributions = metadata.packages_distributions()
    sources = {path: path.read_text(encoding="utf-8") for path in (ROOT / "course").rglob("*.py")}
    sources |= {path: notebook_source(path) for path in (ROOT / "notebooks").rglob("*.ipynb")}
    undeclared = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path, source in sources.items()
        for name in imported(source) - sys.stdlib_module_names - {"course"}
        if not declared & {canonicalize_name(package) for package in distributions.get(name, [])}
    ]
    assert undeclared == [], "declare it in pyproject.toml with its reason, then run `make lock UPGRADE=`"


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
def test_every_lab_has_a_source_for_its_lock_and_something_that_runs_in_it(lock):
    """A notebook names the kernel; a test of two programs side by side names the folder under .venv/labs."""
    assert lock.with_suffix(".in").is_file(), f"requirements/{lock.stem}.in says what {lock.name} is compiled from"
    users = [*(ROOT / "notebooks").rglob("*.ipynb"), *(ROOT / "tests").rglob("*.py")]
    name = re.compile(rf'"course-{lock.stem}"|labs/{lock.stem}\b')
    assert any(name.search(path.read_text(encoding="utf-8")) for path in users), f"nothing runs in {lock.stem}"


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
