"""Operations on a draft, as pages send them: all in one transaction, each once, and nobody's words over another's.

What two people do to different nodes or fields comes together. A field that somebody else has changed since the page
read it is not written over: the answer has both values. Places on the canvas are nobody's words: the last move counts.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from sambung.lib.errors import Refused
from sambung.lib.failures import Failure
from sambung.lib.jsonb import clean_json
from sambung.lib.schema import check
from teams.models import User
from workflows import validators
from workflows.editing.rows import Rows, is_deep
from workflows.models import Workflow, WorkflowChange, WorkflowNode
from workflows.nodes.graph import STILL
from workflows.nodes.kinds import KINDS

MOST = 500  # operations at once
_ID = {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}
_HANDLE = {"type": ["string", "null"], "maxLength": 100}
_SIDE = {"type": ["number", "null"], "minimum": 1, "maximum": 1e5}
_PARENT = {"anyOf": [_ID, {"type": "null"}]}
_ENDS = {"source": _ID, "sourceHandle": _HANDLE, "target": _ID, "targetHandle": _HANDLE}
_FIELD = {"type": "string", "minLength": 1, "maxLength": 64, "pattern": r"^(?!__)[A-Za-z_][\w-]*$"}
_NODE = {
    "type": "object",
    "required": ["id", "type", "position", "data"],
    "properties": {
        "id": _ID,
        "type": {"enum": list(KINDS)},
        "position": validators.POSITION,
        "data": {"type": "object"},
        "parentId": _ID,
    },
}


def _shape(*required: str, **properties: dict) -> dict:
    return {"type": "object", "required": ["id", "op", *required], "properties": {"id": _ID} | properties}


SHAPES = {
    "add": _shape("node", node=_NODE),
    "move": _shape(
        "node", "position", node=_ID, position=validators.POSITION, parentId=_PARENT, width=_SIDE, height=_SIDE
    ),
    "set": _shape("node", "field", node=_ID, field=_FIELD),
    "connect": _shape("source", "target", **_ENDS),
    "disconnect": _shape("source", "target", **_ENDS),
    "delete": _shape("node", node=_ID),
}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one operation: done, moot (there is nothing left that it could change), conflict or refused.

    For a conflict `theirs` is what stands there now, and `by` who wrote it, where that is known.
    """

    id: str
    state: str = "done"
    failure: Failure | None = None
    theirs: object = None
    by: str = ""

    @property
    def told(self) -> dict:
        """The result as JSON."""
        told = {"id": self.id, "state": self.state}
        if self.failure:
            told |= {"code": self.failure.code, "sentence": self.failure.sentence}
        return told | ({"theirs": self.theirs, "by": self.by} if self.state == "conflict" else {})


@dataclass(frozen=True, slots=True)
class Applied:
    """The draft's version before and after, and what became of each operation."""

    before: int
    version: int
    results: list[Result] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        return all(result.state in {"done", "moot"} for result in self.results)


def checked(operations: object) -> list[dict]:
    """Return operations that came from outside as they can be kept. Raises Refused."""
    if not isinstance(operations, list) or len(operations) > MOST or is_deep(operations):
        raise Refused(Failure("workflow_operations"), status=422)
    for operation in operations:
        shape = SHAPES.get(operation.get("op")) if isinstance(operation, dict) else None
        try:
            check(operation, shape or {"type": "null"})
        except ValidationError:
            raise Refused(Failure("workflow_operations"), status=422) from None
    return [clean_json(operation) for operation in operations]


@transaction.atomic
def apply(*, by: User, workflow: Workflow, operations: Sequence[Mapping]) -> Applied:
    """Change the draft by operations that were checked; one that was done before is not done again."""
    locked = Workflow.objects.select_for_update(of=("self",)).get(pk=workflow.pk)
    ids = [operation["id"] for operation in operations]
    known = WorkflowChange.objects.filter(workflow=locked, operation__in=ids).values_list("operation", flat=True)
    seen, rows, results, changes = set(map(str, known)), Rows(locked, operations), [], []
    for operation in operations:
        result = Result(operation["id"]) if operation["id"] in seen else _ACTS[operation["op"]](rows, operation)
        results.append(result)
        if result.state == "done" and operation["id"] not in seen:
            changes.append(_change(locked, by, operation))
            seen.add(operation["id"])
    before = locked.draft_version
    if changes:
        rows.save()
        locked.draft_version += 1
        locked.save(update_fields=["draft_version", "updated_at"])
        WorkflowChange.objects.bulk_create(changes)
    return Applied(before, locked.draft_version, results)


