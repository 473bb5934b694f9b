"""Signing in at a server: found, registered, begun, finished once, renewed; and what is refused. C42."""

import asyncio
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from agents.mcp import oauth, servers
from agents.models import McpOAuthSession
from agents.runs import runtime
from sambung.lib.errors import Refused
from sambung.lib.failures import Failure
from sambung.lib.waiting import SERVERS, Busy
from teams.models import AuditEntry, TeamMember
from tests.agents.mcp import protected as places
from tests.agents.mcp.protected import BACK, SESSION, Protected, signed_in
from tests.slots import full

RESOURCE, ISSUER = "/.well-known/oauth-protected-resource/mcp", "/.well-known/oauth-authorization-server"

pytestmark = pytest.mark.usefixtures("inline")


def test_it_asks_to_sign_in_and_then_knows_each_person(server, protected, alice, bob):
    assert servers.refresh(server, alice) == Failure("mcp_sign_in_needed")
    assert (server.last_status, oauth.status(server, bob)) == ("sign_in", "needed")
    for person in (alice, bob):
        assert signed_in(server, protected, person) == server
        assert oauth.status(server, person) == "signed_in"
    assert servers.refresh(server, alice) is None
    for person in (alice, bob):
        assert servers.try_tool(server, person, "whoami", {}).content == person.name
    assert len(protected.clients) == 2
    assert AuditEntry.objects.filter(action="mcp_server.signed_in").count() == 2


def test_signing_out_ends_it(server, protected, alice):
    signed_in(server, protected, alice)
    servers.refresh(server, alice)
    oauth.forget(server, alice)
    assert servers.try_tool(server, alice, "whoami", {}).is_error
    assert oauth.status(server, alice) in {"", "needed"}


def test_the_page_is_asked_with_everything_that_protects(server, protected, alice):
    page = oauth.begin(server, alice, SESSION, BACK)
    asked = parse_qs(urlsplit(page).query)
    assert page.startswith(f"{protected.origin}/authorize?")
    assert asked["resource"] == [protected.url]
    assert (asked["code_challenge_method"], asked["scope"]) == (["S256"], ["tools"])
    kept = McpOAuthSession.objects.get()
    assert asked["state"][0] not in (kept.state, str(bytes(kept.pending)))


def test_a_way_back_is_good_once_and_for_who_began(server, protected, alice, bob):
    back = protected.sign_in(oauth.begin(server, alice, SESSION, BACK))
    with pytest.raises(Refused, match="is over"):
        oauth.finish(bob, SESSION, **back)
    with pytest.raises(Refused, match="is over"):
        oauth.finish(alice, SESSION, **back | {"state": ""})
    assert oauth.finish(alice, SESSION, **back) == server
    with pytest.raises(Refused, match="is over"):
        oauth.finish(alice, SESSION, **back)


def test_another_session_cannot_finish_it(server, protected, alice):
    back = protected.sign_in(oauth.begin(server, alice, SESSION, BACK))
    with pytest.raises(Refused, match="is over"):
        oauth.finish(alice, "another-session", **back)
    assert oauth.status(server, alice) != "signed_in"


def test_it_is_over_after_ten_minutes(server, protected, alice):
    back = protected.sign_in(oauth.begin(server, alice, SESSION, BACK))
    kept = McpOAuthSession.objects.get()
    assert timedelta(minutes=9) < kept.pending_until - timezone.now() <= timedelta(minutes=10)
    McpOAuthSession.objects.update(pending_until=timezone.now())
    with pytest.raises(Refused, match="is over"):
        oauth.finish(alice, SESSION, **back)


@pytest.mark.parametrize("iss", ["", "https://mallory.example"])
def test_an_answer_from_another_place_is_refused(server, protected, alice, iss):
    back = protected.sign_in(oauth.begin(server, alice, SESSION, BACK))
    with pytest.raises(Refused, match="another place"):
        oauth.finish(alice, SESSION, **back | {"iss": iss})


def test_who_lost_the_server_cannot_finish(server, protected, bob, team):
    back = protected.sign_in(oauth.begin(server, bob, SESSION, BACK))

    TeamMember.objects.filter(team=team, user=bob).delete()
    with pytest.raises(Refused, match="is over"):
        oauth.finish(bob, SESSION, **back)


