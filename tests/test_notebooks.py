"""Rules for every stored notebook, read without executing it, and that the comparison of outputs can fail.

`make test` executes the notebooks again with tests/compare_outputs.py.
"""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from IPython.core.inputtransformer2 import TransformerManager

from course import data
from course.ledger import MIME
from course.notebooks import run

pytestmark = pytest.mark.apart

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = run.discover(ROOT)
IGNORE = "nbval-ignore-output"
TAGS = {IGNORE, "raises-exception", "hide-input", "hide-cell", "hide-output", "remove-cell", "remove-input"}
MACHINE_PATH = re.compile(r"(?:(?<![\w.:/-])|file://)/(?:home|root|tmp|Users)/|\b[C-Z]:\\(?:\\|[A-Za-z]{2})")
RANDOM_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f-]+)?|cell-\d+")
# Lines of a cell: more than half are shorter than LONG; a Kubeflow component is one function, and the longest cell.
LONGEST, LONG = 28, 12


def code_cells(nb) -> list:
    return [cell for cell in nb.cells if cell.cell_type == "code" and cell.source.strip()]


def tags(cell) -> list[str]:
    return cell.metadata.get("tags", [])


def outputs(nb):
    """Yield (cell id, output)."""
    for cell in code_cells(nb):
        for output in cell.outputs:
            yield cell.id, output


def texts(output) -> list[str]:
    """Return what a reader can see of an output, by kind; JSON kinds as JSON."""
    data = [text if isinstance(text, str) else json.dumps(text) for text in output.get("data", {}).values()]
    return [*data, output.get("text", ""), *output.get("traceback", [])]


def asserts(source: str) -> bool:
    tree = ast.parse(TransformerManager().transform_cell(source))  # IPython's magics become Python
    return any(isinstance(node, ast.Assert) for node in ast.walk(tree))


# Each check returns what is wrong, in words with the cell's id.


def ignored_output_is_asserted(nb) -> list[str]:
    cells = code_cells(nb)
    following = [*cells[1:], None]
    return [
        f"{cell.id} ignores its output: the next code cell must assert what holds"
        for cell, after in zip(cells, following, strict=True)
        if IGNORE in tags(cell) and (after is None or not asserts(after.source))
    ]


def nothing_is_skipped(nb) -> list[str]:
    unknown = [f"{cell.id} has the tag {tag}" for cell in nb.cells for tag in tags(cell) if tag not in TAGS]
    comment = re.compile(r"#\s*(?:NBVAL_|PYTEST_VALIDATE)")
    return unknown + [
        f"{cell.id}: a tag, not a comment, tells nbval" for cell in nb.cells if comment.search(cell.source)
    ]


def is_executed(nb) -> list[str]:
    if not any(True for _ in outputs(nb)):
        return ["no outputs: run `course run`"]
    return [f"{cell.id} was never executed" for cell in code_cells(nb) if cell.execution_count is None]


def no_errors(nb) -> list[str]:
    expected = {cell.id for cell in code_cells(nb) if "raises-exception" in tags(cell)}
    return [f"{id} raises {o.ename}" for id, o in outputs(nb) if o.output_type == "error" and id not in expected]


def nothing_on_stderr(nb) -> list[str]:
    return [f"{id}: {o.text[:80]!r}" for id, o in outputs(nb) if o.output_type == "stream" and o.name == "stderr"]


def no_machine_paths(nb) -> list[str]:
    seen = [(cell.id, cell.source) for cell in nb.cells]
    seen += [(id, text) for id, output in outputs(nb) for text in texts(output)]
    found = ((id, MACHINE_PATH.search(text), text) for id, text in seen)
    return [f"{id}: {text[max(m.start() - 20, 0) : m.end() + 20]!r}" for id, m, text in found if m]


def cells_are_short(nb) -> list[str]:
    lines = {cell.id: len(cell.source.strip().splitlines()) for cell in code_cells(nb)}
    short = sum(n < LONG for n in lines.values())
    few = [f"only {short} of {len(lines)} code cells are under {LONG} lines"] if 2 * short <= len(lines) else []
    return few + [f"{id} has {n} lines, at most {LONGEST} fit" for id, n in lines.items() if n > LONGEST]


def metadata_is_complete(nb) -> list[str]:
    course, kernel = nb.metadata.get("course", {}), nb.metadata.get("kernelspec", {}).get("name", "")
    minutes = course.get("minutes")
    wrong = [] if isinstance(minutes, int) and 0 < minutes <= 240 else [f"course.minutes is {minutes}"]
    lock = ROOT / "requirements" / f"{kernel.removeprefix('course-')}.txt"
    if kernel != "python3" and not (kernel.startswith("course-") and lock.is_file()):
        wrong.append(f"kernel {kernel!r}: python3 or course-NAME with requirements/NAME.txt was expected")
    return wrong


