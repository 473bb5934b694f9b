"""One request on the wire: sent by the egress session, read on arrival, watched for silence."""

import asyncio
import contextlib
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import aiohttp
import orjson

from agents.engine.errors import AddressRefused, ConnectFailed, CutOff, Garbled, TimedOut
from agents.engine.pace import Pace
from agents.engine.tap import Tap
from agents.engine.values import Endpoint, Limits
from sambung.lib import egress

LARGEST_ERROR = 64 * 1024
USAGE_SECONDS, CLOSING_SECONDS = 5.0, 0.25

_sessions: dict[tuple[asyncio.AbstractEventLoop, egress.Policy], aiohttp.ClientSession] = {}


def policy_of(endpoint: Endpoint) -> egress.Policy:
    """Return where requests to this endpoint may go: inside the network only if the operator named it."""
    parts = urlsplit(endpoint.base_url)
    if not endpoint.trusted or not parts.hostname:
        return egress.PUBLIC
    return egress.trusted(parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))


def session_of(endpoint: Endpoint) -> aiohttp.ClientSession:
    """Return the session for an endpoint: one per policy and event loop, made on first use."""
    key = (asyncio.get_running_loop(), policy_of(endpoint))
    if (session := _sessions.get(key)) is None or session.closed:
        for loop, policy in [key for key in _sessions if key[0].is_closed()]:
            del _sessions[loop, policy]
        session = _sessions[key] = egress.session(key[1])
    return session


async def close_sessions() -> None:
    """Close the sessions of this event loop."""
    loop = asyncio.get_running_loop()
    for key in [key for key in _sessions if key[0] is loop]:
        await _sessions.pop(key).close()


def headers_of(endpoint: Endpoint) -> dict[str, str]:
    """Return the headers of every request to an endpoint."""
    headers = {"User-Agent": "Sambung", "Accept-Encoding": "identity", "Content-Type": "application/json"}
    if endpoint.api_key:
        headers["Authorization"] = f"Bearer {endpoint.api_key}"
    return headers


class Rejected(Exception):
    """The server answered with an HTTP error; `body` is the error object, or None where it sent no JSON."""

    def __init__(self, status: int, headers: dict[str, str], body: dict | None) -> None:
        super().__init__(f"HTTP {status}")
        self.status, self.headers, self.body = status, headers, body


class Watch:
    """Ends a reply that stays silent for too long.

    One timer for the whole reply: when it fires, it looks at when something last came and either waits on or
    cancels the task, which leaves the block as TimedOut. A read costs it one assignment.
    """

    def __init__(self, exchange: "Exchange") -> None:
        self.limits, self.tap, self._exchange = exchange.limits, exchange.tap, exchange
        self._expired = ""

    def touch(self) -> None:
        """Note that something came."""
        self._last = self._loop.time()

    def __enter__(self) -> Self:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        self._begun = self._last = self._loop.time()
        self._timer = self._loop.call_at(self._next(), self._look)
        return self

    def _next(self) -> float:
        """When to look again: at the latest when an idle time that began right now would be over."""
        return min(self._due()[0], self._loop.time() + self.limits.idle)

    def _due(self) -> tuple[float, str]:
        if self.tap.has_spoken or self.tap.is_finished:
            silence = self._last + self.limits.idle, "idle"
        else:
            silence = self._begun + self.limits.first_token, "first token"
        return min(silence, (self._begun + self.limits.total, "total"))

    def _look(self) -> None:
        if self._exchange.is_resting:  # the silence is ours
            self.touch()
        due, phase = self._due()
        if self._loop.time() < due:
            self._timer = self._loop.call_at(self._next(), self._look)
            return
        self._expired = phase
        self._task.cancel()

    def end(self) -> None:
        """Watch no longer: the answer is complete."""
        self._timer.cancel()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        if not self._expired:
            return
        # Ours only if nobody else cancelled the task as well.
        if self._task.uncancel() == 0 and kind is asyncio.CancelledError:
            raise TimedOut(self._expired) from None


