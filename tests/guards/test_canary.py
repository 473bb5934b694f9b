"""A team's key, kept through the form and used by real runs, is seen nowhere but by its provider. C57, P4, P8."""

import asyncio
import base64
import contextlib
import json
import re
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote

import pytest
from django.urls import reverse

from teams.models import Team, TeamMember, TeamRole
from tests.guards import world
from tests.live import Tab, live_server, sign_in_on

CANARY = "AIzaCANARY/7+q0123456789abcdefwxyz"  # nothing tells by its form that it is a key
WRONG = "sk-CANARY/wrong+0123456789abcd9876"
MODELS = ("nasty-well", "nasty-401", "nasty-400", "nasty-500", "nasty-stream", "nasty-cut")


class Nasty(BaseHTTPRequestHandler):
    """A provider that quotes the key in every answer that it can."""

    def do_GET(self):
        if self._key() == CANARY:
            self._send(200, {"data": [{"id": name} for name in MODELS]})
        else:
            self._send(401, {"error": {"message": f"Incorrect API key provided: {self._key()}"}})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.used.append(self._key())
        what = body["model"].partition("-")[2]
        error = {"error": {"message": f"Wrong: {self._key()}", "code": self._key()}}
        if what.isdecimal():
            self._send(int(what), error)
        elif what == "cut":
            self.close_connection = True
        else:
            words = {"id": "1", "model": body["model"], "choices": [{"index": 0, "delta": {"content": "Hello"}}]}
            end = words | {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
            self._stream(words, error if what == "stream" else end)

    def _key(self) -> str:
        return self.headers.get("Authorization", "").removeprefix("Bearer ")

    def _send(self, status: int, body: dict) -> None:
        self._raw(status, "application/json", json.dumps(body).encode())

    def _stream(self, *events: dict) -> None:
        lines = [*map(json.dumps, events), "[DONE]"]
        self._raw(200, "text/event-stream", "".join(f"data: {line}\n\n" for line in lines).encode())

    def _raw(self, status: int, kind: str, sent: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, *_):
        """Silence."""


@contextlib.contextmanager
def _nasty() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Nasty)
    server.daemon_threads, server.used = True, []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def nasty() -> Iterator[ThreadingHTTPServer]:
    with _nasty() as server:
        yield server


@pytest.fixture
def server(tmp_path, scripted, nasty):
    """A web process that logs everything and may ask the nasty provider."""
    place = f"127.0.0.1:{nasty.server_port}"
    with live_server(tmp_path / "home", scripted, LOG_LEVEL="DEBUG", EGRESS_ALLOW=place) as found:
        yield found


def _forms(secret: str) -> list[bytes]:
    """The secret as it is, in URLs, in hex, and in base64 wherever it begins in the whole."""
    found = [secret.encode(), quote(secret, safe="").encode(), secret.encode().hex().encode()]
    for before in range(3):
        encoded = base64.b64encode(b"." * before + secret.encode())
        found.append(encoded[(0, 2, 3)[before] : -4])
    return found


READ_BY_ADMINS = ("/instance/", "/admin/agents/", "/admin/teams/", "/admin/procrastinate/")
READ = ("/app/", "/team/", "/notifications/", *READ_BY_ADMINS)
FORMS = _forms(CANARY) + _forms(WRONG)


def _holds(text: str | bytes) -> bool:
    data = text if isinstance(text, bytes) else text.encode()
    return any(form in data for form in FORMS)


def _team(server, alice: uuid.UUID, bob: uuid.UUID) -> Team:
    team = Team(name="Kopi", slug="kopi")
    places = [(alice, TeamRole.ADMIN), (bob, TeamRole.MEMBER)]
    server.insert(team, *(TeamMember(team=team, user_id=person, role=role) for person, role in places))
    return team


async def _ask(tab: Tab, model: str, seen: list[str]) -> str:
    """Begin a chat of the team with a model, and follow it to its end; return its id."""
    status, body, headers = await tab.post("/team/kopi/chats/new/", text="Hello", model=model)
    assert status == 204, body
    chat = headers["HX-Redirect"].rstrip("/").rpartition("/")[2]
    (run,) = tab.live.sql("SELECT run_id FROM messages WHERE chat_id = %s AND run_id IS NOT NULL", chat)[0]
    async with tab.follow(chat, {str(run): 0}) as receive:
        while (frame := await receive())["kind"] != "end":
            seen.append(str(frame))
        seen += [str(frame), body, str(headers)]
    return chat


