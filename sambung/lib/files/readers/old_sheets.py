"""Workbooks of older Excel (`.xls`) and those in binary form (`.xlsb`): the values of every sheet."""

import datetime
import io
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice

import python_calamine

from sambung.lib.files.blocks import LINE, Block, Piece, ReadWarning, Told, closed, row_of
from sambung.lib.files.readers import File, Unreadable
from sambung.lib.files.readers.numbers import plain
from sambung.lib.files.readers.sheets import ROWS

Value = str | float | int | bool | datetime.date | datetime.time | datetime.timedelta


def read(file: File) -> Iterator[Piece]:
    """A block `sheet` for each sheet, and its rows as tables. Raises Unreadable where it is protected."""
    try:
        book = python_calamine.load_workbook(io.BytesIO(file.data))
    except python_calamine.PasswordError:
        raise Unreadable("password") from None
    yield from closed(_pieces(book))


def _pieces(book: python_calamine.CalamineWorkbook) -> Iterator[Piece]:
    sheets = [one for one in book.sheets_metadata if one.typ == python_calamine.SheetTypeEnum.WorkSheet]
    yield Told({"pages": len(sheets)})
    hidden = [one.name for one in sheets if one.visible != python_calamine.SheetVisibleEnum.Visible]
    if hidden:
        yield ReadWarning("sheets_hidden", {"names": ", ".join(hidden)})
    for one in sheets:
        yield Block("sheet", f"# {one.name}{' (hidden sheet)' if one.name in hidden else ''}", 1, sheet=one.name)
        rows, is_first = _rows(book.get_sheet_by_name(one.name)), True
        while some := list(islice(rows, ROWS)):
            lines = list(map(row_of, some))
            if is_first:
                lines.insert(1, row_of(["---"] * max(map(len, some))))
            is_first = False
            yield Block("table", LINE.join(lines), sheet=one.name, gap=LINE)


def _rows(sheet: python_calamine.CalamineSheet) -> Iterator[list[str]]:
    for row in sheet.iter_rows():
        said = list(map(_shown, row))
        while said and not said[-1]:
            said.pop()
        if said:
            yield said


def _shown(value: Value) -> str:
    """A value as the other sheets show it."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float | int):
        return plain(Decimal(str(value)))
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ").removesuffix(" 00:00:00")
    return str(value)
