"""Servers that the tests ask: one that misbehaves, and what is needed to ask it."""

import asyncio
import json
import sys
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from queue import SimpleQueue

import pytest

from agents.mcp import drift, kind, oauth, pool, servers
from agents.mcp.connection import Target
from agents.mcp.session import Session
from agents.models import McpServer
from agents.runs import runtime
from teams.models import UserRole
from tests.agents.mcp import protected as places
from tests.agents.mcp.protected import Protected

ROGUE = Path(__file__).parent / "rogue.py"


@pytest.fixture
def inline(monkeypatch):
    """`runtime.wait` has its loop in another thread, and the database work of that loop is done here meanwhile,

    inside the test's transaction.
    """
    work: SimpleQueue = SimpleQueue()

    async def here(function, *args, **kwargs):
        done = asyncio.get_running_loop().create_future()
        work.put((done, partial(function, *args, **kwargs)))
        return await done

    def waited(asking, seconds):
        with ThreadPoolExecutor(1) as other:
            running = other.submit(asyncio.run, runtime._alone(asking, seconds))
            running.add_done_callback(lambda _: work.put(None))
            while found := work.get():
                _answer(*found)
            return running.result()

    monkeypatch.setattr(runtime, "_waited", waited)
    for module in (drift, kind, oauth, pool):
        monkeypatch.setattr(module, "in_thread", here)


def _answer(done: asyncio.Future, function) -> None:
    try:
        answer, give = function(), done.set_result
    except Exception as error:
        answer, give = error, done.set_exception
    done.get_loop().call_soon_threadsafe(lambda: done.done() or give(answer))


@pytest.fixture
def operator(settings, tmp_path):
    """The operator's file: set names to commands."""
    path = tmp_path / "programs.json"
    settings.MCP_STDIO_SERVERS = str(path)

    def offer(**programs) -> None:
        path.write_text(json.dumps({"mcpServers": programs}))

    offer(rogue={"command": sys.executable, "args": [str(ROGUE)], "env": {"TOKEN": "operators-own-token"}})
    return offer


@pytest.fixture
def admin(alice):
    """Alice, who administers the instance."""
    alice.role = UserRole.ADMIN
    alice.save()
    return alice


@pytest.fixture
def rogue(admin, operator) -> McpServer:
    """The instance's server that misbehaves; nobody has looked at it yet."""
    scope = {"user": None, "team": None}
    return servers.save(by=admin, scope=scope, name="rogue", description="", transport="stdio", command="rogue")


@asynccontextmanager
async def connected(program, on_change=None, **about):
    """A session with a program of its own, closed at the end."""

    async def nothing(*_):
        """Nobody keeps what changed."""

    target = Target(uuid.uuid4(), uuid.uuid4(), "it", "stdio", program=program, **about)
    session = Session(target, None, on_change or nothing)
    try:
        await session.open()
        yield session
    finally:
        await session.close()


@pytest.fixture
def protected(settings) -> Iterator[Protected]:
    server = places.started()
    settings.EGRESS_ALLOW = frozenset({server.place})
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def server(alice, team, protected) -> McpServer:
    """The team's."""
    scope = {"user": alice, "team": team}
    return servers.save(
        by=alice, scope=scope, name="safe", description="", transport="streamable-http", url=protected.url
    )
