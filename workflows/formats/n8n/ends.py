"""The ends of an n8n workflow, as outputs: a webhook's answer, the last fields, the last item of all others."""

import re

from workflows.formats.n8n import programs
from workflows.formats.n8n.context import Context, Unmapped
from workflows.formats.n8n.expressions import Path
from workflows.formats.n8n.flow import place_of
from workflows.formats.n8n.items import Items

ANSWERING = "respondToWebhook"
_OTHERS = re.compile(r"\W+")


def is_end(kind: str, is_last: bool, is_in_loop: bool) -> bool:
    """Whether a node becomes an output itself."""
    return kind == ANSWERING or (is_last and not is_in_loop and kind in ("set", "noOp", "merge"))


def add(items: Items, name: str, row: dict, extra: dict) -> None:
    """Add an output for such a node."""
    added = items.build.add(name, "output", name, {"values": []}, place_of(row), **extra)
    node = Context(name, row, items)
    if items.flow.kind(name) == ANSWERING:
        added["data"]["values"] = [{"name": "response", "value": _response(node)}]
        return
    if items.flow.kind(name) == "set" and not programs.keeps_others(node):
        try:
            added["data"]["values"] = [{"name": field, "value": value} for field, value in programs.assigned(node)]
            return
        except Unmapped as unmapped:
            node.todo(unmapped.code, **unmapped.params)
    added["data"]["values"] = [{"name": called(name), "value": {"ref": items.ref(Path(None, ()), name)}}]


def _response(node: Context) -> dict:
    match node.given.get("respondWith", "firstIncomingItem"):
        case "json" | "text":
            return node.value(node.given.get("responseBody"))
        case "noData":
            return {"value": None}
        case "allIncomingItems":
            return {"ref": node.items.ref(Path(None, (), is_whole=True), node.name)}
    return {"ref": node.items.ref(Path(None, ()), node.name)}


def after(items: Items, name: str, row: dict) -> None:
    """Add an output behind a last node, which gives what that gave."""
    if items.build.nodes[name]["type"] in ("output", "todo"):
        return
    found = items.given(name, 0, name)
    if found is None:
        return
    place = place_of(row)
    beside = {"x": place["x"] + 330, "y": place["y"]} if place else None
    value = {"ref": items.build.ref(found[0], *found[1])}
    output = f"{name}#output"
    items.build.add(output, "output", f"{name} output", {"values": [{"name": called(name), "value": value}]}, beside)
    items.build.edge(name, output, "if" if items.build.nodes[name]["type"] == "condition" else None)


def called(name: str) -> str:
    """A name of a value, of a node's name."""
    return _OTHERS.sub("_", name).strip("_").lower()[:80] or "result"
