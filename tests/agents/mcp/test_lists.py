"""Lists and results with odd things in them: the good ones are there, the odd ones too or named with their reason."""

import asyncio
import uuid

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from agents.mcp import listing, lists, results
from agents.mcp.connection import Target
from agents.mcp.session import Session
from sambung.lib import failures
from tests.agents.mcp.manners import GOOD, serving

SCHEMA = {"type": "object"}
#: Tools with odd trimmings, which stay.
TRIMMED = {
    "no schema": {"name": "odd"},
    "null schema": {"name": "odd", "inputSchema": None},
    "a list for a schema": {"name": "odd", "inputSchema": []},
    "an output that is a list": {"name": "odd", "inputSchema": SCHEMA, "outputSchema": {"type": "array"}},
    "an output that is none": {"name": "odd", "inputSchema": SCHEMA, "outputSchema": "text"},
    "icons": {"name": "odd", "inputSchema": SCHEMA, "icons": [{"src": None}]},
    "icons that are none": {"name": "odd", "inputSchema": SCHEMA, "icons": "picture"},
    "title": {"name": "odd", "inputSchema": SCHEMA, "title": 5},
    "description": {"name": "odd", "inputSchema": SCHEMA, "description": {"en": "Does."}},
    "annotations": {"name": "odd", "inputSchema": SCHEMA, "annotations": []},
    "a hint": {"name": "odd", "inputSchema": SCHEMA, "annotations": {"readOnlyHint": "yes", "title": 4}},
    "execution": {"name": "odd", "inputSchema": SCHEMA, "execution": {"taskSupport": 3}},
    "meta": {"name": "odd", "inputSchema": SCHEMA, "_meta": "x"},
    "required": {"name": "odd", "inputSchema": {"type": "object", "required": True}},
    "properties": {"name": "odd", "inputSchema": {"type": "object", "properties": {"a": 3}}},
    "draft": {"name": "odd", "inputSchema": {"$schema": 4, "type": "object"}},
}
#: Tools that cannot be used, with what is said of them.
UNUSABLE = [
    ({"inputSchema": SCHEMA}, "mcp_nameless"),
    ({"name": None, "inputSchema": SCHEMA}, "mcp_nameless"),
    ({"name": 5, "inputSchema": SCHEMA}, "mcp_nameless"),
    ({"name": "", "inputSchema": SCHEMA}, "mcp_nameless"),
    (None, "mcp_nameless"),
    ("text", "mcp_nameless"),
    ([], "mcp_nameless"),
    ({"name": "x" * 201, "inputSchema": SCHEMA}, "mcp_name_long"),
    ({"name": "odd", "inputSchema": "text"}, "mcp_schema_unreadable"),
    ({"name": "odd", "inputSchema": {"type": "string"}}, "mcp_schema_no_object"),
    ({"name": "odd", "inputSchema": {"$ref": "other.json"}}, "mcp_schema_elsewhere"),
    ({"name": "odd", "inputSchema": {"properties": {"a": {"description": "x" * 50_000}}}}, "mcp_schema_large"),
]


def why(kept: dict) -> str | None:
    """The code of why a row cannot be used, None where it can."""
    found = listing.problem(kept)
    return found and found.code


ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.text(max_size=5), inner, max_size=2)),
    max_leaves=5,
)
FIELDS = ("name", "title", "description", "inputSchema", "outputSchema", "annotations", "icons", "_meta", "execution")
ODD = st.one_of(
    ANYTHING,
    st.sampled_from([*TRIMMED.values(), *(row for row, _ in UNUSABLE)]),
    st.dictionaries(st.sampled_from(FIELDS), ANYTHING),
    st.builds(lambda more: TRIMMED["icons"] | more, st.dictionaries(st.sampled_from(FIELDS[1:]), ANYTHING)),
)


async def asked(server, ask):
    """What comes of asking the server by a connection of its own."""

    async def nothing(*_):
        """Nobody keeps what changed."""

    target = Target(uuid.uuid4(), uuid.uuid4(), "it", "streamable-http", server.url, is_trusted=True)
    session = Session(target, None, nothing)
    try:
        return await ask(session)
    finally:
        await session.close()


async def listed(settings, **lists_) -> lists.Listed:
    async with serving(settings, **lists_) as server:
        return await asked(server, Session.listed)


@pytest.mark.parametrize("odd", TRIMMED.values(), ids=TRIMMED)
async def test_a_tool_with_odd_trimmings_stays(settings, odd):
    good, other, last = (await listed(settings, tools=[GOOD, odd, GOOD | {"name": "last"}])).tools
    assert [kept["name"] for kept in (good, other, last)] == ["good", "odd", "last"]
    assert [why(kept) for kept in (good, other, last)] == [None, None, None]
    assert (good["description"], good["inputSchema"]) == ("Does it.", GOOD["inputSchema"])


@pytest.mark.parametrize(
    "odd",
    [
        {"serverInfo": {"name": "it"}},
        {"serverInfo": {"name": "it", "version": 1, "icons": [{"src": None}]}},
        {"serverInfo": None},
        {"capabilities": None},
        {"capabilities": {"tools": True, "logging": True, "experimental": {"x": True}}},
        {"instructions": 5},
    ],
)
async def test_odd_words_of_a_server_about_itself_take_nothing_away(settings, odd):
    found = await listed(settings, tools=[GOOD], greeting=odd)
    assert [kept["name"] for kept in found.tools] == ["good"]
    assert found.instructions == ""


