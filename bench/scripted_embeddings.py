"""Embeddings of the scripted server, by OpenAI's protocol and Google's: texts of the same words lie beside one another.

A model is called embed-dN for vectors of N numbers. Flags in its name break the answer: -zero (vectors of zeros), -few
(one too few), -mixed (of two lengths), -nan (something that is no number).
"""

import re
from zlib import crc32

from aiohttp import web

from bench.scripted_reply import STATE

#: Words of two languages that mean the same, so that questions in one find texts in the other.
_MEANINGS = {"kopi": "coffee", "harga": "price", "kucing": "cat", "gunung": "mountain", "liburan": "holiday"}
_WORD = re.compile(r"\w+")
_WRONG = "Bearer wrong"


def vector(text: str, dimensions: int) -> list[float]:
    """Return the text's vector: where its words fall, of length one."""
    found = [0.0] * dimensions
    for word in _WORD.findall(text.casefold()) or [text]:
        found[crc32(_MEANINGS.get(word, word).encode()) % dimensions] += 1.0
    length = sum(one * one for one in found) ** 0.5
    return [one / length for one in found]


def _answered(model: str, texts: list[str]) -> list[list]:
    found = re.search(r"-d(\d+)", model)
    vectors: list[list] = [vector(text, int(found[1]) if found else 8) for text in texts]
    if "-zero" in model:
        return [[0.0] * len(one) for one in vectors]
    if "-few" in model:
        return vectors[1:]
    if "-mixed" in model:
        return [vectors[0][1:], *vectors[1:]]
    return [[None, *one[1:]] for one in vectors] if "-nan" in model else vectors


async def openai(request: web.Request) -> web.Response:
    """POST /v1/embeddings; the rows come in another order than asked."""
    body = await request.json()
    request.app[STATE].recent.append({"path": request.path, "headers": dict(request.headers), "body": body})
    if request.headers.get("Authorization") == _WRONG:
        return web.json_response({"error": {"message": "Incorrect API key provided."}}, status=401)
    if not body["model"].startswith("embed-"):
        return web.json_response({"error": {"message": f"The model `{body['model']}` does not exist"}}, status=404)
    rows = [
        {"object": "embedding", "index": n, "embedding": one}
        for n, one in enumerate(_answered(body["model"], body["input"]))
    ]
    usage = {"prompt_tokens": sum(map(len, body["input"])), "total_tokens": 0}
    return web.json_response({"object": "list", "data": rows[::-1], "model": body["model"], "usage": usage})


async def google(request: web.Request) -> web.Response:
    """POST /google/v1beta/models/NAME:batchEmbedContents"""
    body = await request.json()
    request.app[STATE].recent.append({"path": request.path, "headers": dict(request.headers), "body": body})
    texts = [asked["content"]["parts"][0]["text"] for asked in body["requests"]]
    return web.json_response({"embeddings": [{"values": one} for one in _answered(request.match_info["name"], texts)]})


def routes() -> list[web.RouteDef]:
    """Return what is served."""
    return [
        web.post("/v1/embeddings", openai),
        web.post("/ollama/v1/embeddings", openai),
        web.post("/google/v1beta/models/{name:.+}:batchEmbedContents", google),
    ]
