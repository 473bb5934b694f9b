"""Migrations match the models, go back to nothing and forward again; on a database of their own."""

import io
import os
import subprocess
import sys

import psycopg
import pytest
from django.apps import apps
from django.core.management import call_command

from tests.guards.imports import PROJECT
from tests.live import first_database

APPS = ("chats", "agents", "teams")
OWN = [model._meta.db_table for app in APPS for model in apps.get_app_config(app).get_models()]


@pytest.mark.django_db
def test_models_have_no_change_without_migration():
    said = io.StringIO()
    try:
        call_command("makemigrations", *APPS, check=True, dry_run=True, stdout=said)
    except SystemExit:
        pytest.fail(said.getvalue())


@pytest.fixture
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
    _migrate(used, *((app, "zero") for app in APPS))
    assert set(OWN).isdisjoint(_tables(used))
    _migrate(used, ())
    assert _schema(used) == first
