"""Documents of Word (`.docx`): the body in its order, as it reads when tracked changes are accepted.

Beside paragraphs and tables: numbers of lists and headings, content controls, text boxes, footnotes, comments,
formulas, and each header and footer once. What is hidden is left out, and told.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from lxml.etree import _Element as Element

from sambung.lib.files.blocks import Block, Piece, ReadWarning, closed, heading, item, table
from sambung.lib.files.readers import File
from sambung.lib.files.readers.archives import Archive
from sambung.lib.files.readers.word_numbers import Numbers
from sambung.lib.files.readers.word_styles import Styles
from sambung.lib.files.readers.word_text import Texts, W, inner

BODY = "word/document.xml"
_DEPTH = 20  # tables in tables, which nobody reads


def read(file: File) -> Iterator[Piece]:
    """Blocks of headers, body, footnotes and footers; warnings about tracked changes, hidden text, embedded files."""
    yield from closed(_Reader(Archive(file.data)).pieces())


class _Reader:
    def __init__(self, archive: Archive) -> None:
        self.archive, self.body = archive, archive.xml(BODY)
        self.styles = Styles(self._part("styles"))
        self.numbers = Numbers(self._part("numbering"), self.styles)
        self.is_deep = False  # beyond what is read
        self.texts = Texts(archive.relations(BODY), _comments(self._part("comments")))

    def _part(self, kind: str) -> Element | None:
        names = self.archive.related(BODY, kind)
        return self.archive.xml(names[0]) if names else None

    def pieces(self) -> Iterator[Piece]:
        """Everything that is read of the document."""
        yield from self._edges("header")
        yield from self._blocks(self.body.find(f"{W}body"))
        yield from self._notes()
        yield from self._edges("footer")
        if self.texts.has_changes:
            yield ReadWarning("changes_tracked")
        if self.texts.has_hidden:
            yield ReadWarning("text_hidden")
        if self.is_deep:
            yield ReadWarning("nested_unread")
        if next(self.body.iter("{*}OLEObject", "{*}relIds", f"{W}altChunk"), None) is not None:
            yield ReadWarning("objects_unread")

    def _edges(self, kind: str) -> Iterator[Block]:
        """What stands above or below the pages, once each."""
        seen = set()
        for name in self.archive.related(BODY, kind):
            for block in self._blocks(self.archive.xml(name)):
                if block.text not in seen:
                    seen.add(block.text)
                    yield replace(block, kind=kind)

    def _notes(self) -> Iterator[Block]:
        for kind, named in (("footnotes", "footnote"), ("endnotes", "endnote")):
            part = self._part(kind)
            for one in () if part is None else part.iter(f"{W}{named}"):
                mark = self.texts.marks.get((named, one.get(f"{W}id")))
                if mark:
                    text = " ".join(block.text for block in self._blocks(one))
                    yield Block("note", f"[^{mark}]: {text}")

    # ---- blocks -----------------------------------------------------------------------------------------
    def _blocks(self, parent: Element, depth: int = 0) -> Iterator[Block]:
        for child in inner(parent):
            if child.tag == f"{W}p":
                yield from self._paragraph(child, depth)
            elif child.tag == f"{W}tbl" and depth < _DEPTH:
                yield from self._table(child, depth)
            elif child.tag == f"{W}tbl":
                self.is_deep = True

    def _paragraph(self, paragraph: Element, depth: int) -> Iterator[Block]:
        if any(one.get(f"{W}type") == "page" for one in paragraph.iter(f"{W}br")):
            yield Block("page", "[page break]")
        text = self.texts.of(paragraph).strip()
        properties = paragraph.find(f"{W}pPr")
        number = self.numbers.next(properties) if text else None
        if text and (level := self.styles.level(properties)):
            yield heading(f"{number.label} {text}" if number and number.label else text, level)
        elif text and number:
            yield item(text, number.level, number.label or "-")
        elif text:
            yield Block("paragraph", text)
        for box in self.texts.boxes(paragraph):
            yield from self._blocks(box, depth)

    def _table(self, found: Element, depth: int) -> Iterator[Block]:
        rows = [list(_cells(row)) for row in inner(found) if row.tag == f"{W}tr" and not _is_deleted(row)]
        if len(rows) == 1 and len(rows[0]) == 1:  # a frame around what stands in it
            yield from self._blocks(rows[0][0], depth + 1)
            return
        said = [[text for cell in row for text in self._cell(cell, depth)] for row in rows]
        if any(any(row) for row in said):
            yield table(said)

    def _cell(self, cell: Element, depth: int) -> list[str]:
        """What stands in a cell, once: as many texts as it is columns wide, all but the first empty."""
        properties = cell.find(f"{W}tcPr")
        span = merged = None
        if properties is not None:
            span, merged = properties.find(f"{W}gridSpan"), properties.find(f"{W}vMerge")
        width = int(span.get(f"{W}val", "1")) if span is not None else 1
        is_below = merged is not None and merged.get(f"{W}val") != "restart"
        text = "" if is_below else _on_one_line(self._blocks(cell, depth + 1))
        return [text, *[""] * min(width - 1, 100)]


def _on_one_line(blocks: Iterable[Block]) -> str:
    """What stands in a cell; of a table in it the rows, without their ruled line."""
    lines = [line.strip(" |") for block in blocks for line in block.text.split("\n") if set(line) - set("|- ")]
    return " ".join(line.replace("\\|", "|") for line in lines)


def _cells(row: Element) -> Iterator[Element]:
    return (cell for cell in inner(row) if cell.tag == f"{W}tc")


def _is_deleted(row: Element) -> bool:
    return row.find(f"{W}trPr/{W}del") is not None


def _comments(part: Element | None) -> dict[str, tuple[str, str]]:
    """Comments by their id: who wrote it, and what."""
    found = {}
    for one in () if part is None else part.iter(f"{W}comment"):
        text = " ".join("".join(run.text or "" for run in one.iter(f"{W}t")).split())
        found[one.get(f"{W}id")] = (one.get(f"{W}author", ""), text)
    return found
