"""Starting a run: its row, its steps that are reused, and whoever takes it."""

from collections.abc import Mapping
from types import EllipsisType

from django.db import transaction
from django.db.models.functions import Now

from agents.catalog import Reference
from agents.models import Run, RunKind
from sambung.lib.errors import Refused
from sambung.lib.failures import Failed, Failure
from sambung.lib.jsonb import clean_json
from teams.models import Team, User
from teams.workspace import Workspace
from workflows.engine import carrier, files, values
from workflows.models import Trigger, Workflow, WorkflowRun, WorkflowStep, WorkflowTrigger, WorkflowVersion
from workflows.nodes import checking, schemas

DEEPEST = 5  # workflows that call one another


@transaction.atomic
def start(
    *,
    workflow: Workflow,
    structure: Mapping,
    input: Mapping,
    by: User,
    version: WorkflowVersion | None = None,
    trigger: str = Trigger.HAND,
    workflow_trigger: WorkflowTrigger | None = None,
    parent_step: WorkflowStep | None = None,
    replay_of: WorkflowRun | None = None,
    reuse: Mapping[str, WorkflowStep] | None = None,
    limits: Mapping | None = None,
    key: str = "",
    mocks: Mapping | None = None,
    model: Reference | None = None,
    team: Team | EllipsisType | None = ...,
) -> WorkflowRun:
    """Queue a run of `structure` as `by`, whose rights count; a host takes it on commit.

    `version` None: the draft. `key` makes it harmless to repeat: the run of the first time is returned. `reuse` are
    steps of another run whose results stand in, by path. `team`: where it runs, if that is not where the workflow is
    (a shared one runs in the workspace of whoever runs it). Raises Refused.
    """
    if key and (known := _known(workflow, workflow_trigger, key)):
        return known
    depth = parent_step.workflow_run.depth + 1 if parent_step else 0
    if depth > DEEPEST:
        raise Refused(Failure("workflow_calls_deep", {"most": DEEPEST}))
    why = {"version": version, "trigger": trigger, "workflow_trigger": workflow_trigger, "key": key}
    why |= {"parent_step": parent_step, "replay_of": replay_of, "depth": depth}
    what = {"structure": structure, "input": _checked(structure, input), "mocks": mocks, "limits": dict(limits or {})}
    run = _queued(by, workflow.team if team is ... else team, model)
    made = WorkflowRun.objects.create(workflow=workflow, run=run, **why, **what)
    _take_files(made, Workspace(by, run.team))
    _reuse(made, reuse or {})
    carrier.start(run)
    return made


def _take_files(made: WorkflowRun, workspace: Workspace) -> None:
    """Make the files that the input names the run's own. Raises Refused."""
    own = files.taken(made.input, made, workspace)
    if own != made.input:
        made.input = own
        made.save(update_fields=["input"])


def _queued(by: User, team: Team | None, model: Reference | None) -> Run:
    named = {"api_key_id": model.api_key, "provider": model.provider, "model": model.model} if model else {}
    return Run.objects.create(kind=RunKind.WORKFLOW, requested_by=by, team=team, heartbeat_at=Now(), **named)


def _known(workflow: Workflow, workflow_trigger: WorkflowTrigger | None, key: str) -> WorkflowRun | None:
    return WorkflowRun.objects.filter(workflow=workflow, workflow_trigger=workflow_trigger, key=key).first()


def _checked(structure: Mapping, input: Mapping) -> dict:
    """The input as it is taken, if the graph can run. Raises Refused."""
    if fault := next((fault for fault in checking.faults(structure) if fault.is_error), None):
        raise Refused(Failure(fault.code, fault.params))
    schema = next(node["data"].get("schema") or {} for node in structure["nodes"] if node["type"] == "input")
    try:
        return clean_json(schemas.taken(schema, input))
    except Failed as failed:
        raise Refused(failed.failure, status=422) from None


def _reuse(made: WorkflowRun, reuse: Mapping[str, WorkflowStep]) -> None:
    """Copy steps that were done: what they gave stands, and their effects do not happen again."""
    kept = ("node_id", "node_type", "status", "handle", "input", "output", "size", "usage")
    copies = [
        WorkflowStep(
            workflow_run=made,
            path=path,
            reused_from=step,
            started_at=step.started_at,
            finished_at=step.finished_at,
            input_file=values.copy(step.input_file, made.pk) if step.input_file else "",
            output_file=values.copy(step.output_file, made.pk) if step.output_file else "",
            **{name: getattr(step, name) for name in kept},
        )
        for path, step in reuse.items()
    ]
    WorkflowStep.objects.bulk_create(copies)
