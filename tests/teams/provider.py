"""A provider on a port of this machine: OpenID Connect with discovery, authorize, token, keys and userinfo, and OAuth2
as GitHub does it, with `/user` and `/user/emails` and no token about the person."""

import base64
import hashlib
import html
import json
import re
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "sambung", "the secret of the client"
_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider:
    """Who signs in there is `person`, a dict of claims (GitHub's account, with its `emails`); `problems` is what was
    wrong with requests."""

    def __init__(self):
        self.person: dict = {}
        self.problems: list[str] = []
        self.asked: list[str] = []
        self.answers: dict[str, int] = {}  # path -> a status to answer with instead
        self.by_way_of = ""  # another one's address, which people pass on their way to say yes
        self._codes: dict[str, dict] = {}
        self._tokens: dict[str, dict] = {}

    def configuration(self) -> dict:
        ends = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
        found = {f"{name}_endpoint": f"{self.url}/{path}" for name, path in ends.items()}
        return found | {
            "issuer": self.url,
            "jwks_uri": f"{self.url}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def jwks(self) -> dict:
        key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(_KEY.public_key()))
        return {"keys": [key | {"kid": "1", "use": "sig", "alg": "RS256"}]}

    def authorize(self, asked: dict) -> str:
        """The person says yes; return where they are sent."""
        code = secrets.token_urlsafe(8)
        self._codes[code] = asked | {"person": self.person}
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, given: dict) -> dict | None:
        held = self._codes.pop(given.get("code", ""), None)
        verifier = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        checks = {
            "code": held is not None,
            "client": (given.get("client_id"), given.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET),
            "redirect": held is not None and given.get("redirect_uri") == held["redirect_uri"],
            "verifier": held is not None
            and base64.urlsafe_b64encode(verifier).rstrip(b"=").decode() == held["code_challenge"],
        }
        self.problems += [name for name, is_right in checks.items() if not is_right]
        if not all(checks.values()):
            return None
        access = secrets.token_urlsafe(8)
        self._tokens[access] = held["person"]
        now = int(time.time())
        claims = held["person"] | {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 60}
        signed = jwt.encode(claims, _KEY, "RS256", headers={"kid": "1"})
        return {"access_token": access, "token_type": "Bearer", "id_token": signed}

    def userinfo(self, authorization: str) -> dict | None:
        return self._tokens.get(authorization.removeprefix("Bearer "))

    def user(self, authorization: str) -> dict | None:
        """GitHub's account, without its addresses."""
        person = self._tokens.get(authorization.removeprefix("token "), {})
        return {name: value for name, value in person.items() if name != "emails"} or None

    def emails(self, authorization: str) -> list | None:
        return self._tokens.get(authorization.removeprefix("token "), {}).get("emails")


class _Handler(BaseHTTPRequestHandler):
    """Answers for `server.provider`."""

    @property
    def provider(self) -> Provider:
        return self.server.provider

    def do_GET(self):
        provider, path, query = self.provider, urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        provider.asked.append(path)
        told = {"/userinfo": provider.userinfo, "/user": provider.user, "/user/emails": provider.emails}
        pages = {"/.well-known/openid-configuration": provider.configuration, "/jwks": provider.jwks}
        if status := provider.answers.get(path):
            self._answer(None, status)
        elif path == "/authorize":
            asked = {name: values[0] for name, values in query.items()}
            is_there = not provider.by_way_of or "passed" in asked
            onward = urlencode({"to": f"{provider.url}{self.path}&passed=yes"})
            self._redirect(provider.authorize(asked) if is_there else f"{provider.by_way_of}/pass?{onward}")
        elif path == "/pass":
            self._redirect(query["to"][0])
        elif path in told:
            self._answer(told[path](self.headers.get("Authorization", "")))
        else:
            self._answer(pages[path]() if path in pages else None)

    def do_POST(self):
        self.provider.asked.append(self.path)
        body = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        given = self.provider.token({name: values[0] for name, values in body.items()})
        if self.path == "/login/oauth/access_token" and given:  # a form, and nothing about the person
            self._send(200, "application/x-www-form-urlencoded", urlencode({"access_token": given["access_token"]}))
        else:
            self._answer(given)

    def _redirect(self, to: str):
        self.send_response(302)
        self.send_header("Location", to)
        self.end_headers()

    def _send(self, status: int, kind: str, text: str):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(text.encode())

    def _answer(self, value: dict | list | None, status: int = 400):
        self.send_response(status if value is None else 200)
        self.send_header("Content-Type", "application/json")
        if status in {301, 302, 307, 308}:
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()
        self.wfile.write(json.dumps(value or {"error": "invalid_request"}).encode())

    def log_message(self, *_):
        """Silence."""


def leads_to(response) -> str:
    """Where the page leads that answers a provider's button: by itself, and by its link."""
    page = response.content.decode()
    (by_itself,) = re.findall(r'<meta http-equiv="refresh" content="0; url=([^"]+)">', page)
    (link,) = re.findall(r'<a class="button[^"]*" href="([^"]+)">Go on</a>', page)
    assert by_itself == link
    return html.unescape(link)


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider that answers until the block ends."""
    found = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.provider = found
    found.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
