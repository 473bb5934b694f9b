"""What a document is about: its headings with their places, and how it begins."""

from collections.abc import Sequence

from documents.knowledge import extraction
from documents.models import Document
from sambung.lib.files.blocks import Block, text_of

MOST_HEADINGS = 150
BEGINNING = 3_000  # characters


def outline(document: Document) -> str:
    """The outline of a document, as a model reads it."""
    read = extraction.of(document)
    if read is None:
        return f"“{document}” has not been read: {document.status}."
    blocks = extraction.blocks_of(read)
    lines = [f"# {document}", *_facts(document, blocks)]
    if headings := list(_headings(blocks)):
        lines += ["", "Headings:", *headings[:MOST_HEADINGS]]
        lines += [f"… and {len(headings) - MOST_HEADINGS} more"] if len(headings) > MOST_HEADINGS else []
    said = text_of([block for block in blocks if block.kind != "page"])[:BEGINNING].strip()
    return "\n".join([*lines, "", "It begins:", said])


def _facts(document: Document, blocks: Sequence[Block]) -> list[str]:
    """Of what kind it is, and how long."""
    pages, slides = (max((getattr(block, name) or 0 for block in blocks), default=0) for name in ("page", "slide"))
    sheets = list(dict.fromkeys(block.sheet for block in blocks if block.sheet))
    told = [f"Kind: {document.mime_type or document.kind}", f"Characters: {len(text_of(blocks))}"]
    told += [f"Pages: {pages}"] if pages else []
    told += [f"Slides: {slides}"] if slides else []
    return [*told, f"Sheets: {', '.join(sheets[:50])}"] if sheets else told


def _headings(blocks: Sequence[Block]):
    for block in blocks:
        if block.kind == "heading":
            title = " ".join(block.text.lstrip("#").split())[:200]
            at = f" (page {block.page})" if block.page else f" (slide {block.slide})" if block.slide else ""
            yield f"{'  ' * (max(block.level, 1) - 1)}- {title}{at}"
