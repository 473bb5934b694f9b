"""The one door for outgoing HTTP: a name is resolved once, every answer is checked, and the connection goes
to an address that was checked. Redirects are refused, proxies from the environment are ignored.

`PUBLIC` reaches public addresses only. `trusted(host, port)` also reaches one place that the operator named,
and nothing else that is not public.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

SCHEMES = {"http", "https"}
REDIRECTS = {301, 302, 303, 307, 308}

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# Python's table calls these global, or did in a version that we support.
DENIED_V4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT, and one cloud's metadata service
        "168.63.129.16/32",  # a cloud's host agent
        "192.0.0.0/24",  # protocol assignments, and one cloud's metadata service
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",
        "224.0.0.0/3",  # multicast, reserved, broadcast
    )
)
GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")  # the only part handed out so far
DENIED_V6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address in disguise
        "3fff::/20",
    )
)
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
ISATAP = {0x00005EFE, 0x02005EFE}


class Refused(Exception):
    """A request that this server does not make. The message is for people and names no address inside."""


class Moved(Refused):
    """A redirect. `to` is where it leads: whoever follows it decides anew whether to go there, and with what."""

    def __init__(self, status: int, to: URL | None):
        super().__init__("The server sent us on to another address, which is not followed.")
        self.status, self.to = status, to


@dataclass(frozen=True, slots=True)
class Policy:
    """Where connections may go: public addresses, and these exact pairs of host and port."""

    named: frozenset[tuple[str, int]] = frozenset()

    def names(self, host: str, port: int) -> bool:
        """Return whether the operator named this host and port."""
        return (_plain(host), port) in self.named


@dataclass(frozen=True, slots=True)
class Fetched:
    """A small body that was fetched."""

    content_type: str
    body: bytes


PUBLIC = Policy()
#: Whoever is asked for names may be silent for half a minute. The loop's own threads for that are few, and for all.
_asking = ThreadPoolExecutor(64, "names")


def trusted(host: str, port: int) -> Policy:
    """Return the policy that also reaches one host and port that the operator named, wherever they lie."""
    return Policy(frozenset({(_plain(host), port)}))


def is_public(address: str | IPAddress) -> bool:
    """Return whether an address belongs to the public internet.

    An IPv4 address inside an IPv6 one is judged as what it is; other ways of embedding one are refused.
    """
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if (inner := ip.ipv4_mapped) is None and ip in NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is None:
            is_tunnel = (int(ip) >> 32) & 0xFFFFFFFF in ISATAP
            return ip in GLOBAL_V6 and not is_tunnel and not any(ip in network for network in DENIED_V6)
        ip = inner
    return ip.is_global and not any(ip in network for network in DENIED_V4)


def session(policy: Policy = PUBLIC, **options: Any) -> aiohttp.ClientSession:
    """Return a client session bound by a policy; the caller closes it. `options` go to aiohttp.ClientSession.

    Its requests raise Refused for an address outside the policy, for a redirect and for schemes but http and
    https.
    """
    resolver = Resolver(policy)
    connector = aiohttp.TCPConnector(
        resolver=resolver,
        limit=0,  # streams are long; how many there may be is decided elsewhere
        socket_factory=resolver.socket,
        keepalive_timeout=30,
    )
    return aiohttp.ClientSession(
        connector=connector,
        trust_env=False,
        middlewares=(_guard(policy),),
        cookie_jar=aiohttp.DummyCookieJar(),
        **options,
    )


async def fetch(
    url: str, policy: Policy = PUBLIC, *, max_bytes: int, timeout: float, accept: Sequence[str] = ("",)
) -> Fetched:
    """Fetch a small body with GET.

    Takes the largest size in bytes (after decompression), the seconds for the whole of it, and the beginnings
    of content types that are wanted. Raises Refused for everything else, an answer but 200 among it.
    """
    limit = aiohttp.ClientTimeout(total=timeout)
    try:
        async with session(policy) as client, client.get(url, timeout=limit) as response:
            if response.status != 200:
                raise Refused(f"The server answered {response.status}.")
            if not response.content_type.startswith(tuple(accept)):
                raise Refused("The server sent another kind of file.")
            body = bytearray()
            async for chunk in response.content.iter_chunked(64 * 1024):
                body += chunk
                if len(body) > max_bytes:
                    raise Refused("The file is too large.")
            return Fetched(response.content_type, bytes(body))
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise Refused("The file could not be fetched.") from error


class Resolver(AbstractResolver):
    """Resolves names by the system, and gives an answer only if the policy allows all of it."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._named: set[tuple[str, int]] = {
            (str(ipaddress.ip_address(host)), port) for host, port in policy.named if _is_literal(host)
        }

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of a host. Raises Refused if any of them lies outside the policy."""
        found = await self.lookup(host, port, family)
        addresses = [(address, kind) for address, kind in found if kind in (socket.AF_INET, socket.AF_INET6)]
        if self.policy.names(host, port):
            self._named.update((address.partition("%")[0], port) for address, _ in addresses)
        elif not addresses or not all(is_public(address) for address, _ in addresses):
            raise Refused("This server does not connect to that address.")
        numeric = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=numeric)
            for address, kind in addresses
        ]

    async def lookup(self, host: str, port: int, family: int) -> list[tuple[str, int]]:
        """Ask the system once; gives addresses with their families. Tests put their own answers here."""
        ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM, family=family)
        rows = await asyncio.get_running_loop().run_in_executor(_asking, ask)
        return [(str(row[4][0]), row[0]) for row in rows]

    def socket(self, row: tuple) -> socket.socket:
        """Make the socket for one address: the last look, at exactly what will be connected to."""
        family, kind, proto, _, (address, port, *_) = row
        if (address, port) not in self._named and not is_public(address):
            raise Refused("This server does not connect to that address.")
        made = socket.socket(family, kind, proto)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    async def close(self) -> None:
        """Nothing is held."""


def _guard(policy: Policy):
    """Return what looks at every request before it leaves and at every answer before it is used."""

    async def guard(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
        check(request.url, policy)
        try:
            response = await handler(request)
        except aiohttp.InvalidURL:  # an IPv4 address in octal, hex, short or decimal form
            raise Refused("That is not an address.") from None
        if response.status in REDIRECTS:
            response.close()
            raise Moved(response.status, _target(response))
        return response

    return guard


def _target(response: aiohttp.ClientResponse) -> URL | None:
    """Where a redirect leads, or None where it tells nothing that can be read."""
    try:
        return response.url.join(URL(response.headers["Location"])).with_fragment(None)
    except (KeyError, ValueError):
        return None


def check(url: URL, policy: Policy) -> None:
    """Raise Refused for a URL whose form alone decides."""
    host, port = url.host or "", url.port or 0
    if url.scheme not in SCHEMES or not host or not port:
        raise Refused("Only http and https addresses can be used.")
    if url.user or url.password:
        raise Refused("An address must not hold a name or a password.")
    if _is_literal(host) and not policy.names(host, port) and not is_public(host):
        raise Refused("This server does not connect to that address.")


def plain(address: str) -> URL:
    """Return an address with its host in one form. Raises Refused for what is no address."""
    try:
        url = URL(address.strip())
        return url.with_host(_plain(url.host or ""))
    except ValueError:
        raise Refused("That is not an address.") from None


def _plain(host: str) -> str:
    """Return a host in one form: lower case, no brackets, no trailing dot."""
    return host.strip("[]").rstrip(".").lower()


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
