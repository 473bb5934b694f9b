"""The graph of a structure: who leads to whom, in which order, and which nodes a loop has for each of its items.

Ids are those of the structure. Notes and groups are no part of it; a group around nodes changes nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

#: What stands on the canvas and does nothing.
STILL = frozenset({"note", "group"})


@dataclass(frozen=True, slots=True)
class Edge:
    """Leads from a handle ("" is the usual one) of `source` to `target`."""

    id: str
    source: str
    handle: str
    target: str


class Graph:
    """What a structure says, read once. Edges to nothing, or between the bodies of loops, are left out."""

    def __init__(self, structure: Mapping) -> None:
        self.all = {node["id"]: node for node in structure["nodes"]}
        self.nodes = {key: node for key, node in self.all.items() if node["type"] not in STILL}
        self.scope = {key: self._loop_around(key) for key in self.nodes}
        self.edges = [edge for edge in map(_edge, structure["edges"]) if self._counts(edge)]
        self._in: dict[str, list[Edge]] = {key: [] for key in self.nodes}
        self._out: dict[str, list[Edge]] = {key: [] for key in self.nodes}
        for edge in self.edges:
            self._in[edge.target].append(edge)
            self._out[edge.source].append(edge)

    def _loop_around(self, key: str) -> str:
        """The loop whose body the node is in, "" where it is in none."""
        seen = {key}
        while (above := self.all[key].get("parentId")) and above in self.all and above not in seen:
            if self.all[above]["type"] == "loop":
                return above
            seen.add(key := above)
        return ""

    def _counts(self, edge: Edge) -> bool:
        is_there = edge.source in self.nodes and edge.target in self.nodes and edge.source != edge.target
        return is_there and self.scope[edge.source] == self.scope[edge.target]

    def parents(self, key: str) -> list[Edge]:
        """The edges that lead to a node."""
        return self._in[key]

    def children(self, key: str) -> list[Edge]:
        """The edges that lead on from a node."""
        return self._out[key]

    def name(self, key: str) -> str:
        """What people call a node."""
        return str(self.all[key]["data"].get("name") or key)

    # ---- loops -------------------------------------------------------------------------------------
    @cached_property
    def bodies(self) -> dict[str, list[str]]:
        """The nodes of each loop's body, and under "" those outside of all, in their order."""
        found: dict[str, list[str]] = {"": []}
        for key in self.order:
            found.setdefault(self.scope[key], []).append(key)
        return found

    def body(self, loop: str) -> list[str]:
        """The nodes that a loop has for each item, in their order."""
        return self.bodies.get(loop, [])

    def roots(self, loop: str = "") -> list[str]:
        """Where it begins: the input, or those of a loop's body to which nothing leads."""
        if not loop:
            return [key for key in self.body("") if self.nodes[key]["type"] == "input"]
        return [key for key in self.body(loop) if not self._in[key]]

    def loops_around(self, key: str) -> list[str]:
        """The loops that a node is in, the innermost first."""
        found = []
        while (key := self.scope.get(key, "")) and key not in found:
            found.append(key)
        return found

    # ---- order -------------------------------------------------------------------------------------
    @cached_property
    def _sorted(self) -> tuple[list[str], list[str]]:
        """Nodes behind those that lead to them, and those that cannot be ordered so."""
        open_edges = {key: len(edges) for key, edges in self._in.items()}
        found = [key for key, n in open_edges.items() if n == 0]
        for key in found:
            for edge in self._out[key]:
                open_edges[edge.target] -= 1
                if open_edges[edge.target] == 0:
                    found.append(edge.target)
        return found, [key for key, n in open_edges.items() if n > 0]

    @cached_property
    def order(self) -> list[str]:
        """All nodes, each behind those that lead to it; nodes of a circle stand at the end."""
        return [*self._sorted[0], *self._sorted[1]]

    @property
    def circle(self) -> list[str]:
        """The nodes that lead to themselves, or stand behind such."""
        return self._sorted[1]

    @cached_property
    def _bits(self) -> dict[str, int]:
        """Each node's ancestors in its own body, as bits by their place in `order`."""
        place, found = self._places, {}
        for key in self.order:
            bits = 0
            for edge in self._in[key]:
                bits |= found.get(edge.source, 0) | 1 << place[edge.source]
            found[key] = bits
        return found

    def is_ancestor(self, key: str, of: str) -> bool:
        """Whether a node can be referred to from another: it leads there, or to a loop around it, or is such a loop."""
        place = self._places[key]
        return any(self._bits[one] >> place & 1 for one in (of, *self.loops_around(of))) or key in self.loops_around(of)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {key: n for n, key in enumerate(self.order)}

    def ancestors(self, key: str) -> list[str]:
        """The nodes that a node can refer to, in their order."""
        return [one for one in self.order if one != key and self.is_ancestor(one, key)]

    def reached(self, loop: str = "") -> set[str]:
        """The nodes of a body that its roots lead to."""
        found = list(self.roots(loop))
        seen = set(found)
        for key in found:
            for edge in self._out[key]:
                if edge.target not in seen:
                    seen.add(edge.target)
                    found.append(edge.target)
        return seen


def _edge(edge: Mapping) -> Edge:
    return Edge(edge["id"], edge["source"], edge.get("sourceHandle") or "", edge["target"])


def only(structure: Mapping, keys: Iterable[str]) -> dict:
    """Return the part of a structure that holds these nodes, and what stands around them."""
    kept = set(keys)
    above = {node["id"]: node.get("parentId") for node in structure["nodes"]}
    for key in list(kept):
        while (key := above.get(key)) and key not in kept:
            kept.add(key)
    nodes = [node for node in structure["nodes"] if node["id"] in kept]
    edges = [edge for edge in structure["edges"] if edge["source"] in kept and edge["target"] in kept]
    return {**structure, "nodes": nodes, "edges": edges}