def _paths(ids: dict[str, str]) -> list[str]:
    """Every address under those whose arguments are known."""
    found = []
    for name, route in world.routes():
        takes = re.findall(r"<(?:\w+:)?(\w+)>", route)
        if "<unnamed>" not in name and set(takes) <= set(ids) and "(?P" not in route:
            found.append(reverse(name, kwargs={take: ids[take] for take in takes}))
    return [path for path in found if path.startswith(READ)]


async def _walk(tab: Tab, paths: list[str], seen: list[str], headers: dict | None = None) -> list[int]:
    """Read all pages, a few at a time; return their statuses."""
    few = asyncio.Semaphore(3)

    async def read(path: str) -> int:
        async with few, tab.http.get(path, headers=headers, allow_redirects=False) as response:
            seen.extend((str(response.headers), (await response.read()).decode(errors="replace")))
            return response.status

    return await asyncio.gather(*map(read, paths))


def _exports(server) -> str:
    """What everybody would take with them, unpacked."""
    return server.manage(
        "import zipfile\nfrom teams import accounts\nfrom teams.models import User\n"
        "for user in User.objects.all():\n"
        "    archive = zipfile.ZipFile(accounts.export(by=user))\n"
        "    print(*(archive.read(name) for name in archive.namelist()))"
    )


@pytest.mark.timeout(240)
async def test_a_teams_key_is_seen_nowhere(server, nasty):
    seen: list[str] = []
    cookies = [sign_in_on(server, email=f"{name}@example.org", name=name.title()) for name in ("alice", "bob")]
    ada = sign_in_on(server, email="ada@example.org", name="Ada", role="admin")
    people = dict(server.sql("SELECT split_part(email, '@', 1), id FROM users"))
    team = _team(server, people["alice"], people["bob"])
    form = {"provider": "openai_compatible", "base_url": f"http://127.0.0.1:{nasty.server_port}/v1"}
    async with Tab(server, cookies[0]) as alice, Tab(server, cookies[1]) as bob, Tab(server, ada) as admin:
        for label, secret in (("Wrong", WRONG), ("Nasty", CANARY)):
            _, body, _ = await alice.post("/team/kopi/keys/new/", **form, label=label, secret=secret)
            seen.append(body)
            assert f"…{secret[-4:]}" in body
        _, body, _ = await alice.post("/team/kopi/keys/new/", **form, label="", secret=CANARY)
        seen.append(body)
        (key,) = server.sql("SELECT id FROM api_keys WHERE model_cache <> '[]'")[0]
        chats = [await _ask(bob, f"{key}:{model}", seen) for model in MODELS]
        assert nasty.used.count(CANARY) >= len(MODELS)

        (message,) = server.sql("SELECT id FROM messages WHERE chat_id = %s AND role = 'assistant'", chats[3])[0]
        (run,) = server.sql("SELECT run_id FROM messages WHERE id = %s", message)[0]
        ids = {"team_slug": team.slug, "key_id": key, "chat_id": chats[1], "message_id": message}
        ids |= {"person_id": people["bob"], "object_id": key, "app_label": "agents"}
        paths = [*_paths(ids), f"/admin/agents/run/{run}/change/", f"/team/kopi/chats/{chats[4]}/", "/nothing/"]
        theirs = [path for path in paths if path.startswith(READ_BY_ADMINS)]
        for tab, pages in ((alice, paths), (bob, paths), (admin, theirs)):
            statuses = await _walk(tab, [path for path in pages if tab is admin or path not in theirs], seen)
            assert statuses.count(200) > 20
        assert 200 in await _walk(alice, paths, seen, {"HX-Request": "true"})
        assert "…wxyz" in (await _read(bob, "/team/kopi/keys/"))
        assert "Nasty" in (await _read(admin, f"/admin/agents/apikey/{key}/change/"))

        server.sql("DELETE FROM team_members WHERE user_id = %s RETURNING 1", people["bob"])
        for space in ("/team/kopi", "/app"):
            status, body, _ = await bob.post(f"{space}/chats/new/", text="Hello", model=f"{key}:nasty-well")
            assert status in {404, 422}
            seen.append(body)
    seen.append(_exports(server))
    assert [text[:300] for text in seen if _holds(text)] == []
    _assert_not_kept(server)


async def _read(tab: Tab, path: str) -> str:
    async with tab.http.get(path) as response:
        return await response.text()


def _assert_not_kept(server) -> None:
    """Neither files (logs, mails) nor tables (jobs, cache, sessions, the audit log) hold it."""
    for path in server.home.rglob("*"):
        assert not (path.is_file() and _holds(path.read_bytes())), path
    tables = server.sql("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
    assert len(tables) > 30
    for (table,) in tables:
        for (row,) in server.sql(f'SELECT row::text FROM "{table}" AS row'):
            assert not _holds(row), table