def _change(workflow: Workflow, by: User, operation: Mapping) -> WorkflowChange:
    node = operation.get("node") or operation.get("source")
    return WorkflowChange(
        workflow=workflow,
        number=workflow.draft_version + 1,
        operation=operation["id"],
        act=operation["op"],
        node=node["id"] if isinstance(node, Mapping) else node,
        field=operation.get("field", ""),
        user=by,
    )


# ---- each act -------------------------------------------------------------------------------------------
def _add(rows: Rows, operation: Mapping) -> Result:
    node = operation["node"]
    pk = UUID(node["id"])
    if pk in rows.nodes:
        return Result(operation["id"])
    if pk in rows.foreign:
        return _refused(operation, "workflow_ids_foreign")
    if rows.count >= validators.NODES:
        return _refused(operation, "workflow_nodes_many", most=validators.NODES)
    rows.add(node)
    return Result(operation["id"])


def _move(rows: Rows, operation: Mapping) -> Result:
    if not (node := rows.nodes.get(UUID(operation["node"]))):
        return Result(operation["id"], "moot")
    places = {name: operation[name] for name in ("parentId", "width", "height") if name in operation}
    if (parent := places.get("parentId")) and rows.is_within(UUID(parent), node.pk):
        return _refused(operation, "workflow_parent_itself")
    rows.move(node, operation["position"], places)
    return Result(operation["id"])


def _set(rows: Rows, operation: Mapping) -> Result:
    node, name, ours = rows.nodes.get(UUID(operation["node"])), operation["field"], operation.get("value")
    if not node:
        return Result(operation["id"], "conflict", Failure("workflow_edit_gone"))
    theirs = node.data.get(name)
    if not _same(theirs, ours):
        if not _same(theirs, operation.get("was")):
            by = rows.author(node, name)
            return Result(operation["id"], "conflict", Failure("workflow_edit_both"), theirs, by)
        rows.write(node, name, operation)
    return Result(operation["id"])


def _connect(rows: Rows, operation: Mapping) -> Result:
    source, target = (rows.nodes.get(UUID(operation[end])) for end in ("source", "target"))
    if not source or not target:
        return _refused(operation, "workflow_edge_to_nothing")
    if rows.key(operation) in rows.edges:
        return Result(operation["id"])
    if reason := _misplaced(rows, source, target):
        return _refused(operation, reason.code, **reason.params)
    rows.connect(operation)
    return Result(operation["id"])


def _misplaced(rows: Rows, source: WorkflowNode, target: WorkflowNode) -> Failure | None:
    """Why there can be no edge between two nodes."""
    names = {"source": rows.name(source), "target": rows.name(target)}
    if source.pk == target.pk:
        return Failure("workflow_edge_to_itself")
    if {source.type, target.type} & STILL or source.type == "output":
        is_note = source.type != "output"
        return Failure("workflow_edge_of_note" if is_note else "workflow_edge_from_output")
    if target.type == "input":
        return Failure("workflow_edge_into_input")
    if rows.loop_of(source) != rows.loop_of(target):
        return Failure("workflow_edge_across", names)
    if rows.leads(target.pk, source.pk):
        return Failure("workflow_circle", {"name": names["target"]})
    return None


def _disconnect(rows: Rows, operation: Mapping) -> Result:
    if rows.key(operation) not in rows.edges:
        return Result(operation["id"], "moot")
    rows.disconnect(operation)
    return Result(operation["id"])


def _delete(rows: Rows, operation: Mapping) -> Result:
    if not (node := rows.nodes.get(UUID(operation["node"]))):
        return Result(operation["id"], "moot")
    if "was" in operation and not _same(node.data, operation["was"]):
        return Result(operation["id"], "conflict", Failure("workflow_edit_changed"), node.data, rows.author(node))
    rows.delete(node)
    return Result(operation["id"])


def _refused(operation: Mapping, code: str, **params: str | int) -> Result:
    return Result(operation["id"], "refused", Failure(code, params))


def _same(one: object, other: object) -> bool:
    """Whether two values are the same JSON: 1 is 1.0, but true is not 1."""
    match one, other:
        case Mapping(), Mapping():
            return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
        case list(), list():
            return len(one) == len(other) and all(map(_same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and one == other


_ACTS: dict[str, Callable[[Rows, Mapping], Result]] = {
    "add": _add,
    "move": _move,
    "set": _set,
    "connect": _connect,
    "disconnect": _disconnect,
    "delete": _delete,
}
