"""MCP servers: what is kept, what is refused, who may use and change them. C39, C43, classes 3, 11, 12, 14."""

import json

import pytest

from agents.mcp import kind, listing, sealed, servers
from agents.models import McpServer, McpServerCustomInstructions, McpServerToolCustomInstructions, Visibility
from agents.tools import Asks
from sambung.lib import crypto
from sambung.lib.errors import Refused
from sambung.lib.failures import Failure
from teams.models import AuditEntry, UserRole
from teams.workspace import Workspace
from tests.lib.test_egress import FORMS

SECRET = "Bearer of-a-secret-0123456789"
URL = "https://mcp.example.org/mcp"
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}}


def made(person, team=None, **changes) -> McpServer:
    given = {"name": "notes", "description": "", "transport": "streamable-http", "url": URL}
    return servers.save(by=person, scope={"user": person, "team": team}, **given | changes)


def changed(server, person, **changes) -> McpServer:
    given = {"name": server.name, "description": "", "transport": "streamable-http", "url": server.config["url"]}
    return servers.save(by=person, scope={}, server=server, **given | changes)


def with_tools(server, *names, **more) -> McpServer:
    server.tool_cache = [
        listing.approved({"is_enabled": True, **listing.entry(name, "", "Does it.", SCHEMA, {}), **more})
        for name in names
    ]
    server.save()
    return server


def source(workspace, server):
    return next(found for found in kind.McpTools().sources(workspace) if found.id == str(server.pk))


# ---- kept -----------------------------------------------------------------------------------------------
def test_headers_are_sealed_for_their_row_and_address(alice):
    server = made(alice, headers={"Authorization": SECRET, "X-Team": "red"})
    assert server.config == {"transport": "streamable-http", "url": URL, "headers": ["Authorization", "X-Team"]}
    assert SECRET.encode() not in bytes(server.encrypted_headers)
    assert sealed.headers(server) == {"Authorization": SECRET, "X-Team": "red"}
    server.config["url"] = "https://mallory.example/mcp"
    with pytest.raises(crypto.CryptoError):
        sealed.headers(server)


def test_headers_stay_as_long_as_scheme_host_and_port_do(alice):
    server = made(alice, headers={"Authorization": SECRET})
    server = changed(server, alice, url="https://mcp.example.org/other")
    assert sealed.headers(server) == {"Authorization": SECRET}
    server = changed(server, alice, headers={"Authorization": "", "X-New": "1"})
    assert sealed.headers(server) == {"Authorization": SECRET, "X-New": "1"}
    for change in ({}, {"headers": {"Authorization": ""}}):
        with pytest.raises(Refused) as refused:
            changed(server, alice, url="https://other.example.org/mcp", **change)
        assert refused.value.field == "headers"
    server = changed(server, alice, url="https://other.example.org/mcp", headers={})
    assert sealed.headers(server) == {}


def test_headers_that_cannot_be_opened_are_asked_for_again(alice, settings, inline):
    server = made(alice, headers={"Authorization": SECRET})
    settings.ENCRYPTION_KEYS = crypto.make_key("other")
    assert servers.refresh(server, alice) == Failure("mcp_headers_lost")
    with pytest.raises(Refused):
        changed(server, alice, headers={"Authorization": ""})
    changed(server, alice, headers={"Authorization": SECRET})
    assert sealed.headers(McpServer.objects.get()) == {"Authorization": SECRET}


@pytest.mark.parametrize(
    "header",
    [{"Host": "x"}, {"Cookie": "x"}, {"Mcp-Session-Id": "x"}, {"A b": "x"}, {"A": "x\r\nB: y"}, {"A": ""}, {"A": "ü"}],
)
def test_headers_that_cannot_be_sent(alice, header):
    with pytest.raises(Refused) as refused:
        made(alice, headers=header)
    assert refused.value.field == "headers"


@pytest.mark.parametrize("place", [*FORMS, "http://example.org", "file:///etc/passwd", "javascript:alert(1)", ""])
def test_addresses_inside_are_refused(alice, place):
    url = place if "://" in place or ":" in place[:11] else f"https://{place}/mcp"
    with pytest.raises(Refused) as refused:
        made(alice, url=url)
    assert refused.value.field == "url"
    assert "169.254" not in refused.value.sentence or "169.254" in place


def test_a_slash_at_the_end_is_kept(alice):
    assert made(alice, url=f"{URL}/").config["url"] == f"{URL}/"


def test_names_tell_servers_apart(alice, bob, team):
    server = made(alice)
    for person, of, name in ((alice, None, "notes"), (alice, None, "no spaces"), (alice, None, "")):
        with pytest.raises(Refused) as refused:
            made(person, of, name=name)
        assert refused.value.field == "name"
    made(alice, team)
    made(bob)
    changed(server, alice)


