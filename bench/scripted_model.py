"""A scripted model server: every reply is decided by the model's name, so runs repeat exactly.

    python -m bench.scripted_model --port 0      prints {"url": "http://127.0.0.1:PORT/v1"} on one line

What a name can say is written in bench/script.py. The same names work behind each address, with each service's own
way to prove a key (one that begins with `bad` is refused) and its own strictness:

    /v1  /openai/v1 (also …/responses)  /groq/openai/v1  /anthropic (…/v1/messages)  /google (…/v1beta/models/…)
    /ollama (…/v1, …/api)

POST /_script {"model", "text", "reasoning"?, "like"?, "piece"?} makes a name answer with given text in pieces
of `piece` characters (default 4), paced and broken like the name `like`. POST /_release [{"model"}] lets held
replies go on. GET /_stats, GET /_requests?last=N (the bodies; with &whole=1 path, headers and body),
GET /_wait?key=STAT&least=N (answers once that number is reached). POST /_reset forgets everything.
"""

import argparse
import asyncio
import contextlib
import json

from aiohttp import web

from bench import (
    scripted_anthropic,
    scripted_embeddings,
    scripted_google,
    scripted_lists,
    scripted_ollama,
    scripted_openai,
    scripted_responses,
)
from bench.script import WINDOW, Script, token_count
from bench.scripted_reply import STATE, State

READY = ("fake-t200-r50-n300", "fake-r30-n300", "fake-r0-n1000", "fake-r50-n100-continues")
READY += ("fake-e429", "fake-e500", "fake-r30-n100-cut50")


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
        return web.json_response({"error": f"{body['like']!r} is no script"}, status=400)
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
    found = list(request.app[STATE].recent)[-int(request.query.get("last", 20)) :]
    return web.json_response(found if "whole" in request.query else [one["body"] for one in found])


async def reset(request: web.Request) -> web.Response:
    """POST /_reset"""
    state = request.app[STATE]
    for gate in state.gates.values():
        gate.set()
    state.gates.clear()
    state.reset()
    return web.json_response(state.stats)


def application(names: tuple[str, ...] = READY, *, takes_any_schema: bool = False) -> web.Application:
    """Return the server as an aiohttp application; `names` is what /v1/models lists."""
    app = web.Application(client_max_size=64 << 20)
    app[STATE] = State(models=names, takes_any_schema=takes_any_schema)
    app[STATE].reset()
    services = (scripted_openai, scripted_responses, scripted_anthropic, scripted_google, scripted_ollama)
    for served in (*services, scripted_lists, scripted_embeddings):
        app.add_routes(served.routes())
    app.add_routes([web.post("/tokenize", tokenize), web.post("/_script", script_)])
    app.add_routes([web.get("/_stats", stats), web.get("/_wait", wait), web.get("/_requests", requests)])
    app.add_routes([web.post("/_release", release), web.post("/_reset", reset)])
    return app


@contextlib.asynccontextmanager
async def serving(host: str = "127.0.0.1", port: int = 0, names: tuple[str, ...] = READY, **options: bool):
    """Serve within this event loop; gives the address without /v1. Port 0 takes a free one."""
    # handler_cancellation: a client that leaves is noticed at once, also between two tokens
    runner = web.AppRunner(
        application(names, **options), access_log=None, handler_cancellation=True, shutdown_timeout=0.2
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port, backlog=4096)
        await site.start()
        yield f"http://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def main() -> None:
    """Serve until killed; the first line of output is the address as JSON."""
    parser = argparse.ArgumentParser(description="A scripted model server.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9911, help="0 takes a free one")
    parser.add_argument("--models", default=",".join(READY), help="names that /v1/models lists, by commas")
    parser.add_argument(
        "--any-schema", action="store_true", help="take any schema of a tool, as older builds send them"
    )
    options = parser.parse_args()
    names = tuple(options.models.split(","))
    async with serving(options.host, options.port, names, takes_any_schema=options.any_schema) as url:
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
