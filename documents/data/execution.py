"""One question in SQL over tables that were read: answered, or refused with words. No Django, no file but the tables.

Three things keep a question to its tables. Its syntax tree may hold one SELECT, the tables that were named, and
functions that give rows of themselves. The database is attached for reading, with external access off and its settings
locked. And while it runs, the process can open no file and no socket.
"""

import json
import os
import resource
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from documents.data.inference import quoted
from documents.data.values import MEMORY, Problem

LONGEST = 20_000  # characters of a question
#: Functions that may stand where a table does.
ROWS_OF_THEMSELVES = {"range", "generate_series", "unnest", "repeat", "json_each", "json_tree", "summary"}
#: Types whose values Python has by itself; others are written as text.
_KEPT = set(
    """BOOLEAN TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT FLOAT DOUBLE DECIMAL DATE
    TIMESTAMP VARCHAR""".split()
)
_RESULT = "result"


@dataclass(frozen=True, slots=True)
class Named:
    """A table as a question names it: the database that holds it, its name there, and how many rows it has."""

    database: str
    table: str
    rows: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question gave: columns as (name, type), and how many rows there are; `rows` gives the first of them."""

    db: duckdb.DuckDBPyConnection
    columns: tuple[tuple[str, str], ...]
    count: int
    read: Mapping[str, int]

    def rows(self, most: int) -> list[tuple]:
        """The first rows, of values that Python has by itself."""
        shown = ", ".join(_plain(name, kind) for name, kind in self.columns)
        return self.db.execute(f"SELECT {shown} FROM {_RESULT} LIMIT {int(most)}").fetchall()


@contextmanager
def answered(sql: str, tables: Mapping[str, Named]) -> Iterator[Answer]:
    """Answer a question over tables by their names. Raises Problem."""
    config = {"threads": 1, "memory_limit": MEMORY, "autoinstall_known_extensions": False}
    config |= {"autoload_known_extensions": False, "temp_directory": ""}
    with duckdb.connect(":memory:", config=config) as db:
        query, read = _checked(db, sql, tables)
        _attach(db, tables)
        with _sealed():
            yield _asked(db, query, {name: tables[name].rows for name in read})


# ---- what may be asked ----------------------------------------------------------------------------------
def _checked(db: duckdb.DuckDBPyConnection, sql: str, tables: Mapping[str, Named]) -> tuple[str, list[str]]:
    """Return the one statement of a question, and which of the tables it reads, in their order. Raises Problem."""
    statements = _parsed(db, sql)
    if len(statements) != 1:
        raise Problem("data_one_statement")
    nodes = list(_nodes(_tree(db, statements[0])))
    for node in nodes:
        kind = str(node.get("type", ""))
        if kind.endswith("_QUERY_NODE"):  # what writes, inside of what reads
            raise Problem("data_only_reads", statement=kind.partition("_")[0])
        if kind == "TABLE_FUNCTION" and (name := node["function"]["function_name"].lower()) not in ROWS_OF_THEMSELVES:
            raise Problem("data_other_files", name=name)
    read = _read(nodes, tables)
    return _bare(db, statements[0].query), [name for name in tables if name in read]


def _bare(db: duckdb.DuckDBPyConnection, query: str) -> str:
    """One statement without its semicolon, and without a remark behind that."""
    before, end, _remark = query.rpartition(";")
    try:
        return before if end and len(db.extract_statements(before)) == 1 else query
    except duckdb.Error:  # the semicolon stands in a text
        return query


def _read(nodes: Sequence[dict], tables: Mapping[str, Named]) -> set[str]:
    """The tables that are read. Raises Problem for one that is neither known nor made in the question itself."""
    within = {one["key"].lower() for node in nodes for one in node.get("cte_map", {}).get("map", ())}
    known, read = {name.lower(): name for name in tables}, set()
    for node in nodes:
        if node.get("type") != "BASE_TABLE":
            continue
        path = node["qualified_name"]["path"]
        name = path[-1].lower()
        if len(path) == 1 and name in known:
            read.add(known[name])
        elif len(path) != 1 or name not in within:
            raise Problem("data_no_table", name=".".join(path), tables=", ".join(tables) or "–")
    return read


def _parsed(db: duckdb.DuckDBPyConnection, sql: str) -> list[duckdb.Statement]:
    if len(sql) > LONGEST:
        raise Problem("data_sql", problem=f"It is longer than {LONGEST} characters.")
    try:
        return db.extract_statements(sql)
    except duckdb.Error as error:
        raise Problem("data_sql", problem=told(error)) from None


def _tree(db: duckdb.DuckDBPyConnection, statement: duckdb.Statement) -> list[dict]:
    """The syntax of one statement, which is a SELECT. Raises Problem."""
    (text,) = db.execute("SELECT json_serialize_sql(?)", [statement.query]).fetchone()
    found = json.loads(text)
    if found["error"] or statement.type != duckdb.StatementType.SELECT:
        raise Problem("data_only_reads", statement=statement.query.split(None, 1)[0].upper()[:20])
    return found["statements"]


def _nodes(tree: object) -> Iterator[dict]:
    """Every object in a tree of JSON."""
    left = [tree]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            yield one
            left.extend(one.values())
        elif isinstance(one, list):
            left.extend(one)


# ---- how it is answered ---------------------------------------------------------------------------------
def _attach(db: duckdb.DuckDBPyConnection, tables: Mapping[str, Named]) -> None:
    """Make the tables known under their names, for reading, and lock everything else."""
    databases = {path: f"file{n}" for n, path in enumerate(dict.fromkeys(one.database for one in tables.values()))}
    for path, name in databases.items():
        db.execute(f"ATTACH '{path.replace(chr(39), chr(39) * 2)}' AS {name} (READ_ONLY)")
    for name, one in tables.items():
        db.execute(f"CREATE VIEW {quoted(name)} AS SELECT * FROM {databases[one.database]}.main.{one.table}")
    for setting in ("TimeZone = 'UTC'", "enable_external_access = false", "lock_configuration = true"):
        db.execute(f"SET {setting}")


@contextmanager
def _sealed() -> Iterator[None]:
    """Nothing more can be opened, file or socket, nor anything written to a file."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    spare = os.dup(0)  # the lowest number that is free; numbers above it that are in use stay open
    os.close(spare)
    resource.setrlimit(resource.RLIMIT_NOFILE, (spare, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def _asked(db: duckdb.DuckDBPyConnection, query: str, read: Mapping[str, int]) -> Answer:
    try:
        db.execute(f"CREATE TEMP TABLE {_RESULT} AS (\n{query}\n)")
        columns = db.execute(f"SELECT column_name, column_type FROM (DESCRIBE {_RESULT})").fetchall()
        (count,) = db.execute(f"SELECT count(*) FROM {_RESULT}").fetchone()
    except (duckdb.OutOfMemoryException, MemoryError):
        raise Problem("data_too_large", most=MEMORY) from None
    except duckdb.PermissionException:
        raise Problem("data_other_files", name="–") from None
    except duckdb.Error as error:
        raise Problem("data_sql", problem=told(error)) from None
    return Answer(db, tuple(columns), count, read)


def told(error: duckdb.Error) -> str:
    """What DuckDB says of an error, without where it stands and without advice about its settings."""
    said = str(error).partition("\n\nLINE ")[0].partition("\nLINE ")[0]
    return " ".join(said.split())[:500]


def _plain(name: str, kind: str) -> str:
    column = quoted(name)
    is_plain = kind.partition("(")[0] in _KEPT and not kind.endswith("[]")
    return column if is_plain else f"{column}::VARCHAR AS {column}"