class Exchange:
    """A request and its streamed answer. `close` ends both at once, wherever they are."""

    def __init__(self, endpoint: Endpoint, tap: Tap, limits: Limits, pace: Pace | None) -> None:
        self.endpoint, self.tap, self.limits = endpoint, tap, limits
        self.watch = Watch(self)
        self._pace = pace
        self._response: aiohttp.ClientResponse | None = None
        self._transport: asyncio.Transport | None = None

    @property
    def is_resting(self) -> bool:
        """Whether nothing is read for now, though something may have come."""
        return bool(self._pace) and self._pace.is_resting(self._transport)

    async def open(self, path: str, body: dict) -> None:
        """Send the request and wait for the head of the answer.

        Raises Rejected for an HTTP error, AddressRefused and ConnectFailed.
        """
        timeout = aiohttp.ClientTimeout(total=None, connect=self.limits.connect, sock_read=None)
        try:
            self._response = await session_of(self.endpoint).post(
                f"{self.endpoint.base_url}{path}",
                data=orjson.dumps(body),
                headers=headers_of(self.endpoint),
                timeout=timeout,
            )
            if self._response.status != 200:
                await self._reject(self._response)
        except egress.Refused as error:
            raise AddressRefused from error
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise ConnectFailed from error

    async def _reject(self, response: aiohttp.ClientResponse) -> None:
        try:
            text = await response.content.readexactly(LARGEST_ERROR)
        except asyncio.IncompleteReadError as short:
            text = short.partial
        finally:
            self.close()
        try:
            body = orjson.loads(text)
        except ValueError:
            body = None
        raise Rejected(response.status, dict(response.headers), body if isinstance(body, dict) else None)

    async def read(self) -> None:
        """Read to the end, feeding the tap on arrival.

        Raises what the tap raises, CutOff for a stream that broke off, ConnectFailed for one that broke off
        before it had said anything.
        """
        try:
            match self._response.content_type:
                case "text/html":
                    raise Garbled
                case "application/json":
                    await self._read_whole()
                case _:
                    await self._read_stream()
        finally:
            self.tap.end()
        if not self.tap.is_finished:
            raise CutOff if self.tap.has_spoken else ConnectFailed

    async def _read_stream(self) -> None:
        content, tap, watch = self._response.content, self.tap, self.watch
        self._transport = self._response.connection and self._response.connection.transport
        while not tap.is_finished:
            try:
                data = await content.readany()
            except (aiohttp.ClientError, OSError, RuntimeError):
                tap.feed(_leftover(content))
                return
            if not data:
                return
            watch.touch()
            before = tap.size
            tap.feed(data)
            if self._pace and self._transport and tap.size > before and not tap.is_finished:
                self._pace.rest(self._transport, watch.touch)
        await self._read_tail(content)

    async def _read_tail(self, content: aiohttp.StreamReader) -> None:
        """Read what follows the end of the text: usage, [DONE], and the end of the body.

        None of it may hold up a complete answer for long; the end of the body only keeps the connection
        usable.
        """
        self.watch.end()
        loop, tap = asyncio.get_running_loop(), self.tap
        with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError, RuntimeError):
            async with asyncio.timeout(CLOSING_SECONDS if tap.is_done else USAGE_SECONDS) as limit:
                while data := await content.readany():
                    if not tap.is_done:
                        tap.feed(data)
                        if tap.is_done:
                            limit.reschedule(loop.time() + CLOSING_SECONDS)

    async def _read_whole(self) -> None:
        body = bytearray()
        try:
            async for data in self._response.content.iter_any():
                self.watch.touch()
                body += data
                if len(body) > self.limits.line_bytes:
                    raise Garbled
        except (aiohttp.ClientError, OSError):
            return
        self.tap.whole(bytes(body))

    def close(self) -> None:
        """Let the connection go: back to the pool after a complete answer, else closed at once."""
        if self._pace:
            self._pace.leave(self._transport)
        if self._response is not None:
            self._response.close()


def _leftover(content: aiohttp.StreamReader) -> bytes:
    """Return what had arrived before the connection broke.

    After an error aiohttp's reader raises instead of giving what it still holds, so the error is taken off it
    first.
    """
    content.set_exception(None)
    return content.read_nowait()
