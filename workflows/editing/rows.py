"""The rows that operations name, changed in memory and saved together."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from uuid import UUID

from django.db.models import Q

from workflows import validators
from workflows.models import Workflow, WorkflowChange, WorkflowEdge, WorkflowNode

_KNOWN = frozenset({"id", "type", "position", "data"})
Key = tuple[UUID, str | None, UUID, str | None]


class Rows:
    """Nodes and edges of one draft, as far as operations are about them. Its workflow is locked."""

    def __init__(self, workflow: Workflow, operations: Sequence[Mapping]):
        self.workflow = workflow
        named = set(_named(operations))
        rows = WorkflowNode.objects.filter(pk__in=named)
        is_all = any(one["op"] in {"connect", "delete"} or one.get("parentId") for one in operations)
        wanted = rows | WorkflowNode.objects.filter(workflow=workflow) if is_all else rows
        self.nodes: dict[UUID, WorkflowNode] = {row.pk: row for row in wanted}
        self.foreign = {pk for pk, row in self.nodes.items() if row.workflow_id != workflow.pk}
        for pk in self.foreign:
            del self.nodes[pk]
        self._added: dict[UUID, WorkflowNode] = {}
        self._changed: dict[UUID, WorkflowNode] = {}
        self._gone: set[UUID] = set()
        self._drawn: dict[Key, WorkflowEdge] = {}
        self._cut: set[UUID] = set()

    @cached_property
    def edges(self) -> dict[Key, WorkflowEdge]:
        """The edges by their ends."""
        return {_key(row): row for row in WorkflowEdge.objects.filter(workflow=self.workflow)}

    @cached_property
    def _stored(self) -> int:
        return WorkflowNode.objects.filter(workflow=self.workflow).count()

    @property
    def count(self) -> int:
        """How many nodes there are by now."""
        return self._stored + len(self._added) - len(self._gone)

    # ---- asked -----------------------------------------------------------------------------------------
    @staticmethod
    def key(ends: Mapping) -> Key:
        """What tells an edge from all others: its ends."""
        handles = (ends.get("sourceHandle") or None, ends.get("targetHandle") or None)
        return UUID(ends["source"]), handles[0], UUID(ends["target"]), handles[1]

    @staticmethod
    def name(node: WorkflowNode) -> str:
        return str(node.data.get("name") or node.type)

    def author(self, node: WorkflowNode, field: str = "") -> str:
        """Who changed a node last, or a field of it; "" where that is not known."""
        rows = WorkflowChange.objects.filter(workflow=self.workflow, node=node.pk).select_related("user")
        found = rows.filter(Q(field=field) | Q(act="add") if field else Q()).order_by("-number", "-id").first()
        return str(found.user) if found and found.user else ""

    def _above(self, pk: UUID) -> Iterator[WorkflowNode]:
        """What a node lies in, from the inside."""
        seen = {pk}
        while (node := self.nodes.get(pk)) and (parent := node.extra.get("parentId")):
            pk = UUID(parent)
            if pk in seen or pk not in self.nodes:
                return
            seen.add(pk)
            yield self.nodes[pk]

    def loop_of(self, node: WorkflowNode) -> UUID | None:
        """The loop whose body a node is in."""
        return next((one.pk for one in self._above(node.pk) if one.type == "loop"), None)

    def is_within(self, pk: UUID, container: UUID) -> bool:
        """Whether a node is another one or lies in it."""
        return pk == container or any(one.pk == container for one in self._above(pk))

    def leads(self, source: UUID, target: UUID) -> bool:
        """Whether edges lead from a node to another."""
        following: dict[UUID, list[UUID]] = {}
        for key in self.edges:
            following.setdefault(key[0], []).append(key[2])
        left, seen = [source], {source}
        while left:
            for one in following.get(left.pop(), ()):
                if one == target:
                    return True
                if one not in seen:
                    seen.add(one)
                    left.append(one)
        return False

    # ---- changed ---------------------------------------------------------------------------------------
    def add(self, node: Mapping) -> None:
        """Take up a new node, as XYFlow holds it."""
        extra = {name: value for name, value in node.items() if name not in _KNOWN}
        row = WorkflowNode(
            id=UUID(node["id"]),
            workflow=self.workflow,
            type=node["type"],
            position=node["position"],
            data=node["data"],
            extra=extra,
        )
        self.nodes[row.pk] = self._added[row.pk] = row

    def move(self, node: WorkflowNode, position: Mapping, places: Mapping) -> None:
        """Give a node another place: `places` are its container and its size, null for none."""
        node.position = dict(position)
        kept = {name: value for name, value in node.extra.items() if name not in places}
        node.extra = kept | {name: value for name, value in places.items() if value is not None}
        self._changed[node.pk] = node

    def write(self, node: WorkflowNode, name: str, operation: Mapping) -> None:
        """Write the value of an operation into a field; without a value the field goes."""
        node.data = {key: value for key, value in node.data.items() if key != name}
        if "value" in operation:
            node.data[name] = operation["value"]
        self._changed[node.pk] = node

    def connect(self, ends: Mapping) -> None:
        source, source_handle, target, target_handle = key = self.key(ends)
        row = WorkflowEdge(
            workflow=self.workflow,
            source_id=source,
            target_id=target,
            source_handle=source_handle,
            target_handle=target_handle,
        )
        self.edges[key] = self._drawn[key] = row

    def disconnect(self, ends: Mapping) -> None:
        key = self.key(ends)
        row = self.edges.pop(key)
        if self._drawn.pop(key, None) is None:
            self._cut.add(row.pk)

    def delete(self, node: WorkflowNode) -> None:
        """Take a node away with its edges; what lay in it stays where it stood."""
        for key in [key for key in self.edges if node.pk in (key[0], key[2])]:
            self.edges.pop(key)
            self._drawn.pop(key, None)
        for inner in self.nodes.values():
            if inner.extra.get("parentId") == str(node.pk):
                place = {axis: inner.position[axis] + node.position[axis] for axis in ("x", "y")}
                self.move(inner, place, {"parentId": node.extra.get("parentId")})
        del self.nodes[node.pk]
        self._changed.pop(node.pk, None)
        if self._added.pop(node.pk, None) is None:
            self._gone.add(node.pk)

    def save(self) -> None:
        """Store all that was changed."""
        WorkflowEdge.objects.filter(pk__in=self._cut).delete()
        if self._gone:
            WorkflowNode.objects.filter(workflow=self.workflow, pk__in=self._gone).delete()
        WorkflowNode.objects.bulk_create(self._added.values())
        changed = [row for pk, row in self._changed.items() if pk not in self._added]
        if changed:
            WorkflowNode.objects.bulk_update(changed, ["position", "data", "extra"])
        WorkflowEdge.objects.bulk_create(self._drawn.values())


def _key(row: WorkflowEdge) -> Key:
    return row.source_id, row.source_handle, row.target_id, row.target_handle


def _named(operations: Sequence[Mapping]) -> Iterator[str]:
    """The ids of nodes that operations name."""
    for operation in operations:
        for name in ("node", "source", "target", "parentId"):
            if found := operation.get(name):
                yield found["id"] if isinstance(found, Mapping) else found


def is_deep(value: object) -> bool:
    """Whether a value has more layers than are kept."""
    layer = [value]
    for _ in range(validators.DEEPEST + 4):
        inner: list = []
        for one in layer:
            inner += one.values() if isinstance(one, Mapping) else one
        layer = [one for one in inner if isinstance(one, Mapping | list)]
        if not layer:
            return False
    return True
