"""Schemas of older drafts and of hasty servers: what they mean is what arguments are checked by."""

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.engine.schemas import parts
from agents.mcp import schemas
from agents.tools import Tool, misfit

NUMBER, TEXT = {"type": "number"}, {"type": "string"}
WORDS = ("type", "properties", "items", "required", "anyOf", "oneOf", "allOf", "enum", "nullable", "$ref", "$defs")
MORE = ("definitions", "exclusiveMinimum", "minimum", "additionalProperties", "additionalItems", "$anchor", "not", "if")
REFS = ("#", "#/properties/a", "#/$defs/a", "#/anyOf/0", "#a", "#/properties/a/items/0", "#/%24defs/a", "#//")
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.sampled_from(("string", "any", "object", "array", "int", "null", "a", *REFS)),
    st.lists(st.sampled_from(("string", "object", "null", "a", "b")), max_size=2),
)
KEYS = st.sampled_from((*WORDS, *MORE, "a", "b"))
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=15,
)


def usable(schema) -> dict:
    found = schemas.usable(schemas.said(schema))
    jsonschema.Draft202012Validator.check_schema(found)
    return found


def fits(schema, **args) -> bool:
    return not misfit(Tool("mcp", "s", "t", "", "", usable(schema)), args)


def of(schema, **more) -> dict:
    return {"type": "object", "properties": {"a": schema}, **more}


def beside(reference: str, schema: dict) -> dict:
    """A reference into a property beside it."""
    return {"type": "object", "properties": {"a": {"$ref": reference}, "b": schema}}


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        (of({"type": "integer", "minimum": 0, "exclusiveMinimum": True}), [1], [0]),
        (of({"type": "integer", "minimum": 0, "exclusiveMinimum": False}), [0], [-1]),
        (of({"type": "integer", "maximum": 9, "exclusiveMaximum": True}), [8], [9]),
        (of({"type": "integer", "exclusiveMinimum": 0}), [1], [0]),
        (of({"type": "array", "items": [NUMBER, TEXT]}), [[1, "x"]], [["x", 1]]),
        (of({"type": "array", "items": [NUMBER], "additionalItems": False}), [[1]], [[1, 2]]),
        (of({"type": "array", "items": [NUMBER], "additionalItems": TEXT}), [[1, "x"]], [[1, 2]]),
        (of({"type": "array", "items": []}), [[1]], [1]),
        (beside("#/properties/b/anyOf/0", {"anyOf": [TEXT, {"type": "null"}]}), ["x"], [None, 1]),
        (beside("#/properties/b/items/1", {"type": "array", "items": [NUMBER, TEXT]}), ["x"], [1]),
        (of({"$ref": "#/$defs/Page%3CItem%3E"}, **{"$defs": {"Page<Item>": TEXT}}), ["x"], [1]),
        (of({"$ref": "#/definitions/a~1b~0c"}, definitions={"a/b~c": TEXT}), ["x"], [1]),
        (of({"$ref": "#it"}, **{"$defs": {"x": {"$anchor": "it", "type": "string"}}}), ["x"], [1]),
        (of({"type": "string", "required": True}), ["x"], [1]),
        (of({"type": "string", "nullable": True}), ["x", None], [1]),
        (of({"type": "string", "enum": ["x"], "nullable": True}), ["x", None], ["y"]),
        (of({"$ref": "#/$defs/T", "nullable": True}, **{"$defs": {"T": TEXT}}), ["x", None], [1]),
        (of({"type": "any"}), ["x", 1, None], []),
        (of({"type": ["str", None]}), ["x", None], [1]),
        (of({"type": "dict"}), [{}], [1]),
        (of({"type": "string", "enum": "x", "description": None, "anyOf": []}), ["x", "y"], [1]),
        (of(5), ["x", 1], []),
    ],
)  # fmt: skip
def test_what_was_meant_is_what_is_checked(schema, good, bad):
    assert [fits(schema, a=value) for value in good] == [True] * len(good)
    assert [fits(schema, a=value) for value in bad] == [False] * len(bad)


def test_a_property_that_says_that_it_is_required_is():
    schema = of({"type": "string", "required": True}, required=["b"])
    assert (fits(schema, a="x", b=1), fits(schema, b=1), fits(schema, a="x")) == (True, False, False)
    assert fits(of({"type": "string", "required": False}))


@pytest.mark.parametrize("properties", [[], None, "none"])
def test_properties_that_are_none(properties):
    assert fits({"type": "object", "properties": properties}, anything=1)


def test_properties_with_the_names_of_keywords_are_properties():
    names = ("type", "nullable", "items", "required", "properties", "$ref", "exclusiveMinimum", "definitions")
    schema = {"type": "object", "properties": {name: dict(TEXT) for name in names}}
    assert usable(schema) == schema


def test_what_leads_to_itself_still_does():
    schema = of({"$ref": "#"}, required=["b"])
    assert fits(schema, b=1, a={"b": 1})
    assert not fits(schema, b=1, a={"a": {}})


def test_a_schema_that_is_wrapped_shows_its_arguments():
    schema = {"$ref": "#/definitions/Args", "definitions": {"Args": of(TEXT, required=["a"])}}
    assert usable(schema)["properties"] == {"a": TEXT}
    assert not fits(schema)


@given(ANYTHING)
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_whatever_is_sent_is_a_schema_of_today_or_has_a_reason(schema):
    try:
        found = usable(schema)
    except schemas.Unusable:
        return
    assert found["type"] == "object"
    assert _references(found) <= {f"#/$defs/{name}" for name in found.get("$defs", ())}
    misfit(Tool("mcp", "s", "t", "", "", found), {"a": 1, "b": {"a": []}})


def _references(schema) -> set[str]:
    own = {schema["$ref"]} if isinstance(schema, dict) and "$ref" in schema else set()
    return own.union(*map(_references, parts(schema)))


@pytest.mark.timeout(20)
@pytest.mark.parametrize("place", ["required", "dependentRequired"])
def test_lists_of_names_hold_names_alone_and_each_once(place):
    """Two thousand objects in place of names were compared with each other for seconds, tool by tool."""
    odd = ["a", "a", 1, *({"n": n} for n in range(3000))]
    given = {"b": odd} if place == "dependentRequired" else odd

    for _ in range(10):
        found = usable(of(TEXT, **{place: given}))

    assert found[place] == ({"b": ["a"]} if place == "dependentRequired" else ["a"])
