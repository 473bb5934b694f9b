"""Schemas that servers send: checked before anything is checked by them, for a schema can be a weapon.

`jsonschema` fetches a `$ref` that points elsewhere, runs any pattern with a regex engine that can take for ever, and
follows references that grow as two to the power of their depth.
"""

from collections.abc import Iterator, Mapping

import jsonschema

MOST_NODES = 20_000  # with every reference written out
DEEPEST = 40
_NAMED = {"properties", "$defs", "definitions", "dependentSchemas"}  # hold schemas by name
_DATA = {"default", "const", "enum", "examples", "example"}  # hold anything, which no one follows


class _Unsafe(Exception):
    pass


def safe(schema: Mapping) -> dict | None:
    """Return a schema of arguments without what is dangerous to check by; None for one that cannot be used."""
    try:
        cleaned = _cleaned({"type": "object", **schema}, 0)
        if cleaned.get("type") != "object" or _size(cleaned, cleaned, {}, 0) > MOST_NODES:
            return None
        jsonschema.Draft202012Validator.check_schema(cleaned)
    except (_Unsafe, RecursionError, jsonschema.SchemaError):
        return None
    return cleaned


def _cleaned(schema, depth: int):
    if depth > DEEPEST:
        raise _Unsafe
    if isinstance(schema, list):
        return [_cleaned(part, depth + 1) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {}
    for key, value in schema.items():
        if key in _DATA:
            found[key] = value
        elif key in _NAMED and isinstance(value, dict):
            found[key] = {name: _cleaned(part, depth + 1) for name, part in value.items()}
        elif key in {"$dynamicRef", "$recursiveRef"} or (key == "$ref" and not str(value).startswith("#")):
            raise _Unsafe
        elif key not in {"pattern", "patternProperties", "$schema", "$id"}:  # the server checks them itself
            found[key] = _cleaned(value, depth + 1)
    if "patternProperties" in schema:
        found.pop("additionalProperties", None)
        found.pop("unevaluatedProperties", None)
    return found


def _size(node, root: dict, known: dict[str, int], depth: int) -> int:
    """The nodes of a schema with its references written out; a reference to itself counts once."""
    if depth > 4 * DEEPEST:
        raise _Unsafe
    total = 1 + sum(_size(part, root, known, depth + 1) for part in _parts(node))
    reference = node.get("$ref") if isinstance(node, dict) else None
    if isinstance(reference, str):
        if reference not in known:
            known[reference] = 0
            known[reference] = _size(_target(reference, root), root, known, depth + 1)
        total += known[reference]
    return total


def _parts(node) -> Iterator:
    """The schemas right inside of one."""
    if isinstance(node, list):
        yield from node
    for key, value in node.items() if isinstance(node, dict) else ():
        if key in _NAMED and isinstance(value, dict):
            yield from value.values()
        elif key not in _DATA:
            yield value


def _target(reference: str, root: dict):
    found = root
    for step in reference.removeprefix("#").removeprefix("/").split("/") if reference != "#" else ():
        name = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(found, dict) or name not in found:
            raise _Unsafe
        found = found[name]
    return found
