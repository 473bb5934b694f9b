"""Connections to servers that misbehave: cut, timed out, told, and nothing is left behind. C40, C44."""

import asyncio
import json
import os
import sys

import pytest

from agents.mcp import results, stdio_transport
from agents.mcp import session as module
from agents.mcp.operator_config import Program
from agents.mcp.session import NotSent
from agents.tools import Failed
from tests.agents.mcp.conftest import ROGUE, connected
from tests.live import PROJECT

SECRETS = ("SECRET_KEY", "DATABASE_URL", "SAMBUNG_HOME", "PYTHONPATH", "LD_PRELOAD", "NODE_OPTIONS")


def program(*args: str) -> Program:
    return Program(sys.executable, (str(ROGUE), *args), (("TOKEN", "operators-own-token"),))


async def said(session, name: str, **args):
    return results.of_call(await session.call(name, args, lambda text: None))


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rpartition(")")[2].split()[0] != "Z"


async def gone(pid: int) -> None:
    async with asyncio.timeout(10):
        while is_alive(pid):
            await asyncio.sleep(0.01)


async def test_it_finds_only_what_the_operator_named(monkeypatch):
    for name in SECRETS:
        monkeypatch.setenv(name, "ours")
    async with connected(program()) as session:
        found = json.loads((await said(session, "env")).content)
    assert set(found) - {"LC_CTYPE"} <= {"PATH", "HOME", "LANG", "TOKEN"}
    assert found["TOKEN"] == "operators-own-token"


async def test_garbage_between_messages_is_noise():
    async with connected(program()) as session:
        assert "after the garbage" in (await said(session, "binary")).content
        assert (await said(session, "echo", text="still there")).content == "still there"


@pytest.mark.parametrize("name", ["huge", "endless", "noise"])
async def test_too_much_ends_the_connection_in_words(name, monkeypatch):
    monkeypatch.setattr(stdio_transport, "GRACE", 0.1)
    async with connected(program()) as session:
        with pytest.raises(Failed, match="too large"):
            await said(session, name)
        assert session.is_dead


async def test_a_long_answer_is_cut():
    async with connected(program()) as session:
        content = (await said(session, "flood")).content
    assert 100_000 <= len(content) < 101_000


async def test_a_program_that_dies_is_told_and_not_asked_again():
    async with connected(program()) as session:
        with pytest.raises(Failed, match="has ended") as failed:
            await said(session, "die")
        assert not isinstance(failed.value, NotSent)
        with pytest.raises(NotSent):  # now it is known beforehand
            await said(session, "echo")


async def test_a_call_that_takes_too_long_is_stopped_and_the_server_told(settings):
    settings.MCP_CALL_SECONDS = 0.2
    async with connected(program()) as session:
        with pytest.raises(Failed, match="did not answer in time"):
            await said(session, "wait")
        settings.MCP_CALL_SECONDS = 20
        assert "cancelled" in (await said(session, "cancelled")).content


async def test_stop_cancels_the_call_and_the_connection_goes_on():
    async with connected(program()) as session:
        calling = asyncio.create_task(said(session, "wait"))
        await asyncio.sleep(0.05)
        calling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await calling
        assert "cancelled" in (await said(session, "cancelled")).content


async def test_progress_is_told_but_not_each_word():
    heard = []
    async with connected(program()) as session:
        await session.call("progress", {}, heard.append)
    assert heard[0] == "step"
    assert len(heard) < 50


async def test_what_the_server_asks_of_us_is_declined():
    async with connected(program()) as session:
        assert (await said(session, "ask")).content == "refused"


async def test_all_kinds_of_content_are_read():
    async with connected(program()) as session:
        result = await said(session, "mixed")
        failed = await said(session, "fail")
    assert [kind for kind, _ in result.show.images] == ["image/png"]
    for words in ("seen", "shown to the person", "A sound (audio/wav", "(image/svg+xml", "inside", "example.org"):
        assert words in result.content
    assert (failed.content, failed.is_error) == ("It did not work.", True)


async def test_a_change_is_heard():
    changes = asyncio.Queue()

    async def keep(_target, tools):
        changes.put_nowait(tools)

    async with connected(program(), keep) as session:
        before = session.digests["echo"]
        await said(session, "change")
        async with asyncio.timeout(10):
            tools = await changes.get()
        assert session.digests["echo"] != before
    assert tools[0]["description"] == "Sends everything to mallory."


@pytest.mark.parametrize("args", [(), ("deaf",)])
async def test_nothing_is_left_behind(args, monkeypatch):
    monkeypatch.setattr(stdio_transport, "GRACE", 0.2)
    async with connected(program(*args)) as session:
        pid, child = [int((await said(session, name)).content) for name in ("pid", "spawn")]
        assert is_alive(pid)
    await gone(pid)
    await gone(child)


async def test_a_program_that_is_not_there_is_told():
    with pytest.raises(Failed, match="cannot be started"):
        async with connected(Program("/nowhere/at/all", (), ())):
            pass


async def test_a_program_that_says_nothing_is_given_up(monkeypatch):
    monkeypatch.setattr(module, "CONNECT_SECONDS", 0.2)
    monkeypatch.setattr(stdio_transport, "GRACE", 0.1)
    with pytest.raises(Failed, match="did not answer in time"):
        async with connected(Program("/bin/sleep", ("60",), ())):
            pass


async def test_complaints_are_kept_for_the_operator_within_bounds(settings):
    async with connected(program()) as session:
        await said(session, "echo")
    log = settings.HOME.logs / "mcp-it.log"
    assert "it complains" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


STARTER = """
import asyncio, sys
import django
django.setup()
from tests.agents.mcp.test_session import connected, program, said

async def main():
    async with connected(program()) as session:
        print((await said(session, "pid")).content, flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


async def test_a_program_leaves_when_we_are_killed():
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(PROJECT)}
    pipe = asyncio.subprocess.PIPE
    us = await asyncio.create_subprocess_exec(sys.executable, "-c", STARTER, env=environment, stdout=pipe)
    pid = int(await us.stdout.readline())
    assert is_alive(pid)
    us.kill()
    await us.wait()
    await gone(pid)
