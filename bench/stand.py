"""The test stand: PostgreSQL and the web process on one core, the model and the load on the other."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from bench import meter
from bench.builds import PRESENT, Build
from sambung.home import Home
from sambung.supervisor import postgres

SERVER_CORE, LOAD_CORE = 0, 1
PATIENCE = 120.0  # seconds until a process must answer
LOOK = 0.01  # seconds between two looks at a starting process
#: Runs a program of ours so that it finds the modules of the build in whose folder it is.
OVER_THE_BUILD = "import runpy, sys; sys.argv.pop(0); runpy.run_path(sys.argv[0], run_name='__main__')"
_CORES = sorted(os.sched_getaffinity(0))


class StandError(Exception):
    """The stand cannot be set up; the text is one sentence."""


def pin(core: int) -> None:
    """Keep this process, and what it starts from now on, on one core; on a machine of one core do nothing."""
    os.sched_setaffinity(0, {_CORES[core % len(_CORES)]})


def free_port() -> int:
    """Return a port of the loopback interface that nobody uses now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def answers(url: str) -> bool:
    """Tell whether `url` answers 200 now."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status == 200
    except OSError:
        return False


@dataclass
class Stand:
    """Everything that is measured, and what measures it."""

    home: Home
    models: tuple[str, ...]
    upstream_script: Path | None = None
    is_hasty: bool = False  # nothing is waited for that only makes figures steadier
    build: Build = PRESENT  # what is measured; the load, the model and the relay are always ours
    extra: dict[str, str] = field(default_factory=dict)  # settings that a case needs
    web_port: int = field(default_factory=free_port)
    relay_port: int = field(default_factory=free_port)
    model_port: int = field(default_factory=free_port)
    web: subprocess.Popen | None = None
    relay: subprocess.Popen | None = None
    model: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.web_port}"

    @property
    def model_url(self) -> str:
        return f"http://127.0.0.1:{self.model_port}/v1"

    @property
    def server_pids(self) -> list[int]:
        """The web process and PostgreSQL."""
        return [pid for pid in (self.web and self.web.pid, postgres.pid(self.home)) if pid]

    @property
    def environment(self) -> dict[str, str]:
        """What Sambung reads; nothing of the caller's own settings."""
        ours = ("OPENAI_", "EMAIL_", "PUBLIC_", "SAMBUNG_", "DATABASE_", "DB_", "PYTHONPATH")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return kept | {
            "DJANGO_SETTINGS_MODULE": "sambung.settings",
            "SAMBUNG_HOME": str(self.home.root),
            "DATABASE_URL": "",  # empty, so that no .env names another one
            "HOST": "127.0.0.1",
            "PORT": str(self.web_port),
            "OPENAI_BASE_URL": self.model_url,
            "LOG_LEVEL": "ERROR",  # the rescue after a kill warns of each run
            **self.extra,
        }

    # ---- processes ---------------------------------------------------------------------------------
    def spawn(self, core: int, *command: str, build: Build = PRESENT, **options) -> subprocess.Popen:
        """Start a Python program of a build on one core."""
        pin(core)
        try:
            options |= {"cwd": build.folder, "env": self.environment, "stdin": subprocess.PIPE}
            return subprocess.Popen([build.python, *command], **options)
        finally:
            pin(LOAD_CORE)

    def start_database(self) -> None:
        """Start PostgreSQL as the build does. Raises StandError."""
        command, quiet = ("-m", "sambung.supervisor.database", "start"), {"stdout": subprocess.DEVNULL}
        process = self.spawn(SERVER_CORE, *command, build=self.build, **quiet)
        try:
            process.wait()
        finally:
            end(process)
        if process.returncode:
            raise StandError(f"PostgreSQL does not start; see {self.home.logs}.")

    def stop_database(self) -> None:
        postgres.stop(self.home)

    def start_model(self) -> None:
        """Start the scripted model server: ours, or the script that the caller named."""
        ours = ["-m", "bench.scripted_model", "--any-schema"]  # older builds are compared, too
        command = [str(self.upstream_script)] if self.upstream_script else ours
        arguments = ["--port", str(self.model_port), "--models", ",".join(self.models)]
        self.model = self.spawn(LOAD_CORE, *command, *arguments, stdout=subprocess.DEVNULL)
        self.wait(self.model, f"{self.model_url}/models")

    def start_relay(self) -> None:
        self.relay = self.spawn(
            SERVER_CORE, "-m", "bench.relay", "--port", str(self.relay_port), "--upstream", self.model_url
        )
        self.wait(self.relay, f"http://127.0.0.1:{self.relay_port}/")

    def start_web(self) -> float:
        """Start the web process; return the seconds until its first 200."""
        begun = time.monotonic()
        self.web = self.spawn(
            SERVER_CORE,
            *("-m", "sambung.supervisor.web", "sambung.asgi:application"),
            *("--host", "127.0.0.1", "--port", str(self.web_port)),
            build=self.build,
        )
        self.wait(self.web, f"{self.url}/readyz")
        return time.monotonic() - begun

    def wait(self, process: subprocess.Popen, url: str) -> None:
        """Wait until `url` answers. Raises StandError."""
        ends = time.monotonic() + PATIENCE
        while not answers(url):
            if process.poll() is not None or time.monotonic() > ends:
                raise StandError(f"{' '.join(process.args[1:3])} does not answer at {url}.")
            time.sleep(LOOK)

    def kill_web(self) -> None:
        """End the web process as a power cut would."""
        end(self.web, signal.SIGKILL)
        self.web = None

    def stop_web(self) -> None:
        end(self.web)
        self.web = None

    # ---- data --------------------------------------------------------------------------------------
    def sql(self, query: str, *parameters) -> list[tuple]:
        """Run one statement over a connection of its own."""
        with psycopg.connect(self.home.database_url, autocommit=True) as connection:
            cursor = connection.execute(query, parameters or None)
            return cursor.fetchall() if cursor.description else []

    def shell(self, code: str) -> str:
        """Run Python code in `manage.py shell` over the same data; return what it prints."""
        command = [self.build.python, "manage.py", "shell", "-v", "0", "-c", code]
        options = {"cwd": self.build.folder, "env": self.environment, "capture_output": True, "text": True}
        done = subprocess.run(command, check=False, **options)
        if done.returncode:
            raise StandError(f"The data could not be made: {done.stderr.strip().splitlines()[-1]}")
        return done.stdout

    async def settle(self, share: float = 0.1, patience: float = 20.0) -> None:
        """Wait until the measured processes do next to nothing: less than `share` of a core for a second."""
        pids, ends = [*self.server_pids, self.relay.pid], time.monotonic() + (0 if self.is_hasty else patience)
        while time.monotonic() < ends:
            before = meter.cpu(pids)
            await asyncio.sleep(1)
            if meter.cpu(pids) - before < share:
                return


