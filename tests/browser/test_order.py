"""The order of a column's cells, as static/js/order.js gives it."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

SOURCE = Path(__file__).parents[2] / "static/js/order.js"
#: Columns in their order.
COLUMNS = {
    "money": ["$1,200.50", "Rp 900.000", "Rp 1.250.000", "Rp 12.000.000", ""],
    "money behind": ["−2.000,10 €", "99,00 €", "1.234,50 €", "–"],
    "money by its code": ["IDR 5,000.00", "IDR 10,000.00"],
    "accounts": ["(1,200)", "(50)", "300"],
    "shares": ["−3%", "7%", "12,5%", "100%"],
    "sizes": ["900 KB", "1,5 MB", "2 GB"],
    "sizes in powers of two": ["1 KiB", "2 kB", "1 MiB"],
    "counts": ["900", "1.2k", "3M"],
    "thousands": ["900", "1,200", "15,000"],
    "lakhs": ["50,000", "1,00,000", "12,34,567"],
    "narrow blanks": ["300", "1\u202f250", "12\u202f000"],
    "numbers": ["-2", "1.5", "2.125", "10.25", "2e3", "1e5"],
    "units": ["5 km", "12 km"],
    "days": ["14/12/2025", "21/2/2026", "3/11/2026"],
    "American days": ["2/21/2026", "11/3/2026", "12/1/2026"],
    "points": ["14.12.25", "21.02.26"],
    "ISO": ["2025-12-31T10:00Z", "2026-03-01", "2026-03-01T00:30+00:00"],
    "months": ["1 March 2025", "November 1, 2026", "3 Nov 2026"],
    "versions": ["1.9", "1.10", "1.10.2"],
    "addresses": ["9.0.0.1", "10.0.0.1", "192.168.100.100"],
    "words": ["a", "B", "c9", "c10", "", ""],
    "of two kinds": ["5 km", "300 g"],
}


@pytest.fixture(scope="module")
def order(browser):
    """Put texts in order."""
    page: Page = browser.new_page()
    source = SOURCE.read_text(encoding="utf-8").replace("export function", "function")
    yield lambda *given: page.evaluate(f"(given) => {{ {source}\nreturn ordered(...given); }}", given)
    page.close()


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_of_one_kind_is_ordered_by_what_it_means(order, name):
    column = COLUMNS[name]
    mixed = [*column[1::2], *column[::2]]
    assert [mixed[n] for n in order(mixed, 1, "en")] == column
    filled = [text for text in column if text not in ("", "–")]
    assert [mixed[n] for n in order(mixed, -1, "en")] == filled[::-1] + column[len(filled) :]


@pytest.mark.parametrize(
    ("lang", "column"),
    [
        ("en", ["1.500", "12", "1,250"]),
        ("id", ["1,250", "12", "1.500"]),
        ("id", ["1 Agustus 2026", "1 Oktober 2026", "3 Okt 2026"]),
        ("id", ["3/11/2026", "2/12/2026"]),
    ],
)
def test_what_may_be_read_in_two_ways_is_read_as_the_language_writes_it(order, lang, column):
    mixed = column[::-1]
    assert [mixed[n] for n in order(mixed, 1, lang)] == column
