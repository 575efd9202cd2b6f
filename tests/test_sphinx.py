"""The Sphinx extension on a small book, really built: chunks for `course ask`, the catalogue, nothing from outside."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from docutils.core import publish_doctree

from course import data
from course.models import TOKENS, encoder
from course.sphinx import chunks, tables

FRONT = """# Small book

The first paragraph, with `inline code` and a [link](terms.md).

| Plan | Calls |
|---|---|
| free | 60 |
| gold | 600 |

```python
left_out_code = 1
```

<p>left_out_html</p>

% left_out_comment

```{image} _static/two_roles.svg
:alt: left_out_picture of two roles
```

```{admonition} Is a title a question?
:class: dropdown
An answer behind a click.
```

(explicit-label)=
## The same heading

- one point
- another point

  with a second paragraph

## The same heading

Below a heading that stands twice.

### 3. Numbered, *emphasised* & more

Deep text.
"""
TERMS = """# Terms

```{glossary}
recall@k
  Share of the passages that are found.

drift
  A change over time.

  ~~~python
  left_out_code_of_a_term
  ~~~
```

## A list of definitions

apple
: A fruit.

pear
: Another fruit.

  core
  : The inside of it.

## A formula

Inline $a^2$ and

$$ left\\_out\\_formula $$
"""
TOC = """format: jb-book
root: book/index
chapters:
  - file: book/terms
  - file: book/data_catalogue
  - file: notebooks/lab
