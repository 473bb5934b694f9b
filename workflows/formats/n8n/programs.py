"""n8n's nodes that make fields, and its programs."""

import ast
import json
import keyword

from workflows.formats.building import line, mapping, mappings
from workflows.formats.n8n.context import Context, Unmapped
from workflows.formats.n8n.expressions import Path
from workflows.formats.rules import as_type

_OLDER = {
    "string": "stringValue",
    "number": "numberValue",
    "boolean": "booleanValue",
    "array": "arrayValue",
    "object": "objectValue",
}
_ITEMS = {"_items", "_item", "_json"}  # what a program of theirs may call what it is given
_CALLED = """

given = main([{"json": item}], {"json": item}, item)
one = given[0] if isinstance(given, list) else given
one["json"] if "json" in one else one
"""
#: What the interpreter here can import.
MODULES = {"math", "re", "json", "datetime", "random", "collections", "itertools", "typing", "functools", "string"}


def assigned(node: Context) -> list[tuple[str, dict]]:
    """The fields that a node sets, with their Values, in all its versions. Raises Unmapped."""
    given = node.given
    if given.get("mode") == "raw":
        return _raw(node)
    rows = [
        (row, row.get("type", "string"), row.get("value"))
        for row in mappings(mapping(given.get("assignments")).get("assignments"))
    ]
    for row in mappings(mapping(given.get("fields")).get("values")):
        kind = line(row.get("type")).removesuffix("Value") or "string"
        rows.append((row, kind, row.get(_OLDER.get(kind, "stringValue"))))
    for kind in ("string", "number", "boolean"):
        rows += [(row, kind, row.get("value")) for row in mappings(mapping(given.get("values")).get(kind))]
    return [
        (line(row.get("name"), 200), _typed(node, kind, value)) for row, kind, value in rows if line(row.get("name"))
    ]


def _raw(node: Context) -> list[tuple[str, dict]]:
    try:
        found = json.loads(str(node.given.get("jsonOutput", "")))
    except (ValueError, RecursionError):
        raise Unmapped("n8n_raw") from None
    if not isinstance(found, dict):
        raise Unmapped("n8n_raw")
    return [(name, {"value": value}) for name, value in found.items()]


def _typed(node: Context, kind: str, value: object) -> dict:
    held = node.value(value, kind if kind in ("number", "boolean", "array", "object") else "string")
    if "value" not in held:
        return held
    if kind in ("array", "object") and isinstance(held["value"], str):
        try:
            return {"value": json.loads(held["value"])}
        except (ValueError, RecursionError):
            return held
    return {"value": as_type(kind, held["value"])} if kind in ("number", "boolean") else held


def keeps_others(node: Context) -> bool:
    """Whether the fields that came are handed on as well."""
    given = node.given
    if "includeOtherFields" in given:
        return given["includeOtherFields"] is True
    is_older = bool(mapping(given.get("values"))) or "keepOnlySet" in given
    return is_older and given.get("keepOnlySet") is not True


def fields(node: Context) -> dict:
    """Fields as a program that gives an object of them."""
    inputs, lines = [], ["made = {}"]
    if keeps_others(node):
        inputs.append({"name": "given", "value": {"ref": node.items.ref(Path(None, ()), node.name, "object")}})
        lines = ["made = dict(given)"]
    for n, (name, value) in enumerate(assigned(node), 1):
        called = name if _is_free(name, inputs) else f"value{n}"
        inputs.append({"name": called, "value": value})
        lines += _set(name if node.options.get("dotNotation") is not False else "", name, called)
    return {"inputs": inputs, "code": "\n".join([*lines, "made", ""])}


def _is_free(name: str, inputs: list[dict]) -> bool:
    taken = {"made", "given", "dict", *(one["name"] for one in inputs)}
    return name.isidentifier() and not keyword.iskeyword(name) and name not in taken


def _set(dotted: str, name: str, called: str) -> list[str]:
    """Lines that set one field; a name with dots lies in objects."""
    steps = dotted.split(".") if dotted else [name]
    lines, place = [], "made"
    for step in steps[:-1]:
        lines.append(f"{place}.setdefault({step!r}, {{}})")
        place += f"[{step!r}]"
    return [*lines, f"{place}[{steps[-1]!r}] = {called}"]


def code(node: Context) -> dict:
    """A program in Python that reads its items by their plain names. Raises Unmapped."""
    source, language = node.given.get("pythonCode"), line(node.given.get("language")) or "javaScript"
    if not language.startswith("python") or not isinstance(source, str):
        raise Unmapped("rewrite_code", language="JavaScript")
    inner = "\n".join(f"    {row}".rstrip() for row in source.strip("\n").splitlines())
    written = f"def main(_items, _item, _json):\n{inner or '    return _items'}\n"
    try:
        tree = ast.parse(written)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise Unmapped("code_broken") from None
    modules = {alias.name for one in ast.walk(tree) if isinstance(one, ast.Import) for alias in one.names}
    modules |= {one.module or "" for one in ast.walk(tree) if isinstance(one, ast.ImportFrom)}
    if missing := sorted(modules - MODULES):
        raise Unmapped("code_imports", modules=", ".join(missing)[:80])
    strange = {one.id for one in ast.walk(tree) if isinstance(one, ast.Name) and one.id.startswith("_")} - _ITEMS
    if strange:
        raise Unmapped("rewrite_code", language=", ".join(sorted(strange))[:80])
    node.changed("n8n_code")
    inputs = [{"name": "item", "value": {"ref": node.items.ref(Path(None, ()), node.name, "object")}}]
    return {"inputs": inputs, "code": written + _CALLED}
