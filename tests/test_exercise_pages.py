"""The pages and downloads of exercises in the built book, and the instructors' tables: complete, and nothing secret."""

import html
import io
import json
import re
import zipfile
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup

from course.exercises import publish, release, source
from course.sphinx import exercises, syllabi

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = sorted(path.parent for path in (ROOT / "exercises").glob("*/source.ipynb"))
IDS = [folder.name for folder in FOLDERS]
TEXTS = {".html", ".js", ".json", ".ipynb", ".md", ".txt", ".zip", ".inv", ".css", ".svg", ".py", ".csv", ""}


@pytest.fixture(scope="module", params=FOLDERS, ids=IDS)
def exercise(request) -> source.Exercise:
    return source.load(request.param)


@pytest.fixture(scope="module")
def published(book) -> list[tuple[str, str]]:
    """(name, text with spaces made one) of all that the build wrote; archives by their members."""
    found = []
    for folder in (book, book.parent / "ask", book.parent / "syllabi"):
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in TEXTS):
            found += [
                (f"{path.relative_to(book.parent)}{name}", flat(data, path.suffix)) for name, data in members(path)
            ]
    assert any(name.endswith("searchindex.js") for name, _ in found)
    assert any(name.startswith("ask/pages/") for name, _ in found)
    return found


@pytest.fixture(scope="module")
def releases() -> dict[str, str]:
    """{exercise: text of its release}."""
    return {folder.name: flat(publish.notebook(source.load(folder)).encode()) for folder in FOLDERS}


def members(path: Path) -> list[tuple[str, bytes]]:
    if path.suffix != ".zip":
        return [("", path.read_bytes())]
    with zipfile.ZipFile(path) as archive:
        return [(f"!{name}", archive.read(name)) for name in archive.namelist()]


def flat(data: bytes, suffix: str = "") -> str:
    """Return the text of a file without tags and escapes (JSON has its own), spaces made one."""
    text = data.decode("utf-8", errors="replace")
    if suffix == ".html":
        text = BeautifulSoup(text, "html.parser").get_text()
    return " ".join(text.replace("\\n", " ").replace("\\", "").split())


def downloaded(book: Path, exercise: source.Exercise) -> dict[str, bytes]:
    """Return {name: bytes} of what the button on the exercise's page leads to."""
    page = book / "book" / "exercises" / f"{exercise.id}.html"
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    buttons = soup.article.select("a[download]")
    assert len(buttons) == 1 and "Download the notebook" in buttons[0].get_text()
    path = (page.parent / buttons[0]["href"]).resolve()
    assert path.is_relative_to(book)
    if path.suffix == ".zip":
        return {name.removeprefix(f"!{exercise.id}/"): data for name, data in members(path)}
    return {path.name: path.read_bytes()}


def test_every_exercise_has_its_line_in_the_contents():
    lines = exercises.listed(ROOT)
    missing = [f"_toc.yml: `- file: book/exercises/{name}` is missing" for name in IDS if name not in lines]
    assert missing == []
    assert sorted(lines) == IDS and len(lines) == len(set(lines))


def test_every_exercise_that_a_skill_names_is_there():
    named = {name for row in exercises.skills(ROOT).values() for name in row["exercises"].split(";") if name}
    assert named == set(IDS)


def test_the_page_shows_tasks_hints_and_stubs(exercise, book):
    page = book / "book" / "exercises" / f"{exercise.id}.html"
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    article = soup.article
    assert article.h1.get_text().removesuffix("#").replace("\u2019", "'") == exercise.title
    hints = [summary.get_text() for summary in article.select("details > summary") if "Hint" in summary.get_text()]
    assert hints == ["Hint 1", "Hint 2", "Hint 3"] * len(exercise.questions)
    text = article.get_text()
    assert "hidden cases are public" in text and f"{exercise.minutes} minutes" in text
    links = {link["href"].partition("#")[0] for link in article("a", href=True)}
    wanted = ["notebooks/roles/skills", *(path.removesuffix(".ipynb") for path in exercise.metadata["prerequisites"])]
    assert {f"../../{path}.html" for path in wanted} <= links
    for cell in release.student(exercise).cells:  # all of the code, in order
        if cell.cell_type == "code":
            assert " ".join(cell.source.split()) in " ".join(text.split())


def test_the_download_is_the_release_with_its_files(exercise, book, tmp_path):
    publish.write(exercise, tmp_path)
    folder = tmp_path / exercise.id
    expected = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    found = downloaded(book, exercise)
    assert found == expected
    assert found[f"{exercise.id}.ipynb"].decode() == publish.notebook(exercise)
    assert exercises.download(exercise) == exercises.download(source.load(exercise.folder))


def test_no_solution_and_no_canary_anywhere_in_what_is_published(exercise, published, releases):
    canary = f"course-canary-{exercise.id}"
    assert [name for name, text in published if canary in text] == []
    lines = {flat(line.encode()) for line in release.solution_lines(exercise)}
    assert lines
    lines -= {line for line in lines for other, text in releases.items() if other != exercise.id and line in text}
    assert lines  # without what another exercise gives to everybody
    assert [(name, line) for name, text in published for line in lines if line in text] == []


def test_a_leak_would_be_found(exercise, tmp_path):
    lines = sorted(release.solution_lines(exercise))
    page, index, packed = (tmp_path / name for name in ("a.html", "b.json", "c.zip"))
    page.write_text("".join(f"<pre><span>{html.escape(line)}</span></pre>" for line in lines), encoding="utf-8")
    index.write_text(json.dumps(["\n".join(lines)], ensure_ascii=False), encoding="utf-8")
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("in.txt", "\n".join(lines))
    for path in (page, index, packed):
        text = "".join(flat(data, path.suffix) for _, data in members(path))
        assert [line for line in lines if flat(line.encode()) not in text] == [], path.name


