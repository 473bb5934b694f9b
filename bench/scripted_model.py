"""A scripted OpenAI-compatible server: every reply is decided by the model's name, so runs repeat exactly.

    python -m bench.scripted_model --port 0      prints {"url": "http://127.0.0.1:PORT/v1"} on one line

What a name can say is written in bench/script.py.

POST /_script {"model", "text", "reasoning"?, "like"?, "piece"?} makes a name answer with given text in pieces
of `piece` characters (default 4), paced and broken like the name `like`. POST /_release [{"model"}] lets held
replies go on. GET /_stats, GET /_requests?last=N, GET /_wait?key=STAT&least=N (answers once that number is
reached). POST /_reset forgets everything.
"""

import argparse
import asyncio
import collections
import contextlib
import json
import time
from dataclasses import dataclass, field

from aiohttp import web

from bench.script import WINDOW, Fault, Script, continued_from, token_count, tool_call, usage_of

READY = ("fake-t200-r50-n300", "fake-r30-n300", "fake-r0-n1000", "fake-r50-n100-continues")
READY += ("fake-e429", "fake-e500", "fake-r30-n100-cut50")
BIG = 2_000_000
BATCH = 16  # events in one write when there is no pace


@dataclass
class State:
    """What one server remembers between requests."""

    stats: dict = field(default_factory=dict)
    recent: collections.deque = field(default_factory=lambda: collections.deque(maxlen=200))
    refused: collections.Counter = field(default_factory=collections.Counter)
    asked: collections.Counter = field(default_factory=collections.Counter)
    scripts: dict[str, Script] = field(default_factory=dict)
    gates: dict[str, asyncio.Event] = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    models: tuple[str, ...] = ()

    def reset(self) -> None:
        """Forget everything but the streams that still run."""
        now = self.stats.get("now", 0)
        self.stats = {"now": now, "peak": now, "held": self.stats.get("held", 0), "max_lag_ms": 0.0}
        self.stats |= dict.fromkeys(("requests", "started", "finished", "aborted", "tokens"), 0)
        for memory in (self.recent, self.refused, self.asked, self.scripts):
            memory.clear()

    def count(self, key: str, by: int = 1) -> None:
        """Add to a statistic and wake whoever waits for it."""
        self.stats[key] += by
        self.stats["peak"] = max(self.stats["peak"], self.stats["now"])
        self.changed.set()
        self.changed = asyncio.Event()

    def script(self, model: str) -> Script | None:
        """Return the script of a name: given text first, then the grammar."""
        return self.scripts.get(model) or Script.parse(model)


STATE = web.AppKey("state", State)


