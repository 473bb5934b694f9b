"""Tools that were asked for and cannot be used: told to people and models, and never taken for others."""

from dataclasses import replace

import pytest

from agents.mcp import listing
from agents.mcp.kind import McpTools
from agents.mcp.limits import ServerLimits
from agents.models import Agent, McpServer
from agents.toolkits.limits import ToolkitLimits
from agents.tools import Away, Source, Tool, bind, missing, registry
from agents.tools.binding import MOST
from sambung.lib.failures import Failure
from teams.workspace import Workspace

SCHEMA = {"type": "object", "properties": {}}
GONE, OFF = Failure("tool_gone"), Failure("mcp_tool_off")
LARGE = Failure("mcp_schema_large")
FAR = Failure("other", {"text": "It is away."})
AWAY = Away("mcp:notes:drop", "Drop", OFF)


def source(id: str, *names: str, kind: str = "mcp", **fields) -> Source:
    tools = tuple(Tool(kind, id, name, name.title(), "Does it.", SCHEMA) for name in names)
    return Source(kind, id, id.title(), tools=tools, **fields)


class Shelf:
    def __init__(self, limits, *found: Source):
        self.limits, self.found = limits, list(found)
        self.noun = McpTools.noun if isinstance(limits, ServerLimits) else ""

    def sources(self, workspace):
        return self.found


@pytest.fixture
def shelf(monkeypatch):
    away = source("far", problem=FAR, away=(Away("mcp:far:fly", "Fly", FAR),))
    shelf = Shelf(ServerLimits(), source("notes", "add", "look", away=(AWAY,)), away)
    clock = Shelf(ToolkitLimits(), source("clock", "now", kind="toolkit"))
    monkeypatch.setattr(registry, "_kinds", {"toolkit": clock, "mcp": shelf})
    return shelf


def titles(bound) -> list[tuple[str, Failure]]:
    return [(one.title, one.why) for one in bound.missing]


@pytest.mark.parametrize(
    ("refs", "expected"),
    [
        (["mcp:notes", "mcp:notes:add", "toolkit:clock"], []),
        (["mcp:notes:drop"], [("Drop", OFF)]),
        (["mcp:far"], [("Far", FAR)]),
        (["mcp:far:fly"], [("Fly", FAR)]),
        (["mcp:notes:gone", "mcp:0197"], [("gone", GONE), ("MCP server", GONE)]),
        (["toolkit:gone"], [("gone", GONE)]),
    ],
)
def test_what_was_chosen_or_named_and_is_not_there(shelf, refs, expected):
    for asked in ({"chosen": refs}, {"named": refs}):
        bound = bind(Workspace(None), **asked)
        assert sorted(titles(bound)) == sorted(expected)
        assert bound.is_wanted
        assert all(f"- {title}: {why.english}" in bound.instructions for title, why in expected)


def test_where_nobody_asked_nothing_is_missed(shelf):
    bound = bind(Workspace(None))
    assert (bound.missing, bound.is_wanted, list(bound.tools)) == ((), False, ["now", "add", "look"])
    assert bind(Workspace(None), agent=Agent()).missing == ()


def test_an_agent_misses_what_it_was_given(shelf):
    servers = {"far": {}, "notes": {"enabledToolNames": ["add", "drop"]}, "gone": {"disableAll": True}}
    agent = Agent(allowed_app_default_toolkit=["clock", "web"], allowed_mcp_servers=servers)
    bound = bind(Workspace(None), agent=agent)
    assert list(bound.tools) == ["now", "add"]
    assert titles(bound) == [("web", GONE), ("Far", FAR), ("Drop", OFF)]


def test_tools_beyond_what_a_model_takes_are_named(shelf):
    shelf.found.append(source("many", *(f"t{n}" for n in range(MOST))))
    bound = bind(Workspace(None))
    assert len(bound.tools) == MOST
    assert titles(bound) == [(f"T{MOST - n}", Failure("too_many_tools")) for n in (3, 2, 1)]


def test_a_model_is_told_of_some_and_how_many_more():
    away = [replace(AWAY, title=f"Drop {n}") for n in range(30)]
    told = missing.told(away)
    assert (told.count("switched off"), told.endswith("and 10 more")) == (20, True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "kept", "why"),
    [
        ({}, {"is_enabled": False}, OFF),
        ({}, {"approved": "", "digest": "other"}, Failure("mcp_tool_waits")),
        ({}, listing.unusable(LARGE), LARGE),
        ({"is_active": False}, {}, Failure("mcp_server_rests")),
        ({"last_status": "failed", "last_error_code": "mcp_unreachable"}, {}, Failure("mcp_unreachable")),
        ({"last_status": "sign_in"}, {}, Failure("mcp_sign_in_needed")),
    ],
)
def test_a_server_says_why_a_tool_cannot_be_used(alice, fields, kept, why):
    rows = [
        listing.approved(listing.entry(name, "", "Does it.", SCHEMA, {}) | {"is_enabled": True})
        for name in ("add", "drop")
    ]
    config = {"transport": "streamable-http", "url": "https://mcp.example.org/mcp"}
    found = McpServer.objects.create(
        user=alice, name="notes", config=config, tool_cache=[rows[0], rows[1] | kept], **fields
    )
    refs = [f"mcp:{found.pk}:drop"]
    assert titles(bind(Workspace(alice), chosen=refs)) == [("drop", why)]
    assert (f"mcp:{found.pk}" in {one.ref for one in registry.sources(Workspace(alice))}) == found.is_active
