"""Schemas of hostile servers: none of them reaches out, hangs or grows when arguments are checked by it."""

import time

import jsonschema
import pytest

from agents.mcp.schemas import safe


def laughs(depth: int) -> dict:
    """References that grow as two to the power of `depth`."""
    defs = {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(depth)}
    return {"type": "object", "allOf": [{"$ref": "#/$defs/d0"}], "$defs": defs | {f"d{depth}": {"minProperties": 0}}}


def nested(depth: int) -> dict:
    return {"type": "object", "properties": {"a": nested(depth - 1)}} if depth else {}


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"a": {"$ref": "http://169.254.169.254/latest"}}},
        {"properties": {"a": {"$ref": "file:///etc/passwd"}}},
        {"$dynamicRef": "#x"},
        {"properties": {"a": {"$ref": "#/nowhere"}}},
        {"type": "string"},
        {"type": "object", "properties": {"a": {"type": "no type"}}},
        {"type": "object", "required": 3},
        laughs(40),
        nested(400),
    ],
)
def test_what_cannot_be_used(schema):
    assert safe(schema) is None


def test_a_pattern_is_the_servers_to_check():
    schema = safe(
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
    assert safe(schema) == schema
    assert safe(laughs(5)) is not None
    assert safe({}) == {"type": "object"}
