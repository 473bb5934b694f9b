"""One request on the wire: sent by the egress session, read on arrival, watched for silence."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping
from types import SimpleNamespace, TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import aiohttp

from agents.engine.errors import AddressRefused, ConnectFailed, CutOff, TimedOut
from agents.engine.pace import Pace
from agents.engine.partial import PartialReply
from agents.engine.values import Accepted, Allowance, Endpoint, Limits
from sambung.lib import egress

ANTHROPIC_VERSION = "2026-10-21"  # its SDK's, which proves the key as the others do
LARGEST_ERROR = 64 * 1024
USAGE_SECONDS, CLOSING_SECONDS = 5.0, 0.25
LATE = 1.0  # seconds behind its time after which a timer tells of this process, not of a server

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
        session = _sessions[key] = egress.session(key[1], trace_configs=[_telling_reuse()])
    return session


async def send(endpoint: Endpoint, method: str, url: str, **options: Any) -> aiohttp.ClientResponse:
    """Send a request to an endpoint and wait for the head of its answer; `options` are aiohttp's.

    That a server has closed a connection of the pool may show only when it is used: llama.cpp's closes after each
    streamed answer, though it promises to keep it open. What such a connection took without a byte of an answer is
    sent again at once, until a connection is new; asking a model changes nothing, so even one that was read may be.
    """
    while True:
        connection = SimpleNamespace(is_reused=False)
        try:
            return await session_of(endpoint).request(method, url, trace_request_ctx=connection, **options)
        except (aiohttp.ClientOSError, aiohttp.ClientConnectionResetError, aiohttp.ServerDisconnectedError) as error:
            if not connection.is_reused or _has_begun(error):
                raise


def _telling_reuse() -> aiohttp.TraceConfig:
    """Return what notes for each request whether its connection was used before."""

    def noting(is_reused: bool):
        async def note(session: aiohttp.ClientSession, context: SimpleNamespace, params: Any) -> None:
            context.trace_request_ctx.is_reused = is_reused

        return note

    config = aiohttp.TraceConfig()
    config.on_connection_reuseconn.append(noting(True))
    config.on_connection_create_start.append(noting(False))
    return config


def _has_begun(error: aiohttp.ClientError) -> bool:
    """Tell whether some of the answer's head had come: aiohttp then gives it in place of its own words."""
    return isinstance(error, aiohttp.ServerDisconnectedError) and not isinstance(error.message, str)


async def close_sessions() -> None:
    """Close the sessions of this event loop."""
    loop = asyncio.get_running_loop()
    for key in [key for key in _sessions if key[0] is loop]:
        await _sessions.pop(key).close()


def headers_of(endpoint: Endpoint) -> dict[str, str]:
    """Return the headers of every request to an endpoint."""
    headers = {"User-Agent": "Sambung", "Accept-Encoding": "identity", "Content-Type": "application/json"}
    if endpoint.protocol == "anthropic":
        headers["anthropic-version"] = ANTHROPIC_VERSION
    if endpoint.api_key and endpoint.protocol == "google":
        headers["x-goog-api-key"] = endpoint.api_key
    elif endpoint.api_key:
        headers["Authorization"] = f"Bearer {endpoint.api_key}"
    return headers


def allowance_of(headers: Mapping[str, str]) -> Allowance | None:
    """Return what the headers of an answer tell about the key's limits, in OpenAI's words or in Anthropic's."""

    def figure(kind: str, which: str) -> int | None:
        told = headers.get(f"x-ratelimit-{which}-{kind}") or headers.get(f"anthropic-ratelimit-{kind}-{which}") or ""
        return int(told) if told.isdecimal() else None

    found = Allowance(
        figure("requests", "remaining"),
        figure("requests", "limit"),
        figure("tokens", "remaining"),
        figure("tokens", "limit"),
    )
    return None if found == Allowance() else found


