"""HTTP servers that misbehave: bounded, not followed, never reached inside; the connection goes on. C41, C44."""

import asyncio
import gzip
import json
import uuid
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from agents.mcp import results
from agents.mcp.connection import Target
from agents.mcp.session import LARGEST, Session
from agents.tools import Failed

ASKED = web.AppKey("asked", list)
TOOLS = [{"name": "any", "description": "", "inputSchema": {"type": "object"}}]


def _result(message: dict, text: str) -> bytes:
    result = {"content": [{"type": "text", "text": text}]}
    return json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}).encode()


async def _events(request: web.Request, piece: bytes) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await answer.prepare(request)
    while True:
        await answer.write(piece)


async def _misbehaves(request: web.Request) -> web.StreamResponse:
    """Answer the handshake well, and a call as its argument `how` says."""
    message = await request.json()
    how = message.get("params", {}).get("arguments", {}).get("how")
    request.app[ASKED].append(message["method"])
    kind = {"content_type": "application/json"}
    match message["method"], how:
        case "initialize", _:
            about = {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}}
            result = about | {"serverInfo": {"name": "it", "version": "1"}}
        case "tools/list", _:
            result = {"tools": TOOLS}
        case "tools/call", "huge":
            return web.Response(body=_result(message, "x" * (LARGEST + 1)), **kind)
        case "tools/call", "endless":
            return await _events(request, b"x" * 100_000)
        case "tools/call", "zipped":
            body = gzip.compress(_result(message, "x" * 50_000_000))
            return web.Response(body=body, headers={"Content-Encoding": "gzip"}, **kind)
        case "tools/call", "garbage":
            return web.Response(body=bytes(range(256)) * 10, **kind)
        case "tools/call", "page":
            return web.Response(text="<script>alert(1)</script>", content_type="text/html")
        case "tools/call", "dies":
            request.transport.abort()
            return web.Response()
        case "tools/call", "away":
            raise web.HTTPTemporaryRedirect("http://169.254.169.254/latest/meta-data/")
        case "tools/call", "breaks":
            return web.Response(status=500, text="SECRET trace")
        case "tools/call", _:
            return web.Response(body=_result(message, "well"), **kind)
        case _ if "id" not in message:
            return web.Response(status=202)
        case _:
            error = {"code": -32601, "message": "Method not found"}
            return web.json_response({"jsonrpc": "2.0", "id": message["id"], "error": error})
    return web.json_response({"jsonrpc": "2.0", "id": message["id"], "result": result})


@asynccontextmanager
async def connection(settings, is_allowed: bool = True):
    app = web.Application()
    app[ASKED] = []
    app.router.add_post("/mcp", _misbehaves)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    settings.EGRESS_ALLOW = frozenset({("127.0.0.1", port)} if is_allowed else ())

    async def nothing(*_):
        """Nobody keeps what changed."""

    target = Target(
        uuid.uuid4(), uuid.uuid4(), "it", "streamable-http", f"http://127.0.0.1:{port}/mcp", is_trusted=True
    )
    session = Session(target, None, nothing)
    try:
        await session.open()
        yield session, app[ASKED]
    finally:
        await session.close()
        await runner.cleanup()


async def said(session, how: str) -> str:
    return results.of_call(await session.call("any", {"how": how}, lambda text: None)).content


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ("huge", "too large"),
        ("endless", "too large"),
        ("zipped", "cannot be read"),
        ("garbage", "MCP server"),
        ("page", "MCP server"),
        ("dies", "MCP server"),
        ("away", "does not connect|refused|MCP server"),
        ("breaks", "MCP server"),
    ],
)
async def test_what_goes_wrong_is_told_once_and_the_next_call_runs(settings, how, sentence):
    async with connection(settings) as (session, asked):
        with pytest.raises(Failed, match=sentence) as failed:
            await said(session, how)
        assert "SECRET" not in str(failed.value)
        assert asked.count("tools/call") == 1
        assert await said(session, "well") == "well"


async def test_inside_is_not_reached(settings):
    with pytest.raises(Failed, match="EGRESS_ALLOW"):
        async with connection(settings, is_allowed=False):
            pass


async def test_many_calls_at_once(settings):
    async with connection(settings) as (session, _):
        assert await asyncio.gather(*(said(session, "well") for _ in range(20))) == ["well"] * 20