@pytest.mark.parametrize(("odd", "reason"), UNUSABLE)
async def test_a_tool_that_cannot_be_used_says_why_and_the_others_stay(settings, odd, reason):
    found = (await listed(settings, tools=[odd, GOOD])).tools
    assert list(map(why, found)) == [reason, None]
    assert found[1]["name"] == "good"


@pytest.mark.parametrize("nothing", [None, []])
async def test_a_list_of_nothing(settings, nothing):
    found = await listed(settings, tools=nothing, resources=nothing, prompts=nothing)
    assert (found.tools, found.resources, found.prompts) == ((), [], [])


async def test_resources_and_prompts_stay_whatever_stands_beside_them(settings):
    note = {"uri": "note://1", "name": "Note"}
    odd = [None, {"name": "nowhere"}, {"uri": "note://2", "name": 5, "icons": 3, "size": "big"}, note]
    ask = {"name": "ask", "arguments": [{"name": "a", "required": True}, None, {"name": 5}, "x"]}
    found = await listed(settings, resources=odd, prompts=[ask, {"title": "Nameless"}, {"name": "b", "arguments": 3}])
    assert [(one["uri"], why(one)) for one in found.resources] == [
        ("", "mcp_no_address"),
        ("", "mcp_no_address"),
        ("note://2", None),
        ("note://1", None),
    ]
    assert [(one["name"], why(one)) for one in found.prompts] == [
        ("ask", None),
        ("", "mcp_nameless"),
        ("b", None),
    ]
    assert found.prompts[0]["arguments"] == [{"name": "a", "description": "", "required": True}]


async def test_resources_and_prompts_beyond_the_limit_are_told(settings):
    many = range(listing.MOST + 5)
    notes = [{"uri": f"note://{n}"} for n in many]
    found = await listed(settings, resources=notes, prompts=[{"name": f"p{n}"} for n in many])
    for kept in (found.resources, found.prompts):
        assert list(map(why, kept)) == [None] * listing.MOST + ["mcp_list_too_long"]


@given(st.lists(ODD, max_size=6), st.lists(ODD, max_size=3), st.lists(ODD, max_size=3), st.integers(0, 6))
@bounds(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_mixture_takes_the_good_ones_away(settings, odd, resources, prompts, place):
    tools = [*odd[:place], GOOD | {"name": "the good one"}, *odd[place:]]
    resources = [*resources, {"uri": "note://1", "name": "Note"}]
    found = asyncio.run(listed(settings, tools=tools, resources=resources, prompts=prompts))
    assert len(found.tools) == len(tools), "none is gone without a word"
    assert "the good one" in [kept["name"] for kept in found.tools if not kept["problem"]]
    assert found.resources[-1]["uri"] == "note://1"
    assert {why(kept) for kept in found.tools} <= failures.known().keys() | {None}
    merged = listing.merged([], found.tools, is_first=True, is_whole=True)
    assert [kept["name"] for kept in merged if listing.is_ready(kept)].count("the good one") == 1


async def test_what_is_too_long_together_is_named(settings, monkeypatch):
    monkeypatch.setattr(lists, "LARGEST_TOGETHER", 300)
    found = (await listed(settings, tools=[GOOD, GOOD | {"name": "long", "description": "x" * 300}, {}])).tools
    assert [(kept["name"], why(kept)) for kept in found] == [
        ("good", None),
        ("long", "mcp_tools_too_long"),
        ("", "mcp_nameless"),
    ]


def test_a_row_beyond_all_bounds_is_measured_and_no_more(monkeypatch):
    """It may be as large as an answer, and looking at each of its values held up everybody."""
    cleaned = []
    monkeypatch.setattr(lists, "LARGEST_TOGETHER", 300)
    monkeypatch.setattr(lists, "clean_json", lambda row: cleaned.append(len(str(row))) or row)

    found = lists.tools([GOOD, {"name": "huge", "inputSchema": {"enum": list(range(1000))}}, GOOD], {"good"})

    assert [why(kept) for kept in found] == [None, "mcp_tools_too_long", "mcp_tools_too_long"]
    assert max(cleaned) < 300


async def test_rows_beyond_what_anybody_reads_cost_nothing(settings):
    found = await listed(settings, tools=[{"name": f"t{n}"} for n in range(lists.MOST_READ + 5)])
    assert len(found.tools) == lists.MOST_READ


async def said(settings, content, **result):
    async with serving(settings, content=content, result=result) as server:
        call = asked(server, lambda session: session.call("good", {}, lambda text: None))
        return results.of_call(await call)


@pytest.mark.parametrize(
    "odd",
    [
        {"type": "video", "data": "…"},
        {"type": "text", "text": None},
        {"type": "image", "mimeType": "image/png"},
        {"type": "resource", "resource": {}},
        None,
        "text",
    ],
)
async def test_an_odd_part_of_a_result_takes_no_other_away(settings, odd):
    found = await said(settings, [{"type": "text", "text": "before"}, odd, {"type": "text", "text": "after"}])
    before, told, after = found.content.split("\n\n")
    assert (before, after) == ("before", "after")
    assert "was left out" in told


async def test_odd_trimmings_of_a_result_are_left_out(settings):
    found = await said(settings, [{"type": "text", "text": "well", "annotations": []}], isError="false")
    assert (found.content, found.is_error) == ("well", False)
    assert (await said(settings, None, structuredContent=[1, 2])).content == "well"
    assert (await said(settings, [], structuredContent=[1, 2])).content == "[1,2]"
