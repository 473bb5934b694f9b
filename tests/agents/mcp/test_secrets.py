"""What is secret of a server is seen nowhere: not in pages of admins, exports, logs, errors; and it is rotated."""

import json
import logging

import pytest
from django.utils import timezone

from agents import leaving
from agents.mcp import listing, programs, sealed, servers, targets
from agents.models import (
    McpOAuthSession,
    McpServer,
    McpServerCustomInstructions,
    McpServerToolCustomInstructions,
)
from sambung.lib import crypto
from teams import sealing
from teams.models import UserRole
from tests.factories import UserFactory

CANARY = "CANARY-header-0123456789"
TOKENS = {"access_token": "CANARY-access", "refresh_token": "CANARY-refresh", "resource": "https://a.example"}
URL = "https://mcp.example.org/mcp"


@pytest.fixture
def server(alice) -> McpServer:
    about = {"name": "notes", "description": "", "transport": "sse", "url": URL}
    scope = {"user": alice, "team": None}
    return servers.save(by=alice, scope=scope, headers={"Authorization": CANARY}, **about)


@pytest.fixture
def sign_in_there(server, alice) -> McpOAuthSession:
    session = McpOAuthSession(mcp_server=server, user=alice, expires_at=timezone.now())
    session.tokens = sealed.seal(session, "tokens", TOKENS)
    session.client = sealed.seal(session, "client", {"client_id": "CANARY-client"})
    session.save()
    return session


def test_pages_of_admins_hold_no_secret(server, sign_in_there, sign_in, alice):
    servers.instruct(by=alice, server=server, text="CANARY instructions")
    servers.instruct_tool(by=alice, server=server, tool_name="add", text="CANARY instructions")
    page = sign_in(UserFactory(role=UserRole.ADMIN))
    told = [model.objects.get() for model in (McpServerCustomInstructions, McpServerToolCustomInstructions)]
    for row in (server, sign_in_there, *told):
        start = f"/admin/agents/{row._meta.model_name}/"
        for path in (start, f"{start}{row.pk}/change/"):
            response = page.get(path)
            assert response.status_code == 200
            assert "CANARY" not in response.content.decode()
    for lookup in ("encrypted_headers__isnull=0", "user__password__startswith=md5"):
        assert page.get(f"/admin/agents/mcpserver/?{lookup}").status_code == 400


def test_exports_hold_no_secret(server, sign_in_there, alice):
    servers.instruct(by=alice, server=server, text="Be brief.")
    servers.instruct_tool(by=alice, server=server, tool_name="add", text="Round up.")
    found = dict(leaving.export(alice))
    assert "CANARY" not in json.dumps(found)
    assert found["mcp_servers.json"][0]["config"]["headers"] == ["Authorization"]
    assert [row["instructions"] for row in found["mcp_instructions.json"]] == ["Be brief.", "Round up."]


def test_values_do_not_show_in_what_is_written_about_them(server, alice):
    where = targets.target(server.pk, alice.pk)
    assert dict(where.headers) == {"Authorization": CANARY}
    assert CANARY not in repr(where)
    assert CANARY not in str(server.__dict__)


@pytest.mark.usefixtures("inline")
def test_the_operators_secrets_stay_where_they_are(rogue, admin, caplog, monkeypatch):
    monkeypatch.setattr(programs, "GRACE", 0.2)
    caplog.set_level(logging.DEBUG)
    servers.refresh(rogue, admin)
    for name in ("die", "huge", "fail"):
        assert "operators-own" not in str(servers.try_tool(rogue, admin, name, {}))
    assert "operators-own" not in caplog.text + json.dumps(rogue.tool_cache) + str(targets.target(rogue.pk, admin.pk))


@pytest.mark.usefixtures("inline")
def test_what_a_person_sends_is_not_logged(rogue, admin, caplog):
    caplog.set_level(logging.INFO)
    servers.refresh(rogue, admin)
    servers.try_tool(rogue, admin, "echo", {"text": "CANARY words"})
    assert "CANARY" not in caplog.text


def test_secrets_are_sealed_anew(server, sign_in_there, settings):
    before = bytes(server.encrypted_headers), bytes(sign_in_there.tokens)
    settings.ENCRYPTION_KEYS = f"{crypto.make_key('next')},{settings.HOME.secret(sealing.FILE, crypto.make_key)}"
    changed = {name.split()[0]: told for name, told in sealing.renew_all()}
    assert changed["mcp_server"] is True
    assert changed["mcp_oauth_session"] is True
    server.refresh_from_db()
    sign_in_there.refresh_from_db()
    assert bytes(server.encrypted_headers) != before[0]
    assert sealed.headers(server) == {"Authorization": CANARY}
    assert sealed.unseal(sign_in_there, "tokens") == TOKENS
    assert not any(told for name, told in sealing.renew_all() if name.startswith("mcp_"))


def test_what_is_a_persons_goes_with_the_account(server, sign_in_there, alice, bob, team):
    of_team = servers.save(
        by=alice, scope={"user": alice, "team": team}, name="t", description="", transport="sse", url=URL
    )
    for person in (alice, bob):
        servers.instruct(by=person, server=of_team, text="Mine.")
    leaving.delete_personal(alice)
    assert list(McpServer.objects.all()) == [of_team]
    assert not McpOAuthSession.objects.exists()
    assert [row.user for row in McpServerCustomInstructions.objects.all()] == [bob]


def test_a_listing_holds_only_what_is_kept():
    kept = listing.entry("add", "Add", "Adds.", {"type": "object"}, {"destructiveHint": True, "title": "x"})
    assert set(kept) == {"name", "title", "description", "inputSchema", "annotations", "digest", "problem"}
    assert kept["annotations"] == {"destructiveHint": True}
