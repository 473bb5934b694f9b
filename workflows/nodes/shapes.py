"""Fast checks of data by the part of JSON Schema that our own schemas use: a graph of 1,000 nodes takes milliseconds.

A schema is compiled once to functions that yield `Misfit`s. `format` names checks of ours: `ref` and so on have
schemas of their own in `data`; `schema` is a schema that people write.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple


class Misfit(NamedTuple):
    """What does not fit, where: `field` is a path such as `headers.0.name`."""

    field: str
    code: str
    params: dict


Check = Callable[[object, str], Iterator[Misfit]]
_TYPES = {
    "string": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool) and value == value,
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "null": lambda value: value is None,
}
_formats: dict[str, Check] = {}


def add_format(name: str, check: Check) -> None:
    """Make a check known that schemas name by `format`."""
    _formats[name] = check


def compiled(schema: Mapping) -> Check:
    """Return what checks a value by the schema."""
    checks = [make(schema) for name, make in _KEYWORDS.items() if name in schema]

    def check(value: object, field: str) -> Iterator[Misfit]:
        for one in checks:
            found = list(one(value, field))
            if found:
                yield from found
                return

    return checks[0] if len(checks) == 1 else check


def _within(field: str, name: object) -> str:
    return f"{field}.{name}" if field else str(name)


def _type(schema: Mapping) -> Check:
    wanted = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    tests = [_TYPES[name] for name in wanted]

    def check(value: object, field: str) -> Iterator[Misfit]:
        if not any(test(value) for test in tests):
            yield Misfit(field, "workflow_field_type", {"type": " / ".join(wanted)})

    return check


def _enum(schema: Mapping) -> Check:
    allowed = schema["enum"]

    def check(value: object, field: str) -> Iterator[Misfit]:
        if value not in allowed:
            yield Misfit(field, "workflow_field_choice", {"choices": ", ".join(map(str, allowed))[:200]})

    return check


def _limit(name: str, code: str, measure: Callable, is_over: Callable) -> Callable[[Mapping], Check]:
    def make(schema: Mapping) -> Check:
        limit = schema[name]

        def check(value: object, field: str) -> Iterator[Misfit]:
            if value is not None and is_over(measure(value), limit):
                yield Misfit(field, code, {"limit": limit})

        return check

    return make


def _filled(schema: Mapping) -> Check:
    def check(value: object, field: str) -> Iterator[Misfit]:
        if isinstance(value, str) and not value.strip():
            yield Misfit(field, "workflow_field_empty", {})

    return check


def _items(schema: Mapping) -> Check:
    inner = compiled(schema["items"])

    def check(value: object, field: str) -> Iterator[Misfit]:
        for n, one in enumerate(value if isinstance(value, list) else ()):
            yield from inner(one, _within(field, n))

    return check


def _properties(schema: Mapping) -> Check:
    inner = [(name, compiled(one)) for name, one in schema.get("properties", {}).items()]
    required = schema.get("required", ())

    def check(value: object, field: str) -> Iterator[Misfit]:
        if not isinstance(value, dict):
            return
        for name in required:
            if value.get(name) is None:
                yield Misfit(_within(field, name), "workflow_field_missing", {})
        for name, one in inner:
            if value.get(name) is not None:
                yield from one(value[name], _within(field, name))

    return check


def _values(schema: Mapping) -> Check:
    inner = compiled(schema["additionalProperties"])

    def check(value: object, field: str) -> Iterator[Misfit]:
        for name, one in value.items() if isinstance(value, dict) else ():
            yield from inner(one, _within(field, name))

    return check


def _any_of(schema: Mapping) -> Check:
    """The first choice whose required names are there decides: its faults are told."""
    choices = [(one.get("required", ()), compiled(one)) for one in schema["anyOf"]]

    def check(value: object, field: str) -> Iterator[Misfit]:
        for required, inner in choices:
            if isinstance(value, dict) and all(name in value for name in required):
                yield from inner(value, field)
                return
        yield Misfit(field, "workflow_field_shape", {})

    return check


def _format(schema: Mapping) -> Check:
    return lambda value, field: _formats[schema["format"]](value, field) if schema["format"] in _formats else iter(())


_KEYWORDS: dict[str, Callable[[Mapping], Check]] = {
    "type": _type,
    "enum": _enum,
    "maxLength": _limit("maxLength", "workflow_field_long", len, int.__gt__),
    "minimum": _limit("minimum", "workflow_field_small", lambda value: value, lambda a, b: a < b),
    "maximum": _limit("maximum", "workflow_field_large", lambda value: value, lambda a, b: a > b),
    "minItems": _limit("minItems", "workflow_field_few", len, int.__lt__),
    "maxItems": _limit("maxItems", "workflow_field_many", len, int.__gt__),
    "pattern": _filled,
    "items": _items,
    "properties": _properties,
    "additionalProperties": _values,
    "anyOf": _any_of,
    "format": _format,
}
