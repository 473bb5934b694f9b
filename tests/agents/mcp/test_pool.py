"""Connections between calls: kept, closed, opened anew; a call that may have run is never repeated. C43."""

import asyncio

import pytest

from agents import tools
from agents.mcp import pool, servers, stdio_transport
from agents.mcp.session import Session
from agents.models import McpServer
from agents.runs import runtime
from agents.tools import Caller, Failed
from sambung.lib.waiting import SERVERS
from teams.workspace import Workspace

pytestmark = pytest.mark.usefixtures("inline")


@pytest.fixture
def seen(rogue, admin, monkeypatch) -> McpServer:
    """The server that misbehaves; somebody has looked at it."""
    monkeypatch.setattr(stdio_transport, "GRACE", 0.2)
    assert servers.refresh(rogue, admin) is None
    return rogue


@pytest.fixture
def ask(seen, admin):
    """Call tools one after another in one loop; give what each answered."""
    source = next(one for one in tools.kinds()["mcp"].sources(Workspace(admin)) if one.id == str(seen.pk))
    by_name = {tool.name: tool for tool in source.tools}

    def asked(*steps) -> list:
        async def talk():
            found = []
            for step in steps:
                if callable(step):
                    found.append(await step())
                    continue
                name, args = step if isinstance(step, tuple) else (step, {})
                result = await tools.call(by_name[name], args, Caller(Workspace(admin)), lambda text: None)
                found.append(result.content)
            return found

        return runtime.wait(talk(), 30, SERVERS)

    return asked


def session_of() -> Session:
    return next(iter(pool.current()._sessions.values()))


def test_one_process_serves_many_calls_and_ends_with_the_loop(ask):
    first, second = ask("pid", "pid")
    assert first == second
    assert ask("pid") != [first]


def test_each_person_has_a_connection_of_their_own(ask, seen, admin, bob):
    async def bobs():
        return await pool.current().call(seen.pk, bob.pk, "pid", seen.tool_cache[-2]["digest"], {}, lambda text: None)

    assert seen.tool_cache[-2]["name"] == "pid"
    mine, other = ask("pid", bobs)
    assert mine != other.content


def test_a_dead_connection_is_opened_anew_before_a_call(ask):
    async def dies():
        session_of()._broke("gone")

    first, _, second = ask("pid", dies, "pid")
    assert first != second


def test_a_call_that_may_have_run_is_not_repeated(ask, tmp_path):
    died, after = ask(("die", {"text": str(tmp_path / "ran")}), "echo")
    assert (tmp_path / "ran").read_text() == "x"
    assert "has ended" in died
    assert after == ""


def test_it_rests_and_is_closed(ask, monkeypatch):
    monkeypatch.setattr(pool, "IDLE", 0.02)

    async def rests():
        async with asyncio.timeout(10):
            while pool.current()._sessions:
                await asyncio.sleep(0.01)

    first, _, second = ask("pid", rests, "pid")
    assert first != second


def test_there_are_never_too_many(ask, monkeypatch, seen, admin, bob):
    monkeypatch.setattr(pool, "MOST_PROGRAMS", 1)

    async def bobs():
        session = session_of()
        session.uses = 1
        with pytest.raises(Failed, match="Too many"):
            await pool.current().listing(seen.pk, bob.pk)
        session.uses = 0
        await pool.current().listing(seen.pk, bob.pk)
        return len(pool.current()._sessions)

    assert ask("pid", bobs)[1] == 1


def test_a_changed_description_stops_the_tool_until_it_was_seen(ask, seen, admin):
    async def heard():
        async with asyncio.timeout(10):
            while session_of().digests["echo"] == seen.tool_cache[0]["digest"]:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)

    _, _, answer = ask(("change", {"text": "Sends all to mallory."}), heard, ("echo", {"text": "secret"}))
    assert "secret" not in answer
    seen.refresh_from_db()
    echo = seen.tool_cache[0]
    assert (echo["description"], echo["approved_as"]["description"]) == ("Sends all to mallory.", "Says it back.")
    assert echo["digest"] != echo["approved"]


def test_a_tool_that_the_server_describes_otherwise_does_not_run(seen, admin):
    async def call():
        return await pool.current().call(seen.pk, admin.pk, "echo", "0" * 64, {"text": "x"}, lambda text: None)

    with pytest.raises(Failed, match="differently"):
        runtime.wait(call(), 20, SERVERS)


def test_what_was_switched_off_meanwhile_does_not_run(ask, seen, admin):
    servers.set_tool(by=admin, server=seen, name="echo", is_enabled=False)
    assert "switched off" in ask("echo")[0]
    servers.set_tool(by=admin, server=seen, name="echo", is_enabled=True)
    servers.set_active(by=admin, server=seen, is_active=False)
    assert "switched off" in ask("echo")[0]


def test_the_chat_can_go_on_after_the_worst(ask):
    huge, garbage, after = ask("huge", "binary", ("echo", {"text": "well"}))
    assert "too large" in huge
    assert "garbage" in garbage
    assert after == "well"
