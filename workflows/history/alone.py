"""One node alone: what it refers to is asked for, with what it had last, and a small graph around it runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid5

from django.db import transaction

from teams.models import User
from workflows.engine import starting
from workflows.history import showing
from workflows.models import StepStatus, Workflow, WorkflowRun
from workflows.nodes.graph import Graph
from workflows.nodes.kinds import KINDS
from workflows.nodes.references import is_ref, look_up, references_in

_SPACE = UUID("7e9e6ad8-64a5-4dd4-a0a0-2c5f4f5e6c11")  # of the ids of nodes that are put around the one


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the node refers to: the name in the small graph's input, what people call it, and what it was last."""

    name: str
    label: str
    value: object


def wanted(structure: Mapping, key: str, last: WorkflowRun | None) -> list[Wanted]:
    """What has to be given for a node to run alone."""
    graph = Graph(structure)
    outputs = _outputs(last) if last else {}
    found = []
    for n, ref in enumerate(_outside(graph, key)):
        label = ".".join([graph.name(ref["node"]) if ref["node"] in graph.all else "?", *map(str, ref["path"])])
        found.append(Wanted(f"value_{n}", label, look_up(ref, outputs)))
    return found


@transaction.atomic
def run(*, workflow: Workflow, structure: Mapping, key: str, by: User, given: Mapping) -> WorkflowRun:
    """Run a node of a structure with these values, by their names. Raises Refused, Failed."""
    return starting.start(
        workflow=workflow, structure=around(structure, key), version=None, input=dict(given), by=by, trigger="hand"
    )


def around(structure: Mapping, key: str) -> dict:
    """The small graph: an input with what the node refers to, the node, with its body if it is a loop, an output."""
    graph = Graph(structure)
    before, behind = (str(uuid5(_SPACE, f"{key} {end}")) for end in ("input", "output"))
    names = {_place(ref): f"value_{n}" for n, ref in enumerate(_outside(graph, key))}
    nodes = [{name: value for name, value in graph.all[key].items() if name != "parentId"}]
    nodes += [graph.all[inner] for inner in _body(graph, key)]
    inside = {node["id"] for node in nodes}
    nodes = [{**node, "data": _redirected(node["data"], names, before)} for node in nodes]
    schema = {"type": "object", "properties": {name: {} for name in names.values()}, "order": list(names.values())}
    x, y = graph.all[key]["position"]["x"], graph.all[key]["position"]["y"]
    given = {"name": "…", "schema": schema}
    ended = {"name": "=", "values": [{"name": "result", "value": {"ref": {"node": key, "path": []}}}]}
    nodes.append({"id": before, "type": "input", "position": {"x": x - 300, "y": y}, "data": given})
    nodes.append({"id": behind, "type": "output", "position": {"x": x + 300, "y": y}, "data": ended})
    edges = [edge for edge in structure["edges"] if {edge["source"], edge["target"]} <= inside]
    edges.append({"id": str(uuid5(_SPACE, f"{key} in")), "source": before, "target": key})
    return {"nodes": nodes, "edges": [*edges, *_out(graph, key, behind)]}


def _out(graph: Graph, key: str, behind: str) -> list[dict]:
    """Each way out of the node leads to the end."""
    handles = KINDS[graph.all[key]["type"]].handles(graph.all[key]["data"])
    made = [{"id": str(uuid5(_SPACE, f"{key} {handle}")), "source": key, "target": behind} for handle in handles]
    return [edge | ({"sourceHandle": handle} if handle else {}) for edge, handle in zip(made, handles, strict=True)]


def _body(graph: Graph, key: str) -> list[str]:
    """All nodes inside of a loop, and of the loops in there."""
    found = list(graph.body(key)) if graph.all[key]["type"] == "loop" else []
    for inner in found:
        found += graph.body(inner)
    return found


def _outside(graph: Graph, key: str) -> list[dict]:
    """The references of a node and of its body to others, each once."""
    own = {key, *_body(graph, key)}
    refs = [ref for one in (key, *_body(graph, key)) for ref in references_in(graph.all[one]["data"])]
    return list({_place(ref): ref for ref in refs if ref["node"] not in own}.values())


def _place(ref: Mapping) -> tuple:
    return (ref["node"], *ref["path"])


def _redirected(data: object, names: Mapping[tuple, str], before: str) -> object:
    """A node's data with references to others leading to the input."""
    if is_ref(data):
        name = names.get(_place(data))
        return {"node": before, "path": [name]} if name else data
    if isinstance(data, dict) and data.keys() != {"value"}:  # a literal refers to nothing
        return {name: _redirected(inner, names, before) for name, inner in data.items()}
    return [_redirected(inner, names, before) for inner in data] if isinstance(data, list) else data


def _outputs(last: WorkflowRun) -> dict[str, object]:
    """What the nodes of a run gave, by their ids."""
    rows = last.steps.filter(status=StepStatus.DONE).exclude(path__contains="/").order_by("path", "attempt")
    return {step.node_id: showing.whole(step, "output") for step in rows}