def test_another_address_forgets_what_was_listed(alice):
    server = with_tools(made(alice), "add")
    assert changed(server, alice).tool_cache
    assert changed(server, alice, url="https://mcp.example.org/2").tool_cache == []


# ---- programs -------------------------------------------------------------------------------------------
def test_programs_are_the_operators_names_and_the_admins_to_offer(admin, bob, operator, settings):
    everybody = {"user": None, "team": None}
    stdio = {"name": "it", "description": "", "transport": "stdio"}
    cases = [
        (bob, everybody, "rogue"),
        (bob, {"user": bob, "team": None}, "rogue"),
        (admin, {"user": admin, "team": None}, "rogue"),
        (admin, everybody, "other"),
        (admin, everybody, "/bin/sh"),
        (admin, everybody, ""),
    ]
    for person, scope, command in cases:
        with pytest.raises(Refused) as refused:
            servers.save(by=person, scope=scope, command=command, **stdio)
        assert refused.value.field == "command"
    made_by_admin = servers.save(by=admin, scope=everybody, command="rogue", **stdio)
    assert made_by_admin.config == {"transport": "stdio", "command": "rogue"}
    settings.MCP_STDIO_SERVERS = ""
    with pytest.raises(Refused):
        servers.save(by=admin, scope=everybody, command="rogue", **stdio | {"name": "two"})


def test_a_program_that_the_operator_takes_away_does_not_start(rogue, admin, operator, inline):
    operator()
    assert servers.refresh(rogue, admin) == Failure("mcp_program_not_offered")


def test_a_broken_file_offers_nothing(settings, tmp_path, rogue, admin, inline):
    for text in ("", "[]", '{"mcpServers": {"rogue": {"args": []}}}', '{"mcpServers": {"rogue": {"command": 3}}}'):
        (tmp_path / "programs.json").write_text(text)
        assert servers.refresh(rogue, admin) == Failure("mcp_programs_unreadable")


# ---- who ------------------------------------------------------------------------------------------------
def test_who_may_use_which(alice, bob, carol, team):
    of_team, mine, ours = made(alice, team), made(alice), made(None)
    shared, resting = made(carol, name="shared"), made(bob)
    McpServer.objects.filter(pk=shared.pk).update(visibility=Visibility.READONLY)
    servers.set_active(by=bob, server=resting, is_active=False)
    assert set(servers.usable(Workspace(alice, team))) == {of_team, mine, ours, shared}
    assert set(servers.usable(Workspace(bob, team))) == {of_team, ours, shared}
    assert set(servers.usable(Workspace(bob))) == {ours, shared}
    assert set(servers.usable(Workspace(carol, team))) == {ours, shared}


def test_only_agent_admins_open_a_server(alice):
    server = made(alice)
    for visibility in (Visibility.PUBLIC, "unknown"):
        with pytest.raises(Refused):
            servers.set_visibility(by=alice, server=server, visibility=visibility)
    alice.role = UserRole.AGENT_ADMIN
    servers.set_visibility(by=alice, server=server, visibility=Visibility.PUBLIC)
    assert McpServer.objects.get(pk=server.pk).visibility == Visibility.PUBLIC


def test_acts_are_written_down_without_secrets(alice, team):
    server = with_tools(made(alice, team, headers={"Authorization": SECRET}), "add")
    changed(server, alice, headers={"Authorization": SECRET + "2"})
    servers.set_tool(by=alice, server=server, name="add", is_enabled=False)
    servers.approve(by=alice, server=server, names=["add"])
    servers.set_active(by=alice, server=server, is_active=False)
    servers.delete(by=alice, server=server)
    entries = list(AuditEntry.objects.filter(team=team).order_by("id").values_list("action", "data"))
    assert [action for action, _ in entries] == [
        "mcp_server.made",
        "mcp_server.changed",
        "mcp_tool.disabled",
        "mcp_tool.approved",
        "mcp_server.deactivated",
        "mcp_server.deleted",
    ]
    assert SECRET not in str(entries)


# ---- tools ----------------------------------------------------------------------------------------------
def test_the_first_look_approves_and_later_changes_wait(rogue, admin, inline):
    assert servers.refresh(rogue, admin) is None
    assert all(listing.is_ready(kept) for kept in rogue.tool_cache)
    rogue.tool_cache[0] |= {"description": "Old.", "digest": "d", "approved": "d"}
    rogue.save()
    assert servers.refresh(rogue, admin) is None
    echo, *others = rogue.tool_cache
    assert not listing.is_ready(echo)
    assert echo["approved_as"]["description"] == "Says it back."
    assert all(listing.is_ready(kept) for kept in others)
    assert "echo" not in [tool.name for tool in source(Workspace(admin), rogue).tools]
    servers.approve(by=admin, server=rogue, names={"echo": "what was seen before"})
    assert not listing.is_ready(rogue.tool_cache[0])
    servers.approve(by=admin, server=rogue, names={"echo": echo["digest"]})
    assert listing.is_ready(rogue.tool_cache[0])


