"""What differs between two structures, as people read it: node by node, with texts as they were written."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from agents.definitions.versions import Change, compared
from workflows.nodes.kinds import KINDS
from workflows.nodes.references import is_ref

#: What says where a node lies and how large it is drawn, which changes nothing of what it does.
_DRAWN = frozenset({"position", "width", "height", "extent", "zIndex"})
_MOST_SHOWN = 200  # changes that a page lists


@dataclass(frozen=True, slots=True)
class NodeChange:
    """One node that came, went or changed, with each field of it that differs."""

    id: str
    name: str
    type: str
    how: Literal["added", "removed", "changed"]
    fields: list[Change] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """What people call its kind."""
        return str(KINDS[self.type].title)


@dataclass(frozen=True, slots=True)
class EdgeChange:
    """One edge that came or went, by the names of the nodes that it connects; `handle` "" is the usual one."""

    source: str
    handle: str
    target: str
    how: Literal["added", "removed"]


@dataclass(frozen=True, slots=True)
class Difference:
    """What is different. `moved`: how many nodes lie elsewhere on the canvas and are the same otherwise."""

    nodes: list[NodeChange]
    edges: list[EdgeChange]
    moved: int = 0

    def __bool__(self) -> bool:
        """Whether anything is different that matters to a run."""
        return bool(self.nodes or self.edges)

    @property
    def count(self) -> int:
        """How many nodes and edges are different."""
        return len(self.nodes) + len(self.edges)

    @property
    def shown(self) -> list[NodeChange]:
        """As many of the nodes as a page lists."""
        return self.nodes[:_MOST_SHOWN]

    @property
    def shown_edges(self) -> list[EdgeChange]:
        """As many of the edges as a page lists."""
        return self.edges[:_MOST_SHOWN]


def between(before: Mapping, after: Mapping) -> Difference:
    """Return what became different from one structure to the other."""
    old, new = _by_id(before), _by_id(after)
    names = {key: _name(node) for key, node in (old | new).items()}
    changes = [NodeChange(key, names[key], node["type"], "removed") for key, node in old.items() if key not in new]
    moved = 0
    for key, node in new.items():
        if key not in old:
            changes.append(NodeChange(key, names[key], node["type"], "added", _fields({}, node["data"], names)))
        elif found := _changed(old[key], node, names):
            changes.append(NodeChange(key, names[key], node["type"], "changed", found))
        else:
            moved += any(old[key].get(name) != node.get(name) for name in _DRAWN)
    order = {"added": 0, "changed": 1, "removed": 2}
    changes.sort(key=lambda change: order[change.how])
    return Difference(changes, _edges(before, after, names), moved)


def _by_id(structure: Mapping) -> dict[str, dict]:
    return {node["id"]: node for node in structure["nodes"]}


def _name(node: Mapping) -> str:
    data = node["data"]
    return str(data.get("name") or data.get("title") or data.get("text") or node["type"])[:80]


def _changed(before: Mapping, after: Mapping, names: Mapping[str, str]) -> list[Change]:
    """What differs inside of one node, but for where it lies."""
    found = _fields(before["data"], after["data"], names)
    for name in sorted((before.keys() | after.keys()) - _DRAWN - {"id", "data"}):
        if before.get(name) != after.get(name):
            found.append(compared(name, _around(name, before, names), _around(name, after, names)))
    return found


def _around(name: str, node: Mapping, names: Mapping[str, str]) -> object:
    value = node.get(name)
    return names.get(value, value) if name == "parentId" else value


def _fields(before: Mapping, after: Mapping, names: Mapping[str, str]) -> list[Change]:
    keys = dict.fromkeys((*after, *before))
    return [
        compared(key, _text(before.get(key), names), _text(after.get(key), names))
        for key in keys
        if before.get(key) != after.get(key)
    ]


def _text(value: object, names: Mapping[str, str]) -> str:
    """A field as text, whose lines are compared."""
    found = readable(value, names)
    if found is None:
        return ""
    return found if isinstance(found, str) else json.dumps(found, indent=2, ensure_ascii=False)


def readable(value: object, names: Mapping[str, str]) -> object:
    """Return a value with references as `{Name.path}`, and texts with references as one text."""
    if is_ref(value):
        return f"{{{'.'.join([names.get(value['node'], '?'), *map(str, value['path'])])}}}"
    if isinstance(value, dict):
        if value.keys() == {"value"}:
            return value["value"]
        if value.keys() <= {"ref", "as"} and "ref" in value:
            return readable(value["ref"], names)
        if value.keys() == {"segments"}:
            return readable(value["segments"], names)
        return {key: readable(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        if value and all(isinstance(one, dict) and ("text" in one or "ref" in one) for one in value):
            return "".join(str(one.get("text", "")) or str(readable(one, names)) for one in value)
        return [readable(inner, names) for inner in value]
    return value


# ---- edges ----------------------------------------------------------------------------------------------
def _edges(before: Mapping, after: Mapping, names: Mapping[str, str]) -> list[EdgeChange]:
    old, new = _ends(before), _ends(after)
    ways = _ways(before) | _ways(after)
    came = [EdgeChange(*_named(ends, names, ways), "added") for ends in sorted(new - old)]
    return [*came, *(EdgeChange(*_named(ends, names, ways), "removed") for ends in sorted(old - new))]


def _ways(structure: Mapping) -> dict[tuple[str, str], str]:
    """What people call the ways on from nodes, where they have named them: branches and buttons."""
    data = ((node["id"], node["data"]) for node in structure["nodes"])
    named = ((key, one) for key, data in data for one in (*data.get("branches", ()), *data.get("buttons", ())))
    return {(key, one["id"]): one["label"] for key, one in named if one.get("label")}


def _ends(structure: Mapping) -> set[tuple[str, str, str]]:
    """What edges connect: (source, its handle, target). Ids of edges say nothing."""
    return {(edge["source"], edge.get("sourceHandle") or "", edge["target"]) for edge in structure["edges"]}


def _named(ends: tuple[str, str, str], names: Mapping[str, str], ways: Mapping) -> tuple[str, str, str]:
    source, handle, target = ends
    return names.get(source, "?"), ways.get((source, handle), handle), names.get(target, "?")
