"""The scripted server: what a name says, and that it stands alone."""

import asyncio
import json
import sys

import pytest

from bench.script import Fault, Refusal, Script, plausible
from tests.agents.engine.conftest import Wire


def test_a_name_is_read():
    script = Script.parse("provider/fake-t200-r50-n300-p5-cut10-stall7x40-e429x2-think-plain")

    assert (script.first, script.rate, script.length, script.paragraph) == (0.2, 50, 300, 5)
    assert script.refusal == Refusal(429, 2)
    assert script.faults == (Fault("cut", 10), Fault("stall", 7, 0.04))
    assert script.flags == {"think", "plain"}


@pytest.mark.parametrize("name", ["gpt-4", "fake-wat", "fake-n", "fake-n3.x"])
def test_a_name_that_is_no_script(name):
    assert Script.parse(name) is None


def test_plausible_arguments():
    schema = {
        "type": "object",
        "required": ["city", "days"],
        "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 3}, "x": {}},
    }

    assert plausible(schema) == {"city": "sample city", "days": 3}


async def test_a_tool_is_called_and_its_result_answered(wire: Wire):
    tool = {
        "type": "function",
        "function": {"name": "add", "parameters": {"properties": {"a": {"type": "number"}}}},
    }
    body = {"model": "fake-plain-n2-tool", "messages": [{"role": "user", "content": "1+1"}], "tools": [tool]}

    called = await wire.post("/v1/chat/completions", body)
    body["messages"].append({"role": "tool", "content": "2"})
    answered = await wire.post("/v1/chat/completions", body)

    (call,) = called["choices"][0]["message"]["tool_calls"]
    assert json.loads(call["function"]["arguments"]) == {"a": 2}
    assert answered["choices"][0]["message"]["content"] == "w0 w1 "


async def test_reset_forgets(wire: Wire, naps):
    await wire.hear("fake-n3-e500x1")
    await wire.post("/_script", {"model": "told", "text": "x"})

    await wire.post("/_reset", {})

    stats = await wire.get("/_stats")
    assert (stats["requests"], stats["asked"]) == (0, {})
    assert (await wire.get("/_requests")) == []
    assert (await wire.hear("told")).error is not None


async def test_it_runs_as_a_process_of_its_own():
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.scripted_model", "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    try:
        line = json.loads(await process.stdout.readline())
        assert line["url"].startswith("http://127.0.0.1:")
    finally:
        process.terminate()
        await process.wait()