def test_the_overview_lists_every_exercise_and_adds_up_minutes(book):
    soup = BeautifulSoup((book / "book" / "exercises.html").read_text(encoding="utf-8"), "html.parser")
    rows = {row.a["href"].split("/")[-1].removesuffix(".html"): row for row in soup.article.select("tbody tr")}
    assert sorted(rows) == IDS
    loaded = [source.load(folder) for folder in FOLDERS]
    for each in loaded:
        cells = [cell.get_text(" ", strip=True) for cell in rows[each.id]("td")]
        assert cells[2:4] == [str(each.minutes), str(len(each.questions))] and exercises.job(each) in cells[0].replace(
            "\u2019", "'"
        )
    assert f"{len(loaded)} exercises, {sum(each.minutes for each in loaded)} minutes" in soup.article.get_text()


def test_other_files_are_not_published_with_them(book):
    there = {path.name for path in (book / exercises.DOWNLOADS).iterdir()}
    assert there == {exercises.download(source.load(folder))[0] for folder in FOLDERS}


# The instructors' page.


def test_minutes_of_the_syllabi_are_those_of_pages_and_exercises(book):
    plan = yaml.safe_load((ROOT / syllabi.PLAN).read_text(encoding="utf-8"))
    soup = BeautifulSoup((book / "book" / "instructors.html").read_text(encoding="utf-8"), "html.parser")
    tables = [table for table in soup.article("table") if "theme" in table.thead.get_text()]
    assert len(tables) == len(plan) == 3
    for table, units in zip(tables, plan.values(), strict=True):
        *rows, total = [[cell.get_text(" ", strip=True) for cell in row("td")] for row in table.tbody("tr")]
        pages = [[minutes(f"notebooks/{name}.ipynb") for name in unit["pages"]] for unit in units]
        jobs = [[minutes(f"exercises/{name}/source.ipynb") for name in unit["exercises"]] for unit in units]
        assert [int(row[2] or 0) for row in rows] == [sum(each) for each in pages]
        assert [int(row[4] or 0) for row in rows] == [sum(each) for each in jobs]
        sums = [sum(map(sum, pages)), sum(map(sum, jobs))]
        assert [int(total[2]), int(total[4])] == sums and f"{sum(sums)} minutes" in total[0]


def minutes(path: str) -> int:
    return json.loads((ROOT / path).read_text(encoding="utf-8"))["metadata"]["course"]["minutes"]


def test_ten_weeks_have_every_chapter_and_exercise_once():
    units = yaml.safe_load((ROOT / syllabi.PLAN).read_text(encoding="utf-8"))["ten_weeks"]
    pages = [f"notebooks/{name}.ipynb" for unit in units for name in unit["pages"]]
    assert len(units) == 10
    assert sorted(pages) == sorted(p.relative_to(ROOT).as_posix() for p in (ROOT / "notebooks").glob("*/*.ipynb"))
    assert sorted(name for unit in units for name in unit["exercises"]) == IDS


def test_the_table_names_the_claims_of_its_chapters_and_exercises():
    table = syllabi.tables(ROOT)["day"].split("\n")
    assert "C001 to C007" in table[2] and "C025" in table[5]


@pytest.mark.parametrize(
    ("claims", "text"),
    [
        (set(), ""),
        ({"C007"}, "C007"),
        ({"C003", "C001", "C002", "C010"}, "C001 to C003, C010"),
        ({"C099", "C100"}, "C099 to C100"),
    ],
)
def test_claims_in_short(claims, text):
    assert syllabi.spans(claims) == text


def test_commands_on_the_instructors_page_have_options_that_exist():
    from course.cli import _parser

    page = (ROOT / "book" / "instructors.md").read_text(encoding="utf-8").replace("\\\n", " ")
    commands = re.findall(r"^\.venv/bin/course (.+?)(?: +#.*)?$", page, re.MULTILINE)
    assert len(commands) >= 4
    for command in commands:
        _parser().parse_args(command.split())  # exits where an option is unknown
    for path in re.findall(r"`((?:exercises|requirements|book)/[\w./-]+)`", page):
        assert (ROOT / path).exists(), path


def test_an_exercise_that_the_contents_list_and_that_is_missing_is_named(tmp_path):
    class App:
        srcdir = tmp_path

    (tmp_path / "_toc.yml").write_text("- file: book/exercises/gone\n", encoding="utf-8")
    with pytest.raises(ValueError, match="exercises/gone/source.ipynb is missing"):
        exercises.write(App)


def test_a_download_is_the_same_bytes_and_holds_what_a_release_holds(tmp_path):
    private = tmp_path / "three"
    three = ROOT / "tests" / "hostile" / "three"
    (private / "files" / "deep").mkdir(parents=True)
    for name in ("source.ipynb", "hidden.py"):
        (private / name).write_bytes((three / name).read_bytes())
    assert exercises.download(source.load(private)) == ("three.ipynb", publish.notebook(source.load(private)).encode())
    (private / "files" / "deep" / "a.csv").write_text("a\n1\n", encoding="utf-8")
    name, content = exercises.download(source.load(private))
    assert name == "three.zip" and content == exercises.download(source.load(private))[1]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == ["three/three.ipynb", "three/deep/a.csv"]
        assert archive.read("three/three.ipynb").decode() == publish.notebook(source.load(private))
