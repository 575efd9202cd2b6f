"""Write the text of each page, in chunks with page, heading and anchor: what `course ask` searches."""

import json
from pathlib import Path

from docutils import nodes

WORDS = 110  # a chunk ends at the paragraph that reaches this length; the embedding model reads at most 256 tokens
SKIPPED = (nodes.literal_block, nodes.raw, nodes.comment, nodes.image, nodes.system_message, nodes.math_block)


def folder(app) -> Path:
    """Return the folder of the chunks, one file a page."""
    return Path(app.outdir).parent / "ask" / "pages"


def write(app, doctree: nodes.document, docname: str) -> None:
    """Write the chunks of one page; Sphinx calls this only for pages that changed."""
    page = app.builder.get_target_uri(docname)
    path = folder(app) / file_name(docname)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".part")
    temporary.write_text(json.dumps(of_page(doctree, page), ensure_ascii=False, indent=1), encoding="utf-8")
    temporary.replace(path)


def file_name(docname: str) -> str:
    """Return the name of a page's file of chunks."""
    return f"{docname.replace('/', '--')}.json"


def of_page(doctree: nodes.document, page: str) -> list[dict[str, str]]:
    """Return the page's chunks in reading order: {"page", "heading", "anchor", "text"}.

    A chunk never crosses a heading. Code, pictures and raw HTML are left out: their words say little.
    """
    found = []
    for section in doctree.findall(nodes.section):
        heading = section.next_node(nodes.title)
        anchor = section["ids"][0] if section["ids"] else ""
        for text in _packed(_paragraphs(section)):
            found.append({"page": page, "heading": heading.astext() if heading else "", "anchor": anchor, "text": text})
    return found


def _paragraphs(section: nodes.section) -> list[str]:
    """Return the texts directly under a section, without its title and without nested sections."""
    texts: list[str] = []

    def walk(node: nodes.Node) -> None:
        for child in node.children:
            if isinstance(child, (nodes.section, nodes.title, *SKIPPED)):
                continue
            if isinstance(child, nodes.definition_list_item):
                term = " ".join(t.astext() for t in child.findall(nodes.term))
                texts.append(f"{term}: " + " ".join(d.astext() for d in child.findall(nodes.definition)))
            elif isinstance(child, nodes.row):
                texts.append(" | ".join(entry.astext() for entry in child.findall(nodes.entry)))
            elif isinstance(child, nodes.paragraph):
                texts.append(child.astext())
            else:
                walk(child)

    walk(section)
    return [" ".join(text.split()) for text in texts if text.strip()]


def _packed(paragraphs: list[str]) -> list[str]:
    """Return neighbouring paragraphs joined until a chunk has WORDS words."""
    packed: list[list[str]] = [[]]
    for paragraph in paragraphs:
        if sum(len(p.split()) for p in packed[-1]) + len(paragraph.split()) > WORDS and packed[-1]:
            packed.append([])
        packed[-1].append(paragraph)
    return [" ".join(part) for part in packed if part]
