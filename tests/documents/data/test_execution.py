"""Questions are answered, and what is none, or reaches beyond its tables, is refused with a code for a sentence."""

import pytest

from documents.data import execution
from documents.data.values import Problem

REFUSED = {
    # writing, and all else that is no question
    "INSERT INTO orders VALUES (1, 'x')": "data_only_reads",
    "UPDATE orders SET id = 2": "data_only_reads",
    "DELETE FROM orders": "data_only_reads",
    "DROP VIEW orders": "data_only_reads",
    "CREATE TABLE mine AS SELECT 1": "data_only_reads",
    "CREATE MACRO one() AS 1": "data_only_reads",
    "WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone": "data_only_reads",
    "ATTACH '/tmp/other.duckdb'": "data_only_reads",
    "DETACH file0": "data_only_reads",
    "COPY orders TO '/tmp/out.csv'": "data_only_reads",
    "COPY (SELECT 1) TO '/tmp/out.csv'": "data_only_reads",
    "EXPORT DATABASE '/tmp/out'": "data_only_reads",
    "IMPORT DATABASE '/tmp/out'": "data_only_reads",
    "INSTALL httpfs": "data_only_reads",
    "LOAD httpfs": "data_only_reads",
    "SET memory_limit = '10GB'": "data_only_reads",
    "SET lock_configuration = false": "data_only_reads",
    "RESET enable_external_access": "data_only_reads",
    "PRAGMA database_list": "data_only_reads",
    "CALL pragma_version()": "data_only_reads",
    "USE file0": "data_only_reads",
    "BEGIN": "data_only_reads",
    "CHECKPOINT": "data_only_reads",
    "EXPLAIN ANALYZE SELECT 1": "data_only_reads",
    "PREPARE one AS SELECT 1": "data_only_reads",
    # other files and addresses, by whatever door
    "SELECT * FROM read_csv('/etc/passwd')": "data_other_files",
    "SELECT * FROM read_text('/etc/passwd')": "data_other_files",
    "SELECT * FROM read_blob('/etc/passwd')": "data_other_files",
    "SELECT * FROM read_json('https://example.org/a.json')": "data_other_files",
    "SELECT * FROM glob('/etc/*')": "data_other_files",
    "SELECT * FROM sniff_csv('/etc/passwd')": "data_other_files",
    "SELECT * FROM parquet_metadata('/etc/passwd')": "data_other_files",
    "SELECT * FROM duckdb_databases()": "data_other_files",
    "SELECT * FROM duckdb_settings()": "data_other_files",
    "SELECT * FROM query('SELECT 1')": "data_other_files",
    "SELECT * FROM query_table('orders')": "data_other_files",
    "SELECT (SELECT count(*) FROM read_text('/etc/passwd'))": "data_other_files",
    "SELECT * FROM orders WHERE id IN (SELECT 1 FROM read_csv('/etc/passwd'))": "data_other_files",
    "WITH a AS (FROM glob('*')) FROM a": "data_other_files",
    "SELECT * FROM '/etc/passwd'": "data_no_table",
    "SELECT * FROM 'https://example.org/a.csv'": "data_no_table",
    "SELECT * FROM file0.main.t1": "data_no_table",
    "SELECT * FROM information_schema.tables": "data_no_table",
    "SELECT * FROM duckdb_databases": "data_no_table",
    "SELECT * FROM pg_catalog.pg_class": "data_no_table",
    "SELECT * FROM customers": "data_no_table",
    # several, none, and what is no SQL
    "SELECT 1; SELECT 2": "data_one_statement",
    "SELECT 1; DROP VIEW orders": "data_one_statement",
    "": "data_one_statement",
    "-- nothing": "data_one_statement",
    "SELEC 1": "data_sql",
    "SELECT nothing FROM orders": "data_sql",
    "SELECT 1 / 'x'": "data_sql",
    f"SELECT {' + '.join(['1'] * 10_000)}": "data_sql",
}


@pytest.fixture(scope="module")
def orders(load):
    """A table of three rows."""
    database, (about,) = load(b"id,bean\n1,Gayo\n2,Toraja\n3,Bajawa\n")
    return database, about


@pytest.mark.parametrize("sql", REFUSED)
def test_what_is_no_question_over_the_tables_is_refused(ask, orders, sql):
    with pytest.raises(Problem) as refused:
        ask(sql, orders=orders)
    assert refused.value.code == REFUSED[sql]


@pytest.mark.parametrize(
    "sql",
    [
        "FROM orders",
        "SELECT * FROM orders; -- all of them",
        "SELECT * FROM orders WHERE bean <> ';' -- all; of them",
        "SELECT ';', * FROM orders",
        "WITH a AS (SELECT * FROM orders), b AS (FROM a) SELECT * FROM b",
        "SELECT o.* FROM ORDERS o, range(1)",
        "SELECT * FROM (VALUES (1), (2), (3)) one(n)",
        "SELECT unnest([1, 2, 3])",
        "SELECT * FROM orders UNION ALL SELECT * FROM orders LIMIT 3",
        "PIVOT (SELECT * FROM orders) ON bean IN ('Gayo') USING count(*)",
    ],
)
def test_questions_of_many_forms_are_answered(ask, orders, sql):
    assert ask(sql, orders=orders)[2] == 3


def test_the_order_and_the_names_of_the_answer_stay(ask, orders):
    columns, rows, *_ = ask("SELECT bean, id, id FROM orders ORDER BY id DESC", orders=orders)
    assert columns == ["bean", "id", "id_1"]
    assert [row[0] for row in rows] == ["Bajawa", "Toraja", "Gayo"]


def test_values_of_other_types_are_text(ask, orders):
    sql = "SELECT [1, 2], {'a': 1}, INTERVAL 1 DAY, '10:00'::TIME, TIMESTAMPTZ '2026-01-01 00:00:00+07', 'x'::BLOB"
    assert ask(sql, orders=orders)[1] == [
        ("[1, 2]", "{'a': 1}", "1 day", "10:00:00", "2025-12-31 17:00:00+00", "x"),
    ]


def test_more_than_the_memory_is_refused(ask, orders):
    with pytest.raises(Problem) as refused:
        ask("SELECT * FROM range(1000000) a, range(1000000) b", orders=orders)
    assert refused.value.code == "data_too_large"


def test_the_database_itself_opens_nothing_more(ask, orders, monkeypatch, tmp_path):
    """Each bar holds by itself: here nobody looks at what is asked."""
    monkeypatch.setattr(execution, "_checked", lambda db, sql, tables: (sql, []))
    for sql in ("FROM read_text('/etc/passwd')", "FROM '/etc/passwd'", f"FROM glob('{tmp_path}/*')"):
        with pytest.raises(Problem):
            ask(sql, orders=orders)
    monkeypatch.setattr(execution, "_attach", lambda db, tables: None)
    with pytest.raises(Problem) as refused:
        ask("FROM read_text('/etc/passwd')", orders=orders)
    assert "open" in refused.value.params["problem"].lower()


def test_files_open_again_afterwards(ask, orders, tmp_path):
    ask("FROM orders", orders=orders)
    (tmp_path / "file").write_text("open")