"""


def lab() -> nbformat.NotebookNode:
    """A notebook with an output of each kind."""
    printed = nbformat.v4.new_output("stream", text="left_out_print\n")
    sentence = {"text/markdown": "A sentence that a cell printed: **0.79**.", "text/plain": "left_out_plain"}
    table = {"text/html": "<table><tr><td>left_out_frame</td></tr></table>", "text/plain": "left_out_frame"}
    outputs = [printed, *(nbformat.v4.new_output("display_data", content) for content in (sentence, table))]
    return nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        cells=[
            nbformat.v4.new_markdown_cell("# A lab\n\nWhat was asked.", id="title"),
            nbformat.v4.new_code_cell("left_out_source = 2", id="code", execution_count=1, outputs=outputs),
            nbformat.v4.new_markdown_cell("What was seen.", id="seen"),
        ],
    )


def build(folder: Path) -> None:
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()"]
    options = ["build", "-W", "-n", "--keep-going", "-q", str(folder)]
    done = subprocess.run([*command, *options], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.fixture(scope="module")
def small_book(root, tmp_path_factory):
    """The folder of a small book with the real configuration, built once."""
    folder = tmp_path_factory.mktemp("small")
    for name in ("_config.yml", "book/references.bib", "data/datapackage.json"):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(root / name, folder / name)
    shutil.copytree(root / "book" / "_static", folder / "book" / "_static")
    (folder / "notebooks").mkdir()
    (folder / "_toc.yml").write_text(TOC, encoding="utf-8")
    (folder / "book" / "index.md").write_text(FRONT, encoding="utf-8")
    (folder / "book" / "terms.md").write_text(TERMS, encoding="utf-8")
    nbformat.write(lab(), folder / "notebooks" / "lab.ipynb")
    build(folder)
    return folder


def stored(folder: Path) -> dict[str, list[dict[str, str]]]:
    """{file name: its chunks}."""
    files = sorted((folder / "_build" / "ask" / "pages").iterdir())
    return {path.name: json.loads(path.read_text(encoding="utf-8")) for path in files}


@pytest.fixture(scope="module")
def found(small_book):
    return stored(small_book)


def test_every_page_has_its_chunks(found):
    names = {"book--index.json", "book--terms.json", "book--data_catalogue.json", "notebooks--lab.json"}
    assert set(found) == names
    for chunk in (chunk for page in found.values() for chunk in page):
        assert list(chunk) == ["page", "heading", "anchor", "text"]
        assert all(isinstance(value, str) and value.strip() for value in chunk.values())


def test_every_anchor_stands_in_its_page_beside_its_heading(small_book, found):
    for page in found.values():
        html = (small_book / "_build" / "html" / page[0]["page"]).read_text(encoding="utf-8")
        soup = BeautifulSoup(html, "html.parser")
        for chunk in page:
            target = soup.find(id=chunk["anchor"])
            assert target is not None, chunk["anchor"]
            section = target if target.name == "section" else target.find_parent("section")
            assert section.find(["h1", "h2", "h3"]).get_text().removesuffix("#") == chunk["heading"]


def test_chunks_of_prose_tables_and_admonitions(found):
    front = found["book--index.json"]
    assert [(chunk["heading"], chunk["text"].split("\n")) for chunk in front] == [
        (
            "Small book",
            [
                "The first paragraph, with inline code and a link.",
                "Plan | Calls",
                "free | 60",
                "gold | 600",
                "Is a title a question?",
                "An answer behind a click.",
            ],
        ),
        ("The same heading", ["one point", "another point", "with a second paragraph"]),
        ("The same heading", ["Below a heading that stands twice."]),
        ("3. Numbered, emphasised & more", ["Deep text."]),
    ]
    assert len({chunk["anchor"] for chunk in front}) == 4


def test_a_glossary_term_is_a_chunk_with_its_own_anchor_and_other_definitions_are_not(found):
    terms = {chunk["anchor"]: chunk for chunk in found["book--terms.json"]}
    assert terms["term-recall-k"]["text"] == "recall@k: Share of the passages that are found."
    assert terms["term-drift"]["text"] == "drift: A change over time."
    assert terms["term-drift"]["heading"] == "Terms"
    listed = terms["a-list-of-definitions"]["text"].split("\n")
    assert listed[0] == "apple: A fruit."
    assert listed[1].startswith("pear: Another fruit.") and listed[1].count("The inside of it.") == 1


def test_a_notebook_gives_its_text_and_its_printed_sentences(found):
    assert [chunk["text"] for chunk in found["notebooks--lab.json"]] == [
        "What was asked.\nA sentence that a cell printed: 0.79.\nWhat was seen."
    ]


def test_code_pictures_html_and_formulas_are_left_out(found):
    assert "left_out" not in json.dumps(found).replace("\\", "")


def test_a_chunk_fits_the_embedding_model_and_never_crosses_a_heading():
    sentence = "A flight that leaves late often arrives late as well, and the next one with it. "
    text = "Title\n=====\n\n" + "\n\n".join([sentence * 2] * 12) + "\n\nNext\n====\n\n" + sentence
    made = chunks.of_page(publish_doctree(text, settings_overrides={"doctitle_xform": False}), "a.html")
    assert [chunk["heading"] for chunk in made] == ["Title"] * 4 + ["Next"]
    assert all(len(chunk["text"].split()) <= chunks.WORDS for chunk in made)
    tokens = [encoding.ids for encoding in encoder().tokenizer.encode_batch([chunk["text"] for chunk in made])]
    assert max(map(len, tokens)) < TOKENS
    assert " ".join(chunk["text"] for chunk in made).split().count("flight") == 25


def test_the_catalogue_lists_every_table(root, small_book):
    page = (small_book / "book" / "data_catalogue.md").read_text(encoding="utf-8")
    assert page == data.catalogue(root / "data")
    soup = BeautifulSoup(
        (small_book / "_build/html/book/data_catalogue.html").read_text(encoding="utf-8"), "html.parser"
    )
    listed = json.loads((root / "data" / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    headings = [heading.get_text().removesuffix("#").replace("\u2019", "'") for heading in soup.article("h2")]
    assert headings == [each["title"] for each in listed]
    assert soup.article.h1.get_text().removesuffix("#") == "Data catalogue"
    assert "not recorded" not in page.partition("\n## ")[2]


def test_no_page_loads_from_outside_and_mathjax_only_where_there_is_a_formula(small_book):
    pages = sorted((small_book / "_build" / "html").rglob("*.html"))
    assert len(pages) >= 6
    for page in pages:
        if "_static" in page.parts:
            continue
        soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
        loaded = [tag.get("src") for tag in soup(["script", "img"])] + [tag.get("href") for tag in soup("link")]
        loaded = [address for address in loaded if address]
        assert not [address for address in loaded if address.startswith(("http:", "https:", "//"))], page
        assert not any("thebe" in address for address in loaded), page  # its script would load more from outside
        assert any("mathjax" in address for address in loaded) == (page.name == "terms.html"), page
    assert not list((small_book / "_build" / "html").rglob("*.map"))  # for developers of the theme


WORDS = "words that need room, more of them than a phone has in a column"


def table(*lines: str) -> str:
    """HTML of a table from lines like "a | b", its head first."""
    rows = []
    for tag, line in zip(["th", *["td"] * len(lines)], lines, strict=False):
        rows.append("<tr>" + "".join(f"<{tag}>{cell.strip()}</{tag}>" for cell in line.split("|")) + "</tr>")
    return f'<table class="table"><thead>{rows[0]}</thead><tbody>{"".join(rows[1:])}</tbody></table>'


def test_a_wordy_table_gets_labels_and_classes():
    made = tables.stacking(table("what | n | then? | why | ", f"a | 1 | yes | {WORDS} | ", "b | 2 | no | x | "))
    soup = BeautifulSoup(made, "html.parser")
    assert soup.table["class"] == ["table", "stacks"]
    cells = soup.tbody.tr("td")
    assert [cell.get("data-label") for cell in cells] == ["what:", "n:", "then?", "why:", None]
    assert [cell.get("class") for cell in cells] == [["short"], ["short"], ["short"], None, ["short", "no-words"]]
    squeezed = table("a | b | c | d | e | f", f"1 | 2 | 3 | 4 | 5 | {WORDS} {WORDS}")
    assert BeautifulSoup(tables.stacking(squeezed), "html.parser").table["class"] == ["table", "stacks", "squeezed"]
    assert "stacks" in tables.stacking(table("file | for", f"graded/results/student-id.json | {WORDS}"))


@pytest.mark.parametrize(
    "other",
    [
        table("a | b | c | d", "1 | 2 | 3 | 4"),  # numbers
        table("a | b | c | d", f"{WORDS} | 2 | 3 | 4"),  # only the row's name is long
        table("a | b", f"short | {WORDS}"),  # finds room
        table("a | b | c | d", f"1 | 2 | 3 | {WORDS}").replace("<th>a", '<th colspan="2">a'),
        "<table></table>",
    ],
)
def test_other_tables_stay_as_they_are(other):
    assert tables.stacking(other) == other


def test_an_index_of_pandas_gives_its_name_to_its_column():
    frame = pd.DataFrame({"b": [1], "c": [2], "d": [WORDS]}, index=pd.Index(["x"], name="a"))
    made = tables.one_heading(frame.to_html())
    lines = BeautifulSoup(made, "html.parser").select("thead > tr")
    assert [[cell.text for cell in line("th")] for line in lines] == [["a", "b", "c", "d"]]
    soup = BeautifulSoup(tables.stacking(made), "html.parser")
    assert [cell["data-label"] for cell in soup.tbody.tr(["th", "td"])] == ["a:", "b:", "c:", "d:"]
    assert [cell.text for cell in soup.tbody.tr(["th", "td"])] == ["x", "1", "2", WORDS]


def test_headings_that_say_more_than_an_index_stay_two_lines():
    index = pd.Index(["x"], name="a")
    named = pd.DataFrame({"b": [1]}, index=index).rename_axis(columns="kind").to_html()
    spanning = pd.DataFrame({("b", "n"): [1], ("b", "m"): [2]}, index=index).to_html()
    assert [tables.one_heading(made) for made in (named, spanning)] == [named, spanning]


def test_tables_behind_plots_scroll_and_those_of_parts_are_left_alone():
    wordy = table("a | b | c | d", f"1 | 2 | 3 | {WORDS}")
    part = f'<section class="course-part" data-part="x">{wordy}</section>'
    behind = f'<details class="course-data"><summary>The data</summary>\n{table("a | b", "1 | 2")}\n</details>'
    context = {"body": part + behind + wordy}
    tables.label(None, "page", "page.html", context, None)
    assert context["body"].startswith(part) and context["body"].count("stacks") == 1
    box = BeautifulSoup(context["body"], "html.parser").details.div
    assert box["tabindex"] == "0" and box["role"] == "group" and box.table


# This changes the small book, so it comes last.


def stamps(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in (folder / "_build" / "ask" / "pages").iterdir()}


def test_only_changed_pages_are_written_again(small_book):
    before, catalogue = stamps(small_book), (small_book / "book" / "data_catalogue.md").stat().st_mtime_ns
    page = small_book / "book" / "terms.md"
    page.write_text(TERMS.replace("A fruit.", "A red fruit."), encoding="utf-8")
    os.utime(page)
    build(small_book)
    after = stamps(small_book)
    assert {name for name in after if after[name] != before[name]} == {"book--terms.json"}
    assert "apple: A red fruit." in json.dumps(stored(small_book)["book--terms.json"])
    assert (small_book / "book" / "data_catalogue.md").stat().st_mtime_ns == catalogue


def test_a_changed_style_and_missing_chunks_are_made_again(small_book):
    style = small_book / "book" / "_static" / "course.css"
    style.write_text("p { color: red; }", encoding="utf-8")
    chunks = small_book / "_build" / "ask" / "pages" / "notebooks--lab.json"
    chunks.unlink()
    build(small_book)
    copy = small_book / "_build" / "html" / "_static" / "course.css"
    assert copy.read_text(encoding="utf-8") == "p { color: red; }"
    assert chunks.exists()
