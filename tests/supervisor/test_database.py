"""`make db-…` on the embedded server, and how an address elsewhere is understood."""

import builtins
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from sambung.home import Home
from sambung.supervisor import database, instance, postgres
from sambung.supervisor.config import Config
from sambung.supervisor.database import DatabaseError, Target
from tests.supervisor.sealed import sealed

FRESH = "DROP TABLE IF EXISTS django_migrations;CREATE TABLE django_migrations (id serial, app text, name text)"


@pytest.fixture(scope="module")
def config():
    with tempfile.TemporaryDirectory(prefix="sb", dir="/tmp") as path:
        Path(path).chmod(0o755)
        home = Home.open(Path(path) / "home")
        postgres.start(home, fsync=False)
        yield Config(home, "127.0.0.1", 8000, public_url="", database_url="", has_model=False)
        postgres.stop(home)


@pytest.fixture
def target(config):
    postgres.start(config.home, fsync=False)
    return Target(config)


def test_status(target, capsys):
    database.status(target)

    assert capsys.readouterr().out.startswith("PostgreSQL 18")


def test_stop_status_start(target, capsys):
    database.stop(target)
    with pytest.raises(DatabaseError, match="does not run; make db-start"):
        database.status(target)
    database.start(target)

    assert postgres.is_running(target.config.home)


def test_stop_leaves_a_running_sambung_its_database(target):
    with (
        instance.claim(target.config.home, "http://127.0.0.1:1"),
        pytest.raises(DatabaseError, match="Stop it"),
    ):
        database.stop(target)

    assert postgres.is_running(target.config.home)


def test_logs(target, capsys):
    database.logs(target)

    assert "ready to accept connections" in capsys.readouterr().out


def test_schema(target, capfd):
    postgres.query(target.config.home, "CREATE TABLE IF NOT EXISTS a_table (x int)", "sambung")

    database.schema(target)

    assert "CREATE TABLE public.a_table" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("('teams', '0001_initial'), ('chats', '0001_initial'), ('auth', '0009_x')", ("chats", "zero")),
        (
            "('chats', '0001_initial'), ('teams', '0001_initial'), ('chats', '0002_more')",
            ("chats", "0001_initial"),
        ),
    ],
)
def test_rollback_undoes_the_newest_of_ours(target, monkeypatch, rows, expected):
    asked = []
    monkeypatch.setattr(database, "_manage", lambda target, *words: asked.append(words))
    postgres.query(target.config.home, f"{FRESH}; INSERT INTO django_migrations (app, name) VALUES {rows}", "sambung")

    database.rollback(target)

    assert asked == [("migrate", *expected)]


def test_rollback_of_nothing(target):
    postgres.query(target.config.home, FRESH, "sambung")

    with pytest.raises(DatabaseError, match="no migration"):
        database.rollback(target)


def exists(target: Target) -> bool:
    return bool(postgres.query(target.config.home, "SELECT 1 FROM pg_database WHERE datname = 'sambung'"))


@pytest.mark.parametrize("typed", ["", "Sambung", "yes"])
def test_drop_needs_the_name(target, monkeypatch, typed):
    monkeypatch.setattr(builtins, "input", lambda prompt: typed)

    with pytest.raises(DatabaseError, match="not its name"):
        database.drop(target)

    assert exists(target)


def test_drop(target, monkeypatch):
    monkeypatch.setattr(builtins, "input", lambda prompt: "sambung")

    database.drop(target)

    assert not exists(target)


def test_drop_is_refused_in_production(target, monkeypatch):
    monkeypatch.setattr(builtins, "input", lambda prompt: "sambung")

    with pytest.raises(DatabaseError, match="production"):
        database.drop(Target(replace(target.config, public_url="https://chat.example.org")))

    assert exists(target)


def test_studio(target, capsys):
    database.studio(target)

    assert capsys.readouterr().out == "http://127.0.0.1:8000/admin/\n"


