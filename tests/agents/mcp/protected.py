"""A server that asks who one is, and the place where one signs in, both on loopback. Tests change what they say."""

import base64
import hashlib
import json
import secrets
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from agents.mcp import oauth
from agents.models import McpServer
from teams.models import User

SESSION, BACK = "the-session-key", "https://chat.example.org/mcp/callback/"
TOOLS = [{"name": "whoami", "description": "Says who asks.", "inputSchema": {"type": "object"}}]


class Protected(ThreadingHTTPServer):
    """`/mcp` is the server, the rest is where one signs in. `changes` are laid over its documents, by path."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.changes: dict[str, dict] = {}
        self.clients: dict[str, list[str]] = {}
        self.codes: dict[str, dict] = {}
        self.tokens: dict[str, str] = {}  # access token -> whose
        self.refresh_tokens: dict[str, str] = {}
        self.asked: list[tuple[str, dict]] = []
        self.headers_seen: list[dict] = []
        self.lasts = 3600
        self.redirect_to = ""
        self.rights: dict[str, str] = {}  # access token -> the rights that were asked for with it
        self.wants = ""  # rights that a call takes, "" for none

    @property
    def place(self) -> tuple[str, int]:
        return "127.0.0.1", self.server_port

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def url(self) -> str:
        return f"{self.origin}/mcp"

    def document(self, path: str) -> dict | None:
        known = {
            "/.well-known/oauth-protected-resource/mcp": {
                "resource": self.url,
                "authorization_servers": [self.origin],
                "scopes_supported": ["tools"],
            },
            "/.well-known/oauth-authorization-server": {
                "issuer": self.origin,
                "authorization_endpoint": f"{self.origin}/authorize",
                "token_endpoint": f"{self.origin}/token",
                "registration_endpoint": f"{self.origin}/register",
                "response_types_supported": ["code"],
                "code_challenge_methods_supported": ["S256"],
                "authorization_response_iss_parameter_supported": True,
            },
        }
        if path not in known and path not in self.changes:
            return None
        return known.get(path, {}) | self.changes.get(path, {})

    def sign_in(self, page: str, person: str = "alice") -> dict[str, str]:
        """What a person does on the page: return what their browser comes back with."""
        parts = urlsplit(page)
        asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
        assert asked["redirect_uri"] in self.clients[asked["client_id"]]
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked | {"person": person}
        return {"code": code, "state": asked["state"], "iss": self.origin}

    def tokens_for(self, person: str) -> dict:
        access, refresh = secrets.token_urlsafe(12), secrets.token_urlsafe(12)
        self.tokens[access], self.refresh_tokens[refresh] = person, person
        return {"access_token": access, "token_type": "Bearer", "expires_in": self.lasts, "refresh_token": refresh}

    def exchange(self, form: dict) -> dict | None:
        """Return tokens for a code or a token that fits, once."""
        if form["grant_type"] == "refresh_token":
            person = self.refresh_tokens.pop(form["refresh_token"], None)
            return self.tokens_for(person) if person and form["resource"] == self.url else None
        asked = self.codes.pop(form["code"], None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode()
        if not asked or challenge.rstrip("=") != asked["code_challenge"]:
            return None
        same = all(form[name] == asked[name] for name in ("client_id", "redirect_uri", "resource"))
        if not same or form["resource"] != self.url:
            return None
        found = self.tokens_for(asked["person"])
        self.rights[found["access_token"]] = asked.get("scope", "")
        return found


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked.append((self.path, {}))
        found = self.server.document(urlsplit(self.path).path)
        self._answer(200 if found else 404, found or {})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.server.headers_seen.append(dict(self.headers))
        match self.path:
            case "/register":
                wanted = json.loads(body)
                client_id = secrets.token_hex(4)
                self.server.clients[client_id] = wanted["redirect_uris"]
                self._answer(201, wanted | {"client_id": client_id})
            case "/token":
                form = {key: values[0] for key, values in parse_qs(body).items()}
                self.server.asked.append((self.path, form))
                found = self.server.exchange(form)
                self._answer(200 if found else 400, found or {"error": "invalid_grant"})
            case _:
                self._mcp(json.loads(body))

    def do_DELETE(self):
        self._answer(200, {})

    def _mcp(self, message: dict) -> None:
        if self.server.redirect_to:
            return self._answer(307, {}, Location=self.server.redirect_to)
        person = self.server.tokens.get(self.headers.get("Authorization", "").removeprefix("Bearer "))
        if person is None:
            about = f'Bearer resource_metadata="{self.server.origin}/.well-known/oauth-protected-resource/mcp"'
            return self._answer(401, {}, **{"WWW-Authenticate": about})
        if "id" not in message:
            return self._answer(202, None)
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        has_rights = set(self.server.wants.split()) <= set(self.server.rights.get(token, "").split())
        if message["method"] == "tools/call" and not has_rights:
            about = 'Bearer error="insufficient_scope", error_description="Write access needed"'
            return self._answer(403, {}, **{"WWW-Authenticate": f'{about}, scope="{self.server.wants}"'})
        results = {
            "initialize": {
                "protocolVersion": "2025-06-18",
                "capabilities": {"tools": {}},
                "serverInfo": {"name": "protected", "version": "1"},
            },
            "tools/list": {"tools": TOOLS},
            "tools/call": {"content": [{"type": "text", "text": person}]},
        }
        answer = {"jsonrpc": "2.0", "id": message["id"]}
        if message["method"] in results:
            return self._answer(200, answer | {"result": results[message["method"]]})
        return self._answer(200, answer | {"error": {"code": -32601, "message": "Method not found"}})

    def _answer(self, status: int, body: dict | None, **headers: str) -> None:
        sent = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(sent)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, *_):
        """Silence."""


def started() -> Protected:
    """Return the server, answering."""
    server = Protected()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server


def signed_in(server: McpServer, protected: Protected, person: User) -> McpServer:
    """Let a person sign in at a server."""
    back = protected.sign_in(oauth.begin(server, person, SESSION, BACK), person.name)
    return oauth.finish(person, SESSION, **back)
