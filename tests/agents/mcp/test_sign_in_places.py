"""Signing in where Sambung is not registered by itself, at one of several places, and for further rights."""

import base64
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import override_settings

from agents.mcp import clients, oauth, refusals, sealed, servers
from agents.models import McpOAuthSession, McpServer
from sambung.lib.errors import Refused
from tests.agents.mcp.protected import BACK, SESSION, signed_in

RESOURCE, ISSUER = "/.well-known/oauth-protected-resource/mcp", "/.well-known/oauth-authorization-server"
DOCUMENT = "https://chat.example.org/mcp/client.json"

pytestmark = pytest.mark.usefixtures("inline")


def asked(page: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}


def changed(server, alice, **changes) -> McpServer:
    given = {"name": "safe", "description": "", "transport": "streamable-http", "url": server.config["url"]}
    return servers.save(by=alice, scope={}, server=server, **given | changes)


# ---- one place by two names -----------------------------------------------------------------------------
@pytest.mark.parametrize(("named", "says"), [("/", ""), ("", "/")])
def test_an_origin_with_and_without_a_slash_is_one_place(server, protected, alice, named, says):
    protected.changes[RESOURCE] = {"authorization_servers": [protected.origin + named]}
    protected.changes[ISSUER] = {"issuer": protected.origin + says}
    assert signed_in(server, protected, alice) == server
    assert servers.try_tool(server, alice, "whoami", {}).content == alice.name or servers.refresh(server, alice) is None


@pytest.mark.parametrize("says", ["/x", "//", "?a=1"])
def test_any_other_difference_is_told(server, protected, alice, says):
    protected.changes[ISSUER] = {"issuer": protected.origin + says}
    with pytest.raises(Refused, match="They must be the same"):
        oauth.begin(server, alice, SESSION, BACK)


# ---- several places -------------------------------------------------------------------------------------
def test_the_next_place_is_asked_where_one_is_dead(server, protected, alice):
    dead = f"{protected.origin}/dead"
    protected.changes[RESOURCE] = {"authorization_servers": [dead, protected.origin]}
    assert signed_in(server, protected, alice) == server
    assert f"{ISSUER}/dead" in [path for path, _form in protected.asked]


def test_a_place_that_takes_sambung_goes_before_one_that_does_not(server, protected, alice):
    protected.changes[RESOURCE] = {"authorization_servers": [f"{protected.origin}/closed", protected.origin]}
    closed = protected.document(ISSUER) | {"issuer": f"{protected.origin}/closed", "registration_endpoint": None}
    protected.changes[f"{ISSUER}/closed"] = closed
    assert signed_in(server, protected, alice) == server
    assert len(protected.clients) == 1


def test_where_no_place_can_be_used_the_first_says_why(server, protected, alice):
    protected.changes[RESOURCE] = {"authorization_servers": [protected.origin, f"{protected.origin}/dead"]}
    protected.changes[ISSUER] = {"code_challenge_methods_supported": None}
    with pytest.raises(Refused, match="lacks the protection"):
        oauth.begin(server, alice, SESSION, BACK)


# ---- a client that was entered --------------------------------------------------------------------------
@pytest.fixture
def unregistered(server, protected, alice):
    """The server, whose place to sign in registers nobody; Sambung was registered there by hand."""
    protected.changes[ISSUER] = {"registration_endpoint": None}
    protected.clients["by-hand"] = [BACK]
    return server