def test_address_elsewhere(config):
    url = "postgresql://me:p%40ss@db.example.org:5433/the%20name?sslmode=require"
    found = Target(replace(config, database_url=url))

    environment = found.environment()

    assert not found.is_embedded
    assert found.name == "the name"
    assert environment["PGHOST"] == "db.example.org"
    assert environment["PGPORT"] == "5433"
    assert environment["PGUSER"] == "me"
    assert environment["PGPASSWORD"] == "p@ss"
    assert environment["PGSSLMODE"] == "require"
    assert environment["PGDATABASE"] == "the name"


def test_signs_in_a_password_are_read_as_the_web_process_reads_them(config):
    found = Target(replace(config, database_url="postgresql://user:p#a@ss@127.0.0.1:5432/name"))

    assert found.environment()["PGPASSWORD"] == "p#a@ss"
    assert (found.name, found.environment()["PGHOST"]) == ("name", "127.0.0.1")


@pytest.mark.parametrize("command", ["start", "stop", "logs"])
def test_a_server_elsewhere_is_left_alone(config, command):
    elsewhere = Target(replace(config, database_url="postgresql://me@db.example.org/x"))

    with pytest.raises(DatabaseError, match=r"db\.example\.org"):
        database.COMMANDS[command](elsewhere)


def test_an_address_that_works_elsewhere(target, capsys):
    """The embedded server's own address given as DATABASE_URL."""
    elsewhere = Target(replace(target.config, database_url=target.config.home.database_url))

    database.status(elsewhere)

    assert "database sambung" in capsys.readouterr().out


# ---- a database that wants TLS ---------------------------------------------------------------------------
@pytest.fixture
def over_tls(target):
    """The embedded server behind a port that speaks TLS, as those of providers do."""
    with sealed(target.config.home) as (port, authority):
        url = f"postgresql://postgres@localhost:{port}/%s?sslmode=verify-full&sslrootcert={authority}"
        yield lambda name="sambung": Target(replace(target.config, database_url=url % name))


def test_status_over_tls(over_tls, capsys):
    database.status(over_tls())

    assert "database sambung" in capsys.readouterr().out


def test_migrate_over_tls_makes_a_missing_database(over_tls, target, monkeypatch):
    asked = []
    monkeypatch.setattr(database, "_manage", lambda target, *words: asked.append(words))

    database.migrate(over_tls("fresh"))

    assert asked == [("migrate",)]
    assert postgres.query(target.config.home, "SELECT 1 FROM pg_database WHERE datname = 'fresh'")
    postgres.query(target.config.home, "DROP DATABASE fresh WITH (FORCE)")


def test_schema_over_tls_takes_the_programs_of_the_machine(over_tls, tmp_path, monkeypatch, capfd):
    (tmp_path / "pg_dump").write_text('#!/bin/sh\necho "$PGSSLMODE $PGDATABASE $*"\n')
    (tmp_path / "pg_dump").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    database.schema(over_tls())

    assert capfd.readouterr().out == "verify-full sambung --schema-only --no-owner --no-privileges\n"


@pytest.mark.parametrize(("command", "program"), [("shell", "psql"), ("schema", "pg_dump")])
def test_without_such_programs_a_sentence_says_what_to_install(over_tls, tmp_path, monkeypatch, command, program):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(DatabaseError, match=f"wants TLS, which our {program} does not know: install"):
        database.COMMANDS[command](over_tls())


def test_tls_where_there_is_none_is_told_as_it_is(target, free_port):
    elsewhere = f"postgresql://me@127.0.0.1:{free_port}/x?sslmode=require"

    with pytest.raises(DatabaseError, match=r"does not answer: .*refused"):
        database.status(Target(replace(target.config, database_url=elsewhere)))


def test_unknown_command(capsys):
    assert database.main(["fly"]) == 2
    assert "start|stop|status" in capsys.readouterr().err
