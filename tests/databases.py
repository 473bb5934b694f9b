"""Databases of tests: each a copy of one that was migrated once, or of nothing, on the PostgreSQL of the run."""

import contextlib
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings
from filelock import FileLock

from sambung.home import PROJECT, Home
from tests import budget


def on_server(*statements: str) -> None:
    """Tell the server what is about whole databases."""
    with psycopg.connect(url_of("postgres"), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def url_of(name: str) -> str:
    """The address of a database."""
    return os.environ["SAMBUNG_TEST_POSTGRES"].replace("/sambung?", f"/{name}?")


def migrated() -> str:
    """The name of a database with all tables and no row; migrated once for all workers of a run."""
    with once("migrated") as is_first:
        if is_first:
            on_server("CREATE DATABASE migrated")
            place = {"DATABASE_URL": url_of("migrated"), "DJANGO_SETTINGS_MODULE": "sambung.settings"}
            command = [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity=0"]
            subprocess.run(command, cwd=PROJECT, env=os.environ | place, check=True)
    return "migrated"


@contextlib.contextmanager
def once(what: str) -> Iterator[bool]:
    """Hold what all workers share; gives whether it is still to be made."""
    mark = Home.default().root.parent / f"{what}.made"
    with FileLock(f"{mark}.lock"):
        yield not mark.exists()
        mark.touch()


@contextlib.contextmanager
def empty_database(template: str = "template1") -> Iterator[str]:
    """A database with nothing of ours in it, or a copy of another one; gives its address."""
    budget.count("databases")
    name = f"live_{secrets.token_hex(4)}"
    on_server(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield url_of(name)
    finally:
        on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """Each worker's database is a copy of one that was migrated."""
    settings.DATABASES["default"]["TEST"]["TEMPLATE"] = migrated()
