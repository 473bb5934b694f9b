"""A process of its own that reads a file into tables, or answers a question over them, and ends. No Django.

`python -m documents.data.worker <job>` takes what to do as JSON from its input, and writes a line of JSON, behind it
the bytes of a file where it made one. What goes wrong, whatever that may be, ends this process and nothing else.
"""

import datetime
import json
import resource
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import duckdb

from documents.data import execution
from documents.data.values import Problem

#: By job: bytes of address space, seconds of processor time, bytes of one file that may be written.
LIMITS = {
    "load": (4_000_000_000, 60, 2_000_000_000),
    "ask": (1_500_000_000, 20, 0),
    "save": (2_000_000_000, 60, 500_000_000),
}
MOST_CELLS = 4_000  # of a result that are shown
MOST_ROWS = 1_000
CELL = 2_000  # characters


def main() -> None:
    """Do one job within its limits."""
    job = sys.argv[1]
    memory, seconds, written = LIMITS[job]
    limits = ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_FSIZE, written))
    for what, most in limits:
        resource.setrlimit(what, (most, most))
    asked = json.loads(sys.stdin.buffer.read())
    try:
        _JOBS[job](asked)
    except Problem as problem:
        _say({"problem": problem.code, "params": problem.params})
    except (MemoryError, duckdb.OutOfMemoryException):
        _say({"problem": "data_memory", "params": {}})


def _load(asked: Mapping) -> None:
    """Read {path, name, family, encoding} into {folder}; give {tables}."""
    # Late: what reads workbooks takes a third of a second to load, which questions need not wait for.
    from documents.data import loading
    from sambung.lib.files.readers import File

    path = Path(asked["path"])
    data = b"" if asked["family"] == "parquet" else path.read_bytes()
    file = File(data, asked["name"], asked["encoding"], family=asked["family"])
    _say({"tables": loading.load(file, path, Path(asked["folder"]))})


def _ask(asked: Mapping) -> None:
    """Answer {sql, tables}; give {columns, types, rows, count, read}."""
    with execution.answered(asked["sql"], _tables(asked)) as answer:
        most = max(1, min(MOST_ROWS, MOST_CELLS // max(1, len(answer.columns))))
        rows = [[_shown(value) for value in row] for row in answer.rows(most)]
    told = {"columns": [name for name, _ in answer.columns], "types": [kind for _, kind in answer.columns]}
    _say(told | {"rows": rows, "count": answer.count, "read": answer.read})


def _save(asked: Mapping) -> None:
    """Answer {sql, tables} as a file of {form}; give {count} and its bytes."""
    from documents.data import formats  # late: it loads what writes workbooks

    with execution.answered(asked["sql"], _tables(asked)) as answer:
        if answer.count > formats.MOST_ROWS:
            raise Problem("data_too_many_rows", count=answer.count, most=formats.MOST_ROWS)
        rows = answer.rows(formats.MOST_ROWS)
    columns = [name for name, _ in answer.columns]
    made = {"csv": formats.as_csv, "xlsx": formats.as_xlsx}[asked["form"]](columns, rows)
    _say({"count": answer.count})
    sys.stdout.buffer.write(made)


def _tables(asked: Mapping) -> dict[str, execution.Named]:
    return {name: execution.Named(**one) for name, one in asked["tables"].items()}


def _say(told: Mapping) -> None:
    sys.stdout.buffer.write(json.dumps(told).encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()


def _shown(value: object) -> str | int | float | bool | None:
    """A value as JSON has it, exact: what no number of JSON keeps is text."""
    match value:
        case None | bool():
            return value
        case int():
            return value if abs(value) < 2**53 else str(value)
        case Decimal():
            near = int(value) if value == value.to_integral_value() else float(value)
            return near if abs(near) < 2**53 and Decimal(str(near)) == value else f"{value:f}"
        case float():
            return value if value == value and abs(value) != float("inf") else str(value)
        case datetime.datetime():
            return value.isoformat(sep=" ").removesuffix(" 00:00:00")
    text = str(value)
    return text if len(text) <= CELL else f"{text[: CELL - 1]}…"


_JOBS = {"load": _load, "ask": _ask, "save": _save}

if __name__ == "__main__":
    main()
