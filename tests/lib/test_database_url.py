"""One reading of a database's address for everybody who needs it."""

import runpy

import pytest

from sambung.lib import database_url
from sambung.lib.env import EnvError
from tests.guards.imports import PROJECT


@pytest.mark.parametrize("password", ["p%23a%40s%3Fs", "p#a@s?s"])
def test_signs_in_a_password(password):
    assert database_url.read(f"postgresql://user:{password}@127.0.0.1:5432/name") == {
        "user": "user",
        "password": "p#a@s?s",
        "host": "127.0.0.1",
        "port": "5432",
        "dbname": "name",
    }


def test_parameters_are_those_of_libpq():
    found = database_url.read("postgres://me@/the%20name?host=/run/a%20b&sslmode=verify-full&sslrootcert=system")
    assert found == {
        "user": "me",
        "dbname": "the name",
        "host": "/run/a b",
        "sslmode": "verify-full",
        "sslrootcert": "system",
    }
    assert database_url.environment(found) == {
        "PGUSER": "me",
        "PGDATABASE": "the name",
        "PGHOST": "/run/a b",
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": "system",
    }


def test_several_hosts():
    found = database_url.read("postgresql://me@a.example:1,b.example:2/x?target_session_attrs=read-write")
    assert (found["host"], found["port"]) == ("a.example,b.example", "1,2")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mysql://me@h/x", "must name a PostgreSQL database"),
        ("postgresql://me:sesame@h:5432", "names no database"),
        ("postgresql://me:sesame@h:54a/x", "port"),
        ("postgresql://me:sesame@h:70000/x", "port"),
        ("postgresql://me:ses/ame@h/x", "%2F"),
        ("postgresql://me:sesame@[h/x", "%23"),
        ("postgresql://me:sesame@h/x?pgbouncer=true", 'no parameter "pgbouncer"'),
    ],
)
def test_what_cannot_work_is_told_in_one_line_without_the_password(url, told):
    with pytest.raises(EnvError) as refused:
        database_url.read(url)
    sentence = str(refused.value)
    assert told in sentence
    assert sentence.startswith("DATABASE_URL ")
    assert "\n" not in sentence
    assert "ses" not in sentence.replace("addresses", "")


def test_settings_read_it_so(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:p#a@ss@127.0.0.1:5432/name?sslmode=require")
    found = runpy.run_path(str(PROJECT / "sambung" / "settings.py"))["DATABASES"]["default"]
    assert (found["NAME"], found["USER"], found["PASSWORD"]) == ("name", "user", "p#a@ss")
    assert (found["HOST"], found["PORT"]) == ("127.0.0.1", "5432")
    assert found["OPTIONS"]["sslmode"] == "require"