@pytest.mark.parametrize(
    ("secret", "methods", "shown"),
    [
        ("", None, "none"),
        ("s:cret/1", None, "header"),
        ("s:cret/1", ["client_secret_basic"], "header"),
        ("s:cret/1", ["client_secret_basic", "client_secret_post"], "form"),
        ("s:cret/1", ["client_secret_post"], "form"),
    ],
)
def test_a_client_that_was_entered_signs_in(unregistered, protected, alice, bob, secret, methods, shown):
    with pytest.raises(Refused, match="can enter a client id there"):
        oauth.begin(unregistered, alice, SESSION, BACK)
    protected.changes[ISSUER] |= {"token_endpoint_auth_methods_supported": methods}
    server = changed(unregistered, alice, client=("by-hand", secret))
    for person in (alice, bob):
        assert signed_in(server, protected, person) == server
    form = [form for path, form in protected.asked if path == "/token"][-1]
    header = protected.headers_seen[-1].get("authorization", "")
    quoted = base64.b64encode(b"by-hand:s%3Acret%2F1").decode()
    assert form.get("client_secret", "") == (secret if shown == "form" else "")
    assert header == (f"Basic {quoted}" if shown == "header" else "")


def test_what_was_entered_is_sealed_and_kept_until_it_is_replaced(unregistered, alice):
    server = changed(unregistered, alice, client=("by-hand", "s3cret-and-long"))
    assert b"s3cret" not in bytes(server.encrypted_client)
    server = changed(server, alice, client=("by-hand", ""))
    assert sealed.client(server)["client_secret"] == "s3cret-and-long"
    server = changed(server, alice, client=("another", ""))
    assert sealed.client(server) == {"client_id": "another", "client_secret": "", "issuer": ""}
    assert changed(server, alice, client=("", "")).encrypted_client is None


def test_a_secret_does_not_follow_the_server_to_another_address(unregistered, alice):
    server = changed(unregistered, alice, client=("by-hand", "s3cret-and-long"))
    with pytest.raises(Refused, match="Enter it again"):
        changed(server, alice, url="https://mcp.example.org/mcp", client=("by-hand", ""))
    server = changed(server, alice, url="https://mcp.example.org/mcp", client=("by-hand", "new"))
    assert sealed.client(server) == {"client_id": "by-hand", "client_secret": "new", "issuer": ""}


def test_a_secret_is_sent_to_no_other_place_than_the_first(unregistered, protected, alice):
    server = changed(unregistered, alice, client=("by-hand", "s3cret-and-long"))
    signed_in(server, protected, alice)
    elsewhere = f"{protected.origin}/elsewhere"
    protected.changes[RESOURCE] = {"authorization_servers": [elsewhere]}
    protected.changes[f"{ISSUER}/elsewhere"] = protected.document(ISSUER) | {"issuer": elsewhere}
    server.refresh_from_db()
    with pytest.raises(Refused, match="is of another place"):
        oauth.begin(server, alice, SESSION, BACK)


@pytest.mark.parametrize("client", [("é", ""), ("a", "b\0c"), ("a" * 1001, "")])
def test_what_cannot_be_sent_is_refused(unregistered, alice, client):
    with pytest.raises(Refused, match="Copy it anew"):
        changed(unregistered, alice, client=client)


# ---- our document ---------------------------------------------------------------------------------------
def test_where_documents_are_read_ours_is_the_client_id(unregistered, protected, alice):
    protected.changes[ISSUER] |= {"client_id_metadata_document_supported": True}
    with pytest.raises(Refused, match="register itself"):  # nobody reaches it over plain http
        oauth.begin(unregistered, alice, SESSION, BACK)
    assert asked(oauth.begin(unregistered, alice, SESSION, BACK, DOCUMENT))["client_id"] == DOCUMENT


def test_the_document_says_who_sambung_is(client):
    with override_settings(PUBLIC_URL="https://chat.example.org", IS_HTTPS=True):
        found = client.get("/mcp/client.json")
        assert found.json() == clients.document(DOCUMENT, "https://chat.example.org/mcp/callback/")
    assert found.headers["Content-Type"] == "application/json"
    assert found.json()["client_id"] == DOCUMENT
    assert found.json()["redirect_uris"] == ["https://chat.example.org/mcp/callback/"]
    assert found.json()["token_endpoint_auth_method"] == "none"


