"""The result of a question as a file: CSV, or a workbook of Excel. No Django.

A cell of text that a spreadsheet would take for a formula begins with an apostrophe.
"""

import csv
import datetime
import io
import re
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

MOST_ROWS = 100_000  # of a file
_FORMULA = re.compile(r"\s*[=+\-@\t\r]")
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_WIDEST = 10**15  # the numbers that a workbook keeps to the last digit

Cell = object


def harmless(value: Cell) -> Cell:
    """A value that no spreadsheet runs."""
    is_formula = isinstance(value, str) and _FORMULA.match(value) and not _NUMBER.fullmatch(value)
    return f"'{value}" if is_formula else value


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return CSV in UTF-8 that says so, as Excel wants it, with a line for the names."""
    out = io.StringIO(newline="")
    write = csv.writer(out, lineterminator="\r\n").writerow
    write([harmless(name) for name in columns])
    for row in rows:
        write([_text(harmless(value)) for value in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def _text(value: Cell) -> Cell:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat(sep=" ") if isinstance(value, datetime.datetime) else value


def as_xlsx(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a workbook of one sheet: numbers and dates as such, and the names in bold."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Result")
    sheet.freeze_panes = "A2"
    sheet.append([_name(sheet, name) for name in columns])
    for row in rows:
        sheet.append([_cell(value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _name(sheet, name: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=_cell(name))
    cell.font = Font(bold=True)
    return cell


def _cell(value: Cell) -> Cell:
    if isinstance(value, str):
        return _CONTROLS.sub("", harmless(value))[:32_767]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _WIDEST:
        return str(value)
    return value
