"""From source to release: pure functions from notebook to notebook, nothing is executed."""

import copy
import re
import textwrap

import nbformat

from course.exercises import source, variants
from course.exercises.source import Exercise, Question

STUB = "..."
PLACE = "_Type your answer here, replacing this text._"  # Otter's own words
_ASSIGNMENT = re.compile(r"^(\s*[\w.,\s]+=)(?!=).*#\s*SOLUTION\s*$")
_LINE = re.compile(r"^(\s*).*#\s*SOLUTION\s*$")
_BEGIN = re.compile(r"^(\s*)#\s*BEGIN SOLUTION( NO PROMPT)?\s*$")
_END = re.compile(r"^\s*#\s*END SOLUTION\s*$")
IMPORT = "from course.exercises.check import check"


def student(exercise: Exercise, seed: int | None = None) -> nbformat.NotebookNode:
    """Return the student's notebook: stubs, checks with the public tests, no solution; `seed` sets the variant."""
    return _render(exercise, solutions=False, seed=seed)


def solved(exercise: Exercise, seed: int | None = None, instead: dict[str, str] | None = None) -> nbformat.NotebookNode:
    """Return the same notebook with the solutions left in; `instead` replaces those of a question by other code."""
    return _render(exercise, solutions=True, seed=seed, instead=instead or {})


def strip(text: str) -> str:
    """Return a solution cell as its stub, by Otter's rules.

    `name = value # SOLUTION` keeps the name, another line with # SOLUTION and a block BEGIN SOLUTION ... END SOLUTION
    become `...`; with NO PROMPT they go; lines of BEGIN PROMPT and END PROMPT go and what is between them stays.
    Raises ValueError for a block without its other end.
    """
    kept, inside = [], False
    for line in text.split("\n"):
        if line.rstrip().endswith(("# SOLUTION NO PROMPT", "# BEGIN PROMPT", "# END PROMPT")):
            continue
        if _END.match(line):
            if not inside:
                raise ValueError(f"END SOLUTION without BEGIN SOLUTION in: {text[:60]!r}")
            inside = False
        elif begin := _BEGIN.match(line):
            if inside:
                raise ValueError(f"BEGIN SOLUTION inside another in: {text[:60]!r}")
            inside = True
            if not begin[2]:
                kept.append(begin[1] + STUB)
        elif not inside:
            line = _ASSIGNMENT.sub(rf"\1 {STUB}", line)
            kept.append(_LINE.sub(rf"\1{STUB}", line))
    if inside:
        raise ValueError(f"BEGIN SOLUTION without END SOLUTION in: {text[:60]!r}")
    return "\n".join(kept)


def check_cells(exercise: Exercise) -> frozenset[str]:
    """Return the texts of the student's check cells, which a grader need not run."""
    cells = student(exercise).cells
    return frozenset(cell.source.strip() for cell in cells if cell.metadata.get("course", {}).get("check"))


def solution_lines(exercise: Exercise) -> set[str]:
    """Return the lines that a release must not hold: of the solutions, spaces made one, that tell something.

    A line that also stands in a cell which is given, or in a stub, is no secret.
    """
    secret, known = set(), set()
    for kind, _, cell in exercise.cells:
        if kind != "solution":
            known |= _lines(cell.source)
        elif cell.cell_type == "code":
            secret |= _lines(cell.source)
            known |= _lines(strip(cell.source))
        else:
            secret |= _lines(cell.source)
    return {line for line in secret - known if len(line) >= 20 and "SOLUTION" not in line}


def _lines(text: str) -> set[str]:
    return {" ".join(line.split()) for line in text.split("\n")}


def question_of(cell: dict) -> str:
    """Return the question that a released cell answers, from its metadata; "" for others."""
    course = (cell.get("metadata") or {}).get("course")
    name = course.get("question") if isinstance(course, dict) else None
    return name if isinstance(name, str) else ""


def _render(exercise: Exercise, solutions: bool, seed: int | None, instead: dict[str, str] | None = None):
    cells, tests = [], {question.id: [] for question in exercise.questions}  # what people mark has no check
    questions = {question.id: question for question in exercise.questions}
    last = {of: number for number, (_, of, _) in enumerate(exercise.cells) if of}
    replaced = set()
    for number, (kind, of, original) in enumerate(exercise.cells):
        cell = copy.deepcopy(original)
        cell.metadata.pop("course", None)
        if kind == "test":
            tests[of].append(source.test_code(cell))
        elif kind == "solution":
            cells += _solution(cell, of, solutions, instead, replaced)
        else:
            cells.append(cell)
        if of in questions and last[of] == number:
            cells.append(_check(questions[of], tests[of]))
    first = next((i for i, cell in enumerate(cells) if cell.cell_type == "code"), len(cells))
    cells.insert(first, _code(IMPORT, "import-check"))
    for cell in cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            if seed is not None:
                cell.source = variants.with_seed(cell.source, seed)
    about = {"id": exercise.id, "max_score": exercise.max_score, "practice": exercise.metadata.get("practice", False)}
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"course": {"minutes": exercise.minutes, "released": about}, "kernelspec": kernel}
    nb = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    nb.nbformat_minor = 5
    nbformat.validate(nb)
    return nb


def _solution(cell, of: str, solutions: bool, instead: dict[str, str] | None, replaced: set) -> list:
    if cell.cell_type != "code":  # a written answer: the learner gets a place for theirs
        cell.source = cell.source if solutions else PLACE
    elif instead and of in instead:
        if of in replaced:
            return []
        replaced.add(of)
        cell.source = instead[of]
    elif not solutions:
        cell.source = strip(cell.source)
    cell.metadata["course"] = {"question": of}
    return [cell]


def _check(question: Question, tests: list[str]) -> nbformat.NotebookNode:
    """Return the cell that runs the public tests; its text is the same in every release."""
    names = ", ".join(f'"{name}"' for name in question.answers)
    hidden = textwrap.wrap(question.hidden.replace('"', "'"), 78)
    listed = "\n".join(f'        "{line}{" " if line is not hidden[-1] else ""}"' for line in hidden)
    head = (
        f'@check(\n    "{question.id}",\n    answers=[{names}],\n    hidden=(\n{listed}\n    ),\n)\n'
        f"def {question.id}_checks():"
    )
    body = textwrap.indent("\n\n".join(tests), "    ")
    cell = _code(f"{head}\n{body}", f"{question.id}-check")
    cell.metadata["course"] = {"check": question.id}
    return cell


def _code(text: str, id_: str) -> nbformat.NotebookNode:
    cell = nbformat.v4.new_code_cell(text)
    cell.id = id_
    return cell
