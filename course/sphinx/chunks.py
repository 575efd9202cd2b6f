"""Write the text of each page, in chunks with page, heading and anchor: what `course ask` searches."""

import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from docutils import nodes

from course.sphinx import generated

WORDS = 110  # a chunk ends at the paragraph that reaches this length; the embedding model reads at most 256 tokens
TASKS = "book/exercises/"  # of these pages only what stands above the first question: tasks and hints answer nothing
RULES = "book/rules.html", "the-rules"  # its table repeats claims without their verdicts: an assertion is no answer
SKIPPED = nodes.literal_block | nodes.raw | nodes.comment | nodes.image | nodes.system_message | nodes.math_block


def folder(app) -> Path:
    """Return the folder of the chunks, one file a page."""
    return Path(app.outdir).parent / "ask" / "pages"


def write(app, doctree: nodes.document, docname: str) -> None:
    """Write the chunks of one page, unless they are written already: Sphinx also calls this for pages above it."""
    found = of_page(doctree, app.builder.get_target_uri(docname))
    if docname.startswith(TASKS):
        found = [chunk for chunk in found if chunk["heading"] == found[0]["heading"]]
    found = [chunk for chunk in found if (chunk["page"], chunk["anchor"]) != RULES]
    generated.write(folder(app) / file_name(docname), json.dumps(found, ensure_ascii=False, indent=1))


def file_name(docname: str) -> str:
    """Return the name of a page's file of chunks."""
    return f"{docname.replace('/', '--')}.json"


def of_page(doctree: nodes.document, page: str) -> list[dict[str, str]]:
    """Return the page's chunks in reading order: {"page", "heading", "anchor", "text"}; a line of text is a paragraph.

    A chunk never crosses a heading. A glossary term is a chunk of its own: it has its own anchor, and among a dozen
    others it would not be found. Code, pictures and raw HTML are left out: their words say little.
    """
    found = []
    for section in doctree.findall(nodes.section):
        heading = section.next_node(nodes.title)
        place = {"page": page, "heading": heading.astext() if heading else ""}
        for anchor, group in groupby(_paragraphs(section), key=lambda paragraph: paragraph[0]):
            found += [place | {"anchor": anchor, "text": text} for text in _packed([text for _, text in group])]
    return found


def _paragraphs(section: nodes.section) -> Iterator[tuple[str, str]]:
    """Yield (anchor, text) of what stands directly under a section, without its title and nested sections."""
    own = section["ids"][0] if section["ids"] else ""

    def walk(node: nodes.Element) -> Iterator[tuple[str, str]]:
        for child in node.children:
            if isinstance(child, nodes.raw) and "course_claim" in child:
                yield child["course_claim"]
            elif isinstance(child, nodes.section | SKIPPED) or (isinstance(child, nodes.title) and node is section):
                continue
            elif isinstance(child, nodes.definition_list_item):
                terms = [part for part in child.children if isinstance(part, nodes.term)]
                meaning = [_text(part) for part in child.children if isinstance(part, nodes.definition)]
                anchors = [anchor for term in terms for anchor in term["ids"]]  # only a glossary's terms have one
                yield anchors[0] if anchors else own, f"{' '.join(map(_text, terms))}: {' '.join(meaning)}"
            elif isinstance(child, nodes.row):
                yield own, " | ".join(map(_text, child.children))
            elif isinstance(child, nodes.paragraph | nodes.title):  # such a title is an admonition's, often a question
                yield own, _text(child)
            else:
                yield from walk(child)

    return ((anchor, text) for anchor, text in walk(section) if text)


def _text(node: nodes.Element) -> str:
    """Return the words of a node in one line, without those of nodes that are left out."""
    node = node.deepcopy()
    for skipped in list(node.findall(lambda part: isinstance(part, SKIPPED))):
        skipped.parent.remove(skipped)
    return " ".join(node.astext().split())


def _packed(paragraphs: list[str]) -> list[str]:
    """Return neighbouring paragraphs joined until a chunk has WORDS words."""
    packed: list[list[str]] = [[]]
    for paragraph in paragraphs:
        if sum(len(p.split()) for p in packed[-1]) + len(paragraph.split()) > WORDS and packed[-1]:
            packed.append([])
        packed[-1].append(paragraph)
    return ["\n".join(part) for part in packed if part]
