"""Schemas of older drafts, of OpenAPI and of hasty servers, as draft 2020-12 says the same.

What has no place in a schema is left out: that allows more, and the server checks the arguments itself.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from urllib.parse import unquote

import jsonschema

from agents.engine.schemas import DATA, NAMED, parts

_CHECK = jsonschema.Draft202012Validator(jsonschema.Draft202012Validator.META_SCHEMA)
ROUNDS = 5  # of leaving out; each takes all that is wrong at its time
WRAPPINGS = 3
_PLACE = re.compile(r"[0-9]{1,9}")  # in a list; Python reads no number of thousands of digits
#: Words for types in the languages that servers are written in.
_TYPES = {
    **dict.fromkeys(("str", "text", "date", "datetime", "uuid", "email", "url", "uri"), "string"),
    **dict.fromkeys(("int", "long", "int32", "int64"), "integer"),
    **dict.fromkeys(("float", "double", "decimal"), "number"),
    **dict.fromkeys(("bool",), "boolean"),
    **dict.fromkeys(("dict", "map", "struct", "json"), "object"),
    **dict.fromkeys(("list", "tuple", "set"), "array"),
    **dict.fromkeys(("none", "nil", "undefined"), "null"),
    **{name: name for name in ("string", "integer", "number", "boolean", "object", "array", "null")},
}


class Dangling(Exception):
    """A reference to what is not there."""


def repaired(schema: Mapping) -> dict | None:
    """Return a schema in today's words, whose references all lead to `$defs`; None where it cannot be read.

    Raises Dangling.
    """
    names, document = _names(schema), Document(schema)
    inner = {key: value for key, value in _unwrapped(schema).items() if key not in {"$defs", "definitions"}}
    found = _today(inner, names)
    if names:
        found["$defs"] = {
            name: _today(inner if reference == "#" else document.target(reference), names)
            for reference, name in names.items()
        }
    return _without_faults(found)


def _unwrapped(schema: Mapping) -> Mapping:
    """A schema that is no more than a reference, as some generators wrap them, as what that leads to."""
    for _ in range(WRAPPINGS):
        if not isinstance(schema.get("$ref"), str):
            break
        inner, outer = (
            Document(schema).target(schema["$ref"]),
            {key: one for key, one in schema.items() if key != "$ref"},
        )
        schema = {**inner, **outer} if isinstance(inner, Mapping) and inner is not schema else outer
    return schema


# ---- references -----------------------------------------------------------------------------------------
class Document:
    """A schema as a whole, into which references lead."""

    def __init__(self, root: object) -> None:
        self.root = root

    @cached_property
    def _anchors(self) -> dict[str, Mapping]:
        named = [(node.get(key), node) for node in _nodes(self.root) for key in ("$anchor", "$dynamicAnchor")]
        return {name: node for name, node in reversed(named) if isinstance(name, str)}

    def target(self, reference: str) -> object:
        """Return what a reference leads to: by steps, or by the name of an `$anchor`. Raises Dangling."""
        if not reference.startswith(("#/", "#")) or reference == "#":
            return self.root
        path = unquote(reference[1:])
        if path.startswith("/"):
            return self._inside(path[1:].split("/"), reference)
        if path not in self._anchors:
            raise Dangling(reference)
        return self._anchors[path]

    def _inside(self, steps: Iterable[str], reference: str) -> object:
        found = self.root
        for step in steps:
            name = step.replace("~1", "/").replace("~0", "~")
            if isinstance(found, Mapping) and name in found:
                found = found[name]
            elif isinstance(found, list) and _PLACE.fullmatch(name) and int(name) < len(found):
                found = found[int(name)]
            else:
                raise Dangling(reference)
        return found


def _nodes(schema: object) -> Iterator[Mapping]:
    """All schemas of a document."""
    if isinstance(schema, Mapping):
        yield schema
    for part in parts(schema):
        yield from _nodes(part)


def _names(schema: Mapping) -> dict[str, str]:
    """Return a name among `$defs` for every reference of a document that is followed, as each has one at most."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for node in _nodes(schema):
        reference = node.get("$ref")
        if isinstance(reference, str) and reference not in names:
            path = unquote(reference).removeprefix("#/$defs/").removeprefix("#/definitions/")
            base = re.sub(r"[^A-Za-z0-9_.-]+", "_", path.lstrip("#/"))[:60] or "root"
            name, n = base, 2
            while name in taken:
                name, n = f"{base}_{n}", n + 1
            names[reference] = name
            taken.add(name)
    return names


