"""Every class of answer carries the headers that keep a browser safe, over HTTP and over HTTPS."""

import os
import re
import runpy
import subprocess
import sys
import uuid
from urllib.parse import urlsplit

import aiohttp
import pytest
from django.core.exceptions import SuspiciousOperation
from django.test import Client
from limits import parse

from chats.models import Message
from sambung.lib import bodies
from teams import limits
from tests.factories import PASSWORD, exchange, run
from tests.guards.imports import PROJECT
from tests.guards.world import SCRIPT


def _policy(response) -> dict[str, list[str]]:
    parts = (part.split() for part in response.headers["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in parts}


def _check(response) -> None:
    """What no answer may lack."""
    policy = _policy(response)
    assert policy["default-src"] == ["'none'"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert "*" not in response.headers["Content-Security-Policy"].replace("://*", "")
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == ["'none'"]
    assert policy["form-action"] == policy["frame-src"] == ["'self'"]
    assert policy["script-src"] == ["'self'"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/accounts/login/", {}, 200),
        ("/app/", {}, 200),
        ("/app/chats/", SCRIPT, 200),
        ("/app/chats/{chat}/", {}, 200),
        ("/app/chats/{chat}/settings/", SCRIPT, 200),
        ("/app/messages/{message}/frames/", {}, 404),
        ("/app/messages/{reply}/frames/", {}, 200),  # JSON
        ("/app/chats/0199f000-0000-7000-8000-000000000000/", {}, 404),
        ("/nothing/here/", {}, 404),
        ("/healthz", {}, 200),
        ("/", {}, 302),
        ("/preferences/", {}, 405),
        ("/.git/config", {}, 404),
        ("/media/", {}, 404),
        ("/__debug__/", {}, 404),
        ("/metrics", {}, 404),
    ],
)
def test_answer(alice, chat, sign_in, path, headers, status):
    message, reply = exchange(chat), exchange(chat)
    Message.objects.filter(pk=reply.pk).update(run=run(chat))
    client = Client() if "login" in path else sign_in(alice)
    response = client.get(path.format(chat=chat.pk, message=message.pk, reply=reply.pk), headers=headers)
    assert response.status_code == status
    _check(response)


@pytest.mark.parametrize("kind", ["html", "svg", "mermaid"])
def test_a_frame_is_sandboxed_whoever_embeds_it(client, kind):
    """Only our scripts run, without an origin; styles are its own. Nothing else of ours may stand in a frame."""
    response = client.get(f"/frame/{kind}/")
    assert response.status_code == 200
    assert _policy(response) == {
        "sandbox": ["allow-scripts"],
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'unsafe-inline'"],
        "img-src": ["data:", "blob:"],
        "font-src": ["data:"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'self'"],
    }
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert not response.cookies
    assert client.get("/frame/pdf/").status_code == 404


@pytest.mark.parametrize("headers", [{}, SCRIPT], ids=["page", "script"])
def test_conflict(alice, team, sign_in, headers):
    """The last admin cannot leave."""
    response = sign_in(alice).post(f"/team/{team.slug}/leave/", headers=headers)
    assert response.status_code == 409
    _check(response)


def test_haste(alice, sign_in, monkeypatch):
    monkeypatch.setitem(limits.RATES, "send", dict.fromkeys(("person", "team", "address"), parse("1/hour")))
    limits._window.storage.reset()
    client = sign_in(alice)
    first, second = (client.post("/app/chats/new/", {"text": "Hello"}) for _ in range(2))
    limits._window.storage.reset()
    assert (first.status_code, second.status_code) == (422, 429)
    _check(first)
    _check(second)


@pytest.mark.parametrize(("error", "status"), [(RuntimeError, 500), (SuspiciousOperation, 400)])
def test_failure(alice, sign_in, monkeypatch, caplog, error, status):
    """A view that breaks: a page without a word of why. Of a fault of ours it has the id that the log has."""

    def broken(request, chat):
        raise error("CANARY of a traceback")

    monkeypatch.setattr("chats.views.chat_page.chat_page", broken)
    client = sign_in(alice)
    client.raise_request_exception = False
    response = client.get("/app/")
    page = response.content.decode()
    assert response.status_code == status
    assert f"Error {status}" in page
    assert "CANARY" not in page
    _check(response)
    if status == 500:
        (logged,) = (record for record in caplog.records if hasattr(record, "path"))
        assert len(logged.request) == 12
        assert logged.request in page


@pytest.mark.parametrize("host", ["evil.test", "127.0.0.1.evil.test"])
def test_foreign_host(client, db, mailoutbox, alice, host):
    response = client.post("/accounts/password/reset/", {"email": alice.email}, headers={"Host": host})
    assert response.status_code == 400
    assert mailoutbox == []


def test_private_pages_are_not_kept(alice, chat, sign_in):
    """A page seen by somebody who is signed in is gone after sign-out, Back included."""
    message, client = exchange(chat), sign_in(alice)
    paths = ["", "chats/", f"chats/{chat.pk}/", f"chats/{chat.pk}/settings/", f"chats/{chat.pk}/rename/", "palette/"]
    paths += [f"messages/{message.pk}/{act}/" for act in ("edit", "delete", "usage")]
    kept = [path for path in paths if "no-store" not in client.get(f"/app/{path}").get("Cache-Control", "")]
    assert kept == []


@pytest.mark.parametrize("target", ["//evil.test", "/\\evil.test", "https:evil.test", "javascript:1", "/\r\nX-Bad: 1"])
def test_next_stays_here(client, alice, target):
    response = client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD, "next": target})
    assert response.status_code == 302
    assert response.url.startswith("/")
    assert not response.url.startswith(("//", "/\\"))
    assert "X-Bad" not in response.headers


def test_cookies(client, alice):
    client.get("/accounts/login/")
    client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    cookies = {name: cookie for name, cookie in client.cookies.items() if name != "messages"}
    assert set(cookies) == {"sambung_session_8000", "sambung_csrf_8000"}
    for cookie in cookies.values():
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"


def test_sign_in_makes_a_new_session_and_sign_out_ends_it(client, alice):
    client.get("/accounts/login/")
    client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    old = client.cookies["sambung_session_8000"].value
    assert client.get("/app/").status_code == 200
    client.post("/accounts/logout/")
    client.cookies["sambung_session_8000"] = old
    assert client.get("/app/").status_code == 302


_OVER_HTTPS = """
import os
os.environ["PUBLIC_URL"] = "https://chat.example.org"
import django
django.setup()
from django.conf import settings
from django.test import Client
from django.test.utils import setup_test_environment
setup_test_environment()
client = Client(headers={"Host": "chat.example.org", "X-Forwarded-Proto": "https"})
response = client.get("/healthz")
print(response.status_code, response["Strict-Transport-Security"])
print(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME)
print(settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.LANGUAGE_COOKIE_SECURE)
print(settings.SESSION_COOKIE_PATH, settings.SESSION_COOKIE_DOMAIN)
response = client.get("/accounts/login/")
for cookie in response.cookies.values():
    print(cookie.key, bool(cookie["secure"]), bool(cookie["httponly"]), cookie["path"], cookie["domain"] or "-")
print(response["Content-Security-Policy"])
"""


def test_over_https():
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "-c", _OVER_HTTPS]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert said[0] == "200 max-age=31536000"
    assert said[1] == "__Host-sambung_session __Host-sambung_csrf __Host-sambung_language"
    assert said[2] == "True True True"
    assert said[3] == "/ None"
    assert "__Host-sambung_csrf True True / -" in said
    assert "connect-src 'self'" in said[-1].split("; ")


