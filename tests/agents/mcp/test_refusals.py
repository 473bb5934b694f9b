"""Servers that refuse: a forgotten session is opened anew, words and numbers are told, nothing runs twice."""

import asyncio
import json
import uuid

import pytest
from aiohttp import web

from agents.mcp import pool as pools
from agents.mcp import refusals, results
from agents.mcp.connection import SignInNeeded, Target
from agents.mcp.pool import Pool
from agents.mcp.session import Session
from agents.tools import Failed
from tests.agents.mcp.manners import FORGETS, GOOD, Manners, serving

DEEP = json.loads("[" * 500 + "]" * 500)


@pytest.fixture
def naps(monkeypatch) -> list[float]:
    """How long was waited; nobody waits."""
    taken = []

    async def nap(seconds: float) -> None:
        taken.append(seconds)

    monkeypatch.setattr(pools, "_sleep", nap)
    return taken


@pytest.fixture
def ask(monkeypatch, naps):
    """Call the server's tool through a pool, `n` times; give what each call came to."""

    async def asked(
        server: Manners, n: int = 1, before=lambda: None, transport="streamable-http", headers=()
    ) -> list[str]:
        target = Target(uuid.uuid4(), uuid.uuid4(), "it", transport, server.url, is_trusted=True, headers=headers)

        async def here(function, *args):
            return target if function is pools.target else None

        monkeypatch.setattr(pools, "in_thread", here)
        monkeypatch.setattr(pools.drift, "in_thread", here)
        monkeypatch.setattr(pools, "Bearer", lambda *about: None)
        pool, found = Pool(), []

        async def call(session: Session):
            return results.of_call(await session.call("good", {"n": len(found)}, lambda text: None))

        try:
            await pool.listing(target.server_id, target.user_id)
            for _ in range(n):
                before()
                try:
                    found.append((await pool._asked(target.server_id, target.user_id, call)).content)
                except Failed as failed:
                    found.append(str(failed))
        finally:
            await pool.close()
        return found

    return asked


@pytest.mark.parametrize("forgets", FORGETS)
async def test_a_forgotten_session_is_opened_anew_and_the_call_made_once(settings, ask, forgets):
    async with serving(settings, forgets=forgets) as server:
        said = await ask(server, 3, before=server.restart)
    assert said == ["well"] * 3
    assert [args["n"] for args in server.ran] == [0, 1, 2]
    assert server.opened == 4


#: What speaks of sessions, and may tell of a call that ran.
OF_A_CALL = [
    (400, "The session field must be a number."),
    (400, {"error": {"code": -32602, "message": "session: too many seats for this session"}}),
    (404, {"jsonrpc": "2.0", "id": 7, "error": {"code": -32601, "message": "No tool is called session_export"}}),
    (500, "Session not found"),
    (500, {"detail": "invalid session id: the browser has closed"}),
    (500, {"jsonrpc": "2.0", "id": 7, "error": {"code": -32603, "message": "The database session expired"}}),
    (403, {"error": "Your session at the bank has expired"}),
]


@pytest.mark.parametrize(("status", "body"), OF_A_CALL)
async def test_words_about_a_session_repeat_no_call_that_may_have_run(settings, ask, naps, status, body):
    async with serving(settings) as server:
        server.refusals = [(status, body, {})]
        (said,) = await ask(server)
    assert said.startswith("The MCP server ")
    assert (server.ran, server.refusals, naps, server.opened) == ([], [], [], 1)


@pytest.mark.parametrize("headers", [{}, {"WWW-Authenticate": "Bearer"}])
async def test_a_sign_in_that_is_asked_for_in_a_session_is_told(settings, ask, headers):
    async with serving(settings) as server:
        server.refusals = [(401, {"error": "Who are you?"}, headers)]
        (said,) = await ask(server)
    assert said == str(SignInNeeded())
    assert server.ran == []


async def test_a_server_that_forgets_at_once_is_told_in_its_words(settings, ask):
    async with serving(settings) as server:
        server.refusals = [(*FORGETS["protocol"], {})] * 2
        assert await ask(server) == ["The MCP server refused: Session not found"]
    assert server.ran == []


