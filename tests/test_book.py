"""The built pages: complete, offline, linked, described, light; and a build that fails where it should."""

import csv
import json
import posixpath
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

from course.notebooks import run

ROOT = Path(__file__).resolve().parents[1]
LOADING = {  # attributes that make a browser load something, by tag
    "script": ["src"],
    "img": ["src", "srcset"],
    "source": ["src", "srcset"],
    "iframe": ["src"],
    "embed": ["src"],
    "object": ["data"],
    "video": ["src", "poster"],
    "audio": ["src"],
    "track": ["src"],
}
LOADING_LINKS = {"stylesheet", "icon", "shortcut", "preload", "modulepreload", "prefetch", "preconnect", "manifest"}
CSS_URL = re.compile(r"""url\(\s*['"]?([^'")]+)|@import\s+['"]([^'"]+)""")
COMMON = ("mathjax", "fontawesome", "fa-")  # loaded once for the whole book
BUDGET = 1_500_000  # bytes of a page: its HTML and the distinct local files that it loads, without COMMON


@pytest.fixture(scope="module")
def soups(book, pages) -> dict[str, BeautifulSoup]:
    """{page relative to the book: its parsed HTML}."""
    return {p.relative_to(book).as_posix(): BeautifulSoup(p.read_text(encoding="utf-8"), "html.parser") for p in pages}


def loaded(soup: BeautifulSoup) -> list[str]:
    """Return the addresses that a browser loads for a page, as written in it; not those in its stylesheets."""
    found = []
    for tag, attributes in LOADING.items():
        for element in soup(tag):
            values = (element.get(attribute) for attribute in attributes)
            found += [part.split()[0] for v in values if v for part in (v.split(",") if "data:" not in v else [v])]
    for link in soup("link"):
        if LOADING_LINKS & set(link.get("rel", [])) and link.get("href"):
            found.append(link["href"])
    styles = [style.get_text() for style in soup("style")] + [element["style"] for element in soup(style=True)]
    return found + [url for style in styles for url in css_urls(style)]


def css_urls(css: str) -> list[str]:
    return [first or second for first, second in CSS_URL.findall(css)]


def is_outside(address: str) -> bool:
    return bool(urlsplit(address).netloc) or urlsplit(address).scheme in ("http", "https", "ftp")


def test_sources_are_not_published(book):
    assert not (book / "_sources").exists()
    notebooks = [path for path in book.rglob("*.ipynb") if path.parent != book / "_static" / "exercises"]
    assert not notebooks and not list(book.rglob("*.md"))  # releases of exercises: see test_exercise_pages.py


def test_every_page_of_the_contents_is_built(book):
    toc = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    names = re.findall(r"(?:file|root): (\S+)", toc)
    assert len(names) > 5
    assert [name for name in names if not (book / f"{name}.html").is_file()] == []


def test_every_notebook_is_in_the_contents():
    toc = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    names = [path.relative_to(ROOT).with_suffix("").as_posix() for path in (ROOT / "notebooks").rglob("*.ipynb")]
    assert [name for name in names if not re.search(rf"(?:file|root): {name}$", toc, re.MULTILINE)] == []


def test_no_page_loads_anything_from_outside(soups):
    outside = {page: [a for a in loaded(soup) if is_outside(a)] for page, soup in soups.items()}
    assert {page: addresses for page, addresses in outside.items() if addresses} == {}


def test_no_stylesheet_loads_anything_from_outside(book):
    sheets = list(book.rglob("*.css"))
    assert sheets
    urls = [(sheet.name, url) for sheet in sheets for url in css_urls(sheet.read_text(encoding="utf-8"))]
    assert [(sheet, url) for sheet, url in urls if is_outside(url)] == []


def test_what_a_page_loads_is_found():
    page = """<script src="https://a.example/x.js"></script><link rel="stylesheet" href="//b.example/x.css">
      <img srcset="c.png 1x, https://d.example/c.png 2x"><p style="background: url('http://e.example/')"></p>
      <style>@import "https://f.example/g.css";</style><link rel="canonical" href="https://fine.example">"""
    found = [a for a in loaded(BeautifulSoup(page, "html.parser")) if is_outside(a)]
    assert sorted(urlsplit(a).netloc[0] for a in found) == ["a", "b", "d", "e", "f"]


def test_every_picture_has_alt_text(soups):
    without = {page: [str(i)[:120] for i in s("img") if not i.get("alt", "").strip()] for page, s in soups.items()}
    assert {page: images for page, images in without.items() if images} == {}


