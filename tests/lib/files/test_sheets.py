"""What is read out of workbooks: those of XlsxWriter and openpyxl, and one whose dimension is wrong."""

import datetime
import io
import re
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter

from sambung.lib.files.readers.numbers import formatted, plain
from tests import corpus
from tests.lib.files.reading import found


def workbook(fill):
    """Read a workbook that XlsxWriter makes."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        fill(book)
    return found(file.getvalue(), "a.xlsx")


def row(*cells, formats=()):
    """How a row reads that holds these values, in these formats."""

    def fill(book):
        sheet = book.add_worksheet("One")
        for n, value in enumerate(cells):
            sheet.write(0, n, value, book.add_format({"num_format": formats[n]}) if formats else None)

    return workbook(fill).of("table")[0].splitlines()[0]


# ---- which cells ----------------------------------------------------------------------------------------
def test_all_rows_are_read_whatever_the_dimension_says():
    sheet = corpus.sheet(Prices=[["bean", "kg", "price"], ["Gayo", 3, 12.5], ["Toraja", 5, 14]])
    wrong = corpus.repacked(sheet, "xl/worksheets/sheet1.xml", _first(sheet).replace(b'"A1:C3"', b'"A1"'))
    assert b'"A1"' in _first(wrong)
    assert found(wrong, "a.xlsx").text == (
        "# Prices\n\n| bean | kg | price |\n| --- | --- | --- |\n| Gayo | 3 | 12.5 |\n| Toraja | 5 | 14 |"
    )


def _first(book: bytes) -> bytes:
    return corpus.member(book, "xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("one_x000D_\ntwo", "one two"),
        ("one_x000D_two", "one two"),
        ("one_x000d__x000A_two", "one two"),
        ("a_x0009_b_x0041_", "a bA"),
        ("_x005F_x000D_", "_x000D_"),
        ("_xD83D__xDE00_", "😀"),
        ("_x0000_a_x001F_", "a"),
        ("_xD83D_a", "\ufffda"),
        ("my_x_axis _x12_", "my_x_axis _x12_"),
    ],
)
@pytest.mark.parametrize("kind", ["shared", "inline", "formula"])
def test_signs_that_a_workbook_writes_by_their_number(written, read, kind):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("One").write_row(0, 0, ["key", "Kopi"])
    plain = file.getvalue()
    cell = {"inline": f't="inlineStr"><is><t>{written}</t></is></c>', "formula": f't="str"><v>{written}</v></c>'}
    if kind == "shared":
        part, text = "xl/sharedStrings.xml", corpus.member(plain, "xl/sharedStrings.xml").decode()
        made = text.replace(">Kopi<", f">{written}<")
    else:
        part, text = "xl/worksheets/sheet1.xml", _first(plain).decode()
        made = re.sub(
            r'(<c r="B1"[^>]*?)(?: t="\w+")[^>]*>.*?</c>', lambda old: f"{old[1]} {cell[kind]}", text, count=1
        )
    assert made != text
    book = corpus.repacked(plain, part, made.encode())
    assert found(book, "a.xlsx").of("table")[0].splitlines()[0] == f"| key | {read} |"


def test_a_formula_without_a_value_is_a_formula_and_told():
    made, file = openpyxl.Workbook(), io.BytesIO()
    made.active.title = "Sums"
    made.active.append(["total", "=SUM(A1:A9)"])
    made.save(file)
    inside = found(file.getvalue(), "a.xlsx")
    assert inside.of("table") == ["| total | =SUM(A1:A9) |\n| --- | --- |"]
    assert inside.warnings == {"formulas_without_value": {"count": 1, "sheet": "Sums"}}


def test_a_formula_with_a_value_is_its_value():
    inside = workbook(lambda book: book.add_worksheet().write_formula(0, 0, "=6*7", None, 42))
    assert inside.of("table")[0].startswith("| 42 |")
    assert inside.warnings == {}


def test_what_is_hidden_is_marked_and_told():
    def fill(book):
        book.add_worksheet("Prices").write(0, 0, "Gayo")
        book.get_worksheet_by_name("Prices").write(1, 0, "Toraja")
        book.get_worksheet_by_name("Prices").set_row(1, None, None, {"hidden": True})
        book.add_worksheet("Margins").very_hidden()
        book.get_worksheet_by_name("Margins").write(0, 0, "40")

    inside = workbook(fill)
    assert inside.of("sheet") == ["# Prices", "# Margins (hidden sheet)"]
    assert "| Toraja | (hidden row) |" in inside.text
    assert inside.warnings == {"sheets_hidden": {"names": "Margins"}, "rows_hidden": {"count": 1, "sheet": "Prices"}}


def test_hidden_columns_that_hold_something_are_marked_and_told():
    def fill(book):
        sheet = book.add_worksheet("Prices")
        sheet.write_row(0, 0, ["bean", "kg", "cost"])
        sheet.write_row(1, 0, ["Gayo", 3, 12.5])
        sheet.set_column("C:C", None, None, {"hidden": True})
        sheet.set_column("F:XFD", None, None, {"hidden": True})

    inside = workbook(fill)
    assert inside.of("table")[0].splitlines()[::2] == ["| bean | kg | cost (hidden column) |", "| Gayo | 3 | 12.5 |"]
    assert inside.warnings == {"columns_hidden": {"columns": "C", "sheet": "Prices"}}


def test_text_boxes_and_charts_are_read():
    def fill(book):
        sheet = book.add_worksheet("Prices")
        sheet.write_column(0, 0, ["Gayo", "Toraja"])
        sheet.write_column(0, 1, [12.5, 14])
        sheet.insert_textbox("D2", "Prices hold until May")
        chart = book.add_chart({"type": "bar"})
        values = {"name": "per kg", "categories": "=Prices!$A$1:$A$2", "values": "=Prices!$B$1:$B$2"}
        chart.add_series(values)
        chart.set_title({"name": "What beans cost"})
        sheet.insert_chart("D5", chart)

    inside = workbook(fill)
    assert inside.of("paragraph") == ["Prices hold until May", "Chart: What beans cost"]
    assert inside.of("table")[-1] == "|  | per kg |\n| --- | --- |\n| Gayo | 12.5 |\n| Toraja | 14 |"


def test_comments_links_and_breaks_in_cells_are_kept():
    def fill(book):
        sheet = book.add_worksheet("One")
        sheet.write(0, 0, "a | b\nc")
        sheet.write_comment("A1", "from Takengon")
        sheet.write_url(0, 1, "https://kopi.example/gayo", None, "Source")

    text = workbook(fill).text
    assert "| a \\| b c [comment: from Takengon] | Source |" in text
    assert "- B1: https://kopi.example/gayo" in text


def test_each_block_knows_its_sheet_and_long_sheets_are_several():
    inside = workbook(lambda book: book.add_worksheet("Long").write_column(0, 0, range(1, 451)))
    assert {block.sheet for block in inside.blocks} == {"Long"}
    assert len(inside.of("table")) == 3
    assert inside.text.endswith("| 449 |\n| 450 |")


def test_a_million_empty_cells_are_no_text():
    def fill(book):
        sheet, bold = book.add_worksheet("One"), book.add_format({"bold": True})
        sheet.write(0, 0, "x")
        for n in range(1, 5000):
            sheet.write_blank(n, 0, None, bold)

    assert workbook(fill).of("table") == ["| x |\n| --- |"]


# ---- how they are shown ---------------------------------------------------------------------------------
def test_numbers_are_shown_as_in_the_sheet():
    day = datetime.datetime(2026, 3, 1, 14, 30)
    shown = row(
        0.15, 1500000, day, day, 1.5, 42, -12.5,
        formats=("0%", "[$Rp-421] #,##0", "dd/mm/yyyy", "d mmm yyyy hh:mm", "[h]:mm", "00000", '"$"0.00;("$"0.00)'),
    )  # fmt: skip
    assert shown == "| 15% | Rp 1,500,000 | 2026-03-01 | 2026-03-01 14:30 | 36:00:00 | 00042 | ($12.50) |"


def test_long_numbers_keep_their_digits():
    assert row(12345678901234567890) == "| 12345678901234570000 |"
    assert row("12345678901234567890") == "| 12345678901234567890 |"


@pytest.mark.parametrize(
    ("number", "shown"), [("0.30000000000000004", "0.3"), ("1E-20", "1E-20"), ("-7", "-7"), ("0", "0"), ("1.50", "1.5")]
)
def test_numbers_without_a_format(number, shown):
    assert plain(Decimal(number)) == shown


@pytest.mark.parametrize(
    ("number", "code", "shown"),
    [
        ("1234.5", "#,##0.00 €", "1,234.50 €"),
        ("1234.5", "0.0##", "1234.5"),
        ("-3", "0.00", "-3.00"),
        ("0.5", "# ?/?", "0.5"),
        ("5", '0 "bags"', "5 bags"),
        ("5", "[Red]0", "5"),
        ("5", "@", "5"),
    ],
)
def test_numbers_by_a_format(number, code, shown):
    assert formatted(Decimal(number), code) == shown
