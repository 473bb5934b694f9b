"""The web process as the supervisor sees it: start, ready or not, stop; and what a killed supervisor left."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import psutil

from sambung.home import PROJECT, Home, write_private
from sambung.supervisor.config import Config

STOP_PATIENCE = 10.0  # seconds: streams get 5 of them, then the lifespan ends
PACKAGES = ("sambung", "chats", "documents", "workflows", "agents", "teams")


class Server:
    """One web process after the other, all at HOST and PORT."""

    def __init__(self, config: Config, *, app: str, dev: bool) -> None:
        self._config = config
        self._command = [sys.executable, "-m", "sambung.supervisor.web", app]
        self._command += ["--host", config.host, "--port", str(config.port)]
        if dev:
            folders = [PROJECT / name for name in PACKAGES if (PROJECT / name).is_dir()]
            self._command += ["--reload", *map(str, folders)]
        self._environment = os.environ | {"SAMBUNG_HOME": str(config.home.root)}
        if dev:
            self._environment.setdefault("SAMBUNG_DEBUG", "on")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process and return at once. Its words go where the supervisor's go."""
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, cwd=PROJECT, env=self._environment)
        _remember(self._config.home, self._process.pid)

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def is_ready(self) -> bool:
        """Ask /readyz; anything but a 200 within some seconds is a no."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self._config.host, self._config.host)  # noqa: S104
        request = b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        try:
            with socket.create_connection((host, self._config.port), timeout=5) as connection:
                connection.sendall(request)
                return connection.recv(64).startswith(b"HTTP/1.1 200")
        except OSError:
            return False

    def stop(self) -> None:
        """End the process: in order, and by force if that takes too long."""
        if self._process is not None and self._process.poll() is None:
            _end(psutil.Process(self._process.pid))
            self._process.wait()
        _path(self._config.home).unlink(missing_ok=True)


def reap_orphan(home: Home) -> None:
    """End the web process of a supervisor that was killed, so that the port is free again."""
    try:
        found = json.loads(_path(home).read_bytes())
        process = psutil.Process(found["pid"])
        if process.create_time() == found["started"]:
            _end(process)
    except (OSError, ValueError, KeyError, TypeError, psutil.NoSuchProcess):
        pass
    _path(home).unlink(missing_ok=True)


def _path(home: Home) -> Path:
    return home.run / "web.json"


def _remember(home: Home, pid: int) -> None:
    """Write down the process with its time of birth: its number alone could become another's."""
    started = psutil.Process(pid).create_time()
    write_private(_path(home), json.dumps({"pid": pid, "started": started}))


def _end(process: psutil.Process) -> None:
    """Ask the process to end, then force it with all that it started (the reloader's children)."""
    family = [process, *process.children(recursive=True)]
    process.terminate()
    _, alive = psutil.wait_procs(family, timeout=STOP_PATIENCE)
    for left in alive:
        left.kill()
