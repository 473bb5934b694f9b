"""What workflows call: no chain of published ones leads back to where it began."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from agents.models import Agent
from sambung.lib.ids import as_uuid
from workflows.models import Workflow

KIND = "workflow"  # of the tools that workflows are
DEEPEST = 5  # calls inside of calls


def called(structure: Mapping) -> set[UUID]:
    """The ids of the workflows that a structure may call: by its tools, and by the agents that it asks."""
    tools, agents = set(), set()
    for node in structure["nodes"]:
        data = node["data"]
        if data.get("disabled"):
            continue
        if node["type"] == "tool" and (data.get("tool") or {}).get("kind") == KIND:
            tools.add(str(data["tool"].get("source")))
        elif node["type"] == "agent":
            agents.add(str(data.get("agent")))
    return set(_ids(tools)) | set(_ids(_of_agents(_ids(agents))))


def _of_agents(agents: Iterable[UUID]) -> list[str]:
    """The workflows that agents were given."""
    rows = Agent.objects.filter(pk__in=list(agents), deleted_at=None).values_list("allowed_workflows", flat=True)
    return [pk for listed in rows for pk in listed]


def _ids(texts: Collection[str]) -> list[UUID]:
    return [pk for text in texts if (pk := as_uuid(text))]


def circle(workflow: Workflow, structure: Mapping) -> list[str] | None:
    """Return the names along which a structure, published as this workflow, would call itself; None where it does not.

    A query for each step away, each workflow once.
    """
    names, came_from = {workflow.pk: workflow.name}, dict.fromkeys(called(structure), workflow.pk)
    seen: set[UUID] = set()
    while found := came_from.keys() - seen:
        if workflow.pk in found:
            return _chain(workflow.pk, came_from, names)
        seen |= found
        rows = Workflow.objects.filter(pk__in=found, published=True, deleted_at=None)
        for pk, name, calls in rows.values_list("pk", "name", "structure"):
            names[pk] = name
            for one in called(calls):
                came_from.setdefault(one, pk)
    return None


def _chain(end: UUID, came_from: Mapping[UUID, UUID], names: Mapping[UUID, str]) -> list[str]:
    """The names from a workflow to itself."""
    found, at = [names[end]], came_from[end]
    while at != end:
        found.append(names[at])
        at = came_from[at]
    return [names[end], *reversed(found)]
