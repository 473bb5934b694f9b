"""Connections that their server closes though it promised to keep them: nobody waits for it, and nothing is lost."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from agents import engine
from agents.engine import call, errors

REPLIES = 6
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nKeep-Alive: timeout=5, max=100\r\nContent-Length: %d\r\n\r\n"
STREAM = (
    b'data: {"choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":null}]}\n\n'
    b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
    b"data: [DONE]\n\n"
)
MODEL = b'{"details":{"family":"small"}}'


class Server:
    """Answers `kept` requests on each connection, and meets the next one there as `manner` does."""

    def __init__(self, manner: str, kept: int = 1) -> None:
        self.manner, self.kept = manner, kept
        self.answered: list[str] = []
        self.refused = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            for _ in range(self.kept):
                self.answered.append(await self._take(reader))
                is_reply = self.answered[-1] == "completions"
                body, kind = (STREAM, b"text/event-stream") if is_reply else (MODEL, b"application/json")
                writer.write(HEAD % (kind, len(body)) + body)
            if await reader.read(1):
                await self._leave(reader, writer)
        writer.close()

    async def _take(self, reader: asyncio.StreamReader) -> str:
        """Read a request; gives the last word of its path."""
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length or 0))
        return head.split()[1].decode().rpartition("/")[2]

    async def _leave(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Close on a request: after it was read, with some of it unread (a reset), or within the head of its answer."""
        self.refused += 1
        if self.manner != "reset":
            await self._take(reader)
        if self.manner == "half a head":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Ty")
            await writer.drain()


@contextlib.asynccontextmanager
async def serving(server: Server) -> AsyncIterator[engine.Endpoint]:
    """Have `server` listen; gives where it is asked."""
    async with await asyncio.start_server(server.serve, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        yield engine.Endpoint("openai", f"http://127.0.0.1:{port}/v1", "key", trusted=True)
        await engine.close()


async def complete(endpoint: engine.Endpoint) -> str:
    return await engine.complete(engine.Ask(endpoint, "small", (engine.Turn.of("user", "Hi"),)))


@pytest.mark.parametrize("manner", ["silent", "reset"])
async def test_quick_replies_from_a_server_that_closes_each_connection(manner: str, naps: list[float]):
    server = Server(manner)
    async with serving(server) as endpoint:
        for _ in range(REPLIES):
            assert await complete(endpoint) == "Hello"

    assert server.answered == ["completions"] * REPLIES
    assert server.refused == REPLIES - 1
    assert naps == []


async def test_connections_that_are_all_closed(naps: list[float]):
    server = Server("silent")
    async with serving(server) as endpoint:
        await asyncio.gather(*(complete(endpoint) for _ in range(REPLIES)))
        before = len(server.answered)
        assert await complete(endpoint) == "Hello"

    assert len(server.answered) == before + 1
    assert naps == []


async def test_a_small_request_on_a_connection_that_is_closed():
    server = Server("silent")
    async with serving(server) as endpoint:
        await complete(endpoint)
        assert "details" in await call.request(endpoint, "POST", f"{endpoint.base_url}/show", {"model": "small"})

    assert server.answered == ["completions", "show"]


async def test_a_connection_that_is_kept_is_used_again():
    server = Server("silent", kept=REPLIES)
    async with serving(server) as endpoint:
        for _ in range(REPLIES):
            await complete(endpoint)

    assert (len(server.answered), server.refused) == (REPLIES, 0)


async def test_an_answer_that_had_begun_is_a_failure(naps: list[float]):
    server = Server("half a head")
    async with serving(server) as endpoint:
        await complete(endpoint)
        assert await complete(endpoint) == "Hello"

    assert server.answered == ["completions"] * 2
    assert len(naps) == 1


async def test_a_new_connection_that_is_closed_is_a_failure(naps: list[float]):
    server = Server("silent", kept=0)
    async with serving(server) as endpoint:
        with pytest.raises(errors.ConnectFailed):
            await complete(endpoint)

    assert server.refused == engine.Limits().retries + 1
    assert len(naps) == engine.Limits().retries
