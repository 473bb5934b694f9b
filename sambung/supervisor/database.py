"""`make db-…`: the helpers around the database, the embedded one or the one of DATABASE_URL."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from shutil import which

import psycopg
from psycopg import sql

from sambung.home import PROJECT, HomeError
from sambung.lib import database_url
from sambung.supervisor import config as configuration
from sambung.supervisor import instance, postgres
from sambung.supervisor.config import Config
from sambung.supervisor.logs import tail

APPS = ("sambung", "teams", "agents", "workflows", "documents", "chats")
LOG_LINES = 100
_STATUS = "SELECT current_setting('server_version'), pg_size_pretty(pg_database_size(current_database()))"
_APPLIED = "SELECT app, name FROM django_migrations WHERE app = ANY(%s) ORDER BY id DESC"
_INSTALL = "install PostgreSQL's client programs (postgresql-client)."


class DatabaseError(Exception):
    """The command cannot be done; the text is one sentence."""


@dataclass(frozen=True)
class Target:
    """The database that a command works on."""

    config: Config

    @property
    def is_embedded(self) -> bool:
        return not self.config.database_url

    @property
    def url(self) -> str:
        return self.config.database_url or self.config.home.database_url

    @cached_property
    def parameters(self) -> dict[str, str]:
        """Those of libpq. Raises EnvError, which ends the process."""
        usual = {"connect_timeout": "10"} | ({"port": "5432"} if self.is_embedded else {})
        return usual | database_url.read(self.url)

    @property
    def name(self) -> str:
        return self.parameters["dbname"]

    def environment(self) -> dict[str, str]:
        """Give the environment for psql and pg_dump: a password stays out of the list of processes."""
        return os.environ | database_url.environment(self.parameters)


def start(target: Target) -> None:
    """Start the embedded server, and leave it running."""
    _need_embedded(target, "start")
    postgres.start(target.config.home)
    print(f"PostgreSQL runs (process {postgres.pid(target.config.home)}): {target.url}")


def stop(target: Target) -> None:
    """Stop the embedded server."""
    _need_embedded(target, "stop")
    _need_quiet(target)
    print("PostgreSQL stopped." if postgres.stop(target.config.home) else "PostgreSQL did not run.")


def status(target: Target) -> None:
    """Say whether the database answers; DatabaseError where it does not."""
    if target.is_embedded and not postgres.is_running(target.config.home):
        raise DatabaseError("PostgreSQL does not run; make db-start starts it.")
    [(version, size)] = _query(target, _STATUS)
    process = f", process {postgres.pid(target.config.home)}" if target.is_embedded else ""
    print(f"PostgreSQL {version} answers: database {target.name}, {size}{process}.")


def logs(target: Target) -> None:
    """Print the end of the embedded server's log."""
    _need_embedded(target, "read the logs of")
    print("\n".join(tail(target.config.home.logs / "postgres.log", LOG_LINES)))


def shell(target: Target) -> None:
    """Become psql on the database."""
    program = _client("psql", is_encrypted=_ensure(target))
    os.execve(program, [program], target.environment())


def schema(target: Target) -> None:
    """Print the schema as SQL."""
    program = _client("pg_dump", is_encrypted=_ensure(target))
    _run([program, "--schema-only", "--no-owner", "--no-privileges"], target.environment())


def migrate(target: Target) -> None:
    """Bring the tables up to date; a database that is missing is made."""
    _ensure(target)
    _manage(target, "migrate")


def rollback(target: Target) -> None:
    """Undo the last migration of our own apps."""
    _ensure(target)
    applied = _query(target, _APPLIED, [list(APPS)])
    if not applied:
        raise DatabaseError("There is no migration to undo.")
    app, name = applied[0]
    before = next((older for owner, older in applied[1:] if owner == app), "zero")
    print(f"Undoing {app}.{name}.", flush=True)
    _manage(target, "migrate", app, before)


def drop(target: Target) -> None:
    """Remove the database with everything in it, once its name has been typed; never in production."""
    if target.config.public_url.startswith("https:"):
        raise DatabaseError("PUBLIC_URL is https: this is production, and its database is not dropped here.")
    if target.is_embedded:
        _need_quiet(target)
    _ensure(target)
    print(f"This removes the database {target.name} and everything in it, for good.")
    try:
        typed = input("Type its name to go on: ").strip()
    except EOFError:
        typed = ""
    if typed != target.name:
        raise DatabaseError("That is not its name; nothing was removed.")
    _query(target, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(target.name)), database="postgres")
    print(f"Removed {target.name}; make db-migrate or make run makes it anew.")