def test_every_page_has_one_heading_its_language_title_and_description(soups):
    wrong = []
    for page, soup in soups.items():
        for printed in soup(id="jb-print-docs-body"):  # the theme's second heading, hidden on a screen
            printed.decompose()
        headings = [h.get_text(" ", strip=True) for h in soup("h1")]
        if len(headings) != 1:
            wrong.append(f"{page}: headings {headings}")
        if soup.html.get("lang") != "en":
            wrong.append(f"{page}: language {soup.html.get('lang')}")
        if not soup.title or not soup.title.get_text(strip=True):
            wrong.append(f"{page}: no title")
        descriptions = [m.get("content", "").strip() for m in soup("meta", attrs={"name": "description"})]
        if len(descriptions) != 1 or not 20 <= len(descriptions[0]) <= 160:
            wrong.append(f"{page}: descriptions {descriptions}")
    assert wrong == []


def broken_links(address: str, folder: Path) -> list[str]:
    """Return "page -> target" of internal links that lead to no file, once a target; nothing outside is asked."""
    config = folder / "linkcheckerrc"
    config.write_text("[checking]\nmaxrequestspersecond=1000\n", encoding="utf-8")
    program = Path(sys.executable).with_name("linkchecker")
    command = [program, f"--config={config}", "--no-status", "--threads=4", "--output=csv/utf-8"]
    done = subprocess.run([*command, f"{address}/index.html"], capture_output=True, text=True, timeout=300)
    assert done.returncode in (0, 1), done.stderr  # 2: it could not check
    rows = csv.DictReader((line for line in done.stdout.splitlines() if not line.startswith("#")), delimiter=";")
    parents = ((row["parentname"].removeprefix(f"{address}/").partition("#")[0], row["urlname"]) for row in rows)
    return [f"{page} -> {target}" for page, target in parents]


def broken_anchors(soups: dict[str, BeautifulSoup]) -> list[str]:
    """Return "page -> target" of each link to a place that is not in its page.

    linkchecker's own plugin reads the target's page again for every anchor: half a minute for a dozen pages.
    """
    ids = {page: {element["id"] for element in soup(id=True)} for page, soup in soups.items()}
    broken = []
    for page, soup in soups.items():
        for link in soup("a", href=True):
            path, _, anchor = link["href"].partition("#")
            target = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(path))) if path else page
            if anchor and target in ids and unquote(anchor) not in ids[target]:
                broken.append(f"{page} -> {link['href']}")
    return broken


def test_every_internal_link_resolves(site, tmp_path):
    assert broken_links(site, tmp_path) == []


def test_every_internal_anchor_resolves(soups):
    assert broken_anchors(soups) == []


def test_broken_links_and_anchors_are_found(serve, tmp_path):
    targets = ("gone.html", "a/b.html#gone", "a/b.html#here", "a/b.html", "#gone", "#")
    texts = {
        "index.html": "".join(f'<a href="{target}">x</a>' for target in targets),
        "a/b.html": '<h1 id="here">b</h1><a href="../index.html#gone">x</a><a href="../lost.html">x</a>',
    }
    (tmp_path / "a").mkdir()
    for page, text in texts.items():
        (tmp_path / page).write_text(text, encoding="utf-8")
    with serve(tmp_path) as address:
        assert sorted(broken_links(address, tmp_path)) == ["a/b.html -> ../lost.html", "index.html -> gone.html"]
    assert broken_anchors({page: BeautifulSoup(text, "html.parser") for page, text in texts.items()}) == [
        "index.html -> a/b.html#gone",
        "index.html -> #gone",
        "a/b.html -> ../index.html#gone",
    ]


def test_page_weight(book, soups, capsys):
    weights = {}
    for page, soup in soups.items():
        files = {(book / page).parent / unquote(urlsplit(a).path) for a in loaded(soup) if not a.startswith("data:")}
        own = {file.resolve() for file in files if not any(part in file.as_posix() for part in COMMON)}
        assert all(file.is_file() for file in own), f"{page} loads {[str(f) for f in own if not f.is_file()]}"
        weights[page] = ((book / page).stat().st_size, sum(file.stat().st_size for file in own))
    with capsys.disabled():
        print("\n  HTML kB  files kB  page")
        for page, (html, files) in sorted(weights.items(), key=lambda item: -sum(item[1])):
            print(f"  {html / 1000:7.0f}  {files / 1000:8.0f}  {page}")
    assert {page: sum(weight) for page, weight in weights.items() if sum(weight) > BUDGET} == {}


