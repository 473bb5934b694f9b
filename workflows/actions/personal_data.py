"""What becomes of workflows when their person goes, and what a person takes with them."""

from collections.abc import Iterator

from agents.models import Run
from teams.models import User
from workflows.editing import draft
from workflows.models import Approval, Workflow, WorkflowRun, WorkflowTrigger


def delete_personal(person: User) -> None:
    """Remove the person's own workflows and what they did, and rest what runs as them. A team's stay."""
    own = WorkflowRun.objects.filter(run__team=None, run__requested_by=person)
    Run.objects.filter(pk__in=list(own.values_list("run", flat=True))).delete()
    Workflow.objects.filter(user=person, team=None).delete()
    WorkflowTrigger.objects.filter(runs_as=person).update(is_active=False)


def export(person: User) -> Iterator[tuple[str, object]]:
    """Each personal workflow with its versions, what was run, and what the person has decided, in teams as well."""
    for workflow in Workflow.objects.filter(user=person, team=None, deleted_at=None).order_by("created_at", "id"):
        yield f"workflows/{workflow.pk}.json", _told(workflow)
    runs = WorkflowRun.objects.filter(run__requested_by=person).select_related("workflow", "run", "run__team")
    for one in runs.order_by("created_at", "id").iterator():
        yield f"workflow-runs/{one.pk}.json", _run(one)
    decided = Approval.objects.filter(decided_by=person).order_by("created_at", "id")
    told = ("title", "text", "decision", "values", "comment", "decided_at")
    if found := list(decided.values(*told)):
        yield "approvals.json", found


def _told(workflow: Workflow) -> dict:
    told = ("id", "name", "description", "tool_config", "published", "visibility", "created_at", "updated_at")
    versions = workflow.versions.order_by("number").values("number", "structure", "tool_config", "note", "created_at")
    tests = workflow.tests.values("name", "input", "mocks", "expected")
    triggers = workflow.triggers.values("kind", "config", "is_active", "created_at")
    rows = {"versions": list(versions), "tests": list(tests), "triggers": list(triggers)}
    return {name: getattr(workflow, name) for name in told} | {"draft": draft.structure_of(workflow)} | rows


def _run(one: WorkflowRun) -> dict:
    team = one.run.team.name if one.run.team else None
    told = {"id": one.pk, "workflow": one.workflow.name, "team": team, "trigger": one.trigger}
    told |= {"status": one.run.status, "input": one.input, "output": one.output, "created_at": one.created_at}
    names = ("path", "attempt", "node_type", "status", "input", "output", "started_at", "finished_at")
    return told | {"steps": list(one.steps.values(*names))}