def end(process: subprocess.Popen | None, how: int = signal.SIGTERM) -> None:
    """End a process that we started, and wait for it."""
    if process is None:
        return
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    process.stdin.close()


@contextlib.contextmanager
def home(pattern: Path | None = None) -> Iterator[Home]:
    """A data directory under a short path, empty or a copy of another one; it goes afterwards, with its database."""
    folder = Path(tempfile.mkdtemp(prefix="sbb-", dir="/tmp"))
    folder.chmod(0o711)  # PostgreSQL may run as another user
    root = folder / "home"
    try:
        if pattern is not None:
            subprocess.run(["cp", "--archive", str(pattern), str(root)], check=True)
        yield Home.open(root)
    finally:
        postgres.stop(Home(root))
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def standing(stand: Stand) -> Iterator[Stand]:
    """Start everything on the stand's home; end it again. The disk is waited for (fsync on)."""
    try:
        stand.start_database()
        stand.start_model()
        stand.start_relay()
        stand.start_web()
        yield stand
    finally:
        for process in (stand.web, stand.relay, stand.model):
            end(process)
        stand.stop_database()


def first_start(stand: Stand) -> None:
    """Leave the data of a build's first start in the stand's home, at rest."""
    try:
        stand.start_database()
        stand.start_web()
    finally:
        stand.stop_web()
        stand.stop_database()
