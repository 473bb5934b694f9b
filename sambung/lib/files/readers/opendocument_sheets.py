"""Sheets of OpenDocument: their rows as the file itself shows them."""

from collections.abc import Iterator
from itertools import islice

from lxml.etree import _Element as Element

from sambung.lib.files.blocks import LINE, Block, Piece, ReadWarning, Told, row_of
from sambung.lib.files.readers.opendocument_text import OFFICE, TABLE, TEXT, Texts, comment, rows_of
from sambung.lib.files.readers.sheets import ROWS

_REPEATED, _WIDEST = 1000, 1000  # rows and columns for which one stands that holds something


def pieces(spreadsheet: Element, texts: Texts) -> Iterator[Piece]:
    """A block `sheet` for each sheet, and its rows as tables; warnings about what is hidden or has no value."""
    sheets = [one for one in spreadsheet if one.tag == f"{TABLE}table"]
    yield Told({"pages": len(sheets)})
    hidden = [one for one in sheets if _is_hidden(texts.style(one.get(f"{TABLE}style-name")))]
    if hidden:
        yield ReadWarning("sheets_hidden", {"names": ", ".join(one.get(f"{TABLE}name", "") for one in hidden)})
    for one in sheets:
        name = one.get(f"{TABLE}name", "")
        yield Block("sheet", f"# {name}{' (hidden sheet)' if one in hidden else ''}", 1, sheet=name)
        yield from _Sheet(name).pieces(one)


def _is_hidden(style: Element | None) -> bool:
    return style is not None and any(one.get(f"{TABLE}display") == "false" for one in style)


class _Sheet:
    def __init__(self, name: str) -> None:
        self.name, self.hidden, self.without_value = name, 0, 0

    def pieces(self, found: Element) -> Iterator[Piece]:
        """The rows of the sheet, and what is wrong with some."""
        rows, is_first = self._rows(found), True
        while some := list(islice(rows, ROWS)):
            lines = list(map(row_of, some))
            if is_first:
                lines.insert(1, row_of(["---"] * max(map(len, some))))
            is_first = False
            yield Block("table", LINE.join(lines), sheet=self.name, gap=LINE)
        if self.without_value:
            yield ReadWarning("formulas_without_value", {"count": self.without_value, "sheet": self.name})
        if self.hidden:
            yield ReadWarning("rows_hidden", {"count": self.hidden, "sheet": self.name})

    def _rows(self, found: Element) -> Iterator[list[str]]:
        for row in rows_of(found):
            said = self._row(row)
            if not said:
                continue
            repeated = min(int(row.get(f"{TABLE}number-rows-repeated") or 1), _REPEATED)
            if row.get(f"{TABLE}visibility", "visible") != "visible":
                self.hidden += repeated
                said.append("(hidden row)")
            for _ in range(repeated):
                yield said

    def _row(self, row: Element) -> list[str]:
        said: list[str] = []
        for cell in row:
            text = self._cell(cell) if cell.tag == f"{TABLE}table-cell" else ""
            said += [text] * min(int(cell.get(f"{TABLE}number-columns-repeated") or 1), _WIDEST)
        while said and not said[-1]:
            said.pop()
        return said

    def _cell(self, cell: Element) -> str:
        """What the cell shows; a formula that nobody has reckoned as it is."""
        text = " ".join("".join(one.itertext()) for one in cell if one.tag == f"{TEXT}p")
        value = text or cell.get(f"{OFFICE}value") or cell.get(f"{OFFICE}date-value") or ""
        if not value and (formula := cell.get(f"{TABLE}formula")):
            self.without_value += 1
            value = formula.removeprefix("of:")
        return value + "".join(comment(one) for one in cell.findall(f"{OFFICE}annotation"))
