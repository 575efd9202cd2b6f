"""A page and a download for each exercise in the contents, and the page that lists them: from the release alone."""

import csv
import html
import io
import re
import zipfile
from pathlib import Path

import nbformat

from course import atomic
from course.claims.card import page_name
from course.exercises import publish, release, source
from course.exercises.source import Exercise
from course.sphinx import generated

OVERVIEW = Path("book/exercises.md")
PAGES = Path("book/exercises")
DOWNLOADS = Path("_static/exercises")  # within the built book
ROLES = {"ml": "●\u00a0ML", "ai": "■\u00a0AI", "both": "◆\u00a0both"}  # kept on one line
_LISTED = re.compile(r"^\s*- file: book/exercises/(\S+)\s*$", re.MULTILINE)
_JOB = re.compile(r"^\*You will (.+?\.)\s", re.DOTALL | re.MULTILINE)

HEAD = """# Exercises

Little jobs of both roles. Each opens with a trap, has hints behind clicks and a check in the notebook, and ends with an
evidence card: one page with your own result, a baseline and an interval. Data are simulated or small, the replies of
models are recorded: no key, no network.

Download one, or take it from the command line, and open it in the book's JupyterLab:

```sh
.venv/bin/course release EXERCISE --out my-work
.venv/bin/jupyter lab my-work
```

**These exercises are practice.** Their hidden cases and solutions are public in the book's repository, so a mark for
one proves little. Teachers keep graded ones [in a private folder](#keep-keys-private).

"""


def listed(root: Path) -> list[str]:
    """Return the ids of the exercises that have a line in the contents, in their order there."""
    path = root / "_toc.yml"
    return _LISTED.findall(path.read_text(encoding="utf-8")) if path.is_file() else []


def write(app) -> None:
    """Write the pages before the sources are read; unchanged text is not written again, others' pages go.

    Raises ValueError for an exercise that the contents list and that is not there.
    """
    root = Path(app.srcdir)
    exercises = [_load(root, name) for name in listed(root)]
    pages = {PAGES / f"{each.id}.md": page(each, skills(root)) for each in exercises}
    if exercises:
        pages[OVERVIEW] = overview(exercises, skills(root))
    for old in (root / PAGES).glob("*.md"):
        if old.relative_to(root) not in pages:
            old.unlink()
    for name, text in pages.items():
        generated.write(root / name, text)


def write_downloads(app, exception) -> None:
    """Write the downloads into the built book, and remove those of exercises that are no longer in it."""
    if exception or app.builder.format != "html":
        return
    root, folder = Path(app.srcdir), Path(app.outdir) / DOWNLOADS
    files = dict(download(_load(root, name)) for name in listed(root))
    for old in folder.glob("*"):
        if old.name not in files:
            old.unlink()
    for name, content in files.items():
        path = folder / name
        if not path.exists() or path.read_bytes() != content:
            folder.mkdir(parents=True, exist_ok=True)
            atomic.write(path, content)


def download(exercise: Exercise) -> tuple[str, bytes]:
    """Return name and bytes of what a reader downloads: the notebook, or a zip where it needs files beside it.

    The zip holds what `course release` writes; the same bytes at each call, on each machine.
    """
    notebook = publish.notebook(exercise).encode()
    if not exercise.files:
        return f"{exercise.id}.ipynb", notebook
    content = {f"{exercise.id}.ipynb": notebook}
    content |= {path.relative_to(exercise.folder / "files").as_posix(): path.read_bytes() for path in exercise.files}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:  # stored: compressed bytes differ between versions of zlib
        for name, data in content.items():
            member = zipfile.ZipInfo(f"{exercise.id}/{name}", (1980, 1, 1, 0, 0, 0))
            member.create_system = 3  # Windows would write another number
            archive.writestr(member, data)
    return f"{exercise.id}.zip", packed.getvalue()


