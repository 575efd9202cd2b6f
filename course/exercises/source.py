"""An exercise as its author keeps it: source.ipynb in Otter's format, hidden.py and wrong/ beside it."""

import hashlib
import importlib.util
import re
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import yaml

from course.exercises.cases import Check

BOUNDARY = re.compile(r"^#\s*(BEGIN|END) (QUESTION|PROMPT|SOLUTION|TESTS)\b[^\n]*\n?")
CONFIG = re.compile(r"^#\s*ASSIGNMENT CONFIG\b")
TEST_CONFIG = re.compile(r'^""" # BEGIN TEST CONFIG\n.*?^""" # END TEST CONFIG\n', re.DOTALL | re.MULTILINE)
_HEADER = re.compile(r"^# (\w+): (.+)$")


@dataclass(frozen=True)
class Question:
    """A question's metadata: points in all, the names that the learner defines, the hidden cases in kind."""

    id: str
    title: str
    points: int
    answers: list[str]
    hidden: str  # of which kind the hidden cases are, as the learner's check says it
    expected: str  # what was expected in kind, as feedback says it
    read: str  # where to read again: a page of the book


@dataclass(frozen=True)
class Written:
    """A question that is answered in words and marked by people: its points, and what they look for."""

    id: str
    title: str
    points: int
    rubric: list[str]


@dataclass(frozen=True)
class Answer:
    """An answer to try: the code in place of a question's solution, and what must come of it."""

    name: str
    question: str
    code: str
    loses: int = 0
    message: str = ""
    public: str = "passes"  # "passes" or "fails": what the check in the notebook says