# ---- words ----------------------------------------------------------------------------------------------
def _today(schema: object, names: Mapping[str, str]) -> object:
    """Return a schema, and all within it, in today's words."""
    if isinstance(schema, list):
        return [_today(part, names) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    found = {}
    for key, value in schema.items():
        if key in NAMED and isinstance(value, Mapping):
            found[key] = {name: _today(part, names) for name, part in value.items()}
        else:
            found[key] = value if key in DATA else _today(value, names)
    if isinstance(found.get("$ref"), str):
        found["$ref"] = f"#/$defs/{names[found['$ref']]}"
    for change in (_anchors, _types, _nullable, _bounds, _tuples, _names_only, _required):
        change(found)
    return found


def _anchors(schema: dict) -> None:
    """Every reference leads by its name among `$defs`."""
    schema.pop("$anchor", None)
    schema.pop("$dynamicAnchor", None)


def _types(schema: dict) -> None:
    """Types under the names of other languages; one that is none, like "any", allows everything."""
    if "type" not in schema:
        return
    given = schema.pop("type")
    named = [_TYPES.get(str(one or "null").lower()) for one in (given if isinstance(given, list) else [given])]
    if given and None not in named:
        distinct = list(dict.fromkeys(named))
        schema["type"] = distinct if isinstance(given, list) else distinct[0]


def _nullable(schema: dict) -> None:
    """OpenAPI 3.0."""
    if schema.pop("nullable", None) is not True:
        return
    if isinstance(schema.get("enum"), list) and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
    if "type" in schema:
        given = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        schema["type"] = [*given, *(["null"] if "null" not in given else [])]
    elif "$ref" in schema:
        schema["anyOf"] = [{"$ref": schema.pop("$ref")}, {"type": "null"}]


def _bounds(schema: dict) -> None:
    """Draft 4: a bound and, beside it, whether it is excluded itself."""
    for bound, excluded in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(schema.get(excluded), bool):
            is_excluded = schema.pop(excluded)
            if is_excluded and bound in schema:
                schema[excluded] = schema.pop(bound)


def _tuples(schema: dict) -> None:
    """Before 2020-12: a list of schemas, one for each place."""
    rest = schema.pop("additionalItems", None)
    if isinstance(schema.get("items"), list):
        if places := schema.pop("items"):
            schema["prefixItems"] = places
        if rest is not None:
            schema["items"] = rest


def _names_only(schema: dict) -> None:
    """Lists of names hold each once, and nothing else: to find objects that are equal, a check compares all of them."""
    held = schema.get("dependentRequired")
    lists = (
        [(schema, "required"), *((held, name) for name in held)] if isinstance(held, dict) else [(schema, "required")]
    )
    for holder, name in lists:
        if isinstance(holder.get(name), list):
            holder[name] = list(dict.fromkeys(one for one in holder[name] if isinstance(one, str)))


def _required(schema: dict) -> None:
    """Draft 3 and hasty servers: each property says itself that it is required."""
    if not isinstance(schema.get("properties"), dict):
        return
    says = {name for name, one in schema["properties"].items() if isinstance(one, dict) and one.get("required") is True}
    listed = schema["required"] if isinstance(schema.get("required"), list) else []
    for one in schema["properties"].values():
        if isinstance(one, dict) and isinstance(one.get("required"), bool):
            del one["required"]
    if says:
        schema["required"] = [*listed, *sorted(says.difference(map(str, listed)))]


# ---- what is left ---------------------------------------------------------------------------------------
def _without_faults(schema: dict) -> dict | None:
    """Leave out, in place, what the draft's own schema finds wrong; None where that does not help."""
    for _ in range(ROUNDS):
        paths = {tuple(fault.absolute_path) for fault in _CHECK.iter_errors(schema)}
        if not paths:
            return schema
        for path in sorted(paths, key=len, reverse=True):
            if not path:
                return None
            _leave_out(schema, path)
    return None


def _leave_out(schema: object, path: tuple) -> None:
    """Take away what stands at a path; where a schema must be, one that allows everything takes its place."""
    *way, last = path
    holder, above = schema, None
    for step in way:
        above = step if not isinstance(holder, list) else None
        try:
            holder = holder[step]
        except (KeyError, IndexError):
            return  # it went with what was around it
    if isinstance(holder, list) or (above in NAMED and isinstance(holder.get(last), (dict, bool)) is False):
        holder[last] = {}
    else:
        holder.pop(last, None)