class Reply:
    """One streamed reply on its way out."""

    def __init__(self, request: web.Request, body: dict, script: Script, start: int):
        self.request, self.body, self.script, self.start = request, body, script, start
        self.state = request.app[STATE]
        self.response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
        made = {"id": f"chatcmpl-{self.state.stats['started']}", "object": "chat.completion.chunk"}
        self.head = json.dumps(made | {"created": int(time.time()), "model": body["model"]})[:-1]
        self.batch: list[bytes] = []
        self.frames = {key: self._frame(key) for key in ("content", "reasoning_content")}

    def _event(self, delta: dict, finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return f'data: {self.head}, "choices": [{json.dumps(choice)}]}}\n\n'.encode()

    def _frame(self, key: str) -> list[bytes]:
        """Return what stands before and after a token's text, so that no token needs JSON work."""
        return self._event({key: "\0"}).split(b"\\u0000")

    async def _send(self, data: bytes) -> None:
        if "utf8" in self.script.flags and (cut := data.find("😀".encode())) > 0:
            await self.response.write(data[: cut + 2])
            await asyncio.sleep(0.002)  # so that the halves arrive as two reads
            data = data[cut + 2 :]
        await self.response.write(data)

    async def _flush(self) -> None:
        if self.batch:
            await self._send(b"".join(self.batch))
            self.batch.clear()

    async def run(self) -> bool:
        """Play the script. Gives whether it came to a proper end."""
        await self.response.prepare(self.request)
        if self.script.first:
            await asyncio.sleep(self.script.first)
        if "empty" in self.script.flags:
            await self._send(f'data: {self.head}, "choices": []}}\n\n'.encode())
        else:
            await self._send(self._event({"role": "assistant", "content": ""}))
            if call := tool_call(self.script, self.body):
                await self._call(call)
            elif (verdict := await self._tokens()) is not None:
                return verdict
        if self._wants_usage():
            usage = json.dumps(usage_of(self.body, self.script.length))
            await self._send(f'data: {self.head}, "choices": [], "usage": {usage}}}\n\n'.encode())
        if "nodone" not in self.script.flags:
            await self._send(b"data: [DONE]\n\n")
        await self.response.write_eof()
        return True

    def _wants_usage(self) -> bool:
        options = self.body.get("stream_options") or {}
        return bool(options.get("include_usage")) and "nousage" not in self.script.flags

    async def _call(self, call: dict) -> None:
        arguments = call["function"].pop("arguments")
        opening = call | {"function": call["function"] | {"arguments": ""}}
        await self._send(self._event({"tool_calls": [opening]}))
        for at in range(0, len(arguments), 8):
            piece = {"index": 0, "function": {"arguments": arguments[at : at + 8]}}
            await self._send(self._event({"tool_calls": [piece]}))
        await self._send(self._event({}, "tool_calls"))

    async def _tokens(self) -> bool | None:
        """Send the text. None when all of it is out, else how a fault has ended the reply."""
        script, clock = self.script, asyncio.get_running_loop().time
        faults = collections.defaultdict(list)
        for fault in script.faults:
            faults[fault.at].append(fault)
        due, i = clock(), self.start
        while i < script.length or "endless" in script.flags:
            for fault in faults.get(i, ()):
                await self._flush()
                before = clock()
                if (verdict := await self._fault(fault)) is not None:
                    return verdict
                due += clock() - before
            if script.rate:
                await self._pace(due + (i - self.start) / script.rate - clock())
            before, after = self.frames["reasoning_content" if self._is_reasoning(i) else "content"]
            self.batch.append(before + json.dumps(script.piece(i), ensure_ascii=False)[1:-1].encode() + after)
            self.state.stats["tokens"] += 1
            i += 1
            if script.rate or len(self.batch) == BATCH or "utf8" in script.flags:
                await self._flush()
                await asyncio.sleep(0)
        await self._flush()
        await self._send(self._event({}, script.finish))
        return None

    def _is_reasoning(self, i: int) -> bool:
        return i < self.script.thinking and "tags" not in self.script.flags

    async def _pace(self, wait: float) -> None:
        if wait > 0:
            await asyncio.sleep(wait)
        else:
            stats = self.state.stats
            stats["max_lag_ms"] = max(stats["max_lag_ms"], round(-wait * 1000, 1))

    async def _fault(self, fault: Fault) -> bool | None:
        """Play one fault. None goes on; a truth value ends the reply (True: properly)."""
        match fault.kind:
            case "cut" | "fin":
                if transport := self.request.transport:
                    transport.abort() if fault.kind == "cut" else transport.close()
                return False
            case "eof":
                await self.response.write_eof()
                return False
            case "garbage":
                await self.response.write(b"data: {not json \xff\xfe\n\n")
            case "bigline":
                await self.response.write(self._event({"content": "x" * BIG}))
            case "empty":
                await self._send(f'data: {self.head}, "choices": []}}\n\n'.encode())
            case "err":
                error = {"message": "scripted in-stream failure", "type": "server_error"}
                await self._send(f"data: {json.dumps({'error': error})}\n\n".encode())
                await self._send(b"data: [DONE]\n\n")
                await self.response.write_eof()
                return True
            case "stall":
                await asyncio.sleep(fault.pause)
            case "hold":
                await self._hold()
        return None

    async def _hold(self) -> None:
        gate = self.state.gates.setdefault(self.body["model"], asyncio.Event())
        self.state.count("held")
        try:
            await gate.wait()
        finally:
            self.state.count("held", -1)


def refusal(script: Script, state: State, model: str) -> web.Response | None:
    """Return the error that this request must get, or None."""
    if "full" in script.flags:
        text = f"request exceeds the available context size ({WINDOW} tokens), try increasing it"
        return failure(400, text, "exceed_context_size_error")
    refused = script.refusal
    if not refused or (refused.times is not None and state.refused[model] >= refused.times):
        return None
    state.refused[model] += 1
    if refused.is_page:
        page = "<html><head><title>Bad gateway</title></head><body><h1>nginx</h1></body></html>"
        return web.Response(status=refused.status, text=page, content_type="text/html")
    kind = "rate_limit_error" if refused.status == 429 else "server_error"
    response = failure(refused.status, f"scripted failure {refused.status}", kind)
    if refused.status == 429:
        response.headers["Retry-After"] = "1"
    return response


def failure(status: int, message: str, kind: str) -> web.Response:
    """Return an error in the protocol's shape."""
    error = {"message": message, "type": kind, "code": status}
    return web.json_response({"error": error}, status=status)


async def chat(request: web.Request) -> web.StreamResponse:
    """POST /v1/chat/completions"""
    state, body = request.app[STATE], await request.json()
    model = body.get("model", "")
    state.recent.append(body)
    state.asked[model] += 1
    state.count("requests")
    script = state.script(model)
    if script is None:
        return failure(404, f"The model '{model}' does not exist", "invalid_request_error")
    if response := refusal(script, state, model):
        return response
    script, start, is_done = script.capped(body), continued_from(script, body), False
    state.count("now")
    state.count("started")
    try:
        if not body.get("stream"):
            response, is_done = await whole(body, script, start), True
            return response
        reply = Reply(request, body, script, start)
        with contextlib.suppress(ConnectionError):
            is_done = await reply.run()
        return reply.response
    finally:
        state.count("now", -1)
        state.count("finished" if is_done else "aborted")


async def whole(body: dict, script: Script, start: int) -> web.Response:
    """Answer in one piece."""
    call = tool_call(script, body)
    await asyncio.sleep(script.first + (script.length / script.rate if script.rate and not call else 0))
    said, half = [script.piece(i) for i in range(start, script.length)], max(script.thinking - start, 0)
    message: dict = {"role": "assistant", "content": None if call else "".join(said[half:])}
    if call:
        message["tool_calls"] = [{key: value for key, value in call.items() if key != "index"}]
    elif half:
        message["reasoning_content"] = "".join(said[:half])
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if call else script.finish}
    made = {"id": "chatcmpl-whole", "object": "chat.completion", "created": int(time.time())}
    usage = usage_of(body, script.length)
    return web.json_response(made | {"model": body["model"], "choices": [choice], "usage": usage})