def test_only_pages_with_formulas_load_mathjax(soups):
    def loads(soup):
        return any("mathjax" in script.get("src", "") for script in soup("script"))

    assert [page for page, soup in soups.items() if loads(soup) != bool(soup(class_="math"))] == []


def test_chunks_for_ask_lead_to_places_that_exist(book, soups):
    files = sorted((book.parent / "ask" / "pages").glob("*.json"))
    chunks = [chunk for file in files for chunk in json.loads(file.read_text(encoding="utf-8"))]
    ids = {page: {element["id"] for element in soup(id=True)} for page, soup in soups.items()}
    wrong = [f"{c['page']}#{c['anchor']}" for c in chunks if c["anchor"] not in ids.get(c["page"], ())]
    assert wrong == []
    assert {chunk["page"] for chunk in chunks} >= ids.keys() - {"index.html", "genindex.html", "search.html"} - {
        "book/references.html"  # a list of sources, no running text
    }
    assert all(chunk["text"].strip() and chunk["heading"] for chunk in chunks)


# Builds that must fail, in copies of the project.


def build(folder: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "course.cli", "build"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)


@pytest.fixture
def copy(tmp_path) -> Path:
    """A copy of the project's sources."""
    hidden = shutil.ignore_patterns(".*", "_build", "*.egg-info", "__pycache__", "tests", "mathjax")
    return Path(shutil.copytree(ROOT, tmp_path / "book", ignore=hidden))


def test_a_stale_notebook_is_refused_by_name_with_the_mend(copy):
    records = {path: json.loads(path.read_bytes())["metadata"]["course"]["stored"] for path in run.discover(copy)}
    users = {path.relative_to(copy).as_posix(): r["data"] for path, r in records.items() if r["data"]}
    assert users, "no notebook reads a table"
    table = sorted(table for tables in users.values() for table in tables)[0]
    with (copy / table).open("a", encoding="utf-8") as file:
        file.write("\n")
    done = build(copy)
    assert done.returncode == 1
    for name, tables in users.items():
        line = f"{name} is stale ({table} changed): run `course run {name}`"
        assert (line in done.stderr) == (table in tables), done.stderr
    assert not (copy / "_build" / "html").exists()


@pytest.fixture
def small(copy) -> Path:
    """A copy with one page, which builds in seconds."""
    for path in run.discover(copy):
        path.unlink()
    (copy / "book" / "instructors.md").unlink()  # its syllabi name the notebooks
    (copy / "_toc.yml").write_text("format: jb-book\nroot: book/page\n", encoding="utf-8")
    return copy


FAULTS = {
    "page": "[a page that is not there](gone.md)",
    "anchor": "[a heading that is not there](#gone-heading)",
    "term": "{term}`gone term`",
    "citation": "{cite}`gone2020`",
    "image": "![a picture](gone_picture.png)",
}


def test_a_broken_reference_fails_the_build_until_it_is_mended(small):
    page = small / "book" / "page.md"
    page.write_text("# Page\n\n" + "\n\n".join(FAULTS.values()) + "\n", encoding="utf-8")
    for attempt in ("first", "second"):  # Sphinx alone warns once: a second build would pass
        done = build(small)
        assert done.returncode == 1, f"{attempt}: {done.stdout}{done.stderr}"
        for gone in ("gone.md", "gone-heading", "gone term", "gone2020", "gone_picture.png"):
            assert re.search(rf"page\.md.*{gone}", done.stderr), f"{attempt}, {gone}: {done.stderr}"
    page.write_text("# Page\n\nA sentence that is long enough to describe it.\n", encoding="utf-8")
    done = build(small)
    assert done.returncode == 0, done.stderr
    assert "index.html" in done.stdout


def test_a_page_taken_out_of_the_book_is_not_left_behind(small):
    toc = small / "_toc.yml"
    for name in ("page", "second"):
        (small / "book" / f"{name}.md").write_text(f"# The {name}\n\nText of the {name}.\n", encoding="utf-8")
    toc.write_text("format: jb-book\nroot: book/page\nchapters:\n  - file: book/second\n", encoding="utf-8")
    html, chunks = small / "_build/html/book/second.html", small / "_build/ask/pages/book--second.json"
    assert build(small).returncode == 0
    assert html.is_file() and chunks.is_file()
    toc.write_text("format: jb-book\nroot: book/page\n", encoding="utf-8")
    assert build(small).returncode == 0
    assert not html.exists() and not chunks.exists()
