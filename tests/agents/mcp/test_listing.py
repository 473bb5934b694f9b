"""What is kept of listed tools: what somebody has approved stays approved, what cannot be used says why."""

import hashlib

import orjson
import pytest

from agents.mcp import listing
from sambung.lib.failures import Failure

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}}
#: Schemas that were kept as they are before repairs were made, and that are other schemas since.
OLDER = [
    {"type": "object", "properties": {"a": {"$ref": "#/definitions/A"}}, "definitions": {"A": {"type": "string"}}},
    {"type": "object", "properties": {"a": {"type": "string", "nullable": True, "$anchor": "x"}}},
    {"type": "object", "properties": {"a": {"$ref": "#/properties/b"}, "b": {"type": "string"}}},
]


def entry(name: str = "add", schema: object = SCHEMA) -> dict:
    return listing.entry(name, "", "Does it.", schema, {})


def merged(before: list, *listed: dict, is_first: bool = False, is_whole: bool = True) -> list[dict]:
    return listing.merged(before, listed, is_first=is_first, is_whole=is_whole)


@pytest.mark.parametrize("schema", [SCHEMA, *OLDER])
def test_what_was_approved_before_repairs_stays_approved(schema):
    told = orjson.dumps(["add", "Does it.", schema], option=orjson.OPT_SORT_KEYS)
    before = {"name": "add", "title": "", "description": "Does it.", "inputSchema": schema, "annotations": {}}
    before |= {"digest": hashlib.sha256(told).hexdigest(), "is_enabled": True}
    (kept,) = merged([listing.approved(before)], entry(schema=schema))
    assert listing.is_ready(kept)
    assert listing.tool(kept, "s", "").digest == listing.tool(before, "s", "").digest == before["digest"]


def test_a_repair_is_no_approval_of_another_schema():
    (kept,) = merged([], entry(schema=OLDER[0]), is_first=True)
    other = OLDER[0] | {"definitions": {"A": {"type": "integer"}}}
    (changed,) = merged([kept], entry(schema=other))
    assert listing.is_waiting(changed)


def test_what_cannot_be_used_is_listed_and_never_runs():
    good, bad = merged([], entry(schema={"type": "string"}), entry("good"), is_first=True)
    assert (good["name"], listing.is_ready(good)) == ("good", True)
    assert (listing.is_ready(bad), listing.is_waiting(bad), bool(listing.problem(bad))) == (False, False, True)


def test_a_tool_that_can_be_used_again_waits():
    (bad,) = merged([], entry(schema={"type": "string"}), is_first=True)
    (good,) = merged([bad], entry())
    assert listing.is_waiting(good)


def test_the_second_of_a_name_does_not_take_the_place_of_the_first():
    kept = merged([], entry(), entry(schema={"type": "object"}), is_first=True)
    assert [listing.problem(one) for one in kept] == [None, Failure("mcp_tool_twice")]
    again = merged(kept, entry(), entry(schema={"type": "object"}))
    assert again == kept
    assert listing.is_ready(again[0])


def test_what_is_beyond_the_most_is_named():
    kept = merged([], *(entry(f"t{n}") for n in range(listing.MOST + 3)), is_first=True)
    beyond = Failure("mcp_tools_too_many")
    assert [one["name"] for one in kept if listing.problem(one) == beyond] == ["t200", "t201", "t202"]
    assert sum(map(listing.is_ready, kept)) == listing.MOST


def test_what_another_person_is_not_offered_stays_and_its_problems_go():
    before = merged([], entry("mine"), entry(schema={"type": "string"}), is_first=True)
    kept = merged(before, entry("mine"), is_whole=False)
    assert [one["name"] for one in kept] == ["mine"]


def test_a_tool_that_was_kept_long_ago_has_no_problem():
    old = {"name": "add", "is_enabled": True, "approved": "d", "digest": "d"}
    assert listing.is_ready(old)
