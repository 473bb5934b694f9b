"""The part of a graph that leads to one node, to be run alone: what comes before it, and an output of what it gives."""

from collections.abc import Mapping
from uuid import UUID, uuid5

from workflows.nodes.graph import Graph, only
from workflows.nodes.kinds import handles

_SPACE = UUID("1b8f2f3e-63d0-4c52-9a55-7f3a0d1c9e44")  # of the ids of outputs that are put behind a node
BEHIND = 320  # pixels


def upto(structure: Mapping, key: str) -> dict:
    """Return the graph as far as a node. Raises KeyError where it has none of this id.

    A node inside of a loop is reached with the loop as a whole: no item of it stands alone.
    """
    graph = Graph(structure)
    last = (graph.loops_around(key) or [key])[-1]
    kept = {last, *graph.ancestors(last)}
    kept |= {one for one in graph.nodes if kept.intersection(graph.loops_around(one))}
    part = only(structure, kept)
    node = graph.nodes[last]
    if node["type"] == "output":
        return part
    end = _end(last, node)
    edges = [
        {"id": str(uuid5(_SPACE, f"{last} {handle}")), "source": last, "sourceHandle": handle, "target": end["id"]}
        for handle in handles(node)
    ]
    return {**part, "nodes": [*part["nodes"], end], "edges": [*part["edges"], *edges]}


def _end(last: str, node: Mapping) -> dict:
    place = {"x": node["position"]["x"] + BEHIND, "y": node["position"]["y"]}
    values = [{"name": "result", "value": {"ref": {"node": last, "path": []}}}]
    return {
        "id": str(uuid5(_SPACE, last)),
        "type": "output",
        "position": place,
        "data": {"name": "=", "values": values},
    }
