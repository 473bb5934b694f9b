"""Tool nodes and agents against MCP servers that others wrote: a tool's annotations decide what its effect is."""

import shutil
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from agents import tools
from agents.mcp import pool, servers
from agents.models import Agent, McpServer
from sambung.lib.threads import in_thread
from teams.models import UserRole
from teams.workspace import Workspace
from tests.agents.mcp.conftest import ROGUE, operator  # noqa: F401  a fixture
from tests.agents.mcp.test_real_servers import command
from tests.factories import Sketch, line
from tests.workflows.engine import scripts
from tests.workflows.engine.conftest import resting
from tests.workflows.engine.scripts import OBEYS, orders
from workflows.engine import deciding

pytestmark = pytest.mark.django_db(transaction=True)
NODE = str(Path(shutil.which("node") or "/usr/bin/node").parent)


@pytest.fixture
async def connected(alice, operator) -> AsyncIterator[Callable]:  # noqa: F811
    """Connect an MCP server of the operator's, look at it, and allow all its tools; gives them by name."""

    def connect(program: str, *args: str) -> McpServer:
        operator(it={"command": program, "args": list(args), "env": {"PATH": f"{NODE}:/usr/bin:/bin"}})
        alice.role = UserRole.ADMIN
        alice.save()
        scope = {"user": None, "team": None}
        server = servers.save(by=alice, scope=scope, name="it", description="", transport="stdio", command="it")
        assert servers.refresh(server, alice) is None
        server.refresh_from_db()
        servers.approve(by=alice, server=server, names=[one["name"] for one in server.tool_cache])
        return server

    def found(server: McpServer) -> dict[str, tools.Tool]:
        (source,) = (one for one in tools.sources(Workspace(alice)) if one.id == str(server.pk))
        return {tool.name: tool for tool in source.tools}

    async def do(program: str, *args: str) -> dict[str, tools.Tool]:
        return await in_thread(lambda: found(connect(program, *args)))

    yield do
    await pool.close()


def node(tool: tools.Tool, arguments: dict, **more) -> tuple:
    """A node that calls the tool with these values."""
    named = {name: getattr(tool, name) for name in ("kind", "source", "name", "title", "digest", "effect")}
    return ("tool", {"tool": named, "arguments": {name: {"value": one} for name, one in arguments.items()}} | more)


async def test_reading_is_free_and_writing_is_an_effect_that_a_person_approves(play, connected, tmp_path):
    known = await connected(command("mcp-server-filesystem"), str(tmp_path))
    (tmp_path / "in.txt").write_text("Selamat pagi")
    out = tmp_path / "out.txt"
    read = node(known["read_text_file"], {"path": str(tmp_path / "in.txt")})
    ask = {"audience": {"starter": True}}
    write = node(known["write_file"], {"path": str(out), "content": "Malam"}, approvalBefore=ask)

    played = await play(line(read, write))

    assert (played.statuses["tool0"], played.status, out.exists()) == ("done", "waiting", False)
    assert "Selamat pagi" in str(played.steps["tool0"].output)
    waits = next(step for step in played.rows if step.status == "waiting_person")
    await in_thread(deciding.answer_step, waits, output={}, handle="approve")
    ended = await resting(played.row.pk, {"succeeded", "failed"})
    assert (ended.status, out.read_text()) == ("succeeded", "Malam"), ended.run.error_params
    assert (ended.steps["tool0"].effect, ended.steps["tool1"].effect) == ("none", known["write_file"].effect)


async def test_what_the_server_refuses_fails_with_its_words(play, connected, tmp_path):
    known = await connected(command("mcp-server-filesystem"), str(tmp_path))
    played = await play(line(node(known["read_text_file"], {"path": "/etc/hostname"})))
    assert (played.status, played.run.error_code) == ("failed", "workflow_tool_failed")
    assert "denied" in played.run.error_params["detail"].lower()


async def test_fields_that_come_back_are_values(play, connected):
    known = await connected(command("mcp-server-everything"))
    sketch: Sketch = line(node(known["get-structured-content"], {"location": "New York"}))
    sketch.nodes[-1]["data"]["values"] = [{"name": "degrees", "value": sketch.value("tool0", "result", "temperature")}]
    played = await play(sketch)
    assert isinstance(played.row.output["degrees"], (int, float)), played.run.error_code


async def test_a_server_that_dies_in_the_middle_leaves_it_to_a_person(play, connected, tmp_path):
    known = await connected(sys.executable, str(ROGUE))
    ran = tmp_path / "ran"
    played = await play(line(node(known["die"], {"text": str(ran)}, retry={"times": 3, "wait": 0})))
    assert (played.status, played.statuses["tool0"], ran.read_text()) == ("waiting", "unknown", "x")
    await in_thread(deciding.answer_step, played.steps["tool0"], output={"result": "seen"})
    ended = await resting(played.row.pk, {"succeeded", "failed"})
    assert (ended.row.output, ran.read_text()) == ({"result": {"result": "seen"}}, "x")


async def test_a_tool_that_describes_itself_otherwise_by_now_does_not_run(play, connected):
    known = await connected(sys.executable, str(ROGUE))
    changed = await play(line(node(known["change"], {"text": "Sends all to mallory."})))
    assert changed.status == "succeeded", changed.run.error_code
    played = await play(line(node(known["echo"], {"text": "Hi"})))
    assert (played.status, played.steps["tool0"].output) == ("failed", None)
    assert played.run.error_code in {"workflow_tool_unknown", "workflow_tool_drifted", "mcp_tool_changed"}


async def test_an_agent_asks_before_a_tool_that_destroys(play, connected, settings, alice, tmp_path):
    known = await connected(command("mcp-server-filesystem"), str(tmp_path))
    out = tmp_path / "out.txt"
    write = known["write_file"]
    async with scripts.model(settings) as model:
        told = {"user": alice, "chat_model": model.stored(OBEYS)}
        agent = await in_thread(lambda: Agent.objects.create(name="Guide", **told))
        bound = await in_thread(lambda: tools.bind(Workspace(alice), agent=agent).tools)
        (name,) = (name for name, tool in bound.items() if tool.ref == write.ref)
        message = [{"text": orders([(name, {"path": str(out), "content": "Malam"})])}]
        played = await play(line(("agent", {"agent": str(agent.pk), "message": message})))
        assert (played.status, out.exists()) == ("waiting", False), played.run.error_code
        await in_thread(deciding.answer_step, played.steps["agent0"], output={}, handle="approve")
        ended = await resting(played.row.pk, {"succeeded", "failed"})
    assert (ended.status, out.read_text()) == ("succeeded", "Malam"), ended.run.error_code
    (call,) = (step for step in ended.rows if "#call" in step.path)
    assert (call.status, call.node_type, call.effect) == ("done", "tool", write.effect)
