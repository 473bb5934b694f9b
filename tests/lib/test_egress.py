"""The door for outgoing HTTP: nothing inside is reached, in whatever form its address is written."""

import contextlib
import ipaddress
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from aiohttp import ClientError, web

from sambung.lib import egress


@dataclass
class Inside:
    """A listener on the loopback interfaces, which must not be reached."""

    port: int = 0
    hits: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        self.hits.append(f"{request.host}{request.path}")
        match request.path:
            case "/redirect":
                raise web.HTTPFound(f"http://127.0.0.1:{self.port}/secret")
            case "/large":
                return web.Response(body=b"x" * 100_000, content_type="image/png")
            case "/packed":
                response = web.Response(body=b"x" * 100_000, content_type="image/png")
                response.enable_compression()
                return response
            case "/page":
                return web.Response(text="<html>", content_type="text/html")
            case "/missing":
                raise web.HTTPNotFound
        return web.Response(body=b"image", content_type="image/png")


@pytest_asyncio.fixture
async def inside() -> AsyncIterator[Inside]:
    listener = Inside()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", listener.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    listener.port = runner.addresses[0][1]
    if socket.has_ipv6:
        with contextlib.suppress(OSError):  # a machine with IPv6 off
            await web.TCPSite(runner, "::1", listener.port).start()
    yield listener
    await runner.cleanup()


FORMS = [
    "http://127.0.0.1:{port}/",
    "http://127.0.0.2:{port}/",
    "http://127.1:{port}/",
    "http://127.0.1:{port}/",
    "http://0:{port}/",
    "http://0.0.0.0:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://0x7f.0.0.1:{port}/",
    "http://017700000001:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://127.0.0.1.:{port}/",
    "http://localhost:{port}/",
    "http://LOCALHOST:{port}/",
    "http://localhost.:{port}/",
    "http://[::1]:{port}/",
    "http://[0:0:0:0:0:0:0:1]:{port}/",
    "http://[::]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[::127.0.0.1]:{port}/",
    "http://[64:ff9b::7f00:1]:{port}/",
    "http://[64:ff9b:1::7f00:1]:{port}/",
    "http://[2002:7f00:1::]:{port}/",
    "http://[2001:0:7f00:1::80ff:fffe]:{port}/",
    "http://[fe80::1%25lo]:{port}/",
    "http://[fec0::1]:{port}/",
    "http://１２７.０.０.１:{port}/",
    "http://①②⑦.0.0.1:{port}/",
    "http://example.com@127.0.0.1:{port}/",
    "http://example.com:80@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}#@example.com/",
    "http://127.0.0.1:{port}\\@example.com/",
    "http://%31%32%37.0.0.1:{port}/",
    "https://127.0.0.1:{port}/",
    "ws://127.0.0.1:{port}/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/",
    "ftp://127.0.0.1:{port}/",
    "//127.0.0.1:{port}/",
    "",
]


@pytest.mark.parametrize("form", FORMS)
async def test_no_form_of_an_address_reaches_inside(inside: Inside, form: str):
    url = form.format(port=inside.port)

    with pytest.raises(egress.Blocked) as caught:
        await egress.fetch(url, max_bytes=1000, timeout=5)
    async with egress.session() as session:
        with pytest.raises((egress.Blocked, ClientError, ValueError, OSError)):
            await session.get(url)

    assert inside.hits == []
    assert str(inside.port) not in str(caught.value)


# What Python's own table calls global, or did, is marked.
NOT_PUBLIC = [
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",  # marked
    "192.0.0.192",  # marked
    "192.0.2.1",
    "192.88.99.1",  # marked
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",  # marked
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "0.1.2.3",
    "::",
    "::1",
    "::a9fe:a9fe",  # marked
    "::ffff:169.254.169.254",
    "::ffff:0:10.0.0.1",
    "64:ff9b::a9fe:a9fe",  # marked
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1",
    "2002:a9fe:a9fe::",  # marked
    "2001::1",
    "2001:db8::1",
    "2001:10::1",
    "2001:20::1",
    "3fff::1",
    "5f00::1",
    "100::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",  # marked
    "ff02::1",
    "2600:1f00::5efe:10.0.0.1",
    "2600:1f00::200:5efe:10.0.0.1",
]
ARE_PUBLIC = ["1.1.1.1", "8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_not_public(address):
    assert not egress.is_public(address)
    assert not egress.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ARE_PUBLIC)
def test_public(address):
    assert egress.is_public(address)


@pytest.mark.parametrize("address", [address for address in NOT_PUBLIC if ":" not in address])
def test_not_public_inside_ipv6_either(address):
    number = int(ipaddress.IPv4Address(address))
    forms = (0xFFFF << 32 | number, number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80)

    assert not any(egress.is_public(ipaddress.IPv6Address(form)) for form in forms)