def seed(target: Target) -> None:
    """Fill the database with examples."""
    migrate(target)
    _manage(target, "seed")


def studio(target: Target) -> None:
    """Print where the tables can be looked through in the browser."""
    print(f"{target.config.url}/admin/")


COMMANDS: dict[str, Callable[[Target], None]] = {
    command.__name__: command
    for command in (start, stop, status, logs, shell, schema, migrate, rollback, drop, seed, studio)
}


def _need_embedded(target: Target, verb: str) -> None:
    if not target.is_embedded:
        host = target.parameters.get("host", "another server")
        raise DatabaseError(f"DATABASE_URL names a database at {host}: {verb} it there.")


def _need_quiet(target: Target) -> None:
    if sentence := instance.describe(target.config.home):
        raise DatabaseError(f"{sentence} Stop it first.")


def _ensure(target: Target) -> bool:
    """Make sure that the database is there and answers; give whether the way to it is encrypted."""
    if target.is_embedded:
        was_running = postgres.is_running(target.config.home)
        postgres.start(target.config.home)
        if not was_running:
            print("PostgreSQL started; make db-stop stops it.", file=sys.stderr)
        return False
    try:
        with _connect(target) as connection:
            return connection.pgconn.ssl_in_use
    except DatabaseError as error:
        return _create(target, error)


def _create(target: Target, unreached: DatabaseError) -> bool:
    """Make a database that is missing where its server answers; else it is `unreached`."""
    try:
        connection = _connect(target, "postgres")
    except DatabaseError:
        raise unreached from None
    with connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [target.name]).fetchone():
            raise unreached
        _execute(connection, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(target.name)))
        return connection.pgconn.ssl_in_use


def _query(target: Target, asked: sql.SQL | str, values: Sequence = (), database: str = "") -> list[tuple]:
    with _connect(target, database) as connection:
        return _execute(connection, asked, values)


def _connect(target: Target, database: str = "") -> psycopg.Connection:
    """By the driver of the web process: what it reaches is reached here, TLS and all."""
    try:
        found = target.parameters | ({"dbname": database} if database else {})
        return psycopg.connect(**found, autocommit=True)
    except psycopg.Error as error:
        raise DatabaseError(f"The database of DATABASE_URL does not answer: {_reason(error)}") from None


def _execute(connection: psycopg.Connection, asked: sql.SQL | str, values: Sequence = ()) -> list[tuple]:
    try:
        cursor = connection.execute(asked, values or None)
        return cursor.fetchall() if cursor.description else []
    except psycopg.Error as error:
        raise DatabaseError(f"The database refused: {_reason(error)}") from None


def _reason(error: psycopg.Error) -> str:
    """What the driver or the server says, as one line."""
    return " ".join(str(error).split()) or "it gave no reason."


def _client(name: str, *, is_encrypted: bool) -> str:
    """Find one of PostgreSQL's programs: the wheel's, which knows no TLS, else the machine's."""
    if not is_encrypted:
        try:
            return str(postgres.program(name))
        except postgres.PostgresError:
            pass
    if found := which(name):
        return found
    if is_encrypted:
        raise DatabaseError(f"This database wants TLS, which our {name} does not know: {_INSTALL}")
    raise DatabaseError(f"There is no {name}: run `make run` once, or {_INSTALL}")


def _manage(target: Target, *words: str) -> None:
    environment = os.environ | {"SAMBUNG_HOME": str(target.config.home.root)}
    _run([sys.executable, str(Path(PROJECT) / "manage.py"), *words], environment)


def _run(command: list[str], environment: dict[str, str]) -> None:
    """Run a program in this terminal; what it says is enough where it fails."""
    done = subprocess.run(command, env=environment, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)


def main(argv: list[str]) -> int:
    """Run one command; gives 1 with one line where it cannot be done."""
    if len(argv) != 1 or argv[0] not in COMMANDS:
        print(f"Usage: python -m sambung.supervisor.database {'|'.join(COMMANDS)}", file=sys.stderr)
        return 2
    try:
        COMMANDS[argv[0]](Target(configuration.load()))
    except (DatabaseError, configuration.ConfigError, HomeError, postgres.PostgresError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
