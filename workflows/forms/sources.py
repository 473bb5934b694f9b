"""What a node can take from others: the outputs of those that come before it, as they are written into texts."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from workflows.forms.written import Names
from workflows.nodes.graph import Graph
from workflows.nodes.kinds import KINDS
from workflows.nodes.schemas import FILE

DEEPEST, MOST = 3, 40  # layers of an output, and values of one node, that are offered
_TYPES = {
    "string": _("Text"),
    "number": _("Number"),
    "integer": _("Whole number"),
    "boolean": _("Yes or no"),
    "array": _("List"),
    "object": _("Object"),
}


class Source(NamedTuple):
    """A node, and its values: (how one is written, its type in words)."""

    name: str
    icon: str
    values: list[tuple[str, str]]


def before(structure: Mapping, key: str, names: Names) -> list[Source]:
    """Return what the node `key` can take, nearest first. Of a loop around it that is the present item."""
    graph = Graph(structure)
    if key not in graph.nodes:
        return []
    inside = graph.body(key) if graph.nodes[key]["type"] == "loop" else []
    around = set(graph.loops_around(key))
    found = [*reversed(graph.ancestors(key)), *inside]
    return [_source(graph, one, one in around, names) for one in found]


def _source(graph: Graph, key: str, is_around: bool, names: Names) -> Source:
    node = graph.nodes[key]
    kind = KINDS[node["type"]]
    schema = _item(node) if is_around else kind.output_schema(node["data"])
    paths = list(_paths(schema, []))[:MOST] or [([], schema)]
    values = [(names.written({"node": key, "path": path}), _words(one)) for path, one in paths]
    return Source(graph.name(key), kind.icon, values)


def _item(node: Mapping) -> dict:
    inner: dict = {"item": {}, "index": {"type": "integer"}}
    if node["data"].get("sequential"):
        inner["previous"] = {}
    return {"type": "object", "properties": inner}


def _paths(schema: object, path: list) -> Iterator[tuple[list, Mapping]]:
    """Yield the places in what a schema describes, each behind what it lies in."""
    if not isinstance(schema, Mapping):
        return
    if path:
        yield path, schema
    inner = (FILE if schema.get("format") == "file" else schema).get("properties")
    if isinstance(inner, Mapping) and len(path) < DEEPEST:
        for name, one in inner.items():
            yield from _paths(one, [*path, name])


def _words(schema: Mapping) -> str:
    if schema.get("format") == "file":
        return str(_("File"))
    kind = schema.get("type")
    return str(_TYPES.get(kind, "") if isinstance(kind, str) else "")