@pytest.mark.parametrize(
    ("status", "body", "headers", "sentence"),
    [
        (403, None, {}, "does not allow this (HTTP 403)"),
        (403, "<html>Forbidden</html>", {}, "does not allow this (HTTP 403)"),
        (403, {"error": {"code": -32000, "message": "Only admins."}}, {}, "refused: Only admins."),
        (429, None, {}, "asked too often (HTTP 429). Try again shortly."),
        (429, None, {"Retry-After": "90"}, "Try again in 90 seconds."),
        (500, "SECRET trace", {}, "failed (HTTP 500)"),
        (503, "busy", {"Retry-After": "90"}, "failed (HTTP 503). Try again in 90 seconds."),
        (503, "busy", {"Retry-After": "never"}, "failed (HTTP 503). Try again shortly."),
        (500, {"detail": "The disk is full."}, {}, "refused: The disk is full."),
        (400, {"error": {"code": 1, "message": "No.", "data": DEEP}}, {}, "refused: No."),
        (405, None, {}, "is no MCP server (HTTP 405)"),
        (418, None, {}, "refused the request (HTTP 418)"),
    ],
)
async def test_a_refusal_is_told_with_its_number_or_its_words(settings, ask, status, body, headers, sentence):
    async with serving(settings) as server:
        server.refusals = [(status, body, headers)] * 2
        (said,) = await ask(server)
    assert sentence in said
    assert "SECRET" not in said
    assert server.ran == []


@pytest.mark.parametrize("status", [200, 400, 500])
async def test_what_an_admin_keeps_secret_is_quoted_to_nobody(settings, ask, status):
    """Each who may use the server reads why it refused, and so does the model."""
    said = {"code": -32000, "message": "No Bearer kept-secret-7 here, and no kept-secret-7."}
    async with serving(settings, error=said if status == 200 else None) as server:
        server.refusals = [] if status == 200 else [(status, {"error": said}, {})] * 2
        (told,) = await ask(server, headers=(("Authorization", "Bearer kept-secret-7"),))
    assert told == "The MCP server refused: No … here, and no …."


ECHO = {"content": [{"type": "text", "text": "I got Bearer kept-secret-7."}]}


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (ECHO, "I got …."),
        ({"content": [], "structuredContent": {"headers": [{"auth": "kept-secret-7"}]}}, {"headers": [{"auth": "…"}]}),
        (ECHO | {"isError": True}, "I got …."),
    ],
)
async def test_a_result_that_quotes_what_was_sent_hides_it(settings, ask, result, said):
    """A tool that shows its request would tell everybody, and the model, what an admin keeps."""
    async with serving(settings, result=result) as server:
        assert await ask(server, headers=(("Authorization", "Bearer kept-secret-7"),)) == [said]


async def test_a_server_is_asked_again_when_it_said_so(settings, ask, naps):
    async with serving(settings) as server:
        server.refusals = [(429, None, {"Retry-After": "3"})]
        assert await ask(server) == ["well"]
    assert naps == [3]
    assert len(server.ran) == 1


@pytest.mark.parametrize("status", [400, 403, 500, 502, 503])
async def test_a_call_that_may_have_run_is_not_made_again(settings, ask, naps, status):
    async with serving(settings) as server:
        server.refusals = [(status, None, {"Retry-After": "1"})]
        (said,) = await ask(server)
        assert f"HTTP {status}" in said
    assert (server.ran, naps, server.opened) == ([], [], 1)


async def test_an_error_of_its_own_keeps_its_words(settings, ask):
    error = {"code": -32000, "message": "The ledger is closed."}
    async with serving(settings, error=error) as server:
        assert await ask(server) == ["The MCP server refused: The ledger is closed."]
        server.refusals = [(400, {"jsonrpc": "2.0", "id": None, "error": error}, {})]
        assert await ask(server) == ["The MCP server refused: The ledger is closed."]


