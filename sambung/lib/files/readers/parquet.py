"""Parquet: which columns there are, and the first rows. Whole tables are asked by SQL (documents.data)."""

import os
from collections.abc import Iterator

import duckdb

from sambung.lib.files.blocks import Block, Piece, ReadWarning, table
from sambung.lib.files.readers import File, Unreadable

ROWS, COLUMNS = 50, 100  # that are shown
CELL = 200  # characters


def read(file: File) -> Iterator[Piece]:
    """The number of rows, the columns with their types, and the first rows. Raises Unreadable."""
    kept = os.memfd_create("parquet")  # DuckDB wants a path, and nothing is written to a disk here
    with os.fdopen(kept, "wb") as out:
        out.write(file.data)
        out.flush()
        yield from _pieces(f"/proc/self/fd/{kept}")


def _pieces(path: str) -> Iterator[Piece]:
    settings = {"threads": 1, "memory_limit": "512MB", "temp_directory": "", "autoload_known_extensions": False}
    with duckdb.connect(":memory:", config=settings) as db:
        try:
            found = db.execute(
                "SELECT column_name, column_type FROM (DESCRIBE FROM read_parquet(?))", [path]
            ).fetchall()
            (rows,) = db.execute("SELECT count(*) FROM read_parquet(?)", [path]).fetchone()
            texts = ", ".join(f"left(#{n}::VARCHAR, {CELL})" for n in range(1, min(len(found), COLUMNS) + 1))
            first = db.execute(f"SELECT {texts} FROM read_parquet(?) LIMIT {ROWS}", [path]).fetchall()
        except duckdb.Error:
            raise Unreadable("broken") from None
    yield Block("paragraph", f"A table of {rows} rows and {len(found)} columns.")
    yield table([("column", "type"), *found[:COLUMNS]])
    yield table([[name for name, _ in found[:COLUMNS]], *([cell or "" for cell in row] for row in first)])
    if rows > ROWS or len(found) > COLUMNS:
        yield ReadWarning("table_begun", {"rows": ROWS})
