"""Files read into tables in this process, and questions over them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from documents.data import execution, loading
from documents.data.execution import Named
from sambung.lib.files.readers import File


@pytest.fixture(scope="session")
def load(tmp_path_factory) -> Callable[..., tuple[Path, list[dict]]]:
    """Read a file; return its database, and what is told of its tables."""

    def load(data: bytes, name: str = "file.csv", family: str = "csv") -> tuple[Path, list[dict]]:
        folder = tmp_path_factory.mktemp("tables")
        (folder / "file").write_bytes(data)
        told = loading.load(File(data, name, family=family), folder / "file", folder)
        return folder / "tables.duckdb", told

    return load


@pytest.fixture(scope="session")
def columns(load) -> Callable[..., dict[str, dict]]:
    """Read a CSV; return what is told of its columns, by name."""

    def columns(text: str, **kwargs) -> dict[str, dict]:
        _database, (table,) = load(text.encode(), **kwargs)
        return {one["name"]: one for one in table["columns"]}

    return columns


@pytest.fixture(scope="session")
def ask() -> Callable[..., execution.Answer]:
    """Answer a question over tables, (database, what is told) by name; return columns, rows, count, what was read."""

    def ask(sql: str, **tables: tuple[Path, dict]) -> tuple[list[str], list[tuple], int, dict[str, int]]:
        named = {name: Named(str(path), about["table"], about["rows"]) for name, (path, about) in tables.items()}
        with execution.answered(sql, named) as answer:
            rows = answer.rows(1000)
            return [name for name, _ in answer.columns], rows, answer.count, dict(answer.read)

    return ask
