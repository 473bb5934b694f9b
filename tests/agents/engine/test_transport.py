"""The services' SDKs reach the network by our egress sessions alone."""

import asyncio
import json

import aiohttp
import anyio
import httpx
import httpx2
import pytest
from aiohttp import web

from agents import engine
from agents.engine import exchange
from tests.agents.engine.conftest import Heard, Wire
from tests.agents.engine.test_faults import words
from tests.agents.engine.test_reply import server
from tests.agents.engine.test_services import ADD, USER, library, name

ANTHROPIC = "/v1/messages"
GOOGLE = "/v1beta/models/m:streamGenerateContent"


@library
async def test_nothing_leaves_but_by_egress(service: Wire, monkeypatch):
    async def refuse(*_arguments, **_options):
        raise AssertionError("An SDK made a connection of its own.")

    sent, request = [], aiohttp.ClientSession._request

    async def noted(self: aiohttp.ClientSession, *arguments, **options):
        sent.append(self)
        return await request(self, *arguments, **options)

    loop = asyncio.get_running_loop()
    connect = loop.create_connection

    async def of_a_socket(*arguments, sock=None, **options):
        return await (connect(*arguments, sock=sock, **options) if sock else refuse())

    for client in (httpx.AsyncHTTPTransport, httpx2.AsyncHTTPTransport):
        monkeypatch.setattr(client, "handle_async_request", refuse)
    monkeypatch.setattr(anyio, "connect_tcp", refuse)
    monkeypatch.setattr(loop, "create_connection", of_a_socket)  # egress hands over sockets that it made
    monkeypatch.setattr(aiohttp.ClientSession, "_request", noted)

    heard = await service.hear(name(service, "fake-plain-n3"), tools=(ADD,))

    ours = [session for (where, _), session in exchange._sessions.items() if where is loop]
    assert heard.text == words(3)
    assert [session in ours for session in sent] == [True]


@library
async def test_a_proxy_of_the_environment_is_not_asked(service: Wire, monkeypatch):
    for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")

    assert (await service.hear(name(service, "fake-plain-n3"))).text == words(3)


async def _asked(protocol: str, path: str, answer) -> engine.EngineError:
    async with server(answer, "POST", path) as known:
        url = known.base_url.removesuffix("/v1")
        endpoint = engine.Endpoint(protocol, url, "secret123", True, protocol)
        with pytest.raises(engine.EngineError) as caught:
            await engine.reply(engine.Ask(endpoint, "m", (USER,)), print, engine.Limits(retries=0))
    return caught.value


@pytest.mark.parametrize(("protocol", "path"), [("anthropic", ANTHROPIC), ("google", GOOGLE)])
async def test_a_redirect_is_not_followed(protocol, path):
    hits = []

    async def answer(request: web.Request) -> web.Response:
        hits.append(request.path)
        raise web.HTTPTemporaryRedirect(f"{path}?again")

    error = await _asked(protocol, path, answer)

    assert (type(error), len(hits)) == (engine.AddressRefused, 1)


@pytest.mark.parametrize(("protocol", "path"), [("anthropic", ANTHROPIC), ("google", GOOGLE)])
async def test_a_page_in_place_of_an_answer(protocol, path):
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text="<html>Welcome</html>", content_type="text/html")

    assert type(await _asked(protocol, path, answer)) is engine.Garbled


@pytest.mark.parametrize(("protocol", "path"), [("anthropic", ANTHROPIC), ("google", GOOGLE)])
@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
async def test_a_key_that_the_server_repeats_is_not_shown(protocol, path, status):
    async def answer(request: web.Request) -> web.Response:
        message = "No: secret123, see https://inside.example/secret123"
        return web.json_response({"error": {"type": "error", "code": status, "message": message}}, status=status)

    error = await _asked(protocol, path, answer)

    shown = f"{error.params} {error.detail} {error!r}"
    assert "secret123" not in shown
    assert "inside.example" not in shown


@pytest.mark.parametrize(("protocol", "path"), [("anthropic", ANTHROPIC), ("google", GOOGLE)])
async def test_a_version_at_the_end_of_an_address_is_one(protocol, path):
    asked = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.json_response({}, status=400)

    async with server(answer, "POST", path) as known:
        url = known.base_url.removesuffix("/v1") + ("/v1/" if protocol == "anthropic" else "/v1beta")
        ask = engine.Ask(engine.Endpoint(protocol, url, "key", True, protocol), "m", (USER,))
        with pytest.raises(engine.BadRequest):
            await engine.reply(ask, print)

    assert asked == [path]


MESSAGE = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [], "stop_reason": None}
MESSAGE |= {"stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1}}
#: A call that breaks off within its arguments, after some text.
BROKEN = {
    "openai": (
        "/chat/completions",
        {"choices": [{"delta": {"content": "Well."}}]},
        {
            "choices": [
                {"delta": {"tool_calls": [{"index": 0, "id": "1", "function": {"name": "add", "arguments": "{"}}]}}
            ]
        },
    ),
    "anthropic": (
        ANTHROPIC,
        {"type": "message_start", "message": MESSAGE},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": "Well."}},
        {"type": "content_block_stop", "index": 0},
        {
            "type": "content_block_start",
            "index": 1,
            "content_block": {"type": "tool_use", "id": "1", "name": "add", "input": {}},
        },
        {"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": "{"}},
    ),
}


@pytest.mark.parametrize("protocol", BROKEN)
async def test_a_call_that_breaks_off_is_not_handed_over(protocol):
    path, *events = BROKEN[protocol]
    lines = [f"event: {event.get('type', 'chunk')}\ndata: {json.dumps(event)}\n\n" for event in events]

    async def answer(request: web.Request) -> web.Response:
        return web.Response(text="".join(lines), content_type="text/event-stream")

    heard = Heard()
    async with server(answer, "POST", path) as known:
        endpoint = engine.Endpoint(protocol, known.base_url.removesuffix("/v1"), "key", True)
        with pytest.raises(engine.CutOff):
            await engine.reply(engine.Ask(endpoint, "m", (USER,), tools=(ADD,)), heard.take)

    assert heard.events == [engine.Text("Well.")]