@dataclass(frozen=True)
class Exercise:
    """An exercise read from its folder. `cells` has (kind, question id, cell) as `parse` yields them."""

    id: str
    folder: Path
    title: str
    minutes: int
    metadata: dict
    questions: list[Question]
    written: list[Written]
    cells: list[tuple[str, str, nbformat.NotebookNode]] = field(repr=False)

    @property
    def max_score(self) -> int:
        """Points of all questions, those that people mark too."""
        return sum(question.points for question in [*self.questions, *self.written])

    @property
    def files(self) -> list[Path]:
        """The public files that are released with the notebook: what lies in files/."""
        folder = self.folder / "files"
        return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []

    def checks(self) -> dict[str, list[Check]]:
        """Return {question id: its hidden checks} from hidden.py, executed afresh.

        Raises ValueError where its questions or points are not those of the notebook.
        """
        spec = importlib.util.spec_from_file_location(f"hidden_{self.id.replace('-', '_')}", self.folder / "hidden.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for question in self.questions:
            points = sum(check.points for check in module.CHECKS.get(question.id, []))
            if points != question.points:
                raise ValueError(
                    f"{self.folder / 'hidden.py'}: checks of {question.id} are worth {points} points, "
                    f"source.ipynb says {question.points}"
                )
        strangers = module.CHECKS.keys() - {question.id for question in self.questions}
        if strangers:
            raise ValueError(f"{self.folder / 'hidden.py'}: no question {min(strangers)!r} in source.ipynb")
        return module.CHECKS

    def wrong(self) -> list[Answer]:
        """Return the typical wrong answers of wrong/, by name."""
        return [_wrong(path) for path in sorted((self.folder / "wrong").glob("*.py"))]

    def right(self) -> list[Answer]:
        """Return the right answers, other than the solution, of right/, by name: they keep the comparison fair."""
        paths = sorted((self.folder / "right").glob("*.py"))
        return [Answer(path.stem, path.name.split("-")[0], path.read_text(encoding="utf-8")) for path in paths]

    def digest(self) -> str:
        """Return the sha256 over names and bytes of everything that a mark depends on."""
        total = hashlib.sha256()
        for path in [self.folder / "source.ipynb", self.folder / "hidden.py", *self.files]:
            total.update(f"{path.relative_to(self.folder).as_posix()} {path.stat().st_size}\n".encode())
            total.update(path.read_bytes())
        return total.hexdigest()


def find(exercises: Path, name: str) -> Path:
    """Return the folder of an exercise given as an id (under `exercises`) or as a folder, which may be private.

    Raises FileNotFoundError where there is none.
    """
    for folder in (Path(name), exercises / name):
        if (folder / "source.ipynb").is_file():
            return folder.resolve()
    known = ", ".join(sorted(path.parent.name for path in exercises.glob("*/source.ipynb")))
    raise FileNotFoundError(f"no exercise {name!r}: give one of {known}, or a folder that holds source.ipynb")


def load(folder: Path) -> Exercise:
    """Return the exercise in `folder`. Raises ValueError, naming the cell, where it does not follow the format."""
    path = folder / "source.ipynb"
    nb = nbformat.read(path, as_version=4)
    try:
        course = nb.metadata["course"]
        about = dict(course["exercise"])
        questions = [Question(**question) for question in about.pop("questions")]
        written = [Written(**question) for question in about.pop("written", [])]
        found = about.pop("id")
    except (KeyError, TypeError) as error:
        raise ValueError(
            f"{path}: metadata.course.exercise lacks or misnames {error}; see exercises/README.md"
        ) from None
    cells = list(parse(nb, str(path)))
    _consistent(path, nb, questions, written, cells)
    title = next((c.source.split("\n")[0].removeprefix("# ") for _, _, c in cells if c.source.startswith("# ")), found)
    return Exercise(found, folder, title, course["minutes"], about, questions, written, cells)


def parse(nb: nbformat.NotebookNode, where: str = "notebook"):
    """Yield (kind, question id, cell) of the cells that are not marks of Otter's format.

    kind: given (outside questions, or inside one and outside its blocks), prompt, solution, test; the question is ""
    outside. Raises ValueError for marks that do not nest.
    """
    question, block = "", ""
    for number, cell in enumerate(nb.cells):
        boundary = BOUNDARY.match(cell.source) if cell.cell_type == "raw" else None
        if cell.cell_type == "raw" and CONFIG.match(cell.source):
            continue
        if not boundary:
            yield {"": "given", "PROMPT": "prompt", "SOLUTION": "solution", "TESTS": "test"}[block], question, cell
            continue
        edge, kind = boundary.groups()
        if kind == "QUESTION":
            right = not block and (not question if edge == "BEGIN" else question)
            if right:
                question = _config(cell, boundary)["name"] if edge == "BEGIN" else ""
        else:
            right = question and (not block if edge == "BEGIN" else block == kind)
            if right:
                block = kind if edge == "BEGIN" else ""
        if not right:
            raise ValueError(
                f"{where}: cell {number} `{cell.source.splitlines()[0]}` does not fit what stands before it"
            )
    if question or block:
        raise ValueError(f"{where}: the block {block or question} has no end")


def points(nb: nbformat.NotebookNode) -> dict[str, int]:
    """Return {question: points} as Otter's own marks say them."""
    found = {}
    for cell in nb.cells:
        boundary = BOUNDARY.match(cell.source) if cell.cell_type == "raw" else None
        if boundary and boundary.groups() == ("BEGIN", "QUESTION"):
            config = _config(cell, boundary)
            found[config["name"]] = config["points"]
    return found


def test_code(cell: nbformat.NotebookNode) -> str:
    """Return a test cell's Python, without Otter's configuration."""
    return TEST_CONFIG.sub("", cell.source).strip()


def _config(cell: nbformat.NotebookNode, boundary: re.Match) -> dict:
    return yaml.safe_load(cell.source[boundary.end() :]) or {}


def _consistent(path: Path, nb, questions: list[Question], written: list[Written], cells: list) -> None:
    in_cells = points(nb)
    declared = {question.id: question.points for question in [*questions, *written]}
    if in_cells != declared:
        raise ValueError(f"{path}: points in BEGIN QUESTION cells are {in_cells}, in metadata {declared}")
    for question in [*questions, *written]:
        needed = {"prompt", "solution"} if isinstance(question, Written) else {"prompt", "solution", "test"}
        if missing := needed - {kind for kind, of, _ in cells if of == question.id}:
            raise ValueError(f"{path}: {question.id} has no {min(missing)} cell")
    names = {question.id for question in written}
    if code := [of for kind, of, cell in cells if of in names and kind == "solution" and cell.cell_type != "markdown"]:
        raise ValueError(f"{path}: the solution of {code[0]}, which people mark, is to be one Markdown cell")


def _wrong(path: Path) -> Answer:
    header, lines = {}, path.read_text(encoding="utf-8").splitlines()
    for line in lines:
        match = _HEADER.match(line)
        if not match:
            break
        header[match[1]] = match[2]
    question = path.name.split("-")[0]
    try:
        return Answer(path.stem, question, "\n".join(lines), int(header["loses"]), header["message"], header["public"])
    except KeyError as error:
        raise ValueError(f"{path}: its first lines lack `# {error.args[0]}: ...`") from None
