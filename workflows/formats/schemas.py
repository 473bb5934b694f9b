"""JSON schemas of others, as the subset that workflows have."""

from workflows.formats.building import line, listed, mapping, mappings, paragraph

TYPES = ("string", "number", "integer", "boolean", "array", "object")
DEEPEST = 6
MOST_FIELDS = 100
_BOUNDS = ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems")


def object_schema(fields: dict[str, dict], required: list[str] | None = None) -> dict:
    """The schema of an object with these fields, in this order."""
    needed = [name for name in (fields if required is None else required) if name in fields]
    return {"type": "object", "properties": fields, "required": needed, "order": list(fields)}


def converted(found: object, depth: int = DEEPEST) -> dict:
    """A schema with what workflows know of it. What they do not know is left out; nothing of it is ever fetched."""
    found = mapping(found)
    kind = _type(found)
    schema: dict = {"type": kind} if kind else {}
    schema |= {name: text for name in ("title", "description") if (text := paragraph(found.get(name), 500))}
    if (choices := _choices(found.get("enum"))) and kind in ("string", ""):
        schema |= {"type": "string", "enum": choices}
    if isinstance(found.get("default"), str | int | float | bool | list | dict):
        schema["default"] = found["default"]
    schema |= {name: found[name] for name in _BOUNDS if _is_bound(found.get(name))}
    if kind == "object" and depth:
        fields = list(mapping(found.get("properties")).items())[:MOST_FIELDS]
        inner = {name: converted(one, depth - 1) for name, one in fields if line(name)}
        schema |= object_schema(inner, [name for name in listed(found.get("required")) if isinstance(name, str)])
    elif kind == "array" and depth and isinstance(found.get("items"), dict):
        schema["items"] = converted(found["items"], depth - 1)
    return schema


def _type(found: dict) -> str:
    kind = found.get("type")
    if isinstance(kind, list):  # such as ["string", "null"]
        kind = next((one for one in kind if one in TYPES), "")
    if kind not in TYPES:
        kind = "object" if "properties" in found else "array" if "items" in found else ""
    return kind


def _choices(value: object) -> list[str]:
    return [one for one in listed(value)[:MOST_FIELDS] if isinstance(one, str)]


def _is_bound(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def of_value(value: object, depth: int = DEEPEST) -> dict:
    """The schema that an example follows."""
    match value:
        case bool():
            return {"type": "boolean"}
        case int():
            return {"type": "integer"}
        case float():
            return {"type": "number"}
        case list():
            return {"type": "array"} | ({"items": of_value(value[0], depth - 1)} if value and depth else {})
        case dict() if depth:
            return object_schema({name: of_value(one, depth - 1) for name, one in value.items()})
        case dict():
            return {"type": "object"}
        case _:
            return {"type": "string"}


def at(schema: object, path: list) -> dict:
    """The schema of what lies at a path, {} where it does not say."""
    found = mapping(schema)
    for step in (step for step in path if isinstance(step, str | int)):
        found = mapping(found.get("items") if isinstance(step, int) else mapping(found.get("properties")).get(step))
    return found


def rule_type(schema: dict) -> str:
    """By which type of rule a value of this schema is compared."""
    known = {"string": "text", "number": "number", "integer": "number", "boolean": "boolean", "array": "list"}
    return known.get(line(schema.get("type")), "text")


def options(rows: object, name: str = "value") -> list[str]:
    """The choices of a list of texts, or of mappings that hold them under a name."""
    plain = [line(one, 200) for one in listed(rows) if isinstance(one, str | int)]
    return [one for one in plain or [line(row.get(name), 200) for row in mappings(rows)] if one]
