"""Addresses that a model or a page names: fetched through the egress door, within what this instance allows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
from yarl import URL

from agents.tools import Failed
from sambung.lib import egress
from sambung.lib.threads import in_thread
from teams.models import Instance, WebAccess

SECONDS = 20.0  # for all of a request and its redirects
MOST_BYTES = 3_000_000
MOST_HOPS = 5
AGENT = "Mozilla/5.0 (compatible; Sambung)"


_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]{0,2000}")
#: Headers that say where a request goes, how it is framed, or who sent it.
_OURS = {
    *("host", "connection", "content-length", "transfer-encoding", "upgrade", "te", "trailer", "expect", "keep-alive"),
    *("cookie", "proxy-authorization", "proxy-connection", "forwarded", "via"),
}

policy = egress.PUBLIC


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer; `body` is cut where it is too large, as `is_cut` tells."""

    url: str
    status: int
    content_type: str
    charset: str
    body: bytes
    is_cut: bool

    @property
    def text(self) -> str:
        """The body as text, in the characters that it tells, or else UTF-8."""
        try:
            return self.body.decode(self.charset, errors="replace")
        except LookupError:
            return self.body.decode(errors="replace")


async def fetch(
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: str | None = None,
    most: int = MOST_BYTES,
) -> Fetched:
    """Make one request and follow its redirects, each looked at as if it were the first. Raises Failed.

    At most so many bytes are taken of the answer.

    What was to be sent along goes to the first place alone: another scheme, host or port gets no headers and no body.
    """
    sent = _checked(headers or {})
    rules = await in_thread(_rules)
    try:
        async with egress.session(policy, timeout=aiohttp.ClientTimeout(total=SECONDS)) as client:
            return await _follow(client, rules, _Sent(method, _address(url), sent, body), most)
    except TimeoutError:
        raise Failed("web_too_slow") from None
    except egress.Blocked:
        raise Failed("web_address_refused") from None
    except (aiohttp.ClientError, OSError, ValueError):
        raise Failed("web_no_answer") from None


@dataclass(frozen=True, slots=True)
class _Sent:
    """A request."""

    method: str
    url: URL
    headers: Mapping[str, str]
    body: str | None

    def moved(self, to: URL, status: int) -> "_Sent":
        """The request that follows a redirect."""
        is_elsewhere = to.origin() != self.url.origin()
        headers = {} if is_elsewhere else self.headers
        if is_elsewhere or status == 303 or (status in (301, 302) and self.method == "POST"):
            return _Sent("GET", to, headers, None)
        return _Sent(self.method, to, headers, self.body)


async def _follow(client: aiohttp.ClientSession, rules: tuple, sent: _Sent, most: int) -> Fetched:
    for _ in range(MOST_HOPS + 1):
        _allow(sent.url, *rules)
        try:
            return await _ask(client, sent, most)
        except egress.Moved as moved:
            if moved.to is None:
                raise Failed("web_no_answer") from None
            sent = sent.moved(moved.to, moved.status)
    raise Failed("web_too_many_hops")


async def _ask(client: aiohttp.ClientSession, sent: _Sent, most: int) -> Fetched:
    data = sent.body.encode() if sent.body is not None else None
    headers = {"User-Agent": AGENT} | dict(sent.headers)
    async with client.request(sent.method, sent.url, headers=headers, data=data) as response:
        read = bytearray()
        async for chunk in response.content.iter_chunked(64 * 1024):
            read += chunk
            if len(read) > most:
                break
        charset, is_cut = response.charset or "utf-8", len(read) > most
        return Fetched(str(response.url), response.status, response.content_type, charset, bytes(read[:most]), is_cut)


def _address(text: str) -> URL:
    try:
        url = egress.plain(text).with_fragment(None)
        url.origin()
    except (egress.Blocked, ValueError):
        raise Failed("web_no_address") from None
    return url


def _checked(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers that may be sent. Raises Failed: what is no header, or ours to say, is refused."""
    for name, value in headers.items():
        if not is_sendable(name, value):
            raise Failed("web_no_header", name=ascii(name)[1:-1][:60])
    return dict(headers)


def is_sendable(name: str, value: str) -> bool:
    """Whether it is a header, and not ours to say."""
    return bool(_NAME.fullmatch(name) and _VALUE.fullmatch(value)) and name.lower() not in _OURS


async def check(url: URL) -> None:
    """Raise Failed for a place that admins do not allow."""
    _allow(url, *await in_thread(_rules))


def _rules() -> tuple[str, list[str]]:
    instance = Instance.present()
    return instance.web_access, instance.web_hosts


def _allow(url: URL, access: str, hosts: list[str]) -> None:
    """Raise Failed for a host that admins do not allow; `*.example.org` names all below example.org."""
    host = (url.host or "").rstrip(".").lower()
    if access == WebAccess.OFF:
        raise Failed("web_off")
    if access == WebAccess.LISTED and not any(_fits(host, listed) for listed in hosts):
        raise Failed("web_not_listed", host=host)


def _fits(host: str, listed: str) -> bool:
    return host.endswith(listed[1:]) if listed.startswith("*.") else host == listed
