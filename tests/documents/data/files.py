"""Eight files of ours with tables, one of each kind, made of rows that tests can reckon with themselves."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import xlsxwriter

CITIES = ("Bandung", "Medan", "Makassar", "Ende")
BEANS = ("Gayo", "Toraja", "Bajawa")
#: 200 orders: (id, day, customer's id, bean, kg, price per kg).
ORDERS = [
    (
        f"{n:05}",
        date(2026, 1, 1) + timedelta(days=n),
        f"{n % 8 + 1:03}",
        BEANS[n % 3],
        Decimal(n % 40 + 1) / 4,
        95_000 + 500 * (n % 20),
    )
    for n in range(1, 201)
]
CUSTOMERS = [(f"{n:03}", f"Warung {n}", CITIES[n % 4], f"0812-000-{n:03}") for n in range(1, 9)]
EVENTS = [{"at": f"2026-03-{n % 28 + 1:02}T0{n % 8}:15:00Z", "kind": "visit" if n % 3 else "sale"} for n in range(60)]
STOCK = [(bean, n, 10 * (n + 1), Decimal("0.15") * (n + 1)) for n, bean in enumerate(BEANS)]
PRICES = [{"bean": bean, "price": 100.5 + n, "organic": n % 2 == 0} for n, bean in enumerate(BEANS)]
BUDGET = "Bagian;Anggaran;Terpakai\nSangrai;Rp 1.250.000;80 %\nKirim;Rp 450.500;12,5 %\nToko;-;0 %\n"


def penjualan() -> bytes:
    """Sales as a program in Indonesia writes them: semicolons, 1.234,56, 31/12/2026, Windows-1252."""
    lines = ["Nomor;Tanggal;Pelanggan;Biji;Jumlah kg;Harga"]
    for number, day, customer, bean, kg, price in ORDERS:
        amount = f"{kg * 1000:,.2f}".translate(str.maketrans(",.", ".,"))
        lines.append(f"{number};{day:%d/%m/%Y};{customer};Café {bean};{amount};{price}")
    return "\r\n".join(lines).encode("cp1252")


def orders() -> bytes:
    """The same orders with commas and points, as databases write them."""
    return _csv(("id", "day", "customer", "bean", "kg", "price"), ORDERS, ",")


def customers() -> bytes:
    return _csv(("id", "name", "city", "phone"), CUSTOMERS, "\t")


def events() -> bytes:
    return "\n".join(map(json.dumps, EVENTS)).encode()


def prices() -> bytes:
    return json.dumps(PRICES).encode()


def stock() -> bytes:
    """A workbook with a title above the names, and a second sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        first, second = book.add_worksheet("Gudang Utama"), book.add_worksheet("Opname")
        first.write_row(0, 0, ["Stok per 1 Maret"])
        first.write_row(2, 0, ["bean", "shelf", "bags", "loss"])
        for n, row in enumerate(STOCK):
            first.write_row(3 + n, 0, row)
        second.write_row(0, 0, ["day", "bags"])
        for n in range(5):
            second.write_datetime(n + 1, 0, date(2026, 3, 1) + timedelta(days=n), day)
            second.write_number(n + 1, 1, 100 - n)
    return out.getvalue()


def weather(folder: Path) -> bytes:
    """Parquet, with a type that JSON does not have."""
    path = folder / "made.parquet"
    rows = "SELECT DATE '2026-01-01' + n::INTEGER AS day, (n % 10)::DECIMAL(5, 1) AS rain, [n, n + 1] AS pair"
    duckdb.connect().execute(f"COPY ({rows} FROM range(365) t(n)) TO '{path}' (FORMAT parquet)")
    return path.read_bytes()


def all_of(folder: Path) -> list[tuple[str, str, bytes]]:
    """(name, family, bytes) of all eight."""
    return [
        ("penjualan.csv", "csv", penjualan()),
        ("orders.csv", "csv", orders()),
        ("customers.tsv", "csv", customers()),
        ("events.jsonl", "json", events()),
        ("prices.json", "json", prices()),
        ("stock.xlsx", "workbook", stock()),
        ("weather.parquet", "parquet", weather(folder)),
        ("Anggaran 2026", "csv", BUDGET.encode()),
    ]


def _csv(names: Sequence[str], rows: Iterable[Sequence], delimiter: str) -> bytes:
    out = io.StringIO()
    write = csv.writer(out, delimiter=delimiter)
    write.writerow(names)
    write.writerows(rows)
    return out.getvalue().encode()
