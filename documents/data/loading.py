"""Tables of a file, read into a database of their own, with what is told of each column. No Django.

Rows go by way of a plain CSV, so that reading them is the same for every kind of file, and DuckDB's own guesses have no
part in it.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

import duckdb

from documents.data import delimited, inference, objects, workbooks
from documents.data.inference import Column, quoted
from documents.data.values import MEMORY, MOST_COLUMNS, Problem, Row, Sheet
from sambung.lib.files.readers import File

AHEAD = 20  # rows among which the names of the columns are looked for
MOST_VALUES = 12  # of a column of text, that are told
CELL = 100  # characters of a cell that is told
LINE = 32_000_000  # bytes of a row
#: Of each column some blocks are in memory, so they are small. One thread keeps the order of rows by itself.
CONFIG = {"threads": 1, "memory_limit": MEMORY, "default_block_size": 16384, "preserve_insertion_order": False}
_NO_NAME = re.compile(r"-?[\d.,:/ %-]*\d[\d.,:/ %-]*")
_YEAR = re.compile(r"(?:19|20)\d\d")
_UNNAMED = "column_%s"
_PLAINLY = {"", "true", "1234", "1234.56", "2026-12-31", "2026-12-31 14:30"}  # formats that need not be told
_RAW = "texts.raw"
#: DuckDB's types, as they are told; others by their own name.
_TYPES = {"BIGINT": "integer", "DOUBLE": "number", "VARCHAR": "text", "DATE": "date", "TIMESTAMP": "timestamp"}


def load(file: File, path: Path, folder: Path) -> list[dict]:
    """Read the file at `path` into `tables.duckdb` in the folder; return what is told of each table.

    That is title, table, rows, notes, first rows, and columns as {name, type, written, …}. Raises Problem.
    """
    texts = folder / "texts"
    try:
        with duckdb.connect(str(folder / "tables.duckdb"), config=CONFIG) as db:
            db.execute(f"SET TimeZone = 'UTC'; SET temp_directory = {_literal(str(folder))}")
            db.execute(f"ATTACH {_literal(str(texts))} AS texts")
            found = _tables(db, file, path, folder)
    finally:
        texts.unlink(missing_ok=True)
    told = [one for one in found if one]
    if not told:
        raise Problem("data_empty", name=file.name)
    return told


def _tables(db: duckdb.DuckDBPyConnection, file: File, path: Path, folder: Path) -> list[dict | None]:
    if file.family == "parquet":
        return [_parquet(db, path, file.name)]
    return [_table(db, sheet, n, folder, file.name) for n, sheet in enumerate(_sheets(file), start=1)]


def _sheets(file: File) -> Iterable[Sheet]:
    if file.family == "csv":
        return [delimited.sheet(file)]
    if file.family == "json":
        return [objects.sheet(file)]
    return workbooks.sheets(file)


def _parquet(db: duckdb.DuckDBPyConnection, path: Path, name: str) -> dict:
    try:
        db.execute("CREATE TABLE t1 AS SELECT * FROM read_parquet(?)", [str(path)])
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error:
        raise Problem("data_unreadable", name=name) from None
    types = db.execute("SELECT column_name, column_type FROM (DESCRIBE t1)").fetchall()
    if len(types) > MOST_COLUMNS:
        raise Problem("data_columns", name=name, most=MOST_COLUMNS)
    return _told(db, "t1", "", [(column, _TYPES.get(kind, kind.lower()), "", "") for column, kind in types], [])


def _table(db: duckdb.DuckDBPyConnection, sheet: Sheet, n: int, folder: Path, name: str) -> dict | None:
    """Read one sheet into a table; None where it has no rows."""
    names, first = (sheet.columns, 0) if sheet.columns is not None else _heading(list(islice(sheet.rows, AHEAD)))
    if len(names) > MOST_COLUMNS:
        raise Problem("data_columns", name=name, most=MOST_COLUMNS)
    if first > 1:
        sheet.notes.append(f"Rows above the names of the columns, which were left out: {first - 1}.")
    try:
        width, count, uneven = _write(folder / "rows.csv", sheet, first, len(names), name)
        if not count or not width:
            return None
        columns = _distinct([*names, *[""] * (width - len(names))])
        inferred = _load(db, f"t{n}", folder / "rows.csv", columns, is_european=sheet.is_european)
    finally:
        (folder / "rows.csv").unlink(missing_ok=True)
    if uneven:
        sheet.notes.append(f"Rows with another number of cells than there are names: {uneven}.")
    about = [(one.name, one.type, one.format.written if one.format else "", one.rival) for one in inferred]
    return _told(db, f"t{n}", sheet.title, about, sheet.notes)


# ---- names ----------------------------------------------------------------------------------------------
def _heading(rows: Sequence[Row]) -> tuple[list[str], int]:
    """The names of the columns, and how many rows come before the data: titles above the names are passed over."""
    widest = max((_filled(row) for row in rows), default=0)
    for n, row in enumerate(rows):
        if _filled(row) < max(1, widest * 0.6):
            continue
        if all(_names(cell) for cell in row if cell):
            return [cell or "" for cell in row], n + 1
        return [], n
    return [], 0


def _filled(row: Row) -> int:
    return sum(cell is not None for cell in row)


def _names(cell: str) -> bool:
    """Whether a text may be the name of a column: a number is none, unless it is a year."""
    return bool(_YEAR.fullmatch(cell)) or not _NO_NAME.fullmatch(cell)


def _distinct(names: Iterable[str]) -> list[str]:
    """Names that differ by more than capitals, as SQL has it; "" gets one by its place."""
    found: dict[str, str] = {}
    for n, name in enumerate(names, start=1):
        base = plain = " ".join(name.split())[:CELL] or _UNNAMED % n
        many = 2
        while plain.lower() in found:
            plain, many = f"{base}_{many}", many + 1
        found[plain.lower()] = plain
    return list(found.values())


# ---- rows -----------------------------------------------------------------------------------------------
def _write(path: Path, sheet: Sheet, first: int, named: int, name: str) -> tuple[int, int, int]:
    """Write the rows from `first` on, all as wide as the widest.

    Returns how wide, how many there are, and how many have another number of cells than are named.
    """
    width = named
    while True:
        widest, count, uneven = width, 0, 0
        with path.open("w", encoding="utf-8", errors="replace", newline="") as out:
            write = csv.writer(out, lineterminator="\n").writerow
            for row in islice(sheet.rows, first, None):
                if (many := len(row)) > widest:
                    widest = many
                    if widest > MOST_COLUMNS:
                        raise Problem("data_columns", name=name, most=MOST_COLUMNS)
                count += 1
                uneven += many > (named or width) or (many < (named or width) and not sheet.is_bare)
                write(row if many >= width else [*row, *[None] * (width - many)])
        if widest == width:
            return width, count, uneven
        width = widest


def _load(
    db: duckdb.DuckDBPyConnection, table: str, path: Path, columns: Sequence[str], *, is_european: bool
) -> list[Column]:
    """Make the table of what was written, with typed columns."""
    texts = ", ".join(f"{_literal(name)}: 'VARCHAR'" for name in columns)
    options = "header = false, auto_detect = false, delim = ',', quote = '\"', escape = '\"', nullstr = ''"
    options += f", max_line_size = {LINE}, buffer_size = {LINE}"
    db.execute(
        f"CREATE TABLE {_RAW} AS SELECT * FROM read_csv({_literal(str(path))}, {options}, columns = {{{texts}}})"
    )
    inferred = inference.Inference(db, _RAW, columns, is_european=is_european).infer()
    typed = ", ".join(f"{inference.typed(one)} AS {quoted(one.name)}" for one in inferred)
    db.execute(f"CREATE TABLE {table} AS SELECT {typed} FROM {_RAW}")
    db.execute(f"DROP TABLE {_RAW}")
    return inferred


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


# ---- what is told ---------------------------------------------------------------------------------------
def _told(db: duckdb.DuckDBPyConnection, table: str, title: str, about: Sequence[tuple], notes: list[str]) -> dict:
    (rows,) = db.execute(f"SELECT count(*) FROM {table}").fetchone()
    texts = ", ".join(f"left({quoted(name)}::VARCHAR, {CELL})" for name, *_ in about)
    first = db.execute(f"SELECT {texts} FROM {table} LIMIT 5").fetchall()
    columns = [_column(db, table, rows, *one) for one in about]
    return {"title": title, "table": table, "rows": rows, "columns": columns, "first_rows": first, "notes": notes}


def _column(
    db: duckdb.DuckDBPyConnection, table: str, rows: int, name: str, kind: str, written: str, rival: str
) -> dict:
    """What is told of a column: its range, and of text its values where they are few."""
    column = quoted(name)
    told = {"name": name, "type": kind} | ({} if written in _PLAINLY else {"written": written})
    if rival:
        told["could_be"] = rival
    asked = f"SELECT count({column}), approx_count_distinct({column}::VARCHAR) FROM {table}"
    filled, distinct = db.execute(asked).fetchone()
    if empty := rows - filled:
        told["empty"] = empty
    if kind == "text" and filled and distinct <= MOST_VALUES:
        values = db.execute(f"SELECT DISTINCT left({column}, {CELL}) FROM {table} WHERE {column} NOT NULL ORDER BY 1")
        told["values"] = [value for (value,) in values.fetchall()][:MOST_VALUES]
    elif filled:
        least, most = f"left(min({column})::VARCHAR, {CELL})", f"left(max({column})::VARCHAR, {CELL})"
        told["min"], told["max"] = db.execute(f"SELECT {least}, {most} FROM {table}").fetchone()
        told["distinct"] = distinct
    return told
