"""Factories of runs of workflows: rows as the engine leaves them, without running anything."""

from datetime import timedelta

from django.utils import timezone

from agents.models import ACTIVE, Run, RunKind, RunStatus
from teams.models import User
from tests.factories.workflows import Sketch, line, published
from workflows.models import ENDED, Approval, Effect, StepStatus, Workflow, WorkflowRun, WorkflowStep

MINUTE = timedelta(minutes=1)


def workflow_run(by: User | None, workflow: Workflow, status: str = RunStatus.SUCCEEDED, **fields) -> WorkflowRun:
    """Add a run of what is published of a workflow, or of `structure`; it began a minute ago."""
    now = timezone.now()
    run = Run.objects.create(
        kind=RunKind.WORKFLOW,
        requested_by=by,
        team=workflow.team,
        status=status,
        started_at=now - MINUTE,
        finished_at=None if status in ACTIVE else now,
        **{name: fields.pop(name) for name in ("error_code", "error_params", "cost") if name in fields},
    )
    given = {"structure": workflow.structure, "version": workflow.versions.first()} | fields
    return WorkflowRun.objects.create(workflow=workflow, run=run, **given)


def workflow_step(run: WorkflowRun, name: str, status: str = StepStatus.DONE, **fields) -> WorkflowStep:
    """Add a step of the node of this name."""
    node = next(one for one in run.structure["nodes"] if one["data"]["name"] == name)
    now = timezone.now()
    given = {"path": node["id"], "started_at": now, "finished_at": now if status in ENDED else None} | fields
    return WorkflowStep.objects.create(
        workflow_run=run, node_id=node["id"], node_type=node["type"], status=status, **given
    )


BUTTONS = [{"id": "yes", "label": "Approve", "style": "primary"}, {"id": "no", "label": "Reject", "style": "danger"}]
FORM = {
    "type": "object",
    "properties": {"text": {"type": "string", "title": "Text", "format": "multiline"}},
    "required": ["text"],
}


def asking(**data) -> Sketch:
    """Draw a workflow that asks somebody before it ends."""
    schema = {"type": "object", "properties": {"topic": {"type": "string"}}}
    node = {
        "title": [{"text": "Send it?"}],
        "text": [],
        "form": FORM,
        "buttons": BUTTONS,
        "audience": {"starter": True},
    }
    return line(("approval", node | data), schema=schema)


def approval(by: User, workflow: Workflow | None = None, **fields) -> Approval:
    """Add a run that waits for a decision about “Send it?”, and what it asks."""
    workflow = workflow or published(by, sketch=asking())
    run = workflow_run(by, workflow, RunStatus.WAITING, input={"topic": "Coffee"})
    workflow_step(run, "input", output={"topic": "Coffee"})
    step = workflow_step(run, "approval0", StepStatus.WAITING_PERSON)
    given = {
        "title": "Send it?",
        "text": "The letter about coffee.",
        "form": FORM,
        "buttons": BUTTONS,
        "audience": {"people": [], "role": "", "starter": True},
        "values": {"text": "Dear all"},
    }
    return Approval.objects.create(step=step, **given | fields)


def unknown(by: User, workflow: Workflow) -> WorkflowStep:
    """Add a run whose request was cut off in the middle; the workflow has a node `http0`."""
    run = workflow_run(by, workflow, RunStatus.WAITING)
    sent = {"method": "POST", "url": "https://crm.example.org/leads", "body": {"name": "Sari"}}
    return workflow_step(run, "http0", StepStatus.UNKNOWN, input=sent, effect=Effect.UNSAFE)
