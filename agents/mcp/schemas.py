"""Schemas that servers send: checked before anything is checked by them, for a schema can be a weapon.

`jsonschema` fetches a `$ref` that points elsewhere, runs any pattern with a regex engine that can take for ever, and
follows references that grow as two to the power of their depth.
"""

from collections.abc import Mapping

from agents.engine.schemas import DATA, NAMED, parts
from agents.mcp import repairs
from sambung.lib.failures import Failed

MOST_NODES = 20_000  # with every reference written out
DEEPEST = 40


class Unusable(Failed):
    """A schema that cannot be used."""


def said(schema: object) -> dict:
    """Return a schema of arguments as its server says it, without what is dangerous to check by. Raises Unusable."""
    try:
        return _cleaned({"type": "object", **_mapping(schema)}, 0)
    except RecursionError:
        raise Unusable("mcp_schema_too_deep") from None


def usable(schema: Mapping) -> dict:
    """Return the same as a schema of today, so that models and checks take it. Raises Unusable.

    `schema` is as `said` returned it.
    """
    try:
        if _size(schema, repairs.Document(schema), {}, 0) > MOST_NODES:
            raise Unusable("mcp_schema_too_many_references")
        found = repairs.repaired(schema)
    except repairs.Dangling as dangling:
        raise Unusable("mcp_schema_nowhere", reference=str(dangling)[:200]) from None
    except RecursionError:
        raise Unusable("mcp_schema_too_deep") from None
    if found is None:
        raise Unusable("mcp_schema_unreadable")
    given = found.get("type", "object")
    if "object" not in (given if isinstance(given, list) else [given]):
        raise Unusable("mcp_schema_no_object")
    return found | {"type": "object"}


def _mapping(schema: object) -> Mapping:
    """No schema is one of no arguments; PHP writes an empty object as a list."""
    if not schema:
        return {}
    if not isinstance(schema, Mapping):
        raise Unusable("mcp_schema_unreadable")
    return schema


def _cleaned(schema, depth: int):
    if depth > DEEPEST:
        raise Unusable("mcp_schema_too_deep")
    if isinstance(schema, list):
        return [_cleaned(part, depth + 1) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {}
    for key, value in schema.items():
        if key in DATA:
            found[key] = value
        elif key in NAMED and isinstance(value, dict):
            found[key] = {name: _cleaned(part, depth + 1) for name, part in value.items()}
        elif key in {"$dynamicRef", "$recursiveRef"} or (key == "$ref" and not str(value).startswith("#")):
            raise Unusable("mcp_schema_elsewhere")
        elif key not in {"pattern", "patternProperties", "$schema", "$id"}:  # the server checks them itself
            found[key] = _cleaned(value, depth + 1)
    if "patternProperties" in schema:
        found.pop("additionalProperties", None)
        found.pop("unevaluatedProperties", None)
    return found


def _size(node, document: repairs.Document, known: dict[str, int], depth: int) -> int:
    """The nodes of a schema with its references written out; a reference to itself counts once."""
    if depth > 4 * DEEPEST:
        raise Unusable("mcp_schema_too_deep")
    total = 1 + sum(_size(part, document, known, depth + 1) for part in parts(node))
    reference = node.get("$ref") if isinstance(node, dict) else None
    if isinstance(reference, str):
        if reference not in known:
            known[reference] = 0
            known[reference] = _size(document.target(reference), document, known, depth + 1)
        total += known[reference]
    return total
