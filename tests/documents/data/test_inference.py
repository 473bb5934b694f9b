"""Types of columns: told by all values, with how they are written, and what is no number stays text."""

import pytest


def _column(columns, *values: str, delimiter: str = "\t") -> dict:
    """What is told of a column of these values."""
    rows = "".join(f"x{delimiter}{value}\n" for value in values)
    return columns(f"a{delimiter}b\n{rows}")["b"]


@pytest.mark.parametrize(
    ("values", "kind", "written", "least"),
    [
        (["1", "20", "-3"], "integer", None, "-3"),
        (["1.5", "20", "0.25"], "number", None, "0.25"),
        (["1,234.56", "7"], "number", "1,234.56", "7.00"),
        (["1.234,56", "7"], "number", "1.234,56", "7.00"),
        (["1,5", "2,75"], "number", "1.234,56", "1.50"),
        (["Rp 1.500.000", "Rp 250"], "number", "Rp 1.234,56", "250"),
        (["$1,500.50", "$3"], "number", "Rp 1,234.56", "3.00"),
        (["15 %", "2,5 %"], "number", "1.234,56 %", "0.025"),
        (["1e3", "2.5"], "number", "1.5e6", "2.5"),
        (["true", "FALSE"], "boolean", None, "false"),
        (["2026-12-31", "2026-01-02"], "date", None, "2026-01-02"),
        (["31/12/2026", "01/02/2026"], "date", "31/12/2026", "2026-02-01"),
        (["12/31/2026", "01/02/2026"], "date", "12/31/2026", "2026-01-02"),
        (["31.12.2026", "1.2.2026"], "date", "31/12/2026", "2026-02-01"),
        (["31/12/2026 14:30", "1/2/2026 9:05"], "timestamp", "31/12/2026 14:30", "2026-02-01 09:05:00"),
        (["2026-03-01T04:05:06+07:00"], "timestamp", "2026-12-31T14:30:00Z", "2026-02-28 21:05:06"),
    ],
)
def test_a_type_is_told_with_how_it_is_written(columns, values, kind, written, least):
    told = _column(columns, *values)
    assert (told["type"], told.get("written"), told["min"]) == (kind, written, least)


@pytest.mark.parametrize(
    "values",
    [
        ["00123", "00124"],  # zeros in front
        ["0812345678", "0813"],
        ["+62812345", "+62813"],
        ["12345678901234567890"],  # more digits than a number keeps
        ["1", "2", "three"],
        ["31/02/2026"],  # no day
        ["12/31/2026", "31/12/2026"],  # both orders
        ["1.234,56", "1,234.56"],
    ],
)
def test_what_is_no_number_and_no_date_stays_text(columns, values):
    told = _column(columns, *values)
    assert told["type"] == "text"
    assert set(told["values"]) == set(values)


def test_a_value_far_down_counts(columns):
    assert _column(columns, *["1"] * 2000, "n.n.")["type"] == "text"


def test_what_stands_for_nothing_is_empty(columns):
    told = _column(columns, "5", "-", "n/a", "", "NULL")
    assert (told["type"], told["empty"], told["max"]) == ("integer", 4, "5")


def test_what_could_be_read_otherwise_is_told(columns):
    told = _column(columns, "01/02/2026", "03/04/2026")
    assert (told["written"], told["could_be"], told["min"]) == ("31/12/2026", "12/31/2026", "2026-02-01")
    told = _column(columns, "1.234", "5.678")
    assert (told["type"], told["could_be"], told["max"]) == ("number", "1.234,56", "5.678")


def test_the_rest_of_the_table_says_how_numbers_are_written(columns):
    found = columns("a;b\n1.234;1,5\n5.678;2,5\n")
    assert (found["a"]["max"], found["a"]["could_be"]) == ("5678", "1234.56")
    found = columns("a\tb\n1.234\t1,5\n5.678\t2,5\n")
    assert found["a"]["max"] == "5678"
    found = columns("a\tb\n01/02/2026\t12/31/2026\n")
    assert found["a"]["min"] == "2026-01-02"


def test_sums_are_exact(load, ask):
    database, (about,) = load(b"a\n" + b"0.1\n" * 30)
    assert str(ask("SELECT sum(a) FROM t", t=(database, about))[1][0][0]) == "3.0"
