"""What becomes of workflows when their person goes, and what a person takes with them."""

from collections.abc import Iterator
from contextlib import suppress

from agents.models import ACTIVE, Run
from sambung.lib.files import store
from teams.models import User
from workflows.editing import draft
from workflows.engine import stopping
from workflows.engine.values import FOLDER
from workflows.models import Approval, Workflow, WorkflowRun, WorkflowTrigger

_STEP = (
    *("path", "attempt", "node_type", "status", "handle", "input", "output", "input_file", "output_file"),
    *("usage", "cost", "effect", "error_code", "error_params", "started_at", "finished_at"),
)


def delete_personal(person: User) -> None:
    """Remove the person's own workflows and what they did, and rest what runs as them. A team's stay.

    What is under way is stopped first: nothing goes on for somebody who has gone.
    """
    for one in WorkflowRun.objects.filter(run__requested_by=person, run__status__in=ACTIVE):
        stopping.stop(one)
    own = WorkflowRun.objects.filter(run__team=None, run__requested_by=person)
    Run.objects.filter(pk__in=list(own.values_list("run", flat=True))).delete()
    Workflow.objects.filter(user=person, team=None).delete()
    WorkflowTrigger.objects.filter(runs_as=person).update(is_active=False)


def export(person: User) -> Iterator[tuple[str, object]]:
    """Each personal workflow with its versions, what was run, and what the person has decided, in teams as well."""
    for workflow in Workflow.objects.filter(user=person, team=None, deleted_at=None).order_by("created_at", "id"):
        yield f"workflows/{workflow.pk}.json", _told(workflow)
    runs = WorkflowRun.objects.filter(run__requested_by=person).select_related(
        "workflow", "run", "run__team", "version"
    )
    for one in runs.order_by("created_at", "id").iterator():
        yield f"workflow-runs/{one.pk}.json", _run(one)
        yield from _stored(one)
    decided = Approval.objects.filter(decided_by=person).order_by("created_at", "id")
    told = ("title", "text", "decision", "values", "comment", "decided_at")
    if found := list(decided.values(*told)):
        yield "approvals.json", found


def _stored(one: WorkflowRun) -> Iterator[tuple[str, bytes]]:
    """The bytes of its files and large values, by the names that its steps have for them."""
    for key in sorted(store.stored_in(f"{FOLDER}/{one.pk.hex}")):
        with suppress(FileNotFoundError):
            yield f"workflow-runs/{one.pk}/{key.rpartition('/')[2]}", store.content(key)


def _told(workflow: Workflow) -> dict:
    told = ("id", "name", "description", "tool_config", "published", "visibility", "created_at", "updated_at")
    versions = workflow.versions.order_by("number").values("number", "structure", "tool_config", "note", "created_at")
    tests = workflow.tests.values("name", "input", "mocks", "expected")
    triggers = workflow.triggers.values("kind", "config", "limits", "is_active", "next_at", "created_at")
    rows = {"versions": list(versions), "tests": list(tests), "triggers": list(triggers)}
    return {name: getattr(workflow, name) for name in told} | {"draft": draft.structure_of(workflow)} | rows


def _run(one: WorkflowRun) -> dict:
    team = one.run.team.name if one.run.team else None
    told = {"id": one.pk, "workflow": one.workflow.name, "team": team, "trigger": one.trigger}
    told |= {"status": one.run.status, "input": one.input, "output": one.output, "created_at": one.created_at}
    told |= {"version": one.version and one.version.number, "structure": one.structure, "limits": one.limits}
    told |= {"usage": one.run.usage, "cost": one.run.cost, "finished_at": one.run.finished_at}
    return told | {"steps": list(one.steps.values(*_STEP))}
