"""The same door for `requests`: addresses outside the policy, redirects and proxies are refused."""

import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests

from sambung.lib import egress, egress_sync


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        self.send_response(302 if self.path == "/away" else 200)
        self.send_header("Location", "/inside")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        """Silence."""


@contextmanager
def _listener():
    server = HTTPServer(("127.0.0.1", 0), _Handler)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def inside():
    with _listener() as server:
        yield server


@pytest.fixture
def port(inside) -> int:
    return inside.server_address[1]


def _names(monkeypatch, *addresses: str) -> list[str]:
    """Let every name resolve to these; return what was asked."""
    asked, real = [], socket.getaddrinfo

    def resolve(host, port, *args, **options):
        if host[0].isdigit():
            return real(host, port, *args, **options)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "2130706433", "0x7f.1"]
)
def test_inside_is_refused(inside, port, host):
    with pytest.raises(requests.RequestException):
        egress_sync.Session(timeout=2).get(f"http://{host}:{port}/")
    assert inside.asked == []


@pytest.mark.parametrize("addresses", [("127.0.0.1",), ("93.184.216.34", "127.0.0.1")])
def test_name_that_leads_inside_is_refused(inside, port, monkeypatch, addresses):
    _names(monkeypatch, *addresses)
    with pytest.raises(requests.RequestException):
        egress_sync.Session(timeout=2).get(f"http://rebound.example:{port}/")
    assert inside.asked == []


def test_named_place_is_reached_and_the_name_asked_once(inside, port, monkeypatch):
    asked = _names(monkeypatch, "127.0.0.1")
    session = egress_sync.Session(egress.trusted("id.example", port))
    assert session.get(f"http://id.example:{port}/here").text == "ok"
    assert (asked, inside.asked) == (["id.example"], ["/here"])


def test_another_port_of_a_named_host_is_refused(inside, port):
    with _listener() as other, pytest.raises(requests.RequestException):
        egress_sync.Session(egress.trusted("127.0.0.1", port)).get(f"http://127.0.0.1:{other.server_address[1]}/")
    assert inside.asked == other.asked == []


def test_redirect_is_not_followed(inside, port):
    with pytest.raises(egress_sync.Blocked):
        egress_sync.Session(egress.trusted("127.0.0.1", port)).get(
            f"http://127.0.0.1:{port}/away", allow_redirects=True
        )
    assert inside.asked == ["/away"]


def test_proxy_of_the_environment_is_ignored(inside, port, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    session = egress_sync.Session(egress.trusted("127.0.0.1", port))
    assert session.get(f"http://127.0.0.1:{port}/").ok


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "file:///etc/passwd", "http://user:word@127.0.0.1/", "http://"])
def test_other_addresses_are_refused(url):
    with pytest.raises(requests.RequestException):
        egress_sync.Session().get(url)