@pytest.mark.parametrize(
    ("port", "public_url", "name"),
    [
        ("8000", "", "sambung_{}_8000"),
        ("8001", "", "sambung_{}_8001"),
        ("8001", "http://chat.example.org", "sambung_{}_80_8001"),
        ("8001", "http://chat.example.org:8001", "sambung_{}_8001"),
        ("8001", "https://chat.example.org", "__Host-sambung_{}"),
        ("8001", "https://chat.example.org:8443", "__Host-sambung_{}_8443"),
    ],
)
def test_two_servers_of_one_host_have_cookies_of_their_own(monkeypatch, port, public_url, name):
    monkeypatch.setenv("PORT", port)
    monkeypatch.setenv("PUBLIC_URL", public_url)
    found = runpy.run_path(str(PROJECT / "sambung" / "settings.py"))
    for cookie in ("session", "csrf", "language"):
        assert found[f"{cookie.upper()}_COOKIE_NAME"] == name.format(cookie)


@pytest.mark.parametrize(
    ("public_url", "host"),
    [("http://[2001:db8::1]:8000", "[2001:db8::1]"), ("https://例え.テスト:443", "xn--r8jz45g.xn--zckzah")],
)
def test_hosts_are_as_browsers_send_them(monkeypatch, public_url, host):
    monkeypatch.setenv("PUBLIC_URL", public_url)
    monkeypatch.setenv("TRUSTED_LINK_HOSTS", "docs.example.org:443")
    found = runpy.run_path(str(PROJECT / "sambung" / "settings.py"))
    assert host in found["ALLOWED_HOSTS"]
    assert found["PUBLIC_URL"] in found["SOCKET_ORIGINS"]
    assert {urlsplit(found["PUBLIC_URL"]).netloc, "docs.example.org"} == found["TRUSTED_LINK_HOSTS"]


