"""What is wrong with a graph: all of it at once, each with its place. A graph of 1,000 nodes takes some 30 ms."""

from collections import Counter
from collections.abc import Iterator, Mapping

from workflows.nodes import meaning
from workflows.nodes.faults import NOTHING_KNOWN, Fault, Known
from workflows.nodes.graph import STILL, Graph
from workflows.nodes.kinds import KINDS, handles
from workflows.nodes.references import placed_in
from workflows.nodes.typed import schema_at

__all__ = ["Fault", "Known", "faults"]

LOOPS_DEEP = 3


def faults(structure: Mapping, known: Known = NOTHING_KNOWN) -> list[Fault]:
    """Return all that is wrong with a structure whose shape was checked (`validators.validate_structure`)."""
    graph = Graph(structure)
    found = [*_nodes(structure), *_edges(structure, graph), *_whole(graph)]
    broken = {fault.node for fault in found if fault.field and not fault.field.startswith("edges.")}
    for key, node in graph.nodes.items():
        found += _references(graph, key, node)
        if key not in broken:
            found += meaning.faults(graph, key, node)
            found += meaning.not_usable(key, node, known)
    return found


# ---- each node ------------------------------------------------------------------------------------------
def _nodes(structure: Mapping) -> Iterator[Fault]:
    ids = Counter(node["id"] for node in structure["nodes"])
    names = Counter(_name(node) for node in structure["nodes"] if node["type"] not in STILL)
    above = {node["id"]: node for node in structure["nodes"]}
    for node in structure["nodes"]:
        key = node["id"]
        for misfit in KINDS[node["type"]].check(node["data"], ""):
            yield Fault(key, *misfit)
        if node["type"] not in STILL and names[_name(node)] > 1 and _name(node):
            yield Fault(key, "name", "workflow_name_twice", {"name": _name(node)})
        if ids[key] > 1:
            yield Fault(key, "", "workflow_id_twice")
        if (parent := node.get("parentId")) and (
            parent not in above or above[parent]["type"] not in {"loop", "group"} or _is_in_itself(key, above)
        ):
            yield Fault(key, "", "workflow_parent_unknown")


def _name(node: Mapping) -> str:
    return " ".join(str(node["data"].get("name", "")).split()).casefold()


def _is_in_itself(key: str, above: Mapping) -> bool:
    seen = set()
    while key in above and (key := above[key].get("parentId")):
        if key in seen:
            return True
        seen.add(key)
    return False


# ---- edges ----------------------------------------------------------------------------------------------
def _edges(structure: Mapping, graph: Graph) -> Iterator[Fault]:
    seen = set()
    for edge in structure["edges"]:
        source, target, handle = edge["source"], edge["target"], edge.get("sourceHandle") or None
        place = (source if source in graph.all else "", f"edges.{edge['id']}")
        if source not in graph.all or target not in graph.all:
            yield Fault(*place, "workflow_edge_to_nothing")
        elif source == target:
            yield Fault(*place, "workflow_edge_to_itself")
        elif (source, handle, target) in seen:
            yield Fault(*place, "workflow_edge_twice")
        else:
            yield from _misplaced(graph, place, source, handle, target)
        seen.add((source, handle, target))
    for key in graph.circle:
        yield Fault(key, "", "workflow_circle", {"name": graph.name(key)})


def _misplaced(graph: Graph, place: tuple[str, str], source: str, handle: str | None, target: str) -> Iterator[Fault]:
    """What is wrong with an edge between two nodes that are there."""
    if source not in graph.nodes or target not in graph.nodes:
        yield Fault(*place, "workflow_edge_of_note")
    elif graph.nodes[target]["type"] == "input":
        yield Fault(*place, "workflow_edge_into_input")
    elif graph.scope[source] != graph.scope[target]:
        yield Fault(*place, "workflow_edge_across", {"source": graph.name(source), "target": graph.name(target)})
    elif graph.nodes[source]["type"] != "todo" and handle not in handles(graph.nodes[source]):
        yield Fault(*place, "workflow_edge_handle", {"name": graph.name(source), "handle": handle or "-"})


# ---- the whole ------------------------------------------------------------------------------------------
def _whole(graph: Graph) -> Iterator[Fault]:
    inputs = [key for key, node in graph.nodes.items() if node["type"] == "input"]
    if not inputs:
        yield Fault("", "", "workflow_no_input")
    for key in inputs[1:]:
        yield Fault(key, "", "workflow_second_input")
    if not any(node["type"] == "output" for node in graph.nodes.values()):
        yield Fault("", "", "workflow_no_output")
    for key, node in graph.nodes.items():
        if node["type"] in {"input", "output"} and graph.scope[key]:
            yield Fault(key, "", "workflow_end_in_loop", {"name": graph.name(key)})
        if node["type"] == "loop" and len(graph.loops_around(key)) >= LOOPS_DEEP:
            yield Fault(key, "", "workflow_loops_deep", {"most": LOOPS_DEEP})
    circle = set(graph.circle)
    for loop in ("", *(key for key, node in graph.nodes.items() if node["type"] == "loop")):
        reached = graph.reached(loop)
        for key in graph.body(loop):
            if key not in reached and key not in circle:
                yield Fault(key, "", "workflow_not_reached", {"name": graph.name(key)}, "warning")


# ---- references -----------------------------------------------------------------------------------------
def _references(graph: Graph, key: str, node: Mapping) -> Iterator[Fault]:
    for field, ref in placed_in(node["data"]):
        named = ref["node"]
        if named not in graph.nodes:
            yield Fault(key, field, "workflow_reference_gone")
        elif node["type"] == "loop" and field.split(".")[0] in {"result", "until"}:
            if graph.scope[named] != key and not graph.is_ancestor(named, key) and named != key:
                yield Fault(key, field, "workflow_reference_outside", {"name": graph.name(named)})
        elif named == key or not graph.is_ancestor(named, key):
            yield Fault(key, field, "workflow_reference_not_before", {"name": graph.name(named)})
        elif schema_at(graph, ref, key) is None:
            told = {"name": graph.name(named), "path": ".".join(map(str, ref["path"]))[:200]}
            yield Fault(key, field, "workflow_reference_path", told, "warning")
