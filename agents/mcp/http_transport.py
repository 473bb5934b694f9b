"""How the SDK's HTTP reaches the network: by our egress, and no other way."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Protocol

import aiohttp
import httpx2
from django.conf import settings

from agents.mcp import refusals
from agents.mcp.refusals import Refusal
from sambung.lib import egress, masking

CONNECT = 15.0  # seconds
REFUSED_SECONDS, REFUSED_LARGEST = 5.0, 64 * 1024  # for the body of an answer that refuses, in bytes
SHORTEST_SECRET = 8  # characters; a shorter value may stand in any sentence
#: Headers of a request that are the connection's business, or that ours replace.
_NOT_SENT = {"host", "connection", "content-length", "transfer-encoding", "accept-encoding", "user-agent"}
_OURS = {"User-Agent": "Sambung", "Accept-Encoding": "identity"}
_NOT_GIVEN = {"content-length", "transfer-encoding", "content-encoding", "connection"}


class Bearer(Protocol):
    """Who the person is for a server."""

    async def current(self) -> str:
        """Return the token to send, "" for none."""

    async def renewed(self, refused: str) -> str:
        """Return another token than the one that was refused, "" where there is none."""


def policy_of(url: str) -> egress.Policy:
    """Return where a request may go: inside the network to exactly the place that the operator named."""
    place = egress.plain(url)
    is_named = place.host and place.port and egress.Policy(settings.EGRESS_ALLOW).names(place.host, place.port)
    return egress.trusted(place.host, place.port) if is_named else egress.PUBLIC


def client(way: "Door") -> httpx2.AsyncClient:
    """Return a client whose every request leaves by `way`."""
    return httpx2.AsyncClient(transport=way, trust_env=False, follow_redirects=False, timeout=None)


class Door(httpx2.AsyncBaseTransport):
    """Sends the SDK's requests, whose bodies it bounds by `largest` bytes and which take `seconds` at most.

    What goes wrong is an answer of 502, for an exception would end the SDK's session. With `refused`, whatever refuses
    a message, ours or the server's, says so in the SDK's words (refusals.py) and to `refused`, for one of the SDK's
    transports does not read it. `fault` says what broke an answer that had begun.
    """

    def __init__(
        self,
        largest: int,
        headers: tuple[tuple[str, str], ...] = (),
        bearer: Bearer | None = None,
        seconds: float | None = None,
        refused: Callable[[Refusal], None] | None = None,
    ) -> None:
        self._timeout = aiohttp.ClientTimeout(total=seconds, connect=CONNECT)
        self.fault, self.challenge, self.is_unauthorized = "", "", False
        self._refused = refused
        self._largest, self._headers, self._bearer = largest, dict(headers), bearer
        self._token = ""  # that was sent last
        self._sessions: dict[egress.Policy, aiohttp.ClientSession] = {}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        token = await self._bearer.current() if self._bearer else ""
        response = await self._send(request, token)
        if response.status_code == 401 and self._bearer and (fresh := await self._bearer.renewed(token)):
            await response.aclose()
            response = await self._send(request, fresh)
        self.is_unauthorized = response.status_code == 401
        self.challenge = response.headers.get("WWW-Authenticate", "") if self.is_unauthorized else ""
        return response

    async def _send(self, request: httpx2.Request, token: str) -> httpx2.Response:
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _NOT_SENT}
        headers |= self._headers | _OURS | ({"Authorization": f"Bearer {token}"} if token else {})
        body = await request.aread()
        self.fault, self._token = "", token
        try:
            answer = await self._session(str(request.url)).request(
                request.method,
                str(request.url),
                data=body or None,
                headers=headers,
                timeout=self._timeout,
            )
        except egress.Blocked:
            return self._refusal(request, Refusal(502, fault="mcp_address_refused", has_sent=False))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            has_sent = not isinstance(error, aiohttp.ClientConnectorError)
            return self._refusal(request, Refusal(502, fault="mcp_unreachable", has_sent=has_sent))
        if answer.headers.get("Content-Encoding", "identity") != "identity":
            answer.close()
            return self._refusal(request, Refusal(502, fault="mcp_answer_unreadable"))
        is_about_token = answer.status == 401 and ("WWW-Authenticate" in answer.headers or not _has_session(request))
        is_about_token = is_about_token and not refusals.lacks_rights(answer.headers)
        if self._refused and answer.status >= 400 and not is_about_token and request.method == "POST":
            return self._refusal(request, *await self._read(answer, _has_session(request)))
        given = [(name, value) for name, value in answer.headers.items() if name.lower() not in _NOT_GIVEN]
        return httpx2.Response(answer.status, headers=given, stream=self._body(answer), request=request)

    async def _read(self, answer: aiohttp.ClientResponse, had_session: bool) -> tuple[Refusal, object]:
        """Read an answer that refuses, as far as anybody needs it."""
        body = bytearray()
        try:
            async with asyncio.timeout(REFUSED_SECONDS):
                async for data in answer.content.iter_any():
                    body += data
                    if len(body) > REFUSED_LARGEST:
                        break
        except (aiohttp.ClientError, TimeoutError, OSError):
            pass  # the number says enough
        finally:
            answer.close()
        said = self.without_secrets(body.decode("utf-8", "surrogateescape"))
        headers = {name: self.without_secrets(value) for name, value in answer.headers.items()}
        return refusals.read(answer.status, headers, said.encode("utf-8", "surrogateescape"), had_session)

    def without_secrets(self, text: str) -> str:
        """The text, should a server quote the headers or the token that it was sent: others read what it says."""
        sent = [*self._headers.values(), self._token]
        return masking.without(text, (*sent, *(value.rpartition(" ")[2] for value in sent)), shortest=SHORTEST_SECRET)

    def _session(self, url: str) -> aiohttp.ClientSession:
        policy = policy_of(url)
        if policy not in self._sessions:
            self._sessions[policy] = egress.session(policy, auto_decompress=False)
        return self._sessions[policy]

    def _refusal(self, request: httpx2.Request, refusal: Refusal, data: object = None) -> httpx2.Response:
        """Give the SDK an error that it understands."""
        if self._refused and request.method == "POST" and refusal.status != 401:  # it may be sent with a new token
            self._refused(refusal)
        kind = {"Content-Type": "application/json"}
        return httpx2.Response(refusal.status, headers=kind, content=refusal.body(data), request=request)

    def _body(self, answer: aiohttp.ClientResponse) -> "Body":
        def broke(fault: str) -> None:
            self.fault = fault

        return Body(answer, self._largest, broke)

    async def aclose(self) -> None:
        for session in self._sessions.values():
            await session.close()


def _has_session(request: httpx2.Request) -> bool:
    """Whether a request belongs to a session: by a header, or, over SSE, by its address."""
    return "mcp-session-id" in request.headers or b"session" in request.url.query.lower()


class Body(httpx2.AsyncByteStream):
    """An answer's body on arrival: bounded as a whole, or, where it is a stream of events, in each line."""

    def __init__(self, answer: aiohttp.ClientResponse, largest: int, broke: Callable[[str], None]) -> None:
        self._answer, self._largest, self._broke = answer, largest, broke

    async def __aiter__(self) -> AsyncIterator[bytes]:
        is_events, length = self._answer.content_type == "text/event-stream", 0
        try:
            async for data in self._answer.content.iter_any():
                has_end = is_events and b"\n" in data
                length = len(data) - data.rfind(b"\n") - 1 if has_end else length + len(data)
                if length > self._largest:
                    self._broke("mcp_answer_too_large")
                    raise httpx2.StreamError("mcp_answer_too_large")
                yield data
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self._broke("mcp_connection_broke")
            raise httpx2.StreamError("mcp_connection_broke") from error

    async def aclose(self) -> None:
        self._answer.close()
