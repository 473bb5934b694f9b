"""Processes that serve a model: started in the background, each one's address kept in the data directory's `run/`."""

import json
import secrets
import subprocess
import threading
from abc import ABC, abstractmethod

from sambung.home import PROJECT, Home, write_private
from sambung.supervisor.logs import open_log

STOP_PATIENCE = 5.0  # seconds


class ModelError(Exception):
    """A model cannot be started; the text is one sentence."""


class Served(ABC):
    """One process after the other: `start` makes a new one with a new address and key.

    The process reads its key from the first line of its input, tells {"address"} in a line, and ends with its input.
    """

    name: str  # of its file in `run/`, and of its log

    def __init__(self, home: Home) -> None:
        self._home = home
        self._endpoint = home.run / f"{self.name}.json"
        self._process: subprocess.Popen[str] | None = None
        self.has_answered = False

    @abstractmethod
    def command(self) -> list[str]:
        """Return what is run. Raises ModelError."""

    @property
    @abstractmethod
    def facts(self) -> dict:
        """What is written down beside the address."""

    def start(self) -> None:
        """Start the process and return; its file in `run/` appears when it answers. Raises ModelError."""
        self._endpoint.unlink(missing_ok=True)
        key = secrets.token_urlsafe(32)
        with open_log(self._home.logs / f"{self.name}.log") as log:
            process = subprocess.Popen(
                self.command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=PROJECT,
                text=True,
            )
        self._process = process
        try:
            process.stdin.write(key + "\n")
            process.stdin.flush()  # and stays open: the child ends when it closes
        except BrokenPipeError:
            return  # is_alive() tells
        threading.Thread(target=self._announce, args=(process, key), daemon=True).start()

    def is_alive(self) -> bool:
        """Tell whether the process runs; where it does not, its address is removed."""
        if self._process is not None and self._process.poll() is None:
            return True
        self._endpoint.unlink(missing_ok=True)
        return False

    def stop(self) -> None:
        """End the process and remove its address."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._endpoint.unlink(missing_ok=True)

    def _announce(self, process: subprocess.Popen[str], key: str) -> None:
        """Write down the address once the process has told it."""
        line = process.stdout.readline()
        if not line:
            return
        endpoint = {"base_url": json.loads(line)["address"] + "/v1", "api_key": key, "pid": process.pid}
        write_private(self._endpoint, json.dumps(endpoint | self.facts))
        if process.poll() is not None:
            self._endpoint.unlink(missing_ok=True)
        else:
            self.has_answered = True