@pytest.mark.parametrize(
    ("path", "change", "sentence"),
    [
        (RESOURCE, {"resource": "https://mallory.example/mcp"}, "another address"),
        (RESOURCE, {"authorization_servers": ["http://127.0.0.1:9"]}, "cannot be used"),
        (RESOURCE, {"authorization_servers": ["http://169.254.169.254"]}, "cannot be used"),
        (RESOURCE, {"authorization_servers": ["https://[::1]"]}, "cannot be used"),
        (ISSUER, {"authorization_endpoint": "javascript:alert(1)"}, "does not tell"),
        (ISSUER, {"authorization_endpoint": "http://example.org/authorize"}, "cannot be used"),
        (ISSUER, {"token_endpoint": "http://127.0.0.1:9/token"}, "cannot be used"),
        (ISSUER, {"registration_endpoint": "https://10.0.0.1/register"}, "cannot be used"),
        (ISSUER, {"issuer": "https://mallory.example"}, "calls itself https://mallory.example"),
        (ISSUER, {"issuer": "http://127.0.0.1:8812//"}, "They must be the same"),
        (ISSUER, {"code_challenge_methods_supported": ["plain"]}, "lacks the protection"),
        (ISSUER, {"code_challenge_methods_supported": None}, "lacks the protection"),
        (ISSUER, {"registration_endpoint": None}, "register itself"),
    ],
)
def test_what_a_server_may_not_tell(server, protected, alice, path, change, sentence):
    protected.changes[path] = change
    with pytest.raises(Refused, match=sentence):
        oauth.begin(server, alice, SESSION, BACK)
    assert not protected.clients


def test_a_server_cannot_name_a_document_inside(server, protected, alice, monkeypatch):
    monkeypatch.setattr(Protected, "origin", property(lambda self: "http://169.254.169.254"))
    with pytest.raises(Refused, match="cannot be used"):
        oauth.begin(server, alice, SESSION, BACK)


def test_a_token_is_renewed_before_it_ends_and_after_it_was_refused(server, protected, alice):
    protected.lasts = 1  # so it is as good as over
    signed_in(server, protected, alice)
    assert servers.refresh(server, alice) is None
    protected.lasts = 3600
    assert servers.try_tool(server, alice, "whoami", {}).content == alice.name
    protected.tokens.clear()
    assert servers.try_tool(server, alice, "whoami", {}).content == alice.name
    grants = [form["grant_type"] for path, form in protected.asked if path == "/token"]
    assert set(grants[1:]) == {"refresh_token"}


def test_renewing_happens_once_for_many_who_wait(server, protected, alice):
    signed_in(server, protected, alice)

    async def both():
        bearer = oauth.Bearer(server.pk, alice.pk)
        token = await bearer.current()
        return token, await asyncio.gather(*(bearer.renewed(token) for _ in range(5)))

    token, renewed = runtime.wait(both(), 10, SERVERS)
    assert len(set(renewed)) == 1
    assert renewed[0] not in ("", token)
    assert [form["grant_type"] for path, form in protected.asked if path == "/token"][1:] == ["refresh_token"]


def test_a_sign_in_that_cannot_be_renewed_is_asked_for_again(server, protected, alice):
    signed_in(server, protected, alice)
    servers.refresh(server, alice)
    protected.tokens.clear()
    protected.refresh_tokens.clear()
    assert "Sign in" in servers.try_tool(server, alice, "whoami", {}).content


def test_tokens_are_sealed_for_their_row(server, protected, alice, bob):
    for person in (alice, bob):
        signed_in(server, protected, person)
    mine, other = McpOAuthSession.objects.get(user=alice), McpOAuthSession.objects.get(user=bob)
    for token in (*protected.tokens, *protected.refresh_tokens):
        assert token.encode() not in bytes(mine.tokens) + bytes(other.tokens)
    McpOAuthSession.objects.filter(pk=mine.pk).update(tokens=other.tokens)
    assert servers.refresh(server, alice)
    assert server.last_status == "sign_in"


def test_another_address_forgets_the_sign_ins(server, protected, alice):
    signed_in(server, protected, alice)
    servers.save(
        by=alice,
        scope={},
        server=server,
        name="safe",
        description="",
        transport="streamable-http",
        url="https://mcp.example.org/mcp",
    )
    assert not McpOAuthSession.objects.exists()


def test_tokens_do_not_follow_a_redirect(server, protected, alice):
    signed_in(server, protected, alice)
    other = places.started()
    protected.redirect_to = other.url
    assert servers.refresh(server, alice)
    assert other.headers_seen == []
    other.shutdown()
    other.server_close()


def test_a_program_has_nowhere_to_sign_in(rogue, admin):
    with pytest.raises(Refused, match="nowhere"):
        oauth.begin(rogue, admin, SESSION, BACK)


def test_looks_are_limited_and_say_nothing_of_the_server(server, alice):
    with full(SERVERS):
        assert servers.refresh(server, alice) == Failure("busy")
        with pytest.raises(Busy):
            oauth.begin(server, alice, SESSION, BACK)
    server.refresh_from_db()
    assert (server.last_status, server.last_error_code) == ("", "")


def test_a_sign_in_that_finds_no_slot_can_still_end(server, protected, alice):
    back = protected.sign_in(oauth.begin(server, alice, SESSION, BACK))
    with full(SERVERS), pytest.raises(Busy):
        oauth.finish(alice, SESSION, **back)
    assert oauth.finish(alice, SESSION, **back) == server
