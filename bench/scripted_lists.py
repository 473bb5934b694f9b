"""Lists of models in the shapes in which servers give them: GET /lists/SHAPE/v1/models."""

import json

from aiohttp import web

ROW = {"id": "fake-plain-n4", "object": "model"}
OTHER = {"id": "fake-n4", "object": "model"}
SHAPES = {
    "usual": {"object": "list", "data": [ROW, OTHER]},
    "bare": [ROW, OTHER],  # Together
    "names": ["fake-plain-n4", "fake-n4"],
    "models": {"models": [ROW, OTHER]},  # Cohere, Ollama
    "null": {"object": "list", "data": None},
    "empty": {"object": "list", "data": []},
    "odd": {"object": "list", "data": [ROW, {"id": None}, {"name": "nameless"}, None, 7, {"id": 7}, OTHER]},
    "figures": {"object": "list", "data": [ROW | {"context_length": "8k", "pricing": "free", "meta": []}, OTHER]},
    "error": {"error": {"message": "scripted failure"}},
    "number": 7,
}


async def models(request: web.Request) -> web.Response:
    """GET /lists/SHAPE/v1/models; `none` has no list at all, `page` answers with HTML."""
    shape = request.match_info["shape"]
    if shape == "page":
        return web.Response(text="<!doctype html><title>Gateway</title>", content_type="text/html")
    if shape not in SHAPES:
        return web.json_response({"detail": "Not Found"}, status=404)
    return web.Response(text=json.dumps(SHAPES[shape]), content_type="application/json")


def routes() -> list[web.RouteDef]:
    """Return what is served."""
    return [web.get("/lists/{shape}/v1/models", models)]
