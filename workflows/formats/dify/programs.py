"""Dify's nodes that hold a program: Python, and templates in Jinja."""

import ast
import keyword

from workflows.formats.building import line, mapping, mappings
from workflows.formats.dify.context import Context, Unmapped
from workflows.formats.dify.jinja import Untranslatable, plain_places, program
from workflows.formats.schemas import object_schema

#: What the interpreter here can import.
MODULES = {"math", "re", "json", "datetime", "random", "collections", "itertools", "typing", "functools", "string"}
_TYPES = {"string": "string", "number": "number", "boolean": "boolean", "object": "object"}


def code(node: Context) -> dict:
    """A program. Raises Unmapped, where it is none in Python, or needs what is not there."""
    data, source = node.data, node.data.get("code")
    if data.get("code_language") != "python3" or not isinstance(source, str):
        raise Unmapped("rewrite_code", language=line(data.get("code_language")) or "?")
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise Unmapped("code_broken") from None
    if missing := sorted(_modules(tree) - MODULES):
        raise Unmapped("code_imports", modules=", ".join(missing)[:80])
    main = next((one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == "main"), None)
    if main is None:
        raise Unmapped("code_broken")
    inputs = _inputs(node)
    wanted = {argument.arg for argument in (*main.args.args, *main.args.kwonlyargs)}
    given = ", ".join(f"{one['name']}={one['name']}" for one in inputs if one["name"] in wanted)
    return {
        "inputs": inputs,
        "code": f"{source.strip(chr(10)).rstrip()}\n\n\nmain({given})\n",
        "outputSchema": _schema(mapping(data.get("outputs"))),
    }


def _modules(tree: ast.AST) -> set[str]:
    found = set()
    for one in ast.walk(tree):
        if isinstance(one, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in one.names}
        elif isinstance(one, ast.ImportFrom):
            found.add((one.module or "").partition(".")[0])
    return found


def _inputs(node: Context) -> list[dict]:
    rows = [row for row in mappings(node.data.get("variables")) if is_name(line(row.get("variable"), 100))]
    return [{"name": line(row["variable"], 100), "value": node.value(row.get("value_selector"))} for row in rows]


def is_name(text: str) -> bool:
    """Whether a program can call something by this."""
    return text.isidentifier() and not keyword.iskeyword(text)


def _schema(outputs: dict) -> dict:
    return object_schema({name: _field(mapping(one)) for name, one in outputs.items()})


def _field(found: dict) -> dict:
    kind = line(found.get("type"))
    if not kind.startswith("array"):
        return {"type": _TYPES[kind]} if kind in _TYPES else {}
    inner = kind.removeprefix("array[").removesuffix("]")
    return {"type": "array", "items": {"type": _TYPES[inner]}} if inner in _TYPES else {"type": "array"}


def is_program(data: dict) -> bool:
    """Whether a template repeats or decides, and so becomes a program."""
    try:
        plain_places(
            _source(data), lambda name, path: {}, {line(row.get("variable")) for row in mappings(data.get("variables"))}
        )
    except Untranslatable:
        return True
    return False


def _source(data: dict) -> str:
    return data["template"] if isinstance(data.get("template"), str) else ""


def template(node: Context) -> dict:
    """A template of texts and places."""
    values = {one["name"]: one["value"]["ref"] for one in _inputs(node)}
    unnamed = {line(row.get("variable")): row for row in mappings(node.data.get("variables"))}

    def ref(name: str, path: list) -> dict:
        return _below(values.get(name) or node.ref(unnamed[name].get("value_selector")), path)

    return {"content": plain_places(_source(node.data), ref, set(unnamed))}


def template_program(node: Context) -> dict:
    """A template that repeats or decides, as a program that gives its text. Raises Unmapped."""
    inputs = _inputs(node)
    try:
        written = program(_source(node.data), {one["name"] for one in inputs})
    except Untranslatable as error:
        raise Unmapped("dify_template", what=str(error)[:80]) from None
    node.changed("dify_template_code")
    return {"inputs": inputs, "code": written, "outputSchema": {"type": "string"}}


def _below(ref: dict, path: list) -> dict:
    return ref | {"path": [*ref["path"], *path]}
