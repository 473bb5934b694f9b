"""The data directory: its paths, its secrets, where the embedded database listens. No Django here."""

import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

PROJECT = Path(__file__).resolve().parent.parent
DATABASE = "sambung"
DATABASE_USER = "postgres"
SOCKET_NAME = ".s.PGSQL.5432"
# The kernel takes 107 bytes for a socket's path (103 on macOS); PostgreSQL adds `.lock` beside it.
SOCKET_PATH_MAX = 90

_PRIVATE = ("postgres", "run", "secrets", "logs", "files", "mail", "tables")
_SHARED = ("static",)


class HomeError(Exception):
    """The data directory cannot be used; the text is one sentence for the person at the terminal."""


@dataclass(frozen=True)
class Home:
    """A data directory. `Home(root)` only names paths; `Home.open(path)` also makes them."""

    root: Path

    @classmethod
    def default(cls) -> "Home":
        """The directory that SAMBUNG_HOME names, else `var/` in the project. Raises HomeError."""
        return cls.open(os.environ.get("SAMBUNG_HOME", "").strip() or PROJECT / "var")

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> "Home":
        """Give the directory at `path` with everything in it that Sambung expects, made where missing.

        Raises HomeError with one sentence: something in the way, or a place that cannot be written.
        """
        root = Path(os.path.abspath(os.path.expanduser(path)))
        home = cls(root)
        # PostgreSQL refuses to run as root and is given another user, who must be able to pass through.
        _make(root, 0o711 if os.geteuid() == 0 else 0o700)
        for name in _PRIVATE:
            _make(root / name, 0o700)
        for name in _SHARED:
            _make(root / name, 0o755)
        return home

    @property
    def postgres(self) -> Path:
        """All that belongs to the embedded server; its operating system user owns it."""
        return self.root / "postgres"

    @property
    def run(self) -> Path:
        """What describes running processes: locks, pids, the model's address."""
        return self.root / "run"

    @property
    def secrets(self) -> Path:
        return self.root / "secrets"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def files(self) -> Path:
        return self.root / "files"

    @property
    def tables(self) -> Path:
        """Tables of files as they were last read; all of it can be made anew."""
        return self.root / "tables"

    @property
    def mail(self) -> Path:
        return self.root / "mail"

    @property
    def static(self) -> Path:
        return self.root / "static"

    @property
    def sockets(self) -> Path:
        """The directory of the database's socket: beside its data, or a private one with a short path.

        A comma parts two hosts for PostgreSQL's clients, so a path with one will not do either.
        """
        if len(os.fsencode(self.postgres / SOCKET_NAME)) <= SOCKET_PATH_MAX and "," not in str(self.root):
            return self.postgres
        # TMPDIR is not asked: two shells with two values must find the same server.
        parent = Path("/tmp") if os.path.isdir("/tmp") else Path(tempfile.gettempdir())
        name = hashlib.sha256(f"{os.geteuid()}:{self.root}".encode(errors="surrogateescape")).hexdigest()[:24]
        return parent / f"sambung-{name}"

    @property
    def database_url(self) -> str:
        """The address of the embedded database. Raises HomeError where a stranger made its socket's place."""
        self.check_sockets()
        return f"postgresql://{DATABASE_USER}@/{DATABASE}?host={quote(str(self.sockets), safe='/')}"

    def check_sockets(self) -> None:
        """Refuse a socket directory under the shared temporary directory that somebody else made.

        One that does not exist yet passes: there is nothing to follow. Raises HomeError.
        """
        if self.sockets == self.postgres:
            return
        try:
            found = self.sockets.lstat()
        except FileNotFoundError:
            return
        owners = {os.geteuid(), self.postgres.stat().st_uid if self.postgres.exists() else os.geteuid()}
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners or found.st_mode & 0o022:
            raise HomeError(f"{self.sockets} belongs to somebody else; remove it, or shorten SAMBUNG_HOME.")

    def forget(self, name: str) -> None:
        """Remove the secret called `name`, if it is there."""
        (self.secrets / name).unlink(missing_ok=True)

    def keep(self, name: str, value: str) -> None:
        """Replace the secret called `name` in one step. Raises OSError."""
        write_private(self.secrets / name, value)

    def secret(self, name: str, make: Callable[[], str]) -> str:
        """Give the secret called `name`; where it is missing, keep what `make()` gives with mode 0600.

        Processes that ask at the same moment all get the same value. Raises HomeError.
        """
        path = self.secrets / name
        try:
            if not path.exists():
                _write_once(path, make())
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                path.chmod(0o600)
            value = path.read_text().strip()
        except OSError as error:
            raise HomeError(f"The secret {path} cannot be read or made: {error.strerror}.") from error
        if not value:
            raise HomeError(f"The secret {path} is empty; restore it from a backup, or remove it to make a new one.")
        return value

    def model_endpoint(self) -> dict[str, Any] | None:
        """Where the bundled model answers, or None while it does not run.

        Gives `base_url` (an OpenAI-compatible `…/v1`), `api_key`, `model` and `context_window` (tokens).
        """
        return self._served("model", "context_window")

    def embedding_endpoint(self) -> dict[str, Any] | None:
        """Where the extra embedding model answers, or None: `base_url` (OpenAI's `…/v1`), `api_key`, `model`."""
        return self._served("embeddings")

    def _served(self, name: str, *more: str) -> dict[str, Any] | None:
        """What the process of that name wrote down of itself, while it runs."""
        try:
            found = json.loads((self.run / f"{name}.json").read_bytes())
            endpoint = {key: found[key] for key in ("base_url", "api_key", "model", *more)}
            os.kill(found["pid"], 0)  # a file left by a process that was killed names nobody
        except PermissionError:
            return endpoint
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return endpoint


def write_private(path: Path, text: str) -> None:
    """Replace the file at `path` by `text` in one step, readable by its owner alone. Raises OSError."""
    draft = _draft(path, text)
    try:
        os.replace(draft, path)
    except OSError:
        os.unlink(draft)
        raise


def _write_once(path: Path, text: str) -> None:
    """Like `write_private`, but who comes second leaves the first one's file alone."""
    draft = _draft(path, text)
    try:
        os.link(draft, path)  # unlike a rename, this fails when the name is taken
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)


def _draft(path: Path, text: str) -> str:
    """Write `text` beside `path` under a fresh name, down to the disk; give that name."""
    handle, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _make(path: Path, mode: int) -> None:
    """Make a directory with exactly `mode`; one that exists keeps its own, but must be writable."""
    hint = "set SAMBUNG_HOME to a directory that you can write"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            path.mkdir()
            path.chmod(mode)  # mkdir's mode is cut by the umask
        except FileExistsError:
            if not path.is_dir():
                raise HomeError(f"{path} is in the way: it is not a directory; {hint}.") from None
    except (FileExistsError, NotADirectoryError) as error:
        raise HomeError(f"{error.filename} is in the way: it is not a directory; {hint}.") from error
    except OSError as error:
        raise HomeError(f"The data directory {path} cannot be made: {error.strerror}; {hint}.") from error
    if path.name != "postgres" and not os.access(path, os.W_OK | os.X_OK):
        raise HomeError(f"The data directory {path} cannot be written; {hint}.")
