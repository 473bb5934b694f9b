"""A sheet told in one passage: its rows, columns, ranges and values."""

import pytest

from documents.knowledge.chunking import chunks
from documents.knowledge.search import Place, search
from sambung.lib.files.blocks import Block, table
from sambung.lib.files.readers.markdown import blocks_of as markdown
from sambung.lib.files.readers.text import blocks_of
from teams.workspace import Workspace
from tests import factories

HEAD = "Number,Day,City,Weight,Price,Note"


def csv(rows: int = 300, head: str = HEAD) -> list[Block]:
    cities = ("Bandung", "Medan", "Ende")
    lines = [
        f"{n:05},2026-{n % 12 + 1:02}-07,{cities[n % 3]},{n / 4},Rp {n}.500,{'late' if n == 7 else ''}"
        for n in range(1, rows + 1)
    ]
    return list(blocks_of("\n".join([head, *lines] if head else lines), "csv"))


def told(blocks: list[Block]) -> list[str]:
    return [chunk.text for chunk in chunks(blocks) if chunk.length]


def test_rows_columns_ranges_and_values_are_told():
    (text,) = told(csv())
    assert text.splitlines() == [
        "Table: 300 rows, 6 columns.",
        "- Number: 300 different values, such as 00001, 00002, 00003",
        "- Day: dates from 2026-01-07 to 2026-12-07",
        "- City: Medan, Ende, Bandung",
        "- Weight: numbers from 0.25 to 75.0",
        "- Price: numbers from Rp 1.500 to Rp 300.500",
        "- Note: late, 299 empty",
    ]


def test_it_stands_before_the_rows_at_the_first_line():
    blocks = csv()
    first, second, *_ = chunks(blocks)
    assert (first.start, first.end, first.length) == (0, len(HEAD), len(first.text))
    assert (second.start, second.length) == (0, None)


def test_what_stands_whole_in_a_passage_is_not_told_again():
    assert told(csv(5)) == []


@pytest.mark.parametrize(
    ("values", "held"),
    [
        (["31/12/2025", "01/02/2026"], "dates from 31/12/2025 to 01/02/2026"),
        (["12/31/2025", "01/02/2026"], "dates from 12/31/2025 to 01/02/2026"),
        (["1,234.50", "999"], "numbers from 999 to 1,234.50"),
        (["1.234,50", "999"], "numbers from 999 to 1.234,50"),
        (["12 %", "-3 %"], "numbers from -3 % to 12 %"),
        (["5", "five"], "5, five"),
        (["", ""], "empty"),
        (["yes"], "yes"),
    ],
)
def test_how_values_are_written(values, held):
    rows = [["Long name " * 4, "Held"], *([f"row number {n} " * 4, values[n % len(values)]] for n in range(30))]
    (text,) = told([table(rows, sheet="A")])
    assert text.splitlines()[-1] == f"- Held: {held}"


def test_each_sheet_of_a_workbook_is_told_whatever_its_blocks():
    rows = [["Day", "City"], *([f"2026-01-{n % 28 + 1:02}", "Ende | Flores"] for n in range(250))]
    whole = table(rows, sheet="Sales").text.split("\n")
    first, second = ("\n".join(part) for part in (whole[:150], whole[150:]))
    blocks = [
        Block("sheet", "# Sales", 1, sheet="Sales"),
        Block("table", first, sheet="Sales", gap="\n"),
        Block("table", second, sheet="Sales"),
        Block("sheet", "# Other", 1, sheet="Other"),
        table([["A"], ["1"]], sheet="Other"),
    ]
    (text,) = told(blocks)
    assert text.startswith("Sheet “Sales”: 250 rows, 2 columns.")
    assert "- City: Ende | Flores" in text
    parts = [chunk.text for chunk in chunks(blocks) if chunk.sheet == "Sales" and not chunk.length]
    assert all("| Day | City |\n| --- | --- |\n" in part for part in parts)


def test_a_title_may_stand_above_the_head():
    rows = [
        ["Report 2026"],
        [],
        ["Day", "City", "Kg"],
        *([f"2026-01-{n % 28 + 1:02}", "Ende", str(n)] for n in range(90)),
    ]
    (text,) = told([table(rows, sheet="A")])
    assert text.splitlines() == [
        "Sheet “A”: 90 rows, 3 columns.",
        "- Day: dates from 2026-01-01 to 2026-01-28",
        "- City: Ende",
        "- Kg: numbers from 0 to 89",
    ]


def test_without_a_head_columns_have_numbers_and_no_row_is_repeated():
    blocks = csv(head="")
    (text,) = told(blocks)
    assert text.startswith("Table: 300 rows, 6 columns.\n- column 1: 300 different values")
    assert sum("00001," in chunk.text for chunk in chunks(blocks) if not chunk.length) == 1


def test_many_columns_are_named_as_far_as_there_is_room():
    rows = [[f"Field {n}" for n in range(400)], *([str(n)] * 400 for n in range(5))]
    (text,) = told([table(rows, sheet="Wide")])
    assert len(text) <= 1_300
    assert "- Field 0: numbers from 0 to 4" in text
    assert "- and: Field" in text


@pytest.mark.parametrize(
    "text",
    [
        "| Name | City |\n| --- | --- |\n" + "| Somebody | Somewhere |\n" * 90,
        "Name | City\n--- | ---\n" + "Somebody | Somewhere\n" * 90,
    ],
)
def test_a_table_in_a_text_is_no_sheet(text):
    assert told(list(markdown(text))) == []


@pytest.mark.parametrize(
    "text", ["", "\n" * 2_000, ",\n" * 900, '"' * 3_000, "a,b\n" + '"x\ny",1\n' * 400, "\0,\0\n" * 900, "x" * 9_000]
)
def test_no_table_breaks_it(text):
    list(chunks(list(blocks_of(text, "csv"))))


@pytest.mark.django_db
def test_a_question_about_the_sheet_finds_it(alice):
    document = factories.read_file(alice, blocks=csv())
    factories.indexed(alice, title="Note", content="The city has many coffee bars. " * 30)
    best = search("Which columns does the table with weight, price and city have?", Place(Workspace(alice))).passages[0]
    assert (best.document, best.text.partition("\n")[0]) == (document, "Table: 300 rows, 6 columns.")