@pytest.mark.parametrize(
    "path", ["/app/", "/accounts/login/", "/nothing/", "/static/favicon.svg", "/static/nothing.js"]
)
async def test_on_the_wire(live, path):
    async with aiohttp.ClientSession() as http, http.get(live.url + path, allow_redirects=False) as response:
        await response.read()
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        policy = _policy(response)
        for name in ("default-src", "base-uri", "frame-ancestors"):
            assert policy[name] == ["'none'"], name
        assert policy["form-action"] in (["'none'"], ["'self'"])
        assert response.headers["Cross-Origin-Opener-Policy"] == response.headers["Referrer-Policy"] == "same-origin"
        assert "Server" not in response.headers or "uvicorn" not in response.headers["Server"]


async def test_a_claimed_address_is_not_believed_on_the_wire(live):
    """Without TRUSTED_PROXIES, whoever is on this machine may claim what they like."""
    name = f"{uuid.uuid4().hex}@example.org"
    async with aiohttp.ClientSession(live.url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        async with http.get("/accounts/login/") as response:
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', await response.text())[1]
        form = {"login": name, "password": "a guess", "csrfmiddlewaretoken": token}
        headers = {"Origin": live.url, "X-Forwarded-For": "203.0.113.9"}
        async with http.post("/accounts/login/", data=form, headers=headers) as response:
            assert response.status == 200
    assert live.sql("SELECT host(ip) FROM audit_entries WHERE target = %s", name) == [("127.0.0.1",)]


NOWHERE, UPLOADS = "/nothing/", "/app/files/"


@pytest.mark.parametrize("path", [NOWHERE, UPLOADS])
@pytest.mark.parametrize("is_over", [False, True])
async def test_a_body_larger_than_any_form_is_refused_in_words(live, path, is_over):
    """Also from strangers, and with the policy of every page."""
    pieces = bodies.largest(path) // 2**20 + is_over

    async def body():
        for _ in range(pieces):
            yield b"x" * 2**20

    kind = {"Content-Type": "application/octet-stream"}
    async with aiohttp.ClientSession() as http, http.post(live.url + path, data=body(), headers=kind) as found:
        assert found.status == (413 if is_over else {NOWHERE: 404, UPLOADS: 403}[path])
        assert "script-src" in _policy(found)
        assert ("Error 413" in await found.text()) == is_over


def test_only_files_of_chats_and_pictures_of_documents_may_be_larger(settings):
    form, chat = bodies.LARGEST, "1b4e28ba-2fa1-11d2-883f-0016d3cca427"
    file, moved = form + settings.ATTACHMENT_MAX_BYTES, form + settings.IMPORT_MAX_MB * settings.MEGABYTE
    for place in ("/app/", "/team/kopi-1/"):
        for path in ("files/", "chats/new/", f"chats/{chat}/messages/", f"documents/{chat}/pictures/"):
            assert bodies.largest(place + path) == file
        assert bodies.largest(f"{place}transfers/import/") == moved
        for path in ("", "files", f"files/{chat}/remove/", f"chats/{chat}/title/", "transfers/export/"):
            assert bodies.largest(place + path) == form
    for path in ("/files/", "/x/app/files/", "/app/app/files/", "/app/files/\n", "/team/a/b/files/"):
        assert bodies.largest(path) == form
