"""Workbooks of Excel (`.xlsx`): rows as people see them, of every sheet, whatever its dimension claims.

A sheet is read as a stream, cell by cell: so a formula without a stored value and a hidden row are seen, and a million
styled but empty rows take no memory.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from lxml import etree
from openpyxl.formula.translate import Translator
from openpyxl.utils.cell import column_index_from_string, get_column_letter

from sambung.lib.files.blocks import LINE, Block, Piece, ReadWarning, Told, closed, item, row_of
from sambung.lib.files.readers import File
from sambung.lib.files.readers.archives import Archive
from sambung.lib.files.readers.numbers import Formats
from sambung.lib.files.readers.sheet_drawings import drawings

BOOK = "xl/workbook.xml"
ROWS = 200  # of a block
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_ID = ("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
       "{http://purl.oclc.org/ooxml/officeDocument/relationships}id")  # fmt: skip
_LETTERS = re.compile(r"[A-Z]+")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")  # what no text holds
_LINKS = 200  # of a sheet, that are told


def read(file: File) -> Iterator[Piece]:
    """Blocks of each sheet: rows as tables, links, text boxes, charts; warnings of what is hidden or has no value."""
    yield from closed(_pieces(Archive(file.data)))


def _pieces(archive: Archive) -> Iterator[Piece]:
    book = archive.xml(BOOK)
    relations = archive.relations(BOOK)
    sheets = [one for one in book.iter("{*}sheet") if _part(one, relations) in archive.names]
    yield Told({"pages": len(sheets)})
    if hidden := [one.get("name", "") for one in sheets if _is_hidden(one)]:
        yield ReadWarning("sheets_hidden", {"names": ", ".join(hidden)})
    properties = book.find("{*}workbookPr")
    is_1904 = properties is not None and properties.get("date1904") in {"1", "true"}
    formats = Formats.of(_related(archive, "styles"), since_1904=is_1904)
    strings = _strings(archive)
    for one in sheets:
        name = one.get("name", "")
        mark = " (hidden sheet)" if _is_hidden(one) else ""
        yield Block("sheet", f"# {' '.join(name.split())}{mark}", 1, sheet=name)
        yield from _Sheet(archive, _part(one, relations), name, strings, formats).pieces()


def _part(sheet: etree._Element, relations: dict) -> str:
    return next((relations[sheet.get(name)][1] for name in _ID if sheet.get(name) in relations), "")


def _is_hidden(sheet: etree._Element) -> bool:
    return sheet.get("state", "visible") != "visible"


def _related(archive: Archive, kind: str) -> etree._Element | None:
    names = archive.related(BOOK, kind)
    return archive.xml(names[0]) if names else None


def _strings(archive: Archive) -> list[str]:
    """The texts that cells name by their number."""
    found = _related(archive, "sharedStrings")
    return [] if found is None else [_text(one) for one in found.iter("{*}si")]


def _text(element: etree._Element) -> str:
    """The text of a string without how it is spoken."""
    runs = (run for run in element.iter("{*}t") if not run.getparent().tag.endswith("}rPh"))
    return _unescaped("".join(run.text or "" for run in runs))


def _unescaped(text: str) -> str:
    """The text with its `_xHHHH_`, units of UTF-16 that XML cannot hold, as what they are (ST_Xstring of ECMA-376)."""
    if "_x" not in text:
        return text
    raw = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text).encode("utf-16-le", "surrogatepass")
    said = raw.decode("utf-16-le", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", said)


@dataclass(slots=True)
class _Sheet:
    archive: Archive
    part: str
    name: str
    strings: list[str]
    formats: Formats
    without_value: int = 0  # formulas
    hidden: int = 0  # rows
    folded: list[range] = field(default_factory=list)  # hidden columns, from 1
    folded_read: set[int] = field(default_factory=set)  # those of them that hold something
    shared: dict[str, tuple[str, str]] = field(default_factory=dict)  # formulas that others repeat
    links: list[tuple[str, str]] = field(default_factory=list)

    def pieces(self) -> Iterator[Piece]:
        """Rows and links of the sheet, and what is wrong with some."""
        rows, is_first = self._rows(_comments(self.archive, self.part)), True
        while some := list(islice(rows, ROWS)):
            lines = list(map(row_of, some))
            if is_first:
                lines.insert(1, row_of(["---"] * max(map(len, some))))
            is_first = False
            yield Block("table", LINE.join(lines), sheet=self.name, gap=LINE)
        for place, target in self.links[:_LINKS]:
            yield item(f"{place}: {target}", sheet=self.name)
        yield from drawings(self.archive, self.part, self.name)
        if self.without_value:
            yield ReadWarning("formulas_without_value", {"count": self.without_value, "sheet": self.name})
        if self.hidden:
            yield ReadWarning("rows_hidden", {"count": self.hidden, "sheet": self.name})
        if self.folded_read:
            columns = ", ".join(map(get_column_letter, sorted(self.folded_read)))
            yield ReadWarning("columns_hidden", {"columns": columns, "sheet": self.name})

    def _rows(self, comments: dict[str, str]) -> Iterator[list[str]]:
        """The rows that hold something, as far as their last cell does."""
        targets = self.archive.relations(self.part)
        tags = [f"{space}{name}" for space in (_MAIN, _STRICT) for name in ("col", "row", "hyperlink")]
        with self.archive.open(self.part) as stream:
            for _event, found in etree.iterparse(stream, tag=tags, resolve_entities=False, no_network=True):
                if found.tag.endswith("}hyperlink"):
                    self._link(found, targets)
                elif found.tag.endswith("}col"):
                    self._column(found)
                elif row := self._row(found, comments):
                    yield row
                found.clear()
                while found.getprevious() is not None:
                    del found.getparent()[0]

    def _column(self, found: etree._Element) -> None:
        if found.get("hidden") in {"1", "true"}:
            self.folded.append(range(int(found.get("min")), int(found.get("max")) + 1))

    def _row(self, found: etree._Element, comments: dict[str, str]) -> list[str]:
        cells: dict[int, str] = {}
        if not comments and not any(map(len, found)):  # a million styled rows may hold nothing
            return []
        for n, cell in enumerate(found):
            place = cell.get("r", "")
            text = self._value(cell, place)
            if place in comments:
                text = f"{text} [comment: {comments[place]}]".strip()
            if text:
                letters = _LETTERS.match(place)
                cells[column_index_from_string(letters.group()) if letters else n + 1] = text
        if not cells:
            return []
        for n in cells:
            if n not in self.folded_read and any(n in columns for columns in self.folded):
                self.folded_read.add(n)
                cells[n] = f"{cells[n]} (hidden column)"
        row = [cells.get(n, "") for n in range(1, max(cells) + 1)]
        if found.get("hidden") in {"1", "true"}:
            self.hidden += 1
            row.append("(hidden row)")
        return row

    def _value(self, cell: etree._Element, place: str) -> str:
        """What a person sees in the cell; of a formula that nobody has reckoned the formula."""
        kind, value, formula = cell.get("t", "n"), cell.find("{*}v"), cell.find("{*}f")
        said = self._formula(formula, place) if formula is not None else ""
        if kind == "inlineStr":
            inline = cell.find("{*}is")
            return _text(inline) if inline is not None else ""
        if value is None or value.text is None:
            self.without_value += bool(said)
            return said
        if kind == "s":
            return self.strings[int(value.text)] if int(value.text) < len(self.strings) else ""
        if kind == "b":
            return "TRUE" if value.text == "1" else "FALSE"
        if kind in {"str", "e", "d"}:
            return _unescaped(value.text)
        return self.formats.shown(value.text, cell.get("s"))

    def _formula(self, formula: etree._Element, place: str) -> str:
        """The formula as it would be typed here, "" where the file does not hold it."""
        shared = formula.get("si") if formula.get("t") == "shared" else None
        if formula.text:
            if shared:
                self.shared[shared] = (f"={formula.text}", place)
            return f"={formula.text}"
        if shared not in self.shared:
            return ""
        told, origin = self.shared[shared]
        return Translator(told, origin=origin).translate_formula(place)

    def _link(self, found: etree._Element, targets: dict) -> None:
        target = next((targets[found.get(name)][1] for name in _ID if found.get(name) in targets), "")
        if target and found.get("ref"):
            self.links.append((found.get("ref"), target))


def _comments(archive: Archive, part: str) -> dict[str, str]:
    """What people noted beside cells: place -> text."""
    found: dict[str, list[str]] = {}
    for kind in ("comments", "threadedComment"):
        for name in archive.related(part, kind):
            for one in archive.xml(name).iter("{*}comment", "{*}threadedComment"):
                text = " ".join(_unescaped("".join(run.text or "" for run in one.iter("{*}t", "{*}text"))).split())
                if text and not text.startswith("[Threaded comment]"):
                    found.setdefault(one.get("ref", ""), []).append(text)
    return {place: "; ".join(texts) for place, texts in found.items()}
