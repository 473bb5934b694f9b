"""The real thing: the scripted model server and a web process on free ports, with a database of their own."""

import asyncio
import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import psycopg
import pytest

PROJECT = Path(__file__).parent.parent
MODELS = "fake-plain,fake-plain-n20,fake-hold3-plain-n6,fake-hold3-plain-n6-continues,fake-r50-n2000-plain"
PATIENCE = 60.0  # seconds after which a wait is a failure


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def wait_for(condition: Callable[[], object], what: str) -> object:
    """Give what `condition` gives once that is true; fail after PATIENCE."""
    until = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < until, f"waited in vain for {what}"
        time.sleep(0.02)
    return found


def _get(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status
    except OSError as error:
        return getattr(error, "code", 0)


@dataclass
class Scripted:
    """The scripted model server in a process of its own."""

    url: str
    process: subprocess.Popen

    def post(self, path: str, body: dict | None = None) -> dict:
        request = urllib.request.Request(self.url + path, json.dumps(body or {}).encode(), method="POST")
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)

    def get(self, path: str):
        with urllib.request.urlopen(self.url + path, timeout=60) as response:
            return json.load(response)


@dataclass
class Live:
    """A web process that can be killed and started again over the same data."""

    home: Path
    database_url: str
    model: Scripted
    port: int = field(default_factory=free_port)
    environment: dict = field(default_factory=dict)
    process: subprocess.Popen | None = None
    app: str = "sambung.asgi:application"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start and wait until it is ready."""
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "sambung.settings",
            "SAMBUNG_HOME": str(self.home),
            "DATABASE_URL": self.database_url,
            "PORT": str(self.port),
            "DB_POOL_MAX": "6",  # several of these share one PostgreSQL
            "OPENAI_BASE_URL": f"{self.model.url}/v1",
            **self.environment,
        }
        command = [sys.executable, "-m", "sambung.supervisor.web", self.app]
        command += ["--host", "127.0.0.1", "--port", str(self.port)]
        self.process = subprocess.Popen(
            command, cwd=PROJECT, env=environment, stdin=subprocess.PIPE, start_new_session=True
        )
        wait_for(self._is_ready, f"the web process; see {self.home}/logs/sambung.log")

    def _is_ready(self) -> bool:
        assert self.process.poll() is None, f"the web process ended; see {self.home}/logs/sambung.log"
        return _get(f"{self.url}/readyz") == 200

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(30)
            self.process.stdin.close()
            self.process = None

    def kill(self) -> None:
        """End it with its whole process group, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.stop(signal.SIGKILL)

    def sql(self, query: str, *parameters) -> list[tuple]:
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            cursor = connection.execute(query, parameters)
            return cursor.fetchall() if cursor.description else []

    def manage(self, code: str) -> str:
        """Run Python code in `manage.py shell` over the same data; return what it prints."""
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "sambung.settings",
            "SAMBUNG_HOME": str(self.home),
            "DATABASE_URL": self.database_url,
        }
        command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", code]
        return subprocess.run(command, cwd=PROJECT, env=environment, check=True, capture_output=True, text=True).stdout


@contextlib.contextmanager
def scripted_model(models: str = MODELS, kind: type[Scripted] = Scripted) -> Iterator[Scripted]:
    """A scripted model server of one's own; `models` are the names that it lists, by commas."""
    command = [sys.executable, "-m", "bench.scripted_model", "--port", "0", "--models", models]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE)
    try:
        yield kind(json.loads(process.stdout.readline())["url"].removesuffix("/v1"), process)
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


@contextlib.contextmanager
def live_server(home: Path, model: Scripted, **environment) -> Iterator[Live]:
    """A web process with a fresh database, ended with it."""
    server = os.environ["SAMBUNG_TEST_POSTGRES"]
    name = f"live_{secrets.token_hex(4)}"
    with psycopg.connect(server.replace("/sambung?", "/postgres?"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    made = Live(home, server.replace("/sambung?", f"/{name}?"), model, environment=environment)
    try:
        made.start()
        yield made
    finally:
        if made.process is not None:
            made.stop()
        with psycopg.connect(server.replace("/sambung?", "/postgres?"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def scripted() -> Iterator[Scripted]:
    with scripted_model() as found:
        yield found


@pytest.fixture(scope="session")
def live(tmp_path_factory, scripted) -> Iterator[Live]:
    """One web process for all tests of this worker; tests bring their own people and chats."""
    with live_server(tmp_path_factory.mktemp("home"), scripted) as found:
        yield found


@pytest.fixture
def mortal(tmp_path, scripted) -> Iterator[Live]:
    """A web process of one's own, to be killed."""
    with live_server(tmp_path / "home", scripted) as found:
        yield found


class Tab:
    """A browser's tab without the browser: a signed-in HTTP session with a socket, over the real wire."""

    def __init__(self, live: Live, cookies: dict[str, str]):
        self.live = live
        self._cookies = cookies
        self.frames: list[dict] = []

    async def __aenter__(self) -> "Tab":
        jar = aiohttp.CookieJar(unsafe=True)
        jar.update_cookies(self._cookies)
        self.http = aiohttp.ClientSession(self.live.url, cookie_jar=jar, headers={"Origin": self.live.url})
        async with self.http.get("/app/") as response:
            assert response.status == 200, response.status
            page = await response.text()
        self.csrf = csrf_token(page)
        return self

    async def __aexit__(self, *exc) -> None:
        await self.http.close()

    async def post(self, path: str, **data) -> tuple[int, str, Mapping[str, str]]:
        """Post a form as a script would; return status, body, headers."""
        headers = {"X-CSRFToken": self.csrf, "HX-Request": "true", "Referer": self.live.url}
        async with self.http.post(path, data=data, headers=headers) as response:
            return response.status, await response.text(), response.headers

    async def begin(self, text: str, model: str, **data) -> str:
        """Begin a chat; return its id."""
        status, _, headers = await self.post("/app/chats/new/", text=text, model=f"openai_compatible:{model}", **data)
        assert status == 204, status
        return headers["HX-Redirect"].rstrip("/").rpartition("/")[2]

    @contextlib.asynccontextmanager
    async def follow(self, chat: str, after: dict | None = None):
        """Join a chat over a socket; yields a function that returns the next frame."""
        async with self.http.ws_connect("/ws/") as socket:
            await socket.send_json({"type": "join", "topic": f"chat:{chat}", "after": after or {}})

            async def receive() -> dict:
                async with asyncio.timeout(PATIENCE):  # the socket's own timeout begins anew with each ping
                    frame = await socket.receive_json()
                self.frames.append(frame)
                return frame

            yield receive


def csrf_token(page: str) -> str:
    """The token that a page's scripts send along."""
    return page.split('"X-CSRFToken": "')[1].split('"')[0]


def sign_in_on(server: Live, **fields) -> dict[str, str]:
    """Make a person with a session on a live server; return the cookie."""
    return {"sambung_session": make_sessions(server, 1, **fields)[0]}


def make_sessions(server: Live, number: int, **fields) -> list[str]:
    """Make people with a session each, with addresses of their own unless one is given; return the sessions' keys."""
    code = f"""
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.conf import settings
import uuid
from teams.models import User
for i in range({number}):
    fields = {{"email": f"{{uuid.uuid4().hex[:12]}}@example.org"}} | { ({"name": "Alice Owner"} | fields)!r}
    user = User.objects.create_user(fields.pop("email"), None, **fields)
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    print(session.session_key)
"""
    return server.manage(code).split()