def ids_describe(nb) -> list[str]:
    ids = [cell.id for cell in nb.cells]
    random = [f"the id {id} says nothing: name the cell" for id in ids if RANDOM_ID.fullmatch(id)]
    return random + [f"the id {id} stands twice" for id in sorted({id for id in ids if ids.count(id) > 1})]


def plots_have_words(nb) -> list[str]:
    """Pictures come from course.plots.show: with alt text and the plotted table."""
    wrong = []
    for id, output in outputs(nb):
        data = output.get("data", {})
        wrong += [f"{id}: {kind}, not through course.plots.show" for kind in data if kind.startswith("image/")]
        page = BeautifulSoup(data.get("text/html", ""), "html.parser")
        wrong += [f"{id}: a picture without alt text" for img in page("img") if len(img.get("alt", "").strip()) < 40]
        for figure in page(class_="course-plot"):
            table = figure.find_next_sibling(class_="course-data")
            if table is None or not table("td"):
                wrong.append(f"{id}: a plot without its table")
    return wrong


def opens_with_its_title(nb) -> list[str]:
    headings = [line for cell in nb.cells if cell.cell_type == "markdown" for line in titles(cell.source)]
    first = nb.cells[0].cell_type == "markdown" and nb.cells[0].source.startswith("# ")
    return [] if first and len(headings) == 1 else [f"one title at the top was expected, found {headings}"]


