"""The scripted server: what a name says, and that it stands alone."""

import asyncio
import json
import sys

import pytest

from bench.script import Fault, Refusal, Script, plausible
from bench.scripted_google import SIGNATURE
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
    (call,) = called["choices"][0]["message"]["tool_calls"]
    body["messages"].append(called["choices"][0]["message"])
    body["messages"].append({"role": "tool", "tool_call_id": call["id"], "content": "2"})
    answered = await wire.post("/v1/chat/completions", body)

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


USE = {"role": "assistant", "content": [{"type": "tool_use", "id": "1", "name": "add", "input": {}}]}
RESULT = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "1", "content": "2"}]}
HELLO = {"role": "user", "content": "Hello"}
CALL = {"parts": [{"functionCall": {"name": "add", "args": {}}}], "role": "model"}
ANSWER = {"parts": [{"functionResponse": {"name": "add", "response": {}}}], "role": "user"}
ASK = {"parts": [{"text": "Hello"}], "role": "user"}
SIGNED = {"parts": [CALL["parts"][0] | {"thoughtSignature": SIGNATURE}], "role": "model"}
OPENAI_CALL = {"id": "1", "type": "function", "function": {"name": "add", "arguments": "{}"}}
CALLED = {"role": "assistant", "content": None, "tool_calls": [OPENAI_CALL]}
TOLD = {"role": "tool", "tool_call_id": "1", "content": "2"}


@pytest.mark.parametrize(
    ("service", "conversation", "status"),
    [
        ("openai", [HELLO, CALLED, TOLD], 200),
        ("openai", [HELLO, TOLD], 400),
        ("openai", [HELLO, CALLED, HELLO], 400),
        ("openai", [{"role": "wizard", "content": "Hello"}], 400),
        ("anthropic", [HELLO, USE, RESULT], 200),
        ("anthropic", [HELLO, RESULT], 400),
        ("anthropic", [HELLO, USE, HELLO], 400),
        ("anthropic", [USE, RESULT], 400),
        ("anthropic", [{"role": "system", "content": "Be brief."}], 400),
        ("google", [ASK, SIGNED, ANSWER], 200),
        ("google", [ASK, CALL, ANSWER], 400),
        ("google", [ASK, ANSWER], 400),
        ("google", [ASK, SIGNED, ASK], 400),
        ("google", [{"parts": [{"text": "Hello"}], "role": "assistant"}], 400),
    ],
)
async def test_each_service_is_strict(wire: Wire, service, conversation, status):
    body = {"model": "fake-n1", "stream": True, "max_tokens": 100, "messages": conversation}
    path = {"openai": "/openai/v1/chat/completions", "anthropic": "/anthropic/v1/messages"}.get(service)
    if service == "google":
        body, path = {"contents": conversation}, "/google/v1beta/models/fake-n1:streamGenerateContent?alt=sse"
    keys = {"Authorization": "Bearer key", "x-goog-api-key": "key", "anthropic-version": "2023-06-01"}

    async with wire.client.post(wire.url + path, json=body, headers=keys) as response:
        await response.read()

    assert response.status == status


async def test_anthropic_wants_the_thought_before_an_answered_call(wire: Wire):
    thinking = {"thinking": {"type": "enabled", "budget_tokens": 1024}, "max_tokens": 4096, "stream": True}
    body = {"model": "fake-n1", "messages": [HELLO, USE, RESULT], **thinking}
    keys = {"x-api-key": "key", "anthropic-version": "2023-06-01"}

    async with wire.client.post(f"{wire.url}/anthropic/v1/messages", json=body, headers=keys) as response:
        assert response.status == 400
        assert "Expected `thinking`" in await response.text()
