"""The bare relay, the floor of every comparison: no sign-in, no database, one small message for each token.

    python -m bench.relay --port 9920 --upstream http://127.0.0.1:9911/v1

A socket sends {"model": NAME}; each delta is parsed, HTML-escaped and sent on as one message; `[DONE]` ends it.
"""

import argparse
import html
import json

import aiohttp
import uvicorn


class Relay:
    """An ASGI application of its own, so that no framework is measured."""

    def __init__(self, upstream: str):
        self._url = f"{upstream}/chat/completions"
        self._http: aiohttp.ClientSession | None = None

    async def __call__(self, scope, receive, send):
        match scope["type"]:
            case "lifespan":
                await self._live(receive, send)
            case "websocket":
                await self._relay(receive, send)
            case _:
                await send({"type": "http.response.start", "status": 200, "headers": []})
                await send({"type": "http.response.body", "body": b"relay"})

    async def _live(self, receive, send):
        await receive()
        connector, timeout = aiohttp.TCPConnector(limit=0), aiohttp.ClientTimeout(total=None)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as self._http:
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    async def _relay(self, receive, send):
        await receive()
        await send({"type": "websocket.accept"})
        asked = json.loads((await receive())["text"])
        body = {"model": asked["model"], "stream": True, "messages": [{"role": "user", "content": "Hello"}]}
        async with self._http.post(self._url, json=body) as response:
            async for line in response.content:
                if not line.startswith(b"data: {"):
                    continue
                choices = json.loads(line[6:])["choices"]
                if choices and (text := choices[0]["delta"].get("content")):
                    shown = f'<span hx-swap-oob="beforeend:#m1">{html.escape(text)}</span>'
                    await send({"type": "websocket.send", "text": shown})
        await send({"type": "websocket.send", "text": "[DONE]"})
        await send({"type": "websocket.close"})


def main() -> None:
    """Serve until ended by a signal."""
    parser = argparse.ArgumentParser(prog="python -m bench.relay")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--upstream", required=True)
    arguments = parser.parse_args()
    uvicorn.run(
        Relay(arguments.upstream),
        host="127.0.0.1",
        port=arguments.port,
        log_level="warning",
        access_log=False,
        ws_per_message_deflate=False,
    )


if __name__ == "__main__":
    main()