def test_a_member_who_looks_first_approves_nothing(rogue, bob, inline):
    assert servers.refresh(rogue, bob) is None
    assert rogue.tool_cache
    assert not any(listing.is_ready(kept) for kept in rogue.tool_cache)


def test_a_tool_that_comes_back_waits(alice):
    before = [listing.approved({"is_enabled": True, **listing.entry("add", "", "Adds.", SCHEMA, {})})]
    gone = listing.merged(before, [], is_first=False, is_whole=True)
    back = listing.merged(gone, [listing.entry("add", "", "Adds.", SCHEMA, {})], is_first=False, is_whole=True)
    assert gone == []
    assert not listing.is_ready(back[0])
    assert listing.merged(before, [], is_first=False, is_whole=False) == before


def test_sources_come_from_three_queries_however_many_there_are(alice, django_assert_num_queries):
    for n in range(5):
        with_tools(made(alice, name=f"s{n}"), *(f"t{m}" for m in range(20)))
    with django_assert_num_queries(3):
        found = kind.McpTools().sources(Workspace(alice))
    assert [len(one.tools) for one in found] == [20] * 5
    assert {tool.prefix for one in found for tool in one.tools} == {f"s{n}" for n in range(5)}


def test_a_tool_that_destroys_asks_always(alice):
    server = with_tools(made(alice), "drop", annotations={"destructiveHint": True})
    assert source(Workspace(alice), server).tools[0].asks == Asks.ALWAYS


def test_sources_tell_why_there_are_no_tools(alice):
    server = made(alice)
    assert source(Workspace(alice), server).problem == Failure("mcp_not_looked_at")
    with_tools(server, "add", is_enabled=False)
    assert source(Workspace(alice), server).problem == Failure("mcp_no_tool_ready")
    server.last_status, server.last_error_code = "failed", "mcp_unreachable"
    server.save()
    assert source(Workspace(alice), server).problem == Failure("mcp_unreachable")


def test_instructions_are_each_persons_own(alice, bob, team):
    server = with_tools(made(alice, team), "add")
    servers.instruct(by=alice, server=server, text=" Be brief.\r\nAlways. ")
    servers.instruct_tool(by=alice, server=server, tool_name="add", text="Round up.")
    mine, other = source(Workspace(alice, team), server), source(Workspace(bob, team), server)
    assert (mine.instructions, mine.tool_instructions) == ("Be brief.\nAlways.", {"add": "Round up."})
    assert (other.instructions, other.tool_instructions) == ("", {})
    servers.instruct(by=alice, server=server, text="")
    servers.instruct_tool(by=alice, server=server, tool_name="add", text="")
    assert not McpServerCustomInstructions.objects.exists()
    assert not McpServerToolCustomInstructions.objects.exists()


def test_instructions_have_a_length(alice):
    server = made(alice)
    servers.instruct(by=alice, server=server, text="x" * 3000)
    servers.instruct_tool(by=alice, server=server, tool_name="add", text="x" * 1000)
    with pytest.raises(Refused):
        servers.instruct(by=alice, server=server, text="x" * 3001)
    with pytest.raises(Refused):
        servers.instruct_tool(by=alice, server=server, tool_name="add", text="x" * 1001)


# ---- pasted ---------------------------------------------------------------------------------------------
def test_pasted_servers_are_made_all_or_none(alice):
    text = json.dumps(
        {
            "mcpServers": {
                "notes": {"url": URL, "headers": {"Authorization": SECRET}},
                "shell": {"command": "npx", "args": ["-y", "evil"]},
                "notes!": {"type": "sse", "url": "https://mcp.example.org/sse"},
            }
        }
    )
    pasted = servers.parsed(text)
    assert [bool(one.problem) for one in pasted] == [False, True, False]
    assert SECRET not in repr(pasted)
    found = servers.import_pasted(by=alice, scope={"user": alice, "team": None}, pasted=pasted)
    assert [one.name for one in found] == ["notes", "notes-2"]
    bad = [*pasted, servers.Pasted("inside", "sse", "http://127.0.0.1/")]
    with pytest.raises(Refused):
        servers.import_pasted(by=alice, scope={"user": alice, "team": None}, pasted=bad)
    assert McpServer.objects.count() == 2
    assert servers.judged(servers.Pasted("inside", "sse", "http://127.0.0.1/")).problem.code == "address_not_allowed"
