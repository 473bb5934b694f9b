"""The draft: rows of nodes and edges, read as a structure and written from one."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from sambung.lib.errors import Refused
from sambung.lib.failures import Failure
from sambung.lib.ids import as_uuid, uuid7
from sambung.lib.jsonb import clean_json
from workflows import validators
from workflows.models import Workflow, WorkflowEdge, WorkflowNode

_NODE, _EDGE = ("id", "type", "position", "data"), ("id", "source", "target", "sourceHandle", "targetHandle")
#: What React Flow keeps while a page is open; it is no part of a workflow.
_OF_PAGE = frozenset({"selected", "dragging", "resizing", "measured", "positionAbsolute", "internals"})


def structure_of(workflow: Workflow) -> dict:
    """Return the draft as XYFlow holds it: nodes behind those that they lie in, edges, and what else it had."""
    nodes = [node_of(row) for row in workflow.nodes.all()]
    edges = [edge_of(row) for row in workflow.edges.all()]
    return {"nodes": _parents_first(nodes), "edges": edges} | workflow.extra


def node_of(row: WorkflowNode) -> dict:
    """Return a node's row as XYFlow holds it."""
    return {"id": str(row.pk), "type": row.type, "position": row.position, "data": row.data} | row.extra


def edge_of(row: WorkflowEdge) -> dict:
    """Return an edge's row as XYFlow holds it; the usual handles are left out."""
    told = {"id": str(row.pk), "source": str(row.source_id), "target": str(row.target_id)}
    handles = {"sourceHandle": row.source_handle, "targetHandle": row.target_handle}
    return told | {name: handle for name, handle in handles.items() if handle} | row.extra


def _parents_first(nodes: list[dict]) -> list[dict]:
    """React Flow refuses a node that stands before the one that it lies in."""
    above = {node["id"]: node.get("parentId") for node in nodes}

    def depth(key: str) -> int:
        n = 0
        while (key := above.get(key)) and n < len(above):
            n += 1
        return n

    return sorted(nodes, key=lambda node: depth(node["id"])) if any(above.values()) else nodes


@transaction.atomic
def write(workflow: Workflow, structure: Mapping) -> int:
    """Make the draft this structure, whose ids are UUIDs of its own; return the new draft version. Raises Refused.

    Rows that are there already are changed, others added or removed.
    """
    structure = checked(structure)
    workflow = Workflow.objects.select_for_update(of=("self",)).get(pk=workflow.pk)
    nodes = {_id(node): node for node in structure["nodes"]}
    if len(nodes) < len(structure["nodes"]):
        raise Refused(Failure("workflow_id_twice"))
    _refuse_foreign(WorkflowNode, nodes, workflow)
    workflow.edges.all().delete()
    workflow.nodes.exclude(pk__in=nodes).delete()
    changed = ["type", "position", "data", "extra"]
    WorkflowNode.objects.bulk_create(
        [_node_row(workflow, pk, node) for pk, node in nodes.items()],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=changed,
    )
    edges = _edge_rows(workflow, structure["edges"], nodes)
    _refuse_foreign(WorkflowEdge, [row.pk for row in edges], workflow)
    WorkflowEdge.objects.bulk_create(edges)
    extra = {name: value for name, value in structure.items() if name not in {"nodes", "edges"}}
    Workflow.objects.filter(pk=workflow.pk).update(draft_version=F("draft_version") + 1, extra=extra)
    return workflow.draft_version + 1


def checked(structure: Mapping) -> dict:
    """Return a structure that came from outside as it can be kept. Raises Refused."""
    if _depth(structure) > validators.DEEPEST:
        raise Refused(Failure("workflow_deep", {"most": validators.DEEPEST}), status=422)
    try:
        validators.validate_structure(structure)
    except ValidationError as error:
        raise Refused(Failure("workflow_structure", {"problem": error.messages[0][:300]}), status=422) from None
    return clean_json(structure)


def _depth(value: object) -> int:
    """How many layers a value has, counted to one more than are allowed."""
    layer, depth = [value], 0
    while layer and depth <= validators.DEEPEST:
        depth += 1
        inner = []
        for one in layer:
            if isinstance(one, Mapping):
                inner += one.values()
            elif isinstance(one, list | tuple):
                inner += one
        layer = [one for one in inner if isinstance(one, Mapping | list | tuple)]
    return depth


def _id(thing: Mapping) -> UUID:
    if found := as_uuid(thing["id"]):
        return found
    raise Refused(Failure("workflow_ids_foreign"), status=422)


def _refuse_foreign(model: type, ids: Iterable[UUID], workflow: Workflow) -> None:
    """A row of another workflow must never be changed by way of this one."""
    if model.objects.filter(pk__in=list(ids)).exclude(workflow=workflow).exists():
        raise Refused(Failure("workflow_ids_foreign"), status=422)


def _node_row(workflow: Workflow, pk: UUID, node: Mapping) -> WorkflowNode:
    extra = {name: value for name, value in node.items() if name not in _NODE and name not in _OF_PAGE}
    data = {name: value for name, value in node["data"].items() if name != "runtime"}
    return WorkflowNode(id=pk, workflow=workflow, type=node["type"], position=node["position"], data=data, extra=extra)


def _edge_rows(workflow: Workflow, edges: Iterable[Mapping], nodes: Mapping[UUID, Mapping]) -> list[WorkflowEdge]:
    """The edges' rows, without those that lead to no node or to their own, and without a second one that is alike."""
    found: dict[tuple, WorkflowEdge] = {}
    for edge in edges:
        row = _edge_row(workflow, edge)
        if row.source_id in nodes and row.target_id in nodes and row.source_id != row.target_id:
            found.setdefault((row.source_id, row.source_handle, row.target_id, row.target_handle), row)
    seen: set[UUID] = set()
    for row in found.values():
        row.pk = uuid7() if row.pk in seen else row.pk
        seen.add(row.pk)
    return list(found.values())


def _edge_row(workflow: Workflow, edge: Mapping) -> WorkflowEdge:
    extra = {name: value for name, value in edge.items() if name not in _EDGE and name not in _OF_PAGE}
    return WorkflowEdge(
        id=as_uuid(edge["id"]) or uuid7(),
        workflow=workflow,
        source_id=as_uuid(edge["source"]),
        target_id=as_uuid(edge["target"]),
        source_handle=edge.get("sourceHandle") or None,
        target_handle=edge.get("targetHandle") or None,
        extra=extra,
    )
