"""The words of OpenDocument: headings, paragraphs, lists with their numbers, tables, notes, comments."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lxml.etree import XMLSyntaxError
from lxml.etree import _Element as Element

from sambung.lib.files.blocks import Block, heading, item, table
from sambung.lib.files.readers import formulas
from sambung.lib.files.readers.archives import Archive
from sambung.lib.files.readers.numerals import numeral

_SPACE = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0"
TEXT, OFFICE, TABLE, DRAW, STYLE, PRESENTATION = (
    f"{{{_SPACE.format(name)}}}" for name in ("text", "office", "table", "drawing", "style", "presentation")
)
_LINK = "{http://www.w3.org/1999/xlink}href"
_AROUND = {
    f"{TEXT}{name}" for name in ("section", "index-body", "table-of-content", "alphabetical-index", "list-header")
}
_LEFT_OUT = {f"{TEXT}tracked-changes", f"{TEXT}sequence-decls", f"{OFFICE}forms", f"{TEXT}bibliography-configuration"}
_TITLES = {"Title": 1, "Subtitle": 2}
_DEPTH, _WIDEST = 20, 200  # tables in tables; columns and rows that stand for several


@dataclass(slots=True)
class _Level:
    """How a level of a list is numbered: `form` "" for bullets."""

    form: str
    before: str
    after: str
    start: int
    shown: int


class Texts:
    """Reads texts of one file. `roots` hold its styles."""

    def __init__(self, archive: Archive, roots: Sequence[Element]) -> None:
        self._archive, self._roots = archive, roots
        self._styles = {one.get(f"{STYLE}name"): one for root in roots for one in root.iter(f"{STYLE}style")}
        lists = (one for root in roots for one in root.iter(f"{TEXT}list-style"))
        self._lists = {one.get(f"{STYLE}name"): _levels(one) for one in lists}
        self._notes: list[Element] = []
        self.is_deep = False

    def style(self, name: str | None) -> Element | None:
        """The style of this name."""
        return self._styles.get(name)

    def edges(self, kind: str) -> Iterator[Block]:
        """What stands above (`header`) or below (`footer`) the pages, once each; no numbers of pages."""
        seen = set()
        for part in (part for root in self._roots[1:] for part in root.iter(f"{STYLE}{kind}")):
            for block in self.blocks(part):
                if block.text not in seen and not block.text.isdigit():
                    seen.add(block.text)
                    yield replace(block, kind=kind)

    def notes(self) -> Iterator[Block]:
        """Footnotes and endnotes that the text referred to."""
        for n, note in enumerate(self._notes, start=1):
            body = note.find(f"{TEXT}note-body")
            text = " ".join(block.text for block in self.blocks(body)) if body is not None else ""
            yield Block("note", f"[^{n}]: {text}")

    def blocks(self, parent: Element, depth: int = 0, **place) -> Iterator[Block]:
        """The blocks inside an element; `depth` counts tables and boxes around it, `place` is said of each."""
        for child in parent:
            if child.tag in _AROUND:
                yield from self.blocks(child, depth, **place)
            elif child.tag == f"{TEXT}list":
                yield from self._list(child, child.get(f"{TEXT}style-name"), 0, depth, **place)
            elif child.tag == f"{TABLE}table":
                yield from self._table(child, depth, **place)
            elif child.tag in (f"{TEXT}p", f"{TEXT}h"):
                yield from self._paragraph(child, depth, **place)
            elif child.tag.startswith(DRAW):
                yield from self._boxes(child, depth, **place)

    def _paragraph(self, found: Element, depth: int, **place) -> Iterator[Block]:
        text = self.of(found).strip()
        level = int(found.get(f"{TEXT}outline-level") or 1) if found.tag == f"{TEXT}h" else self._title(found)
        if text and level:
            yield heading(text, level, **place)
        elif text:
            yield Block("paragraph", text, **place)
        yield from self._boxes(found, depth, **place)

    def _title(self, paragraph: Element) -> int:
        """1 for the title of a document, 2 for its subtitle, 0 for any other paragraph."""
        name = paragraph.get(f"{TEXT}style-name")
        style = self.style(name)
        based = style.get(f"{STYLE}parent-style-name") if style is not None else None
        return _TITLES.get(name) or _TITLES.get(based, 0)

    def _boxes(self, found: Element, depth: int, **place) -> Iterator[Block]:
        """What stands in text boxes."""
        if depth >= _DEPTH:
            self.is_deep = True
            return
        for box in found.iter(f"{DRAW}text-box"):
            if next(box.iterancestors(f"{DRAW}text-box"), None) is None or found.tag == f"{DRAW}text-box":
                yield from self.blocks(box, depth + 1, **place)

    def _list(self, found: Element, name: str | None, level: int, depth: int, **place) -> Iterator[Block]:
        told = self._lists.get(name, {}).get(level + 1)
        number = told.start if told else 1
        for one in found:
            if one.tag not in (f"{TEXT}list-item", f"{TEXT}list-header"):
                continue
            number = int(one.get(f"{TEXT}start-value") or number)
            mark = f"{told.before}{numeral(number, told.form)}{told.after}" if told and told.form else "-"
            is_first = True
            for child in one:
                if child.tag == f"{TEXT}list" and level < _DEPTH:
                    inner = child.get(f"{TEXT}style-name") or name
                    yield from self._list(child, inner, level + 1, depth, **place)
                elif text := self.of(child).strip():
                    yield item(text, level, mark if is_first else " " * len(mark), **place)
                    is_first = False
            number += 1

    def _table(self, found: Element, depth: int, **place) -> Iterator[Block]:
        if depth >= _DEPTH:
            self.is_deep = True
            return
        rows = [self.row(row, depth) for row in rows_of(found)]
        if any(any(row) for row in rows):
            yield table(rows, **place)

    def row(self, found: Element, depth: int = 0) -> list[str]:
        """The texts of a row's cells, as far as the last that has one."""
        said: list[str] = []
        for cell in found.iter(f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
            if cell.getparent() is not found:
                continue
            is_covered = cell.tag == f"{TABLE}covered-table-cell"
            text = "" if is_covered else " ".join(block.text for block in self.blocks(cell, depth + 1))
            said += [text] * min(int(cell.get(f"{TABLE}number-columns-repeated") or 1), _WIDEST)
        while said and not said[-1]:
            said.pop()
        return said

    # ---- in a line --------------------------------------------------------------------------------------
    def of(self, element: Element) -> str:
        """The text of a paragraph, its links, pictures, notes and comments in their place."""
        said = [element.text or ""]
        for child in element:
            said += [self._said(child), child.tail or ""]
        return "".join(said)

    def _said(self, child: Element) -> str:
        if child.tag == f"{TEXT}s":
            return " " * min(int(child.get(f"{TEXT}c") or 1), _WIDEST)
        if child.tag == f"{TEXT}tab":
            return "\t"
        if child.tag == f"{TEXT}line-break":
            return "\n"
        if child.tag == f"{TEXT}a":
            text, target = self.of(child), child.get(_LINK, "")
            return f"[{text}]({target})" if target.startswith(("http", "mailto:")) and target != text else text
        if child.tag == f"{TEXT}note":
            self._notes.append(child)
            return f"[^{len(self._notes)}]"
        if child.tag == f"{OFFICE}annotation":
            return comment(child)
        if child.tag.startswith(DRAW):
            return self._drawn(child)
        return "" if child.tag in _LEFT_OUT else self.of(child)

    def _drawn(self, frame: Element) -> str:
        """A formula or a picture as words; text boxes are blocks of their own."""
        for found in frame.iter(f"{DRAW}object"):
            return self._formula(found.get(_LINK, ""))
        if next(frame.iter(f"{DRAW}image"), None) is None or next(frame.iter(f"{DRAW}text-box"), None) is not None:
            return ""
        named = next((one.text for one in frame.iter("{*}desc", "{*}title") if one.text), "")
        return f"[picture: {' '.join(named.split())}]" if named else "[picture]"

    def _formula(self, place: str) -> str:
        name = f"{place.removeprefix('./').rstrip('/')}/content.xml"
        try:
            root = self._archive.xml(name)
        except (KeyError, XMLSyntaxError):
            return ""
        return formulas.mathml(root) if root.tag.endswith("}math") else ""


def comment(annotation: Element) -> str:
    """A comment with its author."""
    author = annotation.findtext("{http://purl.org/dc/elements/1.1/}creator") or ""
    text = " ".join("".join(one.itertext()) for one in annotation.iter(f"{TEXT}p"))
    return f" [comment by {author}: {' '.join(text.split())}]"


def rows_of(found: Element) -> Iterator[Element]:
    """The rows of a table, those in groups and heads among them."""
    groups = (f"{TABLE}table-rows", f"{TABLE}table-header-rows", f"{TABLE}table-row-group")
    for child in found:
        if child.tag == f"{TABLE}table-row":
            yield child
        elif child.tag in groups:
            yield from rows_of(child)


def _levels(style: Element) -> dict[int, _Level]:
    found = {}
    for one in style:
        is_number = one.tag == f"{TEXT}list-level-style-number"
        found[int(one.get(f"{TEXT}level") or 1)] = _Level(
            one.get(f"{STYLE}num-format", "") if is_number else "",
            one.get(f"{STYLE}num-prefix", ""),
            one.get(f"{STYLE}num-suffix", ""),
            int(one.get(f"{TEXT}start-value") or 1),
            int(one.get(f"{TEXT}display-levels") or 1),
        )
    return found