# ---- further rights -------------------------------------------------------------------------------------
def test_a_right_that_is_missing_is_named_and_asked_for(server, protected, alice, bob):
    signed_in(server, protected, alice)
    assert servers.refresh(server, alice) is None
    protected.wants = "tools write"
    refused = servers.try_tool(server, alice, "whoami", {})
    assert refused.is_error
    assert "wants a further right for this: write. Sign in on its page" in refused.content
    assert "It said: Write access needed" in refused.content
    assert (oauth.status(server, alice), oauth.wanted(server, alice)) == ("more", "write")
    assert (oauth.status(server, bob), oauth.wanted(server, bob)) == ("needed", "")

    page = oauth.begin(server, alice, SESSION, BACK)
    assert asked(page)["scope"] == "tools write"
    protected.wants = ""
    assert servers.try_tool(server, alice, "whoami", {}).content == alice.name, "the old token stays meanwhile"
    protected.wants = "tools write"
    oauth.finish(alice, SESSION, **protected.sign_in(page, alice.name))
    assert (oauth.status(server, alice), oauth.wanted(server, alice)) == ("signed_in", "")
    servers.refresh(server, alice)
    assert servers.try_tool(server, alice, "whoami", {}).content == alice.name


def test_a_sign_in_that_was_given_up_spoils_nothing(server, protected, alice):
    protected.lasts = 1
    signed_in(server, protected, alice)
    kept = bytes(McpOAuthSession.objects.get().client)
    oauth.begin(server, alice, SESSION, "https://other.example.org/mcp/callback/")
    assert bytes(McpOAuthSession.objects.get().client) == kept
    assert servers.refresh(server, alice) is None, "renewed as who it was"


def test_the_page_offers_the_sign_in(sign_in, server, alice, team):
    row = McpOAuthSession(mcp_server=server, user=alice, wanted_scope="write <b>")
    row.tokens = sealed.seal(row, "tokens", {"access_token": "t"})
    row.save()
    shown = sign_in(alice).get(f"/team/{team.slug}/mcp/{server.pk}/").content.decode()
    assert "This server wants a further right of you: <strong>write &lt;b&gt;</strong>" in shown
    assert f"/team/{team.slug}/mcp/{server.pk}/sign-in/" in shown


def test_a_form_takes_a_client_and_shows_where_to_come_back(sign_in, server, alice, team):
    page = sign_in(alice)
    address = f"/team/{team.slug}/mcp/{server.pk}/edit/"
    with override_settings(PUBLIC_URL="https://chat.example.org"):
        assert 'value="https://chat.example.org/mcp/callback/"' in page.get(address).content.decode()
    given = {"name": "safe", "transport": "streamable-http", "url": server.config["url"]}
    page.post(address, given | {"client_id": " by-hand ", "client_secret": "s3cret-and-long"})
    shown = page.get(address).content.decode()
    assert 'value="by-hand"' in shown
    assert "s3cret" not in shown
    page.post(address, given | {"client_id": "by-hand", "client_secret": ""})
    assert sealed.client(McpServer.objects.get())["client_secret"] == "s3cret-and-long"


@pytest.mark.parametrize(
    ("status", "challenge", "code", "scope"),
    [
        (403, 'Bearer error="insufficient_scope", scope="a b"', "mcp_more_rights", "a b"),
        (403, "Bearer scope=a, error=insufficient_scope", "mcp_more_rights", "a"),
        (401, 'Bearer error="insufficient_scope", scope="a"', "mcp_more_rights", "a"),
        (403, 'Bearer realm="x", error="insufficient_scope"', "mcp_further_rights", None),
        (403, 'Bearer error="invalid_request", error_description="insufficient_scope"', "mcp_forbidden", None),
        (403, "", "mcp_forbidden", None),
    ],
)
def test_what_a_challenge_asks_for(status, challenge, code, scope):
    refusal, _data = refusals.read(status, {"WWW-Authenticate": challenge}, b"", True)
    assert (refusal.failure.code, refusal.failure.params.get("scope")) == (code, scope)
