"""Thirty questions over eight files, each with its exact answer, which is reckoned here without SQL."""

from collections import Counter
from datetime import date, datetime
from decimal import Decimal

import pytest

from documents.data.querying import _name
from tests.documents.data import files
from tests.documents.data.files import BEANS, CUSTOMERS, EVENTS, ORDERS

CITY = {number: city for number, _name, city, _phone in CUSTOMERS}
KG = {bean: sum(kg for *_, one, kg, _price in ORDERS if one == bean) for bean in BEANS}
REVENUE = sum(kg * price for *_, kg, price in ORDERS)
KINDS = Counter(event["kind"] for event in EVENTS)
TOP = max(ORDERS, key=lambda one: (one[4], one[0]))
JANUARY = [one for one in ORDERS if one[1].month == 1]
BY_CITY = Counter(CITY[customer] for _, _, customer, *_ in ORDERS)

QUESTIONS = {
    "SELECT count(*) FROM orders": [(200,)],
    "SELECT sum(kg * price) FROM orders": [(REVENUE,)],
    "SELECT bean, sum(kg) FROM orders GROUP BY ALL ORDER BY bean": sorted(KG.items()),
    "SELECT id, kg FROM orders ORDER BY kg DESC, id DESC LIMIT 1": [(TOP[0], TOP[4])],
    "SELECT count(*) FROM orders WHERE day < '2026-02-01'": [(len(JANUARY),)],
    "SELECT min(day), max(day) FROM orders": [(ORDERS[0][1], ORDERS[-1][1])],
    "SELECT typeof(id), typeof(day), typeof(kg), typeof(price) FROM orders LIMIT 1": [
        ("VARCHAR", "DATE", "DECIMAL(18,2)", "BIGINT")
    ],
    "SELECT id FROM orders WHERE id = '00042'": [("00042",)],
    "SELECT count(DISTINCT customer) FROM orders": [(8,)],
    'SELECT sum("Jumlah kg") FROM penjualan': [(sum(KG.values()) * 1000,)],
    "SELECT max(Tanggal) FROM penjualan": [(ORDERS[-1][1],)],
    "SELECT DISTINCT Biji FROM penjualan ORDER BY 1": [(f"Café {bean}",) for bean in sorted(BEANS)],
    "SELECT count(*) FROM penjualan p JOIN orders o ON p.Nomor = o.id AND p.Tanggal = o.day": [(200,)],
    'SELECT count(*) FROM penjualan JOIN orders ON Nomor = id WHERE "Jumlah kg" <> kg * 1000': [(0,)],
    "SELECT phone FROM customers WHERE id = '003'": [("0812-000-003",)],
    "SELECT city, count(*) n FROM orders o JOIN customers c ON o.customer = c.id GROUP BY city ORDER BY city": sorted(
        BY_CITY.items()
    ),
    "SELECT name FROM customers WHERE city = 'Medan' ORDER BY id": [("Warung 1",), ("Warung 5",)],
    "SELECT kind, count(*) FROM events GROUP BY kind ORDER BY kind": sorted(KINDS.items()),
    'SELECT min("at") FROM events': [(datetime(2026, 3, 1, 0, 15),)],
    'SELECT hour("at") h, count(*) FROM events WHERE h = 3 GROUP BY h': [(3, sum(n % 8 == 3 for n in range(60)))],
    "SELECT sum(price) FROM prices": [(Decimal("304.5"),)],
    "SELECT bean FROM prices WHERE organic ORDER BY bean": [("Bajawa",), ("Gayo",)],
    "SELECT sum(bags), sum(loss) FROM stock_gudang_utama": [(60, Decimal("0.90"))],
    "SELECT bean FROM stock_gudang_utama WHERE shelf = 1": [("Toraja",)],
    "SELECT day, bags FROM stock_opname ORDER BY bags LIMIT 1": [(date(2026, 3, 5), 96)],
    "SELECT count(*), sum(rain) FROM weather": [(365, Decimal(sum(n % 10 for n in range(365))))],
    "SELECT pair FROM weather WHERE day = '2026-01-03'": [("[2, 3]",)],
    "SELECT sum(Anggaran), count(Anggaran) FROM anggaran_2026": [(Decimal(1_700_500), 2)],
    "SELECT Bagian FROM anggaran_2026 WHERE Terpakai = 0.125": [("Kirim",)],
    "WITH months AS (SELECT month(day) m, sum(kg) kg FROM orders GROUP BY m) SELECT m, kg FROM months WHERE m = 1": [
        (1, sum(one[4] for one in JANUARY))
    ],
}


@pytest.fixture(scope="module")
def tables(load, tmp_path_factory):
    """The tables of all files, by the names that the tool gives them."""
    found = {}
    for name, family, data in files.all_of(tmp_path_factory.mktemp("files")):
        database, told = load(data, name, family)
        for about in told:
            found[_name(name, about["title"] if len(told) > 1 else "", found)] = (database, about)
    return found


def test_there_are_thirty_over_eight_files(tables):
    assert len(QUESTIONS) == 30
    assert len({database for database, _about in tables.values()}) == 8
    assert all(any(name in sql.lower() for sql in QUESTIONS) for name in tables)


@pytest.mark.parametrize("sql", QUESTIONS)
def test_the_answer_is_exact(ask, tables, sql):
    _columns, rows, count, _read = ask(sql, **tables)
    assert rows == QUESTIONS[sql]
    assert count == len(rows)


def test_all_rows_that_were_read_are_told(ask, tables):
    *_, read = ask("SELECT 1 FROM orders WHERE customer IN (SELECT id FROM customers)", **tables)
    assert read == {"orders": 200, "customers": 8}
