"""How the services' SDKs reach the network: by the exchange of the reply that is played, and no other way."""

import logging
from collections.abc import AsyncIterator
from contextlib import aclosing
from contextvars import ContextVar

import httpx2

from agents.engine.bodies import events_of
from agents.engine.errors import CutOff, EngineError, Garbled
from agents.engine.exchange import Exchange
from agents.engine.lines import Opening, Plain

for _talkative in ("httpx2", "google_genai"):  # they note each request, with its address
    logging.getLogger(_talkative).setLevel(logging.WARNING)

REPEATED = 4  # bytes of what may be repeated, for a character of the longest answer
HOUR = 3600.0  # seconds; our own watch ends what takes too long
#: Headers of a request that are the connection's business, or that ours replace.
_NOT_SENT = {"host", "connection", "content-length", "transfer-encoding", "accept-encoding", "user-agent"}

#: The reply that this task plays.
current: ContextVar["Line"] = ContextVar("current")


class Line:
    """One exchange as the SDK sees it; `fault` is ours for what it then reports in its own words."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.fault: EngineError | None = None
        self.has_ended = False  # the body of an answer of 200 is over
        self.is_cut = False  # and broke off
        self.said = b""  # the end of what came of it, in whole lines
        self.sent = 0  # bytes of the request

    async def send(self, request: httpx2.Request) -> httpx2.Response:
        """Send the SDK's request. Its answer of 200 streams; that of an error is read at once."""
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _NOT_SENT}
        headers |= {"User-Agent": "Sambung", "Accept-Encoding": "identity"}
        body = await request.aread()
        self.sent = len(body)
        answer = await self.exchange.post(str(request.url), body, headers)
        if answer.status != 200:
            text = await self.exchange.read_error()
            return httpx2.Response(answer.status, headers=_plain(answer.headers), content=text, request=request)
        return httpx2.Response(200, headers=_plain(answer.headers), stream=Body(self), request=request)


class Body(httpx2.AsyncByteStream):
    """The body of an answer, on arrival."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def __aiter__(self) -> AsyncIterator[bytes]:
        line, exchange, total, length = self._line, self._line.exchange, 0, 0
        opening = Opening(self._longest(exchange.limits.text_chars))
        plain = Plain() if exchange.endpoint.protocol == "google" else None
        try:
            async with aclosing(exchange.pieces()) as pieces:
                async for data in pieces:
                    if not opening.is_stream and not (data := opening.feed(data)):
                        continue
                    total += len(data)
                    line.said = line.said[line.said.rfind(b"\n") + 1 :] + data if length else data
                    length = len(data) - data.rfind(b"\n") - 1 + (0 if b"\n" in data else length)
                    yield plain.feed(data) if plain else data
                    if length > self._longest(total - length):
                        raise Garbled
                if plain:
                    yield plain.rest()
                if opening.whole:
                    line.said = opening.whole
                    yield events_of(exchange.endpoint.protocol, opening.whole)
        except CutOff as error:
            line.is_cut = True
            raise httpx2.ReadError("The connection broke.") from error
        except EngineError as error:
            line.fault = error
            raise httpx2.ReadError("The answer cannot be used.") from error
        finally:
            line.has_ended = True

    def _longest(self, before: int) -> int:
        """How long a line may be: some repeat what was asked, or all that has been said `before`."""
        limits = self._line.exchange.limits
        return limits.line_bytes + min(self._line.sent + before, REPEATED * limits.text_chars)

    async def aclose(self) -> None:
        self._line.exchange.close()


class Transport(httpx2.AsyncBaseTransport):
    """Gives each request to the line of the task that makes it; outside of a reply there is none."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        line = current.get()
        try:
            return await line.send(request)
        except EngineError as error:
            line.fault = error
            raise httpx2.ConnectError("No answer.", request=request) from error


def _plain(headers) -> list[tuple[str, str]]:
    """An answer's headers without those of the connection: the body is given as it was meant."""
    gone = {"content-length", "transfer-encoding", "content-encoding", "connection"}
    return [(name, value) for name, value in headers.items() if name.lower() not in gone]


#: The one client that all SDKs are given. It holds no connections of its own.
client = httpx2.AsyncClient(transport=Transport(), timeout=HOUR, trust_env=False, follow_redirects=False)
