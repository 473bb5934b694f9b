"""Results as files: nothing in them is a formula, numbers stay numbers and dates dates."""

import io
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest

from documents.data import formats

COLUMNS = ["=name", "n", "day"]
ROWS = [
    ("=1+1", Decimal("2.50"), date(2026, 3, 1)),
    ("@cmd", -5, datetime(2026, 3, 1, 4, 5)),
    ("+62812", None, None),
    ("-", True, None),
    ("-1.5", 10**17, None),
    ("\tx", 1.5, None),
    ('say "hi", all', 0, None),
]


def test_csv_has_no_formulas():
    lines = formats.as_csv(COLUMNS, ROWS).decode("utf-8-sig").split("\r\n")
    assert lines[:8] == [
        "'=name,n,day",
        "'=1+1,2.50,2026-03-01",
        "'@cmd,-5,2026-03-01 04:05:00",
        "+62812,,",
        "'-,true,",
        "-1.5,100000000000000000,",
        "'\tx,1.5,",
        '"say ""hi"", all",0,',
    ]


def test_a_workbook_has_no_formulas_and_keeps_types():
    (sheet,) = openpyxl.load_workbook(io.BytesIO(formats.as_xlsx(COLUMNS, ROWS))).worksheets
    rows = list(sheet.iter_rows())
    assert [cell.value for cell in rows[0]] == ["'=name", "n", "day"]
    assert rows[0][0].font.bold
    assert [cell.data_type for row in rows for cell in row].count("f") == 0
    assert [rows[1][1].value, rows[1][2].value] == [2.5, datetime(2026, 3, 1)]
    assert rows[2][2].value == datetime(2026, 3, 1, 4, 5)
    assert rows[5][1].value == "100000000000000000"


@pytest.mark.parametrize("value", [0, 1.5, None, "text", "-1.5", " 12", date(2026, 1, 1)])
def test_what_is_harmless_stays(value):
    assert formats.harmless(value) == value


def test_controls_are_left_out_of_a_workbook():
    (sheet,) = openpyxl.load_workbook(io.BytesIO(formats.as_xlsx(["a"], [("x\x01y",)]))).worksheets
    assert sheet["A2"].value == "xy"
