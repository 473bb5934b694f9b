"""The real thing: the scripted model server and a web process on free ports, with a database of their own."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import aiohttp
import psycopg
import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import ScryptPasswordHasher, make_password
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.db.models import Model
from django.db.models.expressions import DatabaseDefault
from django.test import override_settings
from django.utils import timezone
from django.utils.crypto import get_random_string

from sambung.home import Home
from tests import budget, databases
from tests.scripts import MODELS

PROJECT = Path(__file__).parent.parent
PATIENCE = 60.0  # seconds after which a wait is a failure
KEPT = 4.0  # seconds that an idle connection is used again: the server ends it after five, which a busy test overlooks


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

    @property
    def session_cookie(self) -> str:
        """The cookie's name: it has the port, since browsers keep cookies by host alone."""
        return f"sambung_session_{self.port}"

    @property
    def _environment(self) -> dict[str, str]:
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "sambung.settings",
            "SAMBUNG_HOME": str(self.home),
            "DATABASE_URL": self.database_url,
            "PORT": str(self.port),
            "DB_POOL_MAX": "6",  # several of these share one PostgreSQL
            "OPENAI_BASE_URL": f"{self.model.url}/v1",
            "EGRESS_ALLOW": self.model.url.removeprefix("http://"),  # keys of people may name it as well
            "SEND_RATE": "100000/minute",  # many tests share one person
            **self.environment,
        }

    def start(self) -> None:
        """Start and wait until it is ready."""
        budget.count("servers")
        command = [sys.executable, "-m", "sambung.supervisor.web", self.app]
        command += ["--host", "127.0.0.1", "--port", str(self.port)]
        self.process = subprocess.Popen(
            command, cwd=PROJECT, env=self._environment, stdin=subprocess.PIPE, start_new_session=True
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

    @contextlib.contextmanager
    def read_only(self) -> Iterator[None]:
        """The database answers, and refuses to write: everybody connects anew to one that does."""
        self._set_database("SET default_transaction_read_only = on")
        try:
            yield
        finally:
            self._set_database("RESET default_transaction_read_only")

    def _set_database(self, what: str) -> None:
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            connection.execute("SET default_transaction_read_only = off")
            connection.execute(f"ALTER DATABASE {connection.info.dbname} {what}")
            others = "datname = current_database() AND pid <> pg_backend_pid()"
            connection.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")

    def insert(self, *rows: Model) -> None:
        """Write rows as Django would."""
        with psycopg.connect(self.database_url) as connection:
            for row in rows:
                connection.execute(*_insert(row))

    @property
    def secret_key(self) -> str:
        """What its sessions are signed with."""
        return Home.open(self.home).secret("secret_key", str)

    def manage(self, code: str) -> str:
        """Run Python code in `manage.py shell` over the same data; return what it prints."""
        return self.command("shell", "-v", "0", "-c", code)

    def command(self, *arguments: str) -> str:
        """Run a command of manage.py over the same data; return what it prints."""
        command = [sys.executable, "manage.py", *arguments]
        made = subprocess.run(command, cwd=PROJECT, env=self._environment, check=True, capture_output=True, text=True)
        return made.stdout


def _insert(row: Model) -> tuple[str, list]:
    fields = [field for field in row._meta.concrete_fields if not (field.primary_key and row.pk is None)]
    values = {field.column: field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields}
    values = {column: value for column, value in values.items() if not isinstance(value, DatabaseDefault)}
    columns, places = ", ".join(f'"{column}"' for column in values), ", ".join(["%s"] * len(values))
    return f'INSERT INTO "{row._meta.db_table}" ({columns}) VALUES ({places})', list(values.values())


@contextlib.contextmanager
def scripted_model(models: str = ",".join(MODELS), kind: type[Scripted] = Scripted) -> Iterator[Scripted]:
    """A scripted model server of one's own; `models` are the names that it lists, by commas."""
    budget.count("models")
    command = [sys.executable, "-m", "bench.scripted_model", "--port", "0", "--models", models]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE)
    try:
        yield kind(json.loads(process.stdout.readline())["url"].removesuffix("/v1"), process)
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def _first_start(model: Scripted) -> Path:
    """Give a home, and fill the database `first`, as a first start leaves them: once for all workers of a run."""
    home = Home.default().root.parent / "first"
    with databases.once("first") as is_first:
        if is_first:
            databases.on_server(f"CREATE DATABASE first TEMPLATE {databases.migrated()}")
            made = Live(home, databases.url_of("first"), model)
            made.start()
            made.stop()
            shutil.rmtree(home / "logs")
    return home


