"""A provider on loopback, asked over the wire."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

GOOD = "sk-good-0123456789-wxyz"


class Provider(ThreadingHTTPServer):
    """Lists `models` to whoever sends the good key; quotes any other one in its refusal. Remembers what was asked.

    Without a list (`has_list`) it still answers where chats are asked, which no test does.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.models = ["fake-small", "fake-large"]
        self.has_list = True
        self.asked: list[str] = []
        self.reached = 0  # connections, whatever they spoke

    def verify_request(self, request, client_address) -> bool:
        self.reached += 1
        return True

    @property
    def place(self) -> tuple[str, int]:
        return "127.0.0.1", self.server_port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        key = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.path.startswith("/away"):
            self.send_response(302)
            self.send_header("Location", "/v1/models")
            self.end_headers()
        elif not self.server.has_list:
            self._answer(404, {"detail": "Not Found"})
        elif key == GOOD:
            self._answer(200, {"data": [{"id": name, "context_length": 8192} for name in self.server.models]})
        else:
            self._answer(401, {"error": {"message": f"Incorrect API key provided: {key}."}})

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.server.has_list:  # it is not asked further
            self._answer(501, {"error": {"message": "Unsupported method"}})
        elif self.headers.get("Authorization", "") != f"Bearer {GOOD}":
            self._answer(401, {"error": {"message": "Incorrect API key provided."}})
        else:
            self._answer(400, {"error": {"message": "Missing required parameter: 'model'."}})

    def _answer(self, status: int, body: dict) -> None:
        sent = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, *_):
        """Silence."""


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    """The provider, which the operator has allowed."""
    server = Provider()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    settings.EGRESS_ALLOW = frozenset({server.place})
    yield server
    server.shutdown()
    server.server_close()
    thread.join()
