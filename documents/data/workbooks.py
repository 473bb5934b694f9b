"""The sheets of workbooks, of Excel and OpenDocument, by their values, whatever these look like. No Django."""

import datetime
import io
from collections.abc import Iterator
from decimal import Decimal

import python_calamine

from documents.data.values import MOST_TABLES, Problem, Row, Rows, Sheet
from sambung.lib.files.readers import File
from sambung.lib.files.readers.numbers import plain

Value = str | float | int | bool | datetime.date | datetime.datetime | datetime.time | datetime.timedelta


def sheets(file: File) -> Iterator[Sheet]:
    """Yield the sheets that hold anything. Raises Problem."""
    try:
        book = python_calamine.load_workbook(io.BytesIO(file.data))
    except python_calamine.PasswordError:
        raise Problem("data_password", name=file.name) from None
    except python_calamine.CalamineError:
        raise Problem("data_unreadable", name=file.name) from None
    found = [one for one in book.sheets_metadata if one.typ == python_calamine.SheetTypeEnum.WorkSheet]
    for one in found[:MOST_TABLES]:
        is_hidden = one.visible != python_calamine.SheetVisibleEnum.Visible
        rows = _Cells(book.get_sheet_by_name(one.name))
        yield Sheet(one.name, rows, is_bare=True, notes=["This sheet is hidden in the workbook."] if is_hidden else [])


class _Cells(Rows):
    """The rows of a sheet that hold anything."""

    def __init__(self, sheet: python_calamine.CalamineSheet) -> None:
        self._sheet = sheet

    def __iter__(self) -> Iterator[Row]:
        for row in self._sheet.iter_rows():
            said = list(map(_written, row))
            while said and said[-1] is None:
                said.pop()
            if said:
                yield said


def _written(value: Value) -> str | None:
    """A value in the way that types are told by, None for an empty cell."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float | int):
        return plain(Decimal(str(value)))
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ").removesuffix(" 00:00:00")
    return str(value).replace("\0", "").strip() or None