def titles(markdown: str) -> list[str]:
    return re.findall(r"^# .+", re.sub(r"^(```|~~~).*?^\1", "", markdown, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)


# Numbers that prose may hold. Everything else that a reader could take for a result is printed by a cell.
RANGE = r"USD \d+K to \d+K|\d+ to \d+ months"
CLAIMED = sorted({found for text in data.load(ROOT / "data", "claims")["claim"] for found in re.findall(RANGE, text)})
TYPED = [
    r"`[^`]*`|\]\([^)]*\)|<[^>]*>|https?://\S+|^(```|:::)[^{]*$|^:\w+:.*$",  # code, addresses, markup
    r"^\s*\d+\. |\{admonition\} \d+\. ",  # items of a list
    r"\b[CF]\d{3}[a-d]?\b|\barXiv \d+\.\d+",  # ids
    r"\b(?:19|20)\d\d(?:-\d\d)*\b",  # years and dates
    r"^\*.*\bminutes\b.*\*$|^\*\*Time:\*\* about \d+ minutes\b",  # the head of a chapter
    r"\b\d?\d:\d\d\b",  # times of day
    r"\b95% intervals?\b",  # their level
    *map(re.escape, CLAIMED),  # the claims' own ranges
    r"\*[\w ]+\* is (?:up to |within )?\d+%(?: or more| a year)?|\bn of at least 30\b",  # words fixed in advance
    r"\b135 million parameters\b|\bmore than 15 minutes late\b",  # the name of a thing, a definition
    r"\(low \+ high\) / 2|\(1 or 0\)",  # formulas
]
NUMBER = re.compile(r"(?<![\w.])\d[\d.,]*%?")
# Shares in words. A threshold ("at least half of each") and an assumption are no results.
IN_WORDS = re.compile(
    r"(?<!at least )(?<!Assume that )\b(?:(?:two|three) (?:thirds|quarters|fifths)|several times (?:the|as|more)"
    r"|(?:half|a third|a quarter|a fifth|a tenth) of (?:the|our|its|their|all)) \w+",
    re.IGNORECASE,
)
PREMISE = "yet fewer than half of the ads"  # of a puzzle that names no chapter's ads


def results_are_printed(nb) -> list[str]:
    """No number stands in the prose of a chapter on the roles but those that TYPED lists, and no share in words."""
    if not any(MIME in output.get("data", {}) for _, output in outputs(nb)):
        return []  # the labs explain methods with numbers; these chapters weigh evidence
    wrong = []
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            wrong += [f"{cell.id}: {found} is typed: print it by a cell" for found in typed(cell.source)]
    return wrong


def typed(markdown: str) -> list[str]:
    prose = re.sub("|".join(f"(?:{each})" for each in TYPED), " ", markdown, flags=re.MULTILINE)
    return NUMBER.findall(prose) + IN_WORDS.findall(prose.replace(PREMISE, " "))


CHECKS = [
    ignored_output_is_asserted,
    nothing_is_skipped,
    is_executed,
    no_errors,
    nothing_on_stderr,
    no_machine_paths,
    cells_are_short,
    metadata_is_complete,
    ids_describe,
    plots_have_words,
    opens_with_its_title,
    results_are_printed,
]


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_stored_notebook(path, check):
    assert check(nbformat.read(path, as_version=4)) == []


# The checks find what they are for.

SVG = {"text/html": '<figure class="course-plot"><img alt="x" src="data:image/svg+xml,"></figure>'}
FAULTS = {
    ignored_output_is_asserted: {"tags": [IGNORE]},
    nothing_is_skipped: {"tags": ["nbval-skip"]},
    is_executed: {"execution_count": None},
    no_errors: {"outputs": [nbformat.v4.new_output("error", ename="KeyError", evalue="x", traceback=[])]},
    nothing_on_stderr: {"outputs": [nbformat.v4.new_output("stream", name="stderr", text="UserWarning: x")]},
    no_machine_paths: {"outputs": [nbformat.v4.new_output("stream", text="stored in /home/me/book")]},
    cells_are_short: {"source": "x = 1\n" * 26},
    metadata_is_complete: {"notebook": {"kernelspec": {"name": "course-nowhere", "display_name": "Nowhere"}}},
    ids_describe: {"id": "3f2a9c01"},
    plots_have_words: {"outputs": [nbformat.v4.new_output("display_data", data=SVG)]},
    opens_with_its_title: {"title": "No heading"},
    results_are_printed: {
        "title": "# Title\n\nThe gap is 14.3% here, in 2026, as C078 says.",
        "outputs": [nbformat.v4.new_output("display_data", data={MIME: [], "text/plain": "a card"})],
    },
}


def notebook(title="# Title", tags=(), notebook=None, **cell):
    """Return a notebook that keeps all rules, but for what is given."""
    kinds = {"outputs": [nbformat.v4.new_output("stream", text="seen\n")], "execution_count": 1, "id": "print-seen"}
    code = nbformat.v4.new_code_cell(**{"source": "print('seen')", **kinds, **cell}, metadata={"tags": list(tags)})
    end = nbformat.v4.new_code_cell("print('end')", id="end", execution_count=2)
    cells = [nbformat.v4.new_markdown_cell(title, id="title"), code, end]
    metadata = notebook or {"course": {"minutes": 5}, "kernelspec": {"name": "python3", "display_name": "Python 3"}}
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_check_finds_its_fault_and_nothing_else(check):
    assert check(notebook()) == []
    assert check(notebook(**FAULTS[check])) != []


@pytest.mark.parametrize(
    "prose",
    [
        "AI ads grew 12 times and the gap is 8 points.",
        "They earn 30% or more.",
        "In 95% of ads it is named.",
        "1,000 ads were counted.",
        "That is USD 25K less.",
        "USD 125K to 161K are paid.",
        "It took 2 to 3 months.",
        "It helps within 10 minutes.",
        "Two thirds of the most named skills are on both lists.",
        "Jobs of one title differ by several times the gap.",
        "Half of our ads repeat another.",
        "- Of them 7 hold.",
    ],
)
def test_a_typed_result_is_found(prose):
    assert typed(prose)


@pytest.mark.parametrize(
    "prose",
    [
        "*20 minutes · runs on a laptop*",
        "**Time:** about 20 minutes to read.",
        "1. Read it.\n2. Count it.",
        "C078a, of 2026-05, stands in `n = 7` at 9:00.",
        "The whole 95% interval lies inside, with n of at least 30.",
        'A claim says "USD 195K to 260K" and "1 to 3 months".',
        "*often* is 50% or more, *stable* is within 10% a year",
        "At least half of each must name it. Assume that a fifth of the questions has no answer.",
        "[a page](x12.ipynb), <a href='y3.html'>there</a>",
    ],
)
def test_a_number_that_is_no_result_is_fine(prose):
    assert typed(prose) == []


@pytest.mark.parametrize("text", [r"C:\Users\me", "/tmp/x", "file:///root/x", "at /Users/me/x"])
def test_machine_paths_are_found(text):
    assert no_machine_paths(notebook(source=f"# {text}"))


@pytest.mark.parametrize("text", ["http://127.0.0.1/home/x", "data/tmp/x", r"print('C:\n')", "a/root/b", "n:\t1"])
def test_other_paths_are_fine(text):
    assert no_machine_paths(notebook(source=f"# {text}")) == []


@pytest.mark.parametrize(
    ("stored", "tagged", "status"), [("2\n", False, 0), ("3\n", False, 1), ("3\n", True, 0)], ids=str
)
def test_comparison_fails_on_another_output_unless_ignored(tmp_path, stored, tagged, status):
    nb = notebook(
        source="import os\nprint(1 + int(os.environ['OMP_NUM_THREADS']))",
        outputs=[nbformat.v4.new_output("stream", text=stored)],
        tags=[IGNORE] if tagged else [],
    )
    nb.cells[-1].outputs = [nbformat.v4.new_output("stream", text="end\n")]
    nbformat.write(nb, tmp_path / "sum.ipynb")
    command = [sys.executable, ROOT / "tests" / "compare_outputs.py", tmp_path / "sum.ipynb"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200)
    assert done.returncode == status, done.stdout + done.stderr
    assert ("Cell outputs differ" in done.stdout) == bool(status)