async def test_a_server_cannot_speak_as_the_door(settings, ask):
    data = {"sambung/refusal": {"status": 429, "fault": "Anything.", "has_sent": False, "odd": 1}, "x": []}
    async with serving(settings, error={"code": 1, "message": "No.", "data": data}) as server:
        assert await ask(server) == ["The MCP server refused: No."]
    assert len(server.ran) == 1


@pytest.mark.parametrize(
    ("refuses", "sentence"),
    [
        ((403, None, {}), "does not allow this (HTTP 403)"),
        ((429, None, {"Retry-After": "90"}), "Try again in 90 seconds."),
        ((500, "<html>", {}), "failed (HTTP 500)"),
        ((404, "<html>", {}), "is no MCP server (HTTP 404)"),
        ((400, {"message": "Send an API key."}, {}), "refused: Send an API key."),
    ],
)
async def test_a_server_that_refuses_from_the_first_says_why(settings, ask, refuses, sentence):
    async with serving(settings, refuses=refuses) as server:
        with pytest.raises(Failed) as failed:
            await ask(server)
    assert sentence in str(failed.value)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("5", 5), ("0", None), ("-3", None), ("soon", None), ("", None), ("9" * 400, refusals.LONGEST_WAIT)],
)
def test_how_long_to_wait(value, seconds):
    assert refusals._after(value) == seconds


def test_a_date_to_wait_for():
    assert refusals._after("Fri, 01 Jan 2100 00:00:00 GMT") == refusals.LONGEST_WAIT
    assert refusals._after("Sat, 01 Jan 2000 00:00:00 GMT") is None


# ---- over SSE, where the SDK reads no refusal -------------------------------------------------------------
IT = {"name": "it", "version": "1"}


class Events:
    """A server over SSE: messages go to an address of the session, answers come by its stream."""

    def __init__(self) -> None:
        self.streams: dict[str, web.StreamResponse] = {}
        self.refusal: tuple[int, object] | None = None
        self.ran = 0

    async def stream(self, request: web.Request) -> web.StreamResponse:
        name = f"s{len(self.streams)}"
        stream = self.streams[name] = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        await stream.write(f"event: endpoint\ndata: /messages?session_id={name}\n\n".encode())
        while True:  # until it is cut
            await asyncio.sleep(60)

    async def message(self, request: web.Request) -> web.Response:
        message = await request.json()
        if message["method"] == "tools/call" and self.refusal:
            (status, body), self.refusal = self.refusal, None
            return web.json_response(body, status=status)
        results = {
            "initialize": {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": IT},
            "tools/list": {"tools": [GOOD]},
            "tools/call": {"content": [{"type": "text", "text": "well"}]},
        }
        self.ran += message["method"] == "tools/call"
        if "id" in message:
            answer = {"jsonrpc": "2.0", "id": message["id"]}
            known = message["method"] in results
            more = {"result": results[message["method"]]} if known else {"error": {"code": -32601, "message": "No"}}
            stream = self.streams[request.query["session_id"]]
            await stream.write(f"event: message\ndata: {json.dumps(answer | more)}\n\n".encode())
        return web.Response(status=202)


@pytest.mark.parametrize(
    ("refusal", "said", "sessions"),
    [
        ((404, FORGETS["protocol"][1]), "well", 2),
        ((400, FORGETS["typescript"][1]), "well", 2),
        ((401, {"error": "Unauthorized: Session not found"}), "well", 2),
        ((500, {"detail": "The disk is full."}), "The MCP server refused: The disk is full.", 1),
    ],
)
async def test_a_refusal_over_sse_is_told_at_once(settings, ask, refusal, said, sessions):
    server, app = Events(), web.Application()
    app.router.add_get("/mcp", server.stream)
    app.router.add_post("/messages", server.message)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    settings.EGRESS_ALLOW = frozenset({("127.0.0.1", port)})
    made = Manners(port=port)
    try:
        server.refusal = refusal
        async with asyncio.timeout(20):
            assert await ask(made, transport="sse") == [said]
        assert (len(server.streams), server.ran) == (sessions, sessions - 1)
    finally:
        await runner.cleanup()
