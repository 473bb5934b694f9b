"""Tools as every service takes them."""

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents import engine
from agents.engine import chat
from agents.tools import Bound, Tool
from tests.agents.engine.conftest import Wire
from tests.agents.engine.test_faults import words
from tests.agents.engine.test_services import every, name

ENDPOINT = engine.Endpoint("openai", "https://api.example.com/v1")
USER = engine.Turn.of("user", "Hello")
SCHEMAS = st.recursive(
    st.just({"type": "object"}),
    lambda inner: st.one_of(
        st.builds(lambda one: {"type": "object", "properties": {"properties": one, "type": one}}, inner),
        st.builds(lambda one: {"type": ["object", "null"], "additionalProperties": one}, inner),
        st.builds(lambda one: {"type": "array", "items": one, "default": {"type": "object"}}, inner),
        st.builds(lambda one: {"type": ["array", "null"], "contains": one, "const": {"type": "array"}}, inner),
        st.builds(lambda one: {"anyOf": [one, {"type": "null"}], "enum": [{"type": "object"}]}, inner),
        st.builds(lambda one: {"type": "object", "$defs": {"a": one}, "allOf": [{"$ref": "#/$defs/a"}]}, inner),
    ),
)


def bare(schema) -> list:
    """The objects in a schema that do not name their properties, and the lists that do not say what they hold."""
    inner = [found for part in engine.schemas.parts(schema) for found in bare(part)]
    kind = schema.get("type") if isinstance(schema, dict) else None
    wanted = {"object": "properties", "array": "items"}
    missing = [one for one in (kind if isinstance(kind, list) else [kind]) if wanted.get(one, "type") not in schema]
    return inner + ([schema] if kind and missing else [])


def test_a_tool_without_arguments_says_so():
    tool = Tool("mcp", "s", "noargs", "", "", {"type": "object"})
    (sent,) = chat.body_of(engine.Ask(ENDPOINT, "m", (USER,), tools=Bound({"noargs": tool}).offered))["tools"]
    assert sent["function"]["parameters"] == {"type": "object", "properties": {}}
    assert tool.parameters == {"type": "object"}, "what is kept, and what it was approved by, stays"


@every
@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object"},
        {"type": "object", "properties": {"tags": {"type": "array"}}},
        {"type": "object", "properties": {"at": {"type": "array", "prefixItems": [{"type": "number"}]}}},
    ],
    ids=["no arguments", "a list", "a tuple"],
)
async def test_every_service_takes_tools_that_say_little(service: Wire, schema):
    tools = (engine.Tool("noargs", "Does it.", schema),)
    heard = await service.hear(name(service, "fake-plain-n3"), turns=(USER,), tools=tools)
    assert (heard.error, heard.text) == (None, words(3))


@given(SCHEMAS)
@settings(deadline=None)
def test_every_object_and_list_says_what_it_holds_and_data_stays(schema):
    sent = engine.Tool("t", "", schema).parameters
    assert bare(sent) == []
    assert engine.Tool("t", "", sent).parameters == sent
    jsonschema.Draft202012Validator.check_schema(sent)


def test_data_that_looks_like_a_schema_stays_as_it_is():
    schema = {"type": "object", "properties": {"a": {"default": {"type": "object"}, "const": {"type": "object"}}}}
    assert engine.Tool("t", "", schema).parameters == schema


@pytest.mark.parametrize("key", ["anyOf", "oneOf", "allOf"])
def test_a_choice_at_the_top_is_what_may_be_given(key):
    """Anthropic and OpenAI refuse every request with such a tool (makenotion/notion-mcp-server#341)."""
    one = {"properties": {"path": {"type": "string"}}, "required": ["path"]}
    schema = {
        "type": "object",
        "properties": {"project": {"type": "string"}},
        "required": ["project"],
        key: [one, {"$ref": "#/$defs/two"}, True],
        "$defs": {"two": {"properties": {"scope": {"type": "string"}}}},
    }
    sent = engine.Tool("t", "", schema).parameters
    assert set(sent["properties"]) == {"project", "path", "scope"}
    assert sent["required"] == (["project", "path"] if key == "allOf" else ["project"])
    assert key not in sent