def answers(monkeypatch, *rounds: list[str]) -> list[str]:
    """Make names resolve to each round of addresses in turn; gives the names that were asked for."""
    asked: list[str] = []

    async def lookup(self, host: str, port: int, family: int) -> list[tuple[str, int]]:
        addresses = rounds[min(len(asked), len(rounds) - 1)]
        asked.append(host)
        return [(a, socket.AF_INET6 if ":" in a else socket.AF_INET) for a in addresses]

    monkeypatch.setattr(egress.Resolver, "lookup", lookup)
    return asked


@pytest.mark.parametrize("found", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::1"], ["64:ff9b::7f00:1"], []])
async def test_every_answer_of_a_name_is_checked(inside: Inside, monkeypatch, found):
    answers(monkeypatch, found)

    with pytest.raises(egress.Blocked):
        await egress.fetch(f"http://inside.example:{inside.port}/", max_bytes=1000, timeout=5)

    assert inside.hits == []


async def test_a_name_that_changes_its_answer_is_connected_to_where_it_was_checked(inside: Inside, monkeypatch):
    asked = answers(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    tried: list[str] = []

    def make(self, row: tuple) -> socket.socket:
        tried.append(row[4][0])
        raise OSError("no network in tests")

    monkeypatch.setattr(egress.Resolver, "socket", make)

    with pytest.raises(egress.Blocked):
        await egress.fetch(f"http://rebinding.example:{inside.port}/", max_bytes=1000, timeout=5)

    assert asked == ["rebinding.example"]
    assert tried == ["8.8.8.8"]
    assert inside.hits == []


async def test_a_resolver_that_is_wrong_meets_the_last_look(inside: Inside, monkeypatch):
    answers(monkeypatch, ["127.0.0.1"])
    monkeypatch.setattr(egress, "is_public", lambda address, once=[]: bool(once.append(1) or len(once) == 1))

    with pytest.raises(egress.Blocked):
        await egress.fetch(f"http://wrong.example:{inside.port}/", max_bytes=1000, timeout=5)

    assert inside.hits == []


async def test_a_redirect_is_not_followed(inside: Inside):
    policy = egress.trusted("127.0.0.1", inside.port)

    with pytest.raises(egress.Blocked, match="another address"):
        await egress.fetch(f"http://127.0.0.1:{inside.port}/redirect", policy, max_bytes=1000, timeout=5)

    assert inside.hits == [f"127.0.0.1:{inside.port}/redirect"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LocalHost"])
async def test_what_the_operator_named_is_reached(inside: Inside, host):
    policy = egress.trusted(host, inside.port)

    fetched = await egress.fetch(f"http://{host}:{inside.port}/", policy, max_bytes=1000, timeout=5)

    assert fetched == egress.Fetched("image/png", b"image")


@pytest.mark.parametrize(
    ("host", "off", "url"),
    [
        ("127.0.0.1", 1, "http://127.0.0.1:{port}/"),
        ("127.0.0.1", 0, "http://localhost:{port}/"),
        ("localhost", 0, "http://127.0.0.1:{port}/"),
        ("127.0.0.2", 0, "http://127.0.0.1:{port}/"),
    ],
)
async def test_trust_is_for_that_host_and_port_alone(inside: Inside, host, off, url):
    policy = egress.trusted(host, inside.port + off)

    with pytest.raises(egress.Blocked):
        await egress.fetch(url.format(port=inside.port), policy, max_bytes=1000, timeout=5)

    assert inside.hits == []


@pytest.mark.parametrize(
    ("path", "sentence"),
    [("large", "too large"), ("packed", "too large"), ("page", "another kind"), ("missing", "answered 404")],
)
async def test_bodies_that_are_not_wanted(inside: Inside, path, sentence):
    policy = egress.trusted("127.0.0.1", inside.port)

    with pytest.raises(egress.Blocked, match=sentence):
        await egress.fetch(
            f"http://127.0.0.1:{inside.port}/{path}", policy, max_bytes=50_000, timeout=5, accept=("image/",)
        )


async def test_a_proxy_in_the_environment_is_ignored(inside: Inside, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    policy = egress.trusted("127.0.0.1", inside.port)

    await egress.fetch(f"http://127.0.0.1:{inside.port}/", policy, max_bytes=1000, timeout=5)

    assert len(inside.hits) == 1


# ---- addresses as they are written ------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("written", "plain"),
    [
        (" https://API.Example.org./v1 ", "https://api.example.org/v1"),
        ("http://[::1]:8080/", "http://[::1]:8080/"),
        ("https://１２７.０.０.１/", "https://127.0.0.1/"),
    ],
)
def test_an_address_has_one_form(written, plain):
    assert str(egress.plain(written)) == plain


@pytest.mark.parametrize("written", ["", "example.org", "https://", "file:///etc", "https://a b/", "https://x:99999/"])
def test_what_has_no_host_is_no_address(written):
    with pytest.raises(egress.Blocked):
        egress.plain(written)
