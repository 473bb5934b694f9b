"""What type a reference has, as far as the schemas of nodes tell."""

from collections.abc import Mapping

from workflows.nodes.graph import Graph
from workflows.nodes.kinds import ANY, KINDS
from workflows.nodes.schemas import FILE

#: What a schema's type is called in rules.
_RULE_TYPES = {"string": "text", "number": "number", "integer": "number", "boolean": "boolean", "array": "list"}


def schema_at(graph: Graph, ref: Mapping, user: str = "") -> dict | None:
    """Return the schema of what a reference leads to, {} where nobody knows it; None where there is no such place.

    `user` is the node that holds the reference: inside of a loop's body the loop gives the present item.
    """
    node = graph.nodes[ref["node"]]
    if user and ref["node"] in graph.loops_around(user):
        return _of_item(graph, node, ref["path"])
    return _at(KINDS[node["type"]].output_schema(node["data"]), ref["path"])


def _of_item(graph: Graph, loop: Mapping, path: list) -> dict | None:
    """Inside of a loop: the item, its place, and the result of the item before it."""
    if not path or path[0] not in {"item", "index", "previous"}:
        return None
    if path[0] == "index":
        return {"type": "integer"} if len(path) == 1 else None
    over = (loop["data"].get("over") or {}).get("ref")
    if path[0] == "item" and over and over.get("node") in graph.nodes:
        listed = schema_at(graph, over, loop["id"]) or ANY
        return _at(listed.get("items", ANY), path[1:])
    return ANY


def _at(schema: Mapping, path: list) -> dict | None:
    for step in path:
        if not isinstance(schema, Mapping):
            return ANY
        schema = FILE if schema.get("format") == "file" else schema
        if isinstance(step, int):
            if schema.get("type", "array") != "array":
                return None
            schema = schema.get("items", ANY)
        elif "properties" in schema:
            if step not in schema["properties"]:
                return ANY if schema.get("additionalProperties") else None
            schema = schema["properties"][step]
        elif schema.get("type", "object") != "object":
            return None
        else:
            schema = ANY
    return dict(schema) if isinstance(schema, Mapping) else ANY


def rule_type(schema: Mapping | None) -> str:
    """What rules call a schema's type; "" where that is not known."""
    found = _RULE_TYPES.get((schema or {}).get("type", ""), "")
    return "date" if found == "text" and schema.get("format") == "date" else found
