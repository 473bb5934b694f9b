"""Schemas of hostile servers: none of them reaches out, hangs or grows when arguments are checked by it."""

import time

import jsonschema
import pytest

from agents.mcp import schemas
from sambung.lib.failures import Failure

FAR = "#/oneOf/" + "9" * 5_000  # Python reads no such number


def laughs(depth: int) -> dict:
    """References that grow as two to the power of `depth`."""
    defs = {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(depth)}
    return {"type": "object", "allOf": [{"$ref": "#/$defs/d0"}], "$defs": defs | {f"d{depth}": {"minProperties": 0}}}


def nested(depth: int) -> dict:
    return {"type": "object", "properties": {"a": nested(depth - 1)}} if depth else {}


def usable(schema) -> dict:
    return schemas.usable(schemas.said(schema))


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"properties": {"a": {"$ref": "http://169.254.169.254/latest"}}}, Failure("mcp_schema_elsewhere")),
        ({"properties": {"a": {"$ref": "file:///etc/passwd"}}}, Failure("mcp_schema_elsewhere")),
        ({"$dynamicRef": "#x"}, Failure("mcp_schema_elsewhere")),
        ({"properties": {"a": {"$ref": "#/nowhere"}}}, Failure("mcp_schema_nowhere", {"reference": "#/nowhere"})),
        ({"properties": {"a": {"$ref": "#anchor"}}}, Failure("mcp_schema_nowhere", {"reference": "#anchor"})),
        ({"oneOf": [{"$ref": FAR}]}, Failure("mcp_schema_nowhere", {"reference": FAR[:200]})),
        ({"type": "string"}, Failure("mcp_schema_no_object")),
        ({"type": ["array", "null"]}, Failure("mcp_schema_no_object")),
        ("text", Failure("mcp_schema_unreadable")),
        (laughs(40), Failure("mcp_schema_too_many_references")),
        (nested(400), Failure("mcp_schema_too_deep")),
    ],
)
def test_what_cannot_be_used_says_why(schema, reason):
    with pytest.raises(schemas.Unusable) as unusable_for:
        usable(schema)
    assert unusable_for.value.failure == reason


@pytest.mark.timeout(20)
def test_anchors_are_found_without_looking_through_all_for_each():
    every = [f"a{n}" for n in range(2_000)]
    schema = {"properties": {name: {"$ref": f"#{name}"} for name in every}}
    found = usable(schema | {"$defs": {f"d{name}": {"$anchor": name, "title": name} for name in every}})
    assert found["$defs"]["a7"] == {"title": "a7"}
    assert found["properties"]["a7"] == {"$ref": "#/$defs/a7"}


def test_a_pattern_is_the_servers_to_check():
    schema = usable(
        {"properties": {"pattern": {"type": "string", "pattern": "(a+)+$"}}, "patternProperties": {"(a+)+$": {}}}
    )
    assert schema == {"type": "object", "properties": {"pattern": {"type": "string"}}}
    begun = time.process_time()
    jsonschema.Draft202012Validator(schema).validate({"pattern": "a" * 40 + "!"})
    assert time.process_time() - begun < 5


def test_what_is_harmless_stays():
    schema = {
        "type": "object",
        "properties": {
            "tree": {"$ref": "#/$defs/tree"},
            "kind": {"enum": ["a", {"$ref": "http://elsewhere/"}], "default": {"pattern": "x"}},
        },
        "required": ["tree"],
        "additionalProperties": False,
        "$defs": {"tree": {"type": "object", "properties": {"left": {"$ref": "#/$defs/tree"}}}},
    }
    assert usable(schema) == schemas.said(schema) == schema
    assert usable(laughs(5))
    assert [usable(nothing) for nothing in ({}, None, [])] == [{"type": "object"}] * 3  # PHP writes {} as []
