"""A data directory on a short path, with its server ended afterwards; and supervisors over it."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sambung.home import PROJECT, Home
from sambung.supervisor import postgres
from tests import live

TINY_APP = "tests.supervisor.tiny_app:application"
ELSEWHERE = "postgresql://elsewhere.invalid/x"  # the small application asks for no database


@contextlib.contextmanager
def short_directory() -> Iterator[Path]:
    """An empty directory whose path leaves room for a socket, as pytest's own may not."""
    path = Path(tempfile.mkdtemp(prefix="sb", dir="/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def short() -> Iterator[Path]:
    with short_directory() as path:
        yield path


@pytest.fixture
def home(short: Path) -> Iterator[Home]:
    home = Home.open(short / "home")
    yield home
    postgres.stop(home)


@pytest.fixture(scope="session")
def made() -> Iterator[Path]:
    """The files that a first start makes: they take it a second."""
    with short_directory() as path:
        home = Home.open(path / "home")
        postgres.start(home, fsync=False)
        postgres.stop(home)
        yield home.postgres / "data"


@pytest.fixture
def used(home: Home, made: Path) -> None:
    """The home had its first start."""
    subprocess.run(["cp", "--archive", made, home.postgres], check=True)


@pytest.fixture
def free_port() -> int:
    return live.free_port()


class Supervised:
    """`python -m sambung.supervisor` on a home and a port, with the small application of `tiny_app`."""

    def __init__(self, home: Path, port: int, app: str, **environment: str) -> None:
        self.home = Home(home)
        self.port = port
        names = ("DATABASE_URL", "PUBLIC_URL", "HOST", "PORT", "SAMBUNG_HOME")
        clean = {name: value for name, value in os.environ.items() if name not in names}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sambung.supervisor", "--app", app],
            cwd=PROJECT,
            env=clean
            | {"SAMBUNG_HOME": str(home), "PORT": str(port), "SAMBUNG_BUNDLED_MODEL": "off"}
            | {"DATABASE_URL": ELSEWHERE}
            | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def await_line(self, start: str) -> str:
        """Read what it prints up to a line with this start."""
        for line in self.process.stdout:
            if line.startswith(start):
                return line.rstrip("\n")
        raise AssertionError(f"it ended without {start!r}: {self.process.stderr.read()}")

    def end(self) -> tuple[int, str]:
        """Wait for its end; give its exit code and what it said on stderr."""
        _, errors = self.process.communicate(timeout=live.PATIENCE)
        return self.process.returncode, errors


@pytest.fixture
def supervise(short: Path) -> Iterator[Callable[..., Supervised]]:
    """A function that starts supervisors; what is left of them is ended afterwards."""
    begun: list[Supervised] = []

    def begin(port: int, home: Path | None = None, app: str = TINY_APP, **environment: str) -> Supervised:
        begun.append(Supervised(home or short / "home", port, app, **environment))
        return begun[-1]

    yield begin
    for supervised in begun:
        if supervised.process.poll() is None:
            supervised.process.terminate()
        supervised.process.communicate(timeout=live.PATIENCE)
    for supervised in begun:
        if supervised.home.root.is_dir():
            postgres.stop(supervised.home)
