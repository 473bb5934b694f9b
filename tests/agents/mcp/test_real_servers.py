"""MCP servers that others wrote, over all three transports. In CI a missing one is a failure."""

import asyncio
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.mcp import results
from agents.mcp.connection import Target
from agents.mcp.operator_config import Program
from agents.mcp.session import Session
from agents.tools import Failed
from tests.agents.mcp.conftest import connected
from tests.live import PROJECT, free_port, wait_for

PYTHON, NODE = Path(sys.executable).parent, PROJECT / ".venv/mcp-servers/node_modules/.bin"


def command(name: str) -> str:
    """The path of a server's command."""
    found = next((str(folder / name) for folder in (PYTHON, NODE) if (folder / name).exists()), None)
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(f"{name} is missing; `make test` installs it")
    return found or pytest.skip(f"{name} is missing: it takes npm and `make test`")


async def said(session, name: str, progress=lambda text: None, /, **args):
    return results.of_call(await session.call(name, args, progress))


async def test_time():
    async with connected(Program(command("mcp-server-time"), (), ())) as session:
        assert (await said(session, "get_current_time", timezone="Asia/Jakarta")).content["timezone"] == "Asia/Jakarta"
        wrong = await said(session, "get_current_time", timezone="Nowhere/Else")
    assert wrong.is_error


async def test_git(tmp_path):
    subprocess.run([shutil.which("git"), "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "new.txt").write_text("new")
    program = Program(command("mcp-server-git"), ("--repository", str(tmp_path)), ())
    async with connected(program) as session:
        assert "new.txt" in (await said(session, "git_status", repo_path=str(tmp_path))).content
        assert (await said(session, "git_status", repo_path="/")).is_error


async def test_fetch_finds_no_network_here():
    async with connected(Program(command("mcp-server-fetch"), (), ())) as session:
        listed = await session.listed()
        assert [tool["name"] for tool in listed.tools] == ["fetch"]
        assert [prompt["name"] for prompt in listed.prompts] == ["fetch"]
        with contextlib.suppress(Failed):
            assert (await said(session, "fetch", url="http://127.0.0.1:9/")).is_error


async def test_filesystem(tmp_path):
    (tmp_path / "hello.txt").write_text("Selamat pagi")
    async with connected(Program(command("mcp-server-filesystem"), (str(tmp_path),), ())) as session:
        read = await said(session, "read_text_file", path=str(tmp_path / "hello.txt"))
        outside = await said(session, "read_text_file", path="/etc/hostname")
    assert "Selamat pagi" in str(read.content)
    assert outside.is_error


async def test_memory(tmp_path):
    program = Program(command("mcp-server-memory"), (), (("MEMORY_FILE_PATH", str(tmp_path / "memory.json")),))
    entity = {"name": "Ani", "entityType": "person", "observations": ["likes kopi"]}
    async with connected(program) as session:
        await said(session, "create_entities", entities=[entity])
    async with connected(program) as session:
        assert "likes kopi" in str((await said(session, "read_graph")).content)


# ---- one that does everything, over three transports ----------------------------------------------------
@pytest.fixture(scope="module")
def everything() -> Iterator:
    """Gives a port for a transport on which the server listens."""
    running: dict[str, tuple[subprocess.Popen, int]] = {}
    name = "mcp-server-everything"

    def port(transport: str) -> int:
        if transport not in running:
            number = free_port()
            environment = {"PATH": os.environ["PATH"], "PORT": str(number)}
            process = subprocess.Popen(
                [command(name), transport], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
            )
            running[transport] = process, number
            wait_for(lambda: _listens(number), f"{name} to listen")
        return running[transport][1]

    yield port
    for process, _ in running.values():
        process.kill()
        process.communicate()


def _listens(port: int) -> bool:
    """Whether a connection is taken: the system's list of sockets also names ports that were left a minute ago."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
        return True
    return False


@contextlib.asynccontextmanager
async def over_http(settings, transport: str, url: str, port: int):
    async def nothing(*_):
        """Nobody keeps what changed."""

    settings.EGRESS_ALLOW = frozenset({("127.0.0.1", port)})
    target = Target(uuid.uuid4(), uuid.uuid4(), "it", transport, url=url, is_trusted=True)
    session = Session(target, None, nothing)
    try:
        await session.open()
        yield session
    finally:
        await session.close()


@pytest.fixture(params=["stdio", "sse", "streamable-http"])
def connection(request, everything, settings):
    """A connection to the server that does everything."""
    if request.param == "stdio":
        return connected(Program(command("mcp-server-everything"), (), ()))
    port = everything({"sse": "sse", "streamable-http": "streamableHttp"}[request.param])
    path = {"sse": "sse", "streamable-http": "mcp"}[request.param]
    return over_http(settings, request.param, f"http://127.0.0.1:{port}/{path}", port)


async def test_everything(connection):
    heard = []
    async with connection as session:
        listed = await session.listed()
        assert {"echo", "get-sum", "get-tiny-image"} <= {tool["name"] for tool in listed.tools}
        assert not any(tool["problem"] for tool in listed.tools)
        assert listed.resources
        assert "simple-prompt" in {prompt["name"] for prompt in listed.prompts}
        assert "42" in (await said(session, "get-sum", a=40, b=2)).content
        picture = await said(session, "get-tiny-image")
        assert picture.show.images[0][1].startswith(b"\x89PNG")
        await said(session, "trigger-long-running-operation", heard.append, duration=0.5, steps=3)
        assert heard
        structured = await said(session, "get-structured-content", location="New York")
        assert set(structured.content) >= {"temperature"}
        assert results.of_resource(await session.read(listed.resources[0]["uri"])).content
        assert "user:" in results.of_prompt(await session.prompt("simple-prompt", {})).content


async def test_stop_reaches_it(connection):
    async with connection as session:
        calling = asyncio.create_task(said(session, "trigger-long-running-operation", duration=60, steps=2))
        await asyncio.sleep(0.05)
        calling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await calling
        assert "well" in (await said(session, "echo", message="well")).content
