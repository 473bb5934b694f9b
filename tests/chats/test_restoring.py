"""A plain dump of the database brings everything back; the migration behind that leaves the tables where they are."""

import os
import subprocess
import sys

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from sambung.home import PROJECT
from sambung.supervisor import postgres
from tests.databases import empty_database
from tests.factories import message
from tests.live import first_database

_TABLES = """
    SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""
_ROWS = "SELECT count(*), md5(string_agg(row, '|' ORDER BY row)) FROM (SELECT t::text AS row FROM {} AS t) AS rows"
_SEQUENCES = "SELECT schemaname, sequencename, last_value FROM pg_sequences ORDER BY 1, 2"


def run(*command: str, **environment: str) -> str:
    """Run a program over the project; give what it prints."""
    done = subprocess.run(
        command, cwd=PROJECT, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def content_of(address: str) -> dict[str, object]:
    """Each table's number of rows and a digest of them all, and where the sequences stand."""
    with psycopg.connect(address) as database:
        tables = [name for (name,) in database.execute(_TABLES)]
        found = {name: database.execute(_ROWS.format(name)).fetchone() for name in tables}
        return found | {"sequences": database.execute(_SEQUENCES).fetchall()}


@pytest.fixture
def seeded(scripted, tmp_path):
    """The address of the database that `make db-seed` fills."""
    with first_database(scripted) as address:
        settings = {"DJANGO_SETTINGS_MODULE": "sambung.settings", "DATABASE_URL": address}
        run(sys.executable, "manage.py", "seed", **settings, SAMBUNG_HOME=str(tmp_path))
        yield address


def test_a_plain_dump_restores_every_table(seeded, tmp_path):
    dump = tmp_path / "dump.sql"
    run(str(postgres.program("pg_dump")), "--dbname", seeded, "--file", str(dump))
    strict = ("-X", "-q", "--set", "ON_ERROR_STOP=1", "--single-transaction")
    with empty_database() as restored:
        run(str(postgres.program("psql")), *strict, "--dbname", restored, "--file", str(dump))
        before, after = content_of(seeded), content_of(restored)
        assert after == before
        _goes_on(restored)

    assert before["public.chats"][0] > 3
    assert before["public.messages"][0] > 9


def _goes_on(address: str) -> None:
    """What the database does by itself it does there too: words for the search, and word of a new job."""
    with psycopg.connect(address) as database:
        database.execute("UPDATE messages SET content = content || ' zanzibar'")
        asked = "SELECT bool_and(search @@ 'zanzibar'::tsquery), bool_and(words IS NULL) FROM messages"
        assert database.execute(asked).fetchone() == (True, True)
        database.execute("INSERT INTO procrastinate_jobs (task_name, queue_name) VALUES ('nothing', 'default')")
        events = "SELECT type::text FROM procrastinate_events ORDER BY id DESC LIMIT 1"
        assert database.execute(events).fetchone() == ("deferred",)


#: What both forms of the function must agree on: nothing, words, identifiers, scripts, more than a tsvector holds.
TEXTS = ("", "Kopi Gayo", "getUserName HTTPServer v1Beta", "Straße 中文", " ".join(f"word{n}" for n in range(90_000)))


@pytest.mark.django_db
def test_the_migration_rewrites_nothing_and_goes_back(chat):
    for text in TEXTS:
        message(chat, text=text)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else the tables cannot be changed
    states = []
    for target in ("0008", "0007", "0008"):
        call_command("migrate", "chats", target, verbosity=0)
        states.append((_files(), _stored(), _made_anew()))

    assert states == [states[0]] * 3
    _, stored, made = states[0]
    assert stored == made
    assert len(stored) == 1 + len(TEXTS)


@pytest.mark.django_db
def test_the_function_needs_no_search_path():
    with connection.cursor() as cursor:
        cursor.execute("SELECT format('%I', current_schema())")
        (schema,) = cursor.fetchone()
        cursor.execute("SET LOCAL search_path = ''")
        cursor.execute(f"SELECT {schema}.chats_search('getUserName')::text")
        (words,) = cursor.fetchone()
        cursor.execute(f"SET LOCAL search_path = {schema}")
    assert "'user':2A" in words


def _files() -> list[tuple]:
    """Where the rows of the two tables lie on the disk."""
    return _all("SELECT relname, relfilenode FROM pg_class WHERE relname IN ('chats', 'messages') ORDER BY 1")


def _stored() -> list[tuple]:
    return _all("SELECT search::text FROM chats UNION ALL SELECT search::text FROM messages ORDER BY 1")


def _made_anew() -> list[tuple]:
    made = "SELECT chats_search({})::text FROM {}"
    return _all(f"{made.format('title', 'chats')} UNION ALL {made.format('content', 'messages')} ORDER BY 1")


def _all(query: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()
