"""Schemas of arguments, as every service takes them."""

import json
from collections.abc import Iterator, Mapping
from functools import cached_property

NAMED = frozenset({"properties", "$defs", "definitions", "dependentSchemas"})  # hold schemas by name
DATA = frozenset({"default", "const", "enum", "examples", "example"})  # hold anything, which no one follows


_CHOICES = ("allOf", "anyOf", "oneOf")
_PLAIN = (str, int, float, type(None))


class Sent(dict):
    """A schema that is as every service takes it: one that never changes is made so once, not for each request."""

    @cached_property
    def text(self) -> str:
        """The same as JSON."""
        return json.dumps(self)


def sent(schema: Mapping) -> Sent:
    """Return a schema of arguments as every service takes it; for the sake of one tool they refuse the whole request.

    Every object names its properties, though it has none (OpenAI; langchain-ai/langchain-mcp-adapters#137), every list
    says what it holds, be it anything (OpenAI; digitalocean-labs/mcp-digitalocean#265), and there is no choice at the
    top (OpenAI, Anthropic): what each of the choices names may be given.
    """
    return schema if isinstance(schema, Sent) else Sent(_explicit_schema(_without_choice(schema)))


def _without_choice(schema: Mapping) -> Mapping:
    if not any(key in schema for key in (*_CHOICES, "not", "enum")):
        return schema
    found = {key: value for key, value in schema.items() if key not in (*_CHOICES, "not", "enum")}
    properties, required = {}, list(schema.get("required") or ())
    for key in _CHOICES:
        for one in schema.get(key) or ():
            choice = _followed(one, schema)
            properties |= choice.get("properties") or {}
            required += choice.get("required") or () if key == "allOf" else ()
    found["properties"] = properties | (schema.get("properties") or {})
    return found | ({"required": list(dict.fromkeys(required))} if required else {})


def _followed(one: object, root: Mapping) -> Mapping:
    """What a reference to `$defs` leads to, and anything else itself."""
    if isinstance(one, Mapping) and "$ref" in one:
        one = (root.get("$defs") or {}).get(str(one["$ref"]).removeprefix("#/$defs/"), {})
    return one if isinstance(one, Mapping) else {}


def _explicit_schema(schema: Mapping) -> dict:
    found = {key: value if isinstance(value, _PLAIN) else _explicit(key, value) for key, value in schema.items()}
    kinds = schema["type"] if isinstance(schema.get("type"), list) else [schema.get("type")]
    if "object" in kinds and not isinstance(schema.get("properties"), Mapping):
        found["properties"] = {}
    if "array" in kinds and "items" not in schema:
        found["items"] = {}
    return found


def _explicit(key: str, value: object) -> object:
    if key in DATA:
        return value
    if key in NAMED and isinstance(value, Mapping):
        return {name: _explicit("", inner) for name, inner in value.items()}
    if isinstance(value, Mapping):
        return _explicit_schema(value)
    if isinstance(value, list | tuple):
        return [_explicit("", inner) for inner in value]
    return value


def parts(schema: object) -> Iterator:
    """Return the schemas right inside of one."""
    if isinstance(schema, list):
        yield from schema
    for key, value in schema.items() if isinstance(schema, dict) else ():
        if key in NAMED and isinstance(value, dict):
            yield from value.values()
        elif key not in DATA:
            yield value
