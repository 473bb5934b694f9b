"""`make db-…`: the helpers around the database, the embedded one or the one of DATABASE_URL."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from urllib.parse import parse_qsl, unquote, urlsplit

from sambung.home import PROJECT, HomeError
from sambung.supervisor import config as configuration
from sambung.supervisor import instance, postgres
from sambung.supervisor.config import Config
from sambung.supervisor.logs import tail

APPS = ("sambung", "teams", "agents", "workflows", "documents", "chats")
LOG_LINES = 100
# Parameters of a database's address that psql and pg_dump take from their environment.
PARAMETERS = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "application_name": "PGAPPNAME",
}


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

    @property
    def name(self) -> str:
        return unquote(urlsplit(self.url).path.lstrip("/"))

    def environment(self, database: str = "") -> dict[str, str]:
        """Give the environment for psql and pg_dump: a password stays out of the list of processes."""
        parts = urlsplit(self.url)
        values = {
            "PGHOST": parts.hostname,
            "PGPORT": str(parts.port or ""),
            "PGUSER": unquote(parts.username or ""),
            "PGPASSWORD": unquote(parts.password or ""),
            "PGDATABASE": database or self.name,
            "PGCONNECT_TIMEOUT": "10",
        }
        for name, value in parse_qsl(parts.query):
            values[PARAMETERS.get(name, f"PG{name.replace('_', '').upper()}")] = value
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return clean | {name: value for name, value in values.items() if value}


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
    version = _query(target, "SHOW server_version")
    size = _query(target, "SELECT pg_size_pretty(pg_database_size(current_database()))")
    process = f", process {postgres.pid(target.config.home)}" if target.is_embedded else ""
    print(f"PostgreSQL {version} answers: database {target.name}, {size}{process}.")


def logs(target: Target) -> None:
    """Print the end of the embedded server's log."""
    _need_embedded(target, "read the logs of")
    print("\n".join(tail(target.config.home.logs / "postgres.log", LOG_LINES)))


def shell(target: Target) -> None:
    """Become psql on the database."""
    _ensure(target)
    program = _client("psql")
    os.execve(program, [program], target.environment())


def schema(target: Target) -> None:
    """Print the schema as SQL."""
    _ensure(target)
    _run([_client("pg_dump"), "--schema-only", "--no-owner", "--no-privileges"], target.environment())


def migrate(target: Target) -> None:
    """Bring the tables up to date; a database that is missing is made."""
    _ensure(target)
    _manage(target, "migrate")


def rollback(target: Target) -> None:
    """Undo the last migration of our own apps."""
    _ensure(target)
    names = ", ".join(f"'{app}'" for app in APPS)
    rows = _query(target, f"SELECT app, name FROM django_migrations WHERE app IN ({names}) ORDER BY id DESC")
    if not rows:
        raise DatabaseError("There is no migration to undo.")
    applied = [tuple(row.split("|")) for row in rows.splitlines()]
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
    quoted = '"' + target.name.replace('"', '""') + '"'
    _query(target, f"DROP DATABASE {quoted} WITH (FORCE)", database="postgres")
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
        host = target.environment().get("PGHOST", "another server")
        raise DatabaseError(f"DATABASE_URL names a database at {host}: {verb} it there.")


def _need_quiet(target: Target) -> None:
    if sentence := instance.describe(target.config.home):
        raise DatabaseError(f"{sentence} Stop it first.")


def _ensure(target: Target) -> None:
    """Make sure that the database is there and answers."""
    if target.is_embedded:
        was_running = postgres.is_running(target.config.home)
        postgres.start(target.config.home)
        if not was_running:
            print("PostgreSQL started; make db-stop stops it.", file=sys.stderr)
        return
    done = _psql(target, "SELECT 1")
    if done.returncode and "does not exist" in done.stderr:
        quoted = '"' + target.name.replace('"', '""') + '"'
        _query(target, f"CREATE DATABASE {quoted}", database="postgres")
    elif done.returncode:
        raise DatabaseError(f"The database of DATABASE_URL does not answer: {_reason(done.stderr)}")


def _query(target: Target, sql: str, database: str = "") -> str:
    done = _psql(target, sql, database)
    if done.returncode:
        raise DatabaseError(f"The database refused: {_reason(done.stderr)}")
    return done.stdout.strip()


def _psql(target: Target, sql: str, database: str = "") -> subprocess.CompletedProcess[str]:
    command = [_client("psql"), "-XAtw", "-c", sql]
    return subprocess.run(command, capture_output=True, text=True, env=target.environment(database), check=False)


def _client(name: str) -> str:
    """Find one of PostgreSQL's programs: the wheel's, else the machine's."""
    try:
        return str(postgres.program(name))
    except postgres.PostgresError:
        found = which(name)
    if not found:
        raise DatabaseError(f"There is no {name}: run `make run` once, or install PostgreSQL's client programs.")
    return found


def _manage(target: Target, *words: str) -> None:
    environment = os.environ | {"SAMBUNG_HOME": str(target.config.home.root)}
    _run([sys.executable, str(Path(PROJECT) / "manage.py"), *words], environment)


def _run(command: list[str], environment: dict[str, str]) -> None:
    """Run a program in this terminal; what it says is enough where it fails."""
    done = subprocess.run(command, env=environment, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)


def _reason(stderr: str) -> str:
    lines = [line for line in stderr.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "it gave no reason."


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