class Rejected(Exception):
    """The server answered with an HTTP error, and with this body."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        super().__init__(f"HTTP {status}")
        self.status, self.headers, self.body = status, headers, body


class Watch:
    """Ends a reply that stays silent for too long.

    One timer for the whole reply: when it fires, it looks at when something last came and either waits on or
    cancels the task, which leaves the block as TimedOut. A read costs it one assignment.
    """

    def __init__(self, exchange: "Exchange") -> None:
        self.limits, self.partial, self._exchange = exchange.limits, exchange.partial, exchange
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
        if self.partial.has_begun or self.partial.is_finished:
            silence = self._last + self.limits.idle, "idle"
        else:
            silence = self._begun + self.limits.first_token, "first token"
        return min(silence, (self._begun + self.limits.total, "total"))

    def _look(self) -> None:
        if (late := self._loop.time() - self._timer.when()) > LATE:  # this process stood still: the time was not theirs
            self._begun += late
            self.touch()
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

    def __init__(self, endpoint: Endpoint, partial: PartialReply, limits: Limits, pace: Pace | None) -> None:
        self.endpoint, self.partial, self.limits = endpoint, partial, limits
        self.watch = Watch(self)
        self._pace = pace
        self._response: aiohttp.ClientResponse | None = None
        self._transport: asyncio.Transport | None = None

    @property
    def is_resting(self) -> bool:
        """Whether nothing is read for now, though something may have come."""
        return bool(self._pace) and self._pace.is_resting(self._transport)

    async def post(self, url: str, data: bytes, headers: Mapping[str, str]) -> aiohttp.ClientResponse:
        """Send the request and wait for the head of the answer. Raises AddressRefused and ConnectFailed."""
        timeout = aiohttp.ClientTimeout(total=None, connect=self.limits.connect, sock_read=None)
        with reaching():
            self._response = await send(self.endpoint, "POST", url, data=data, headers=headers, timeout=timeout)
        if self._response.status == 200:
            self.partial.sink(Accepted())
            if allowance := allowance_of(self._response.headers):
                self.partial.sink(allowance)
        return self._response

    async def read_error(self) -> bytes:
        """Return the body of an HTTP error, as far as it is of use. Raises ConnectFailed."""
        try:
            with reaching():
                return await self._response.content.readexactly(LARGEST_ERROR)
        except asyncio.IncompleteReadError as short:
            return short.partial
        finally:
            self.close()

    async def pieces(self) -> AsyncIterator[bytes]:
        """Read on arrival, till the end of the body or until the answer is complete and no more comes.

        Raises CutOff after the last of what had come before the connection broke.
        """
        content, partial, watch = self._response.content, self.partial, self.watch
        self._transport = self._response.connection and self._response.connection.transport
        while not partial.is_finished:
            try:
                data = await content.readany()
            except (aiohttp.ClientError, OSError, RuntimeError):
                yield _leftover(content)
                raise CutOff from None
            if not data:
                return
            watch.touch()
            before = partial.size
            yield data
            if self._pace and self._transport and partial.size > before and not partial.is_finished:
                self._pace.rest(self._transport, watch.touch)
        watch.end()
        async for data in self._tail(content):
            yield data

    async def _tail(self, content: aiohttp.StreamReader) -> AsyncIterator[bytes]:
        """Read what follows the end of the text: usage, the terminator, and the end of the body.

        None of it may hold up a complete answer for long; the end of the body only keeps the connection
        usable.
        """
        clock = asyncio.get_running_loop().time
        ends = clock() + USAGE_SECONDS
        while True:
            if self.partial.is_done:
                ends = min(ends, clock() + CLOSING_SECONDS)
            try:
                async with asyncio.timeout_at(ends):
                    data = await content.readany()
            except (aiohttp.ClientError, TimeoutError, OSError, RuntimeError):
                return
            if not data:
                return
            yield data

    def close(self) -> None:
        """Let the connection go: back to the pool after a complete answer, else closed at once."""
        if self._pace:
            self._pace.leave(self._transport)
        if self._response is not None:
            self._response.close()


@contextlib.contextmanager
def reaching() -> Iterator[None]:
    """Turn what can go wrong on the way to a server into our errors."""
    try:
        yield
    except egress.Blocked as error:
        raise AddressRefused from error
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise ConnectFailed from error


def _leftover(content: aiohttp.StreamReader) -> bytes:
    """Return what had arrived before the connection broke.

    After an error aiohttp's reader raises instead of giving what it still holds, so the error is taken off it
    first.
    """
    content.set_exception(None)
    return content.read_nowait()
