"""Files as people and programs leave them: read with a note, or refused with a sentence, and never in silence."""

import io
import zipfile

import pytest
import xlsxwriter

from documents.data.values import MOST_COLUMNS, Problem


def _one(load, data: bytes, family: str = "csv") -> dict:
    _database, (table,) = load(data, f"file.{family}", family)
    return table


def _names(table: dict) -> list[str]:
    return [one["name"] for one in table["columns"]]


def _refusal(load, data: bytes, family: str = "csv") -> str:
    with pytest.raises(Problem) as refused:
        load(data, f"file.{family}", family)
    return refused.value.code


# ---- CSV -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_letters_are_read_in_any_encoding(load, ask, encoding):
    database, (about,) = load("kota;café\nBogor;crème\nDepok;brûlé\n".encode(encoding))
    assert _names(about) == ["kota", "café"]
    assert ask('SELECT "café" FROM t ORDER BY 1', t=(database, about))[1] == [("brûlé",), ("crème",)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(load, delimiter):
    lines = [("a", "b", "c"), ("1", "2", "3,5" if delimiter != "," else "3"), ("4", "5", "6")]
    assert _names(_one(load, "\n".join(map(delimiter.join, lines)).encode())) == ["a", "b", "c"]


def test_a_line_of_excels_is_no_row(load):
    assert _names(_one(load, b"sep=;\na;b\n1;2\n")) == ["a", "b"]


def test_line_breaks_and_quotes_stand_in_cells(load, ask):
    database, (about,) = load(b'a,b\n"one\ntwo","say ""hi"", all"\n')
    assert ask("SELECT a, b FROM t", t=(database, about))[1] == [("one\ntwo", 'say "hi", all')]


def test_a_quote_that_is_not_closed_swallows_nothing(load):
    table = _one(load, b'a,b\n1,"two\n3,four\n5,six\n')
    assert table["rows"] == 3
    assert "never closed" in table["notes"][0]


def test_nuls_are_left_out(load):
    table = _one(load, b"a,b\none\x00,two\nthree,four\x00\nfive,six\n")
    assert table["first_rows"][0] == ("one", "two")


def test_rows_may_differ_in_length(load):
    table = _one(load, b"a,b\n1\n2,3\n4,5,6\n")
    assert _names(table) == ["a", "b", "column_3"]
    assert table["first_rows"] == [("1", None, None), ("2", "3", None), ("4", "5", "6")]
    assert table["notes"] == ["Rows with another number of cells than there are names: 2."]


def test_titles_above_the_names_are_passed_over(load):
    table = _one(load, b"Laporan Maret\n\nkota,kg\nBogor,5\nDepok,7\n")
    assert (_names(table), table["rows"]) == (["kota", "kg"], 2)
    assert table["notes"] == ["Rows above the names of the columns, which were left out: 1."]


def test_columns_without_names_get_some(load):
    table = _one(load, b"1,x\n2,y\n")
    assert (_names(table), table["rows"]) == (["column_1", "column_2"], 2)


def test_years_may_be_names_and_names_are_distinct(load):
    assert _names(_one(load, b"kota,2025,2026,Kota,\nBogor,1,2,3,4\n")) == [
        "kota",
        "2025",
        "2026",
        "Kota_2",
        "column_5",
    ]


@pytest.mark.parametrize("data", [b"", b"a,b\n", b"\n\n\n", b",,\n,,\n"])
def test_what_has_no_rows_says_so(load, data):
    assert _refusal(load, data) == "data_empty"


def test_a_hundred_thousand_columns_are_refused(load):
    wide = ",".join(f"c{n}" for n in range(100_000)).encode()
    assert _refusal(load, wide + b"\n" + wide) == "data_columns"
    assert _refusal(load, b"a\n1\n" + wide) == "data_columns"
    assert (
        len(_one(load, ",".join(f"c{n}" for n in range(MOST_COLUMNS)).encode() + b"\n1\n")["columns"]) == MOST_COLUMNS
    )


def test_a_cell_without_end_is_refused(load):
    assert _refusal(load, b'a,b\n1,"' + b"x" * 1_100_000 + b'"\n') == "data_long_cell"


# ---- JSON ------------------------------------------------------------------------------------------------
def test_lines_may_have_different_names(load):
    table = _one(load, b'{"a": 1}\n\n{"b": {"x": [1, 2.5]}, "a": null}\n', "json")
    assert _names(table) == ["a", "b"]
    assert table["first_rows"] == [("1", None), (None, '{"x": [1, 2.5]}')]


@pytest.mark.parametrize("data", [b'{"a": 1}\nnot json\n', b'[{"a": 1}, 2]', b"[1]", b'{"a": 1}\n[]\n', b"[" * 5000])
def test_what_is_no_object_is_refused_with_its_place(load, data):
    assert _refusal(load, data, "json") == "data_no_object"


# ---- workbooks -------------------------------------------------------------------------------------------
def _book(*rows: list, name: str = "Data") -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet(name)
        for n, row in enumerate(rows):
            sheet.write_row(n, 0, row)
    return out.getvalue()


def _changed(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """The workbook with something else in one of its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            found = before.read(name)
            assert name != part or old in found
            after.writestr(name, found.replace(old, new) if name == part else found)
    return out.getvalue()


@pytest.mark.parametrize("dimension", [b"", b'<dimension ref="A1"/>'])
def test_a_sheet_is_read_whatever_its_dimension_says(load, dimension):
    data = _book(["a", "b"], [1, 2], [3, 4])
    changed = _changed(data, "xl/worksheets/sheet1.xml", b'<dimension ref="A1:B3"/>', dimension)
    assert _one(load, changed, "workbook")["rows"] == 2


def test_a_workbook_of_empty_sheets_has_no_rows(load):
    assert _refusal(load, _book(), "workbook") == "data_empty"


def test_a_hidden_sheet_is_told(load):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet("Shown").write_column(0, 0, ["a", 1])
        hidden = book.add_worksheet("Other")
        hidden.write_column(0, 0, ["b", 2])
        hidden.hide()
    _database, told = load(out.getvalue(), "book.xlsx", "workbook")
    assert [(one["title"], len(one["notes"])) for one in told] == [("Shown", 0), ("Other", 1)]


@pytest.mark.parametrize("family", ["workbook", "parquet"])
def test_what_is_broken_is_refused(load, family):
    assert _refusal(load, b"PAR1" + bytes(100), family) == "data_unreadable"