def skills(root: Path) -> dict[str, dict[str, str]]:
    """Return the rows of skills.csv by id."""
    with open(root / "data" / "skills.csv", encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def page(exercise: Exercise, known: dict[str, dict[str, str]]) -> str:
    """Return an exercise's page as Markdown: the released notebook with its facts and a download on top."""
    first, *rest = release.student(exercise).cells
    return "\n\n".join([first.source, _facts(exercise, known), *map(_cell, rest)]) + "\n"


def overview(exercises: list[Exercise], known: dict[str, dict[str, str]]) -> str:
    """Return the page that lists the exercises."""
    rows = [
        "| the job | role | minutes | questions | skills | first read |",
        "|---|---|---|---|---|---|",
    ]
    for each in exercises:
        cells = (
            f'<span class="exercise-job">[{each.title}](exercises/{each.id}.md)<br>{job(each)}</span>',
            ROLES[each.metadata["role"]],
            str(each.minutes),
            str(len(each.questions)),
            _skills(each, known, "../notebooks/roles/skills.ipynb"),
            _before(each, "../"),
        )
        rows.append(f"| {' | '.join(cells)} |")
    minutes = sum(each.minutes for each in exercises)
    return HEAD + "\n".join(rows) + f"\n\n{len(exercises)} exercises, {minutes} minutes in all.\n"


def job(exercise: Exercise) -> str:
    """Return what the learner will have done, from "*You will ..." in the first cell, in one line."""
    intro = next(cell.source for _, _, cell in exercise.cells if cell.cell_type == "markdown")
    found = _JOB.search(intro)
    if not found:
        raise ValueError(f"{exercise.folder / 'source.ipynb'}: its first cell lacks a line `*You will ...*`")
    words = " ".join(found[1].split())
    return words[0].upper() + words[1:]


def _load(root: Path, name: str) -> Exercise:
    folder = root / "exercises" / name
    if not (folder / "source.ipynb").is_file():
        raise ValueError(f"_toc.yml lists book/exercises/{name}, but exercises/{name}/source.ipynb is missing")
    return source.load(folder)


def _facts(exercise: Exercise, known: dict[str, dict[str, str]]) -> str:
    files = " with its files" if exercise.files else ""
    address = f"../../{DOWNLOADS.as_posix()}/{html.escape(download(exercise)[0])}"
    lines = [
        ":::{admonition} This exercise",
        f"- {ROLES[exercise.metadata['role']]} · {exercise.minutes} minutes · {len(exercise.questions)} questions · "
        f"{exercise.max_score} points",
        f"- Skills: {_skills(exercise, known, '../../notebooks/roles/skills.ipynb')}",
        f"- First read: {_before(exercise, '../../')}",
        "- Practice: its hidden cases are public in the book's repository.",
        "",
        f'<p><a class="sd-btn sd-btn-outline-primary" href="{address}" download>',
        f"Download the notebook{files}</a></p>",
        "",
        f"Or take it from the command line: `.venv/bin/course release {exercise.id} --out my-work`. It runs in the",
        "book's JupyterLab: [how to use](../how_to_use.md), [all exercises](../exercises.md).",
        ":::",
    ]
    return "\n".join(lines)


def _skills(exercise: Exercise, known: dict[str, dict[str, str]], address: str) -> str:
    return ", ".join(f"[{known[name]['name']}]({address})" for name in exercise.metadata["skills"])


def _cell(cell: nbformat.NotebookNode) -> str:
    if cell.cell_type != "code":
        return cell.source
    block = f"````python\n{cell.source}\n````"
    if check := cell.metadata.get("course", {}).get("check"):
        return f":::{{dropdown}} The check of {check} in the notebook\n{block}\n:::"
    return block


def _before(exercise: Exercise, up: str) -> str:
    paths = exercise.metadata["prerequisites"]
    return ", ".join(f"[{page_name(path)}]({up}{path})" for path in paths)
