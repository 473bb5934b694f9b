"""What must be there before Django reads its settings: a data directory and PostgreSQL of our own, under a short path.

Loaded first (`-p tests.environment`). The process that starts the tests starts the server; xdist's workers find its
address in the environment and make a database each. The disk is not waited for (fsync off).
"""

import os
import shutil
import tempfile
from pathlib import Path

from sambung.home import Home
from sambung.supervisor import postgres

_ADDRESS = "SAMBUNG_TEST_POSTGRES"
_MODELS = [
    f"{name}_{what}" for name in ("OPENAI", "ANTHROPIC", "GOOGLE", "GROQ", "OLLAMA") for what in ("API_KEY", "BASE_URL")
]
_SEARCH = ["SEARXNG_URL", "BRAVE_API_KEY", "EXA_API_KEY", "TAVILY_API_KEY"]
_started: Home | None = None


def _start() -> None:
    global _started

    folder = tempfile.mkdtemp(prefix="sbt-", dir="/tmp")
    os.chmod(folder, 0o711)
    _started = Home.open(f"{folder}/home")
    postgres.start(_started, fsync=False)
    os.environ[_ADDRESS] = _started.database_url


def _own_home() -> None:
    """Each process has a data directory: secrets, logs, files and built assets are its own."""
    for name in (
        *_MODELS,
        *_SEARCH,
        "EGRESS_ALLOW",
        "EMAIL_URL",
        "EMAIL_FROM",
        "PUBLIC_URL",
        "SECRET_KEY",
        "MCP_STDIO_SERVERS",
    ):
        os.environ[name] = ""  # empty counts as unset, and a developer's .env does not fill it again
    root = Path(os.environ[_ADDRESS].partition("host=")[2]).parent.parent / f"p{os.getpid()}"
    os.environ |= {
        "SAMBUNG_HOME": str(root),
        "DATABASE_URL": os.environ[_ADDRESS],
        "HOST": "127.0.0.1",
        "PORT": "8000",
    }


if _ADDRESS not in os.environ:
    _start()
_own_home()


def pytest_unconfigure(config):
    if _started is not None and not hasattr(config, "workerinput"):
        postgres.stop(_started)
        shutil.rmtree(_started.root.parent, ignore_errors=True)
        os.environ.pop(_ADDRESS, None)
