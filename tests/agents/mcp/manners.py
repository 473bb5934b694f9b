"""An MCP server with the manners of real ones: it forgets sessions, refuses in many forms, lists odd things."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

GOOD = {"name": "good", "description": "Does it.", "inputSchema": {"type": "object", "properties": {"n": {}}}}
#: What servers do with a session that they do not know: as the protocol says, as two SDKs' examples do, and in words.
FORGETS = {
    "protocol": (404, {"jsonrpc": "2.0", "id": None, "error": {"code": -32001, "message": "Session not found"}}),
    "typescript": (
        400,
        {
            "jsonrpc": "2.0",
            "id": None,
            "error": {"code": -32000, "message": "Bad Request: No valid session ID provided"},
        },
    ),
    "empty": (404, None),
    "page": (404, "<html>Not Found</html>"),
    "uninitialised": (
        400,
        {"jsonrpc": "2.0", "id": "server-error", "error": {"code": -32600, "message": "Server not initialized"}},
    ),
    "gone": (410, None),
    "rust": (401, "Unauthorized: Session not found"),
    "go": (400, "Invalid session ID"),
    "affine": (
        400,
        {
            "jsonrpc": "2.0",
            "id": None,
            "error": {"code": -32000, "message": "Bad Request: No valid session ID or not an initialize request"},
        },
    ),
    "proxy": (
        500,
        {
            "jsonrpc": "2.0",
            "id": None,
            "error": {"code": -32000, "message": "Bad Request: No valid session ID provided"},
        },
    ),
    "neotoma": (503, {"jsonrpc": "2.0", "id": None, "error": {"code": -32000, "message": "Unknown session"}}),
    "forbidden": (403, {"jsonrpc": "2.0", "id": None, "error": {"code": -32001, "message": "Session expired"}}),
}


@dataclass
class Manners:
    """The server: `refusals` are given to calls one after another as (status, body, headers); then calls are answered.

    `ran` has the arguments of the calls that were carried out. `opened` counts the sessions.
    """

    tools: object = field(default_factory=lambda: [GOOD])
    resources: object = field(default_factory=list)
    prompts: object = field(default_factory=list)
    forgets: str = "protocol"
    content: object = None  # of a call's result, where it is not a text
    result: dict = field(default_factory=dict)  # laid over a call's result
    error: dict | None = None  # a call's, with 200
    refusals: list[tuple[int, object, dict]] = field(default_factory=list)
    refuses: tuple[int, object, dict] | None = None  # everything
    ran: list[dict] = field(default_factory=list)
    sessions: set[str] = field(default_factory=set)
    opened: int = 0
    greeting: dict = field(default_factory=dict)  # laid over what it says of itself
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/mcp"

    def restart(self) -> None:
        """Forget all sessions."""
        self.sessions.clear()

    async def answer(self, request: web.Request) -> web.Response:
        message = await request.json()
        if self.refuses:
            return _refused(*self.refuses)
        if "id" not in message:
            return web.Response(status=202)
        answer = {"jsonrpc": "2.0", "id": message["id"]}
        if message["method"] == "initialize":
            return self._begin(answer)
        if message["method"] == "server/discover":
            return web.json_response(answer | {"error": {"code": -32601, "message": "Method not found"}})
        if request.headers.get("Mcp-Session-Id") not in self.sessions:
            return _refused(*FORGETS[self.forgets], {})
        match message["method"]:
            case "tools/list":
                return web.json_response(answer | {"result": {"tools": self.tools}})
            case "resources/list":
                return web.json_response(answer | {"result": {"resources": self.resources}})
            case "prompts/list":
                return web.json_response(answer | {"result": {"prompts": self.prompts}})
        return self._call(message["params"], answer)

    def _begin(self, answer: dict) -> web.Response:
        session = secrets.token_hex(8)
        self.sessions.add(session)
        self.opened += 1
        about = {"protocolVersion": "2025-06-18", "serverInfo": {"name": "it", "version": "1"}}
        capabilities = {"tools": {}, "resources": {}, "prompts": {}}
        result = about | {"capabilities": capabilities} | self.greeting
        return web.json_response(answer | {"result": result}, headers={"Mcp-Session-Id": session})

    def _call(self, params: dict, answer: dict) -> web.Response:
        if self.refusals:
            return _refused(*self.refusals.pop(0))
        self.ran.append(params.get("arguments") or {})
        if self.error:
            return web.json_response(answer | {"error": self.error})
        content = [{"type": "text", "text": "well"}] if self.content is None else self.content
        return web.json_response(answer | {"result": {"content": content, **self.result}})


def _refused(status: int, body: object, headers: dict) -> web.Response:
    if isinstance(body, str):
        return web.Response(status=status, text=body, content_type="text/html", headers=headers)
    return (
        web.json_response(body, status=status, headers=headers)
        if body
        else web.Response(status=status, headers=headers)
    )


@asynccontextmanager
async def serving(settings, **manners) -> AsyncIterator[Manners]:
    """Serve it on loopback, where the operator allows it."""
    made = Manners(**manners)
    app = web.Application()
    app.router.add_post("/mcp", made.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.port = runner.addresses[0][1]
    settings.EGRESS_ALLOW = frozenset({("127.0.0.1", made.port)})
    try:
        yield made
    finally:
        await runner.cleanup()
