"""Migrations match the models, go back to nothing and forward again; on a database of their own."""

import io
import json
import os
import subprocess
import sys

import psycopg
import pytest
from django.apps import apps
from django.core.management import call_command

from tests.guards.apps import WITH_MODELS
from tests.guards.imports import PROJECT
from tests.live import first_database

OWN = [model._meta.db_table for app in WITH_MODELS for model in apps.get_app_config(app).get_models()]


@pytest.mark.django_db
def test_models_have_no_change_without_migration():
    said = io.StringIO()
    try:
        call_command("makemigrations", *WITH_MODELS, check=True, dry_run=True, stdout=said)
    except SystemExit:
        pytest.fail(said.getvalue())


@pytest.fixture(scope="module")
def used(scripted):
    """The address of a database that had its first start."""
    with first_database(scripted) as address:
        yield address


def _tables(address: str) -> set[str]:
    with psycopg.connect(address) as connection:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return {name for (name,) in found}


def _schema(address: str) -> list[tuple]:
    """Columns, constraints and indexes of our tables."""
    queries = (
        "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns"
        " WHERE table_name = ANY(%s)",
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', '' FROM pg_constraint"
        " WHERE conrelid::regclass::text = ANY(%s)",
        "SELECT tablename, indexname, indexdef, '', '' FROM pg_indexes WHERE tablename = ANY(%s)",
    )
    with psycopg.connect(address) as connection:
        return sorted(map(str, (row for query in queries for row in connection.execute(query, [OWN]))))


def _migrate(address: str, *targets: tuple[str, ...]) -> None:
    """Each step in a process of its own, as people run it."""
    steps = "; ".join(f"call_command('migrate', *{target!r}, interactive=False, verbosity=0)" for target in targets)
    code = f"import django; django.setup(); from django.core.management import call_command; {steps}"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "sambung.settings", "DATABASE_URL": address}
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.timeout(300)
def test_back_to_nothing_and_forward_again(used):
    first = _schema(used)
    assert set(OWN) <= _tables(used)
    _migrate(used, *((app, "zero") for app in WITH_MODELS))
    assert set(OWN).isdisjoint(_tables(used))
    _migrate(used, ())
    assert _schema(used) == first


BEFORE = (("chats", "0009_failures_as_codes"), ("agents", "0005_failures_as_codes"))
READ = (("agents", "0006_read_failures"), ("chats", "0010_read_failures"))
FAILED = {
    "Model menjawab tanpa isi. Silakan coba lagi.": ("empty_reply", {}),
    "The model's service failed. Try again shortly. It said: 50% <b>": ("server_failed", {"detail": "50% <b>"}),
    "Nobody knows this.": ("other", {"text": "Nobody knows this."}),
    "": ("", {}),
}


@pytest.mark.timeout(300)
def test_sentences_of_failed_runs_become_codes_and_come_back(used):
    _migrate(used, *BEFORE)
    with psycopg.connect(used, autocommit=True) as connection:
        for error in FAILED:
            connection.execute(
                "INSERT INTO run (id, kind, provider, model, status, error, finished_at)"
                " VALUES (gen_random_uuid(), 'chat', 'p', 'old', 'failed', %s, now())",
                [error],
            )
        _migrate(used, *READ)
        query = "SELECT error, error_code, error_params FROM run WHERE model = 'old'"
        assert {error: (code, params) for error, code, params in connection.execute(query)} == FAILED
        connection.execute("UPDATE run SET error = ''")
        _migrate(used, *BEFORE)
        found = {error for (error,) in connection.execute("SELECT error FROM run WHERE model = 'old'")}
        assert found == {"The model answered with nothing. Try again.", *list(FAILED)[1:]}
        connection.execute("DELETE FROM run WHERE model = 'old'")
    _migrate(used, ())


SERVERS = (("chats", "0011_no_sentences"), ("agents", "0008_usage"))
NO_NAME, NOT_THERE = "It has no name.", "The MCP server failed (HTTP 502). Try again shortly."


@pytest.mark.timeout(300)
def test_sentences_of_servers_become_codes_and_come_back(used):
    _migrate(used, *SERVERS)
    with psycopg.connect(used, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO mcp_server (id, name, config, last_status, last_error, tool_cache)"
            " VALUES (gen_random_uuid(), 'old', '{}', 'failed', %s, %s)",
            [NOT_THERE, json.dumps([{"name": "", "problem": NO_NAME}])],
        )
        _migrate(used, ())
        query = "SELECT last_error_code, last_error_params, tool_cache FROM mcp_server WHERE name = 'old'"
        listed = [{"name": "", "problem": {"code": "mcp_nameless", "params": {}}}]
        assert connection.execute(query).fetchone() == ("mcp_down", {"status": 502}, listed)
        _migrate(used, *SERVERS)
        query = "SELECT last_error, tool_cache FROM mcp_server WHERE name = 'old'"
        assert connection.execute(query).fetchone() == (NOT_THERE, [{"name": "", "problem": NO_NAME}])
        connection.execute("DELETE FROM mcp_server WHERE name = 'old'")
    _migrate(used, ())


@pytest.mark.timeout(300)
def test_columns_of_words_come_without_rewriting_a_table_and_indexes_where_a_try_was_cut(used):
    files = "SELECT relname, relfilenode FROM pg_class WHERE relname IN ('chats', 'messages') ORDER BY 1"
    _migrate(used, ("chats", "0012_missing_tools_as_codes"))
    with psycopg.connect(used, autocommit=True) as connection:
        before = connection.execute(files).fetchall()
        _migrate(used, ("chats", "0013_words"))
        connection.execute("CREATE INDEX messages_words ON messages (id)")
        _migrate(used, ())
        assert connection.execute(files).fetchall() == before
        made = "SELECT indexdef FROM pg_indexes JOIN pg_class ON relname = indexname JOIN pg_index ON indexrelid = oid"
        found = connection.execute(f"{made} WHERE indexname = 'messages_words' AND indisvalid").fetchall()
    assert "USING gin (words)" in found[0][0]