async def models(request: web.Request) -> web.Response:
    """GET /v1/models"""
    state, rows = request.app[STATE], []
    for name in dict.fromkeys((*state.models, *state.scripts)):
        row = {"id": name, "object": "model", "created": 1700000000, "owned_by": "scripted"}
        if "continues" in state.script(name).flags:
            row |= {"owned_by": "llamacpp", "meta": {"n_ctx": WINDOW, "n_ctx_train": WINDOW}}
        rows.append(row)
    return web.json_response({"object": "list", "data": rows})


async def tokenize(request: web.Request) -> web.Response:
    """POST /tokenize, in llama.cpp's form {"content"} and in vLLM's {"model", "prompt"}."""
    body = await request.json()
    tokens = list(range(token_count(body.get("content", body.get("prompt", "")))))
    return web.json_response({"tokens": tokens, "count": len(tokens), "max_model_len": WINDOW})


async def script_(request: web.Request) -> web.Response:
    """POST /_script: make a name say a given text."""
    state, body = request.app[STATE], await request.json()
    like = Script.parse(body.get("like", "fake"))
    if like is None:
        return failure(400, f"{body['like']!r} is no script", "invalid_request_error")
    script = like.told(body.get("text", ""), body.get("reasoning", ""), body.get("piece", 4))
    state.scripts[body["model"]] = script
    return web.json_response({"tokens": script.length})


async def release(request: web.Request) -> web.Response:
    """POST /_release: let held replies of one model (or of all) go on."""
    state, body = request.app[STATE], await request.json() if request.can_read_body else {}
    for model in [body["model"]] if "model" in body else list(state.gates):
        state.gates.setdefault(model, asyncio.Event()).set()
    return web.json_response({})


async def stats(request: web.Request) -> web.Response:
    """GET /_stats"""
    state = request.app[STATE]
    return web.json_response(state.stats | {"asked": dict(state.asked)})


async def wait(request: web.Request) -> web.Response:
    """GET /_wait: answer once a statistic has reached a number; 504 after `timeout` seconds (30)."""
    state, key, least = request.app[STATE], request.query["key"], int(request.query.get("least", 1))
    try:
        async with asyncio.timeout(float(request.query.get("timeout", 30))):
            while state.stats[key] < least:
                await state.changed.wait()
    except TimeoutError:
        return web.json_response(state.stats, status=504)
    return web.json_response(state.stats)


async def requests(request: web.Request) -> web.Response:
    """GET /_requests"""
    return web.json_response(list(request.app[STATE].recent)[-int(request.query.get("last", 20)) :])


async def reset(request: web.Request) -> web.Response:
    """POST /_reset"""
    state = request.app[STATE]
    for gate in state.gates.values():
        gate.set()
    state.gates.clear()
    state.reset()
    return web.json_response(state.stats)


def application(names: tuple[str, ...] = READY) -> web.Application:
    """Return the server as an aiohttp application; `names` is what /v1/models lists."""
    app = web.Application(client_max_size=64 << 20)
    app[STATE] = State(models=names)
    app[STATE].reset()
    app.add_routes([web.get("/v1/models", models), web.post("/v1/chat/completions", chat)])
    app.add_routes([web.post("/tokenize", tokenize), web.post("/_script", script_)])
    app.add_routes([web.get("/_stats", stats), web.get("/_wait", wait), web.get("/_requests", requests)])
    app.add_routes([web.post("/_release", release), web.post("/_reset", reset)])
    return app


@contextlib.asynccontextmanager
async def serving(host: str = "127.0.0.1", port: int = 0, names: tuple[str, ...] = READY):
    """Serve within this event loop; gives the address without /v1. Port 0 takes a free one."""
    # handler_cancellation: a client that leaves is noticed at once, also between two tokens
    runner = web.AppRunner(application(names), access_log=None, handler_cancellation=True, shutdown_timeout=0.2)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port, backlog=4096)
        await site.start()
        yield f"http://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def main() -> None:
    """Serve until killed; the first line of output is the address as JSON."""
    parser = argparse.ArgumentParser(description="A scripted OpenAI-compatible server.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9911, help="0 takes a free one")
    parser.add_argument("--models", default=",".join(READY), help="names that /v1/models lists, by commas")
    options = parser.parse_args()
    async with serving(options.host, options.port, tuple(options.models.split(","))) as url:
        print(json.dumps({"url": f"{url}/v1"}), flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        import uvloop

        run = uvloop.run
    except ImportError:
        run = asyncio.run
    with contextlib.suppress(KeyboardInterrupt):
        run(main())
