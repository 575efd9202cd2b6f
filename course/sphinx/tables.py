"""Tables on a narrow screen: a row of words can become a block of lines, and what scrolls is reached by keyboard."""

import re

from bs4 import BeautifulSoup, Tag

# Tables of interactive parts are found too, and left alone: their scripts and styles know them.
TABLE = re.compile(r'<section class="course-part".*?</section>|<table\b.*?</table>', re.DOTALL)
BEHIND_A_PLOT = re.compile(r'(<details class="course-data"><summary>.*?</summary>\s*)(<table\b.*?</table>)', re.DOTALL)
COLUMNS, WORD = 4, 20  # fewer columns find room on a phone if no word is so long
SHORT, LONG = 24, 30  # characters: such cells share a line; such a cell makes a table wordy
MANY, VERY_LONG = 6, 80  # such a table finds no room on a wide screen either


def label(app, pagename, templatename, context, doctree) -> None:
    """Prepare the tables of a page for course.css; see `one_heading`, `stacking` and `scrolling`."""
    if body := context.get("body"):
        context["body"] = scrolling(TABLE.sub(_of_ours, body))


def one_heading(table: str) -> str:
    """Return the HTML of a table whose second line of headings, where pandas names the index, is part of the first."""
    head = re.search(r"<thead>.*?</thead>", table, re.DOTALL)
    if not head or head[0].count("<tr") != 2:
        return table
    soup = BeautifulSoup(head[0], "html.parser")
    first, second = soup.find_all("tr")
    pairs = list(zip(first.find_all("th"), second.find_all("th"), strict=False))
    # Where a heading spans columns, or both lines name a column, the second line says something of its own.
    if len(pairs) != len(_names(soup)) or any(_words(above) and _words(below) for above, below in pairs):
        return table
    for above, below in pairs:
        if _words(below):
            above.replace_with(below)
    second.decompose()
    return table.replace(head[0], str(soup))


def stacking(table: str) -> str:
    """Return the HTML of a wordy table with class `stacks` and its columns' names as `data-label` of the cells.

    A wordy table has a cell of LONG characters after the first of its row, and COLUMNS columns or a word of WORD
    characters. With MANY columns and a VERY_LONG cell it gets the class `squeezed` too: course.css then stacks its rows
    at every width. Others come back as they are: numbers are compared down a column, so they scroll.
    """
    soup = BeautifulSoup(table, "html.parser")
    rows = [row.find_all(["td", "th"], recursive=False) for row in soup.select("tbody > tr")]
    names = _names(soup)
    if len(names) < 2 or not rows or any(len(row) != len(names) for row in rows):
        return table
    longest = [max(len(_words(row[i])) for row in rows) for i in range(len(names))]
    word = max(len(word) for row in rows for cell in row for word in _words(cell).split() or [""])
    if max(longest[1:]) < LONG or (len(names) < COLUMNS and word < WORD):
        return table
    squeezed = ["squeezed"] if len(names) >= MANY and max(longest) >= VERY_LONG else []
    soup.table["class"] = [*soup.table.get("class", []), "stacks", *squeezed]
    for row in rows:
        for name, length, cell in zip(names, longest, row, strict=True):
            if name:
                cell["data-label"] = name if name.endswith("?") else f"{name}:"
            more = [kind for kind, is_ in (("short", length <= SHORT), ("no-words", not _words(cell))) if is_]
            if more:
                cell["class"] = [*cell.get("class", []), *more]
    return str(soup)


def scrolling(body: str) -> str:
    """Return the page with each table behind a plot in a box that scrolls; the theme cares for all other tables."""
    # A group, not a region: a page has several plots, and a region is a landmark that needs a name of its own.
    box = '<div class="course-scroll" tabindex="0" role="group" aria-label="The data behind this plot">'
    return BEHIND_A_PLOT.sub(rf"\1{box}\2</div>", body)


def _of_ours(found: re.Match) -> str:
    return stacking(one_heading(found[0])) if found[0].startswith("<table") else found[0]


def _names(soup: BeautifulSoup) -> list[str]:
    """Return the columns' names, of one or more lines; none where a heading spans columns."""
    lines = [row.find_all(["td", "th"], recursive=False) for row in soup.select("thead > tr")]
    spans = any(cell.get(kind, "1") != "1" for line in lines for cell in line for kind in ("colspan", "rowspan"))
    if spans or len({len(line) for line in lines}) != 1:
        return []
    return [" ".join(filter(None, map(_words, column))) for column in zip(*lines, strict=True)]


def _words(cell: Tag) -> str:
    return " ".join(cell.get_text(" ").split())
