"""Ollama of the scripted server: its own list beside the OpenAI protocol."""

from aiohttp import web

from bench.scripted_reply import STATE

#: Kind, the window that it was made for, abilities.
SHOWN = {
    "llama3.2:3b": ("llama", 131072, ["completion", "tools"]),
    "llava:7b": ("llama", 32768, ["completion", "vision"]),
    "qwen3:8b": ("qwen3", 40960, ["completion", "tools", "thinking"]),
    "nomic-embed-text:latest": ("nomic-bert", 2048, ["embedding"]),
}
#: What Ollama is told to read, and what it reads of the models that are in memory.
SET, LOADED = {"llava:7b": 16384}, {"qwen3:8b": 32768}


async def tags(request: web.Request) -> web.Response:
    """GET /api/tags"""
    names = (*SHOWN, *request.app[STATE].models)
    rows = [{"name": name, "model": name, "size": 1, "digest": "0", "details": {"family": "llama"}} for name in names]
    return web.json_response({"models": rows})


async def show(request: web.Request) -> web.Response:
    """POST /api/show"""
    name = (await request.json()).get("model")
    if name not in (*SHOWN, *request.app[STATE].models):
        return web.json_response({"error": f"model '{name}' not found"}, status=404)
    kind, window, abilities = SHOWN.get(name, ("llama", 8192, ["completion", "tools"]))
    info = {"general.architecture": kind, f"{kind}.context_length": window}
    set_to = (
        f'num_ctx                        {SET[name]}\nstop                           "<|end|>"' if name in SET else ""
    )
    told = {"capabilities": abilities, "model_info": info, "details": {"family": kind}, "parameters": set_to}
    return web.json_response(told)


async def ps(request: web.Request) -> web.Response:
    """GET /api/ps"""
    return web.json_response({"models": [{"name": name, "context_length": window} for name, window in LOADED.items()]})


def routes() -> list[web.RouteDef]:
    """Return what is served beside the chat, which is OpenAI's."""
    return [web.get("/ollama/api/tags", tags), web.post("/ollama/api/show", show), web.get("/ollama/api/ps", ps)]
