"""Parquet: its columns and its first rows, whatever types they have."""

import duckdb
import pytest

from sambung.lib.errors import Refused
from sambung.lib.files.kinds import kind_of
from sambung.lib.files.reading import read


@pytest.fixture
def made(tmp_path):
    """Make a Parquet file of a query's rows."""

    def made(sql: str) -> bytes:
        path = tmp_path / "made.parquet"
        duckdb.connect().execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet)")
        return path.read_bytes()

    return made


def _read(data: bytes):
    return read(data, kind_of(data, "table.parquet"), "table.parquet")


def test_columns_and_first_rows_are_read(made):
    found = _read(made("SELECT n, 'a|b' AS word, [n] AS list FROM range(60) t(n)"))
    assert found.mime_type == "application/vnd.apache.parquet"
    assert found.text.startswith("A table of 60 rows and 3 columns.")
    assert "| word | VARCHAR |" in found.text
    assert "| 49 | a\\|b | [49] |" in found.text
    assert "| 50 |" not in found.text
    assert found.told["warnings"] == [{"code": "table_begun", "params": {"rows": 50}}]


def test_a_small_one_is_read_whole(made):
    assert "warnings" not in _read(made("SELECT 1 AS n")).told


@pytest.mark.parametrize("data", [b"PAR1" + bytes(100), b"PAR1" + bytes(100) + b"PAR1"])
def test_a_broken_one_is_refused(data):
    with pytest.raises(Refused, match="could not be read"):
        _read(data)