@contextlib.contextmanager
def live_server(home: Path, model: Scripted, *, app: str = Live.app, **environment) -> Iterator[Live]:
    """A web process with a fresh database, ended with it."""
    shutil.copytree(_first_start(model), home, dirs_exist_ok=True)
    with first_database(model) as address:
        made = Live(home, address, model, environment=environment, app=app)
        try:
            made.start()
            yield made
        finally:
            made.stop()


@contextlib.contextmanager
def first_database(model: Scripted) -> Iterator[str]:
    """A database as a first start leaves it; gives its address."""
    _first_start(model)
    with databases.empty_database("first") as address:
        yield address


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
def mortal(live) -> Iterator[Live]:
    """The same, to be killed: it is up again for the next test."""
    yield live
    if live.process is None or live.app != Live.app:
        live.stop()
        live.app = Live.app
        live.start()


class Tab:
    """A browser's tab without the browser: a signed-in HTTP session with a socket, over the real wire."""

    def __init__(self, live: Live, cookies: dict[str, str]):
        self.live = live
        self._cookies = cookies
        self.frames: list[dict] = []

    async def __aenter__(self) -> "Tab":
        jar = aiohttp.CookieJar(unsafe=True)
        jar.update_cookies(self._cookies)
        given = {"connector": aiohttp.TCPConnector(keepalive_timeout=KEPT), "headers": {"Origin": self.live.url}}
        self.http = aiohttp.ClientSession(self.live.url, cookie_jar=jar, **given)
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

    def follow(self, chat: str, after: dict | None = None):
        """Join a chat over a socket; yields a function that returns the next frame."""
        return self.join(f"chat:{chat}", after)

    @contextlib.asynccontextmanager
    async def join(self, topic: str, after: dict | None = None):
        """Join a topic over a socket; yields a function that returns the next frame."""
        async with self.http.ws_connect("/ws/") as socket:
            await socket.send_json({"type": "join", "topic": topic, "after": after or {}})

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
    """Make a person with a session on a live server; return the cookie.

    The person has an address of their own unless one is given. Written as rows: a call of manage.py takes a second.
    """
    from django.contrib.sessions.models import Session  # models wait for Django, which the screenshots set up late

    user = _person(**fields)
    with override_settings(SECRET_KEY=server.secret_key):
        data = {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
        }
        encoded = SessionStore().encode(data)
    key = get_random_string(32).lower()
    server.insert(user, Session(session_key=key, session_data=encoded, expire_date=timezone.now() + timedelta(days=1)))
    return {server.session_cookie: key}


def register_on(server: Live, password: str, **fields) -> str:
    """Make a person with a password and a verified address on a live server; return the address."""
    from allauth.account.models import EmailAddress  # as above

    hasher = ScryptPasswordHasher()
    user = _person(password=hasher.encode(password, hasher.salt()), **fields)
    server.insert(user, EmailAddress(user=user, email=user.email, verified=True, primary=True))
    return user.email


def _person(**fields):
    from teams.models import User  # as above

    known = {"name": "Alice Owner", "email": f"{uuid.uuid4().hex[:12]}@example.org", "password": make_password(None)}
    return User(**known | fields)
