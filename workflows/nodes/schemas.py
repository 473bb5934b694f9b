"""Schemas that people write: of what a run takes, of an answer, of a form. A part of JSON Schema 2020-12.

Nothing in one refers to another place, and a pattern is tried for a moment only.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache

import jsonschema
import orjson
import regex

from sambung.lib import misfits
from sambung.lib.failures import Failed
from workflows.nodes.shapes import Misfit, add_format

TYPES = ("string", "number", "integer", "boolean", "array", "object")
KEYS = frozenset(
    "type properties required order items format enum pattern default title description additionalProperties "
    "minLength maxLength minimum maximum minItems maxItems".split()
)
FORMATS = ("multiline", "date", "file")
DEEPEST, PROPERTIES, PATTERN_LENGTH = 6, 100, 200
PATTERN_SECONDS = 0.1  # for which a pattern is tried on one text; some take for ever
#: What a file is, as a value.
_TEXT = {"type": "string"}
FILE = {
    "type": "object",
    "properties": {"file": _TEXT, "name": _TEXT, "mimeType": _TEXT, "size": {"type": "integer"}, "text": _TEXT},
    "required": ["file"],
}


def faults(schema: object, field: str, depth: int = 0) -> Iterator[Misfit]:
    """Yield what is wrong with a schema that somebody wrote."""
    if not isinstance(schema, dict):
        yield Misfit(field, "workflow_schema_shape", {})
        return
    if depth > DEEPEST:
        yield Misfit(field, "workflow_schema_deep", {"limit": DEEPEST})
        return
    yield from _own_faults(schema, field)
    properties = schema.get("properties", {})
    if not isinstance(properties, dict) or len(properties) > PROPERTIES:
        yield Misfit(field, "workflow_schema_shape", {})
        return
    for name, inner in properties.items():
        yield from faults(inner, f"{field}.properties.{name}", depth + 1)
    if "items" in schema:
        yield from faults(schema["items"], f"{field}.items", depth + 1)


def _own_faults(schema: dict, field: str) -> Iterator[Misfit]:
    if unknown := schema.keys() - KEYS:
        yield Misfit(field, "workflow_schema_key", {"key": min(unknown)[:80]})
    if "type" in schema and schema["type"] not in TYPES:
        yield Misfit(field, "workflow_schema_type", {"type": str(schema["type"])[:80]})
    if "format" in schema and schema["format"] not in FORMATS:
        yield Misfit(field, "workflow_schema_format", {"format": str(schema["format"])[:80]})
    if "pattern" in schema and not _is_pattern(schema["pattern"]):
        yield Misfit(field, "workflow_schema_pattern", {})
    for name in ("required", "order", "enum"):
        if not isinstance(schema.get(name, []), list):
            yield Misfit(field, "workflow_schema_shape", {})


def _is_pattern(pattern: object) -> bool:
    if not isinstance(pattern, str) or len(pattern) > PATTERN_LENGTH:
        return False
    try:
        regex.compile(pattern)
    except (regex.error, RecursionError, OverflowError):
        return False
    return True


add_format("schema", lambda value, field: faults(value, field))


# ---- values by a schema ---------------------------------------------------------------------------------
def as_checked(schema: Mapping, *, is_open: bool = False) -> dict:
    """Return a schema as values are checked by it: objects take no other names, files are what files are."""
    found = {key: value for key, value in schema.items() if key not in {"order", "title", "description", "default"}}
    if schema.get("format") == "file":
        return dict(FILE)
    found.pop("format", None)
    if "properties" in schema or schema.get("type") == "object":
        inner = schema.get("properties", {})
        found["properties"] = {name: as_checked(one, is_open=is_open) for name, one in inner.items()}
        found.setdefault("additionalProperties", is_open or not inner)
    if "items" in schema:
        found["items"] = as_checked(schema["items"], is_open=is_open)
    return found


def _pattern(_validator, pattern: str, value: object, _schema: Mapping) -> Iterator[jsonschema.ValidationError]:
    """The same as jsonschema's, by a library that gives up in time."""
    try:
        if isinstance(value, str) and not regex.search(pattern, value, timeout=PATTERN_SECONDS):
            yield jsonschema.ValidationError(f"{value[:80]!r} does not match {pattern!r}")
    except TimeoutError:
        yield jsonschema.ValidationError(f"the pattern {pattern!r} takes too long")


_Validator = jsonschema.validators.extend(jsonschema.Draft202012Validator, {"pattern": _pattern})


@lru_cache(256)
def _validator(schema: bytes) -> jsonschema.Draft202012Validator:
    return _Validator(orjson.loads(schema))


def misfit(schema: Mapping, value: object, *, is_open: bool = False) -> str:
    """Return what does not fit a schema, naming the place; "" where all does."""
    checked = as_checked(schema, is_open=is_open)
    return misfits.best(_validator(orjson.dumps(checked)).iter_errors(value))


def with_defaults(schema: Mapping, value: Mapping) -> dict:
    """Return an object with the defaults of what is not given."""
    found = dict(value)
    for name, inner in schema.get("properties", {}).items():
        if name not in found and "default" in inner:
            found[name] = inner["default"]
        elif isinstance(found.get(name), dict) and inner.get("type") == "object":
            found[name] = with_defaults(inner, found[name])
    return found


def taken(schema: Mapping, value: Mapping) -> dict:
    """Return what is given for a schema, with its defaults. Raises Failed."""
    found = with_defaults({"type": "object"} | dict(schema), value)
    if problem := misfit({"type": "object", "properties": {}, "additionalProperties": False} | dict(schema), found):
        raise Failed("workflow_input", problem=problem)
    return found
