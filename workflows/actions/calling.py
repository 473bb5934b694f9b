"""Workflows that are called as tools, by a chat, an agent or another workflow: each call begins one run, and once.

The run of a call is found by the run and the call that asked for it, so that a call that is made again gets what it
began before. A run whose caller has ended is stopped; one that ends wakes its caller.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

import orjson
from django.db import IntegrityError, transaction
from django.db.models import Q

from agents.generation import approvals
from agents.models import ACTIVE, ApprovalStatus, Run, RunKind, RunStatus, ToolApproval
from agents.tools import Caller, Failed, Failure, Result
from sambung.lib.errors import Refused
from sambung.lib.ids import as_uuid
from teams import access
from teams.workspace import Workspace
from workflows.engine import asking, deciding, starting, stopping
from workflows.engine.children import key
from workflows.models import StepStatus, Trigger, Workflow, WorkflowRun, WorkflowStep
from workflows.publishing.calls import DEEPEST, KIND

LONGEST = 100_000  # characters of a result that a model reads
MOST = 200  # calls that one look wakes
_STOPPED = (RunStatus.STOPPED, RunStatus.INTERRUPTED)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the run of a call is: what came of it, None so far; whether nobody is at it; what it does, in names."""

    result: Result | None
    is_waiting: bool = False
    told: str = ""


# ---- begun ----------------------------------------------------------------------------------------------
def begin(workflow_id: str, args: Mapping, caller: Caller) -> UUID:
    """Start the run of a call, on what is published now, or find the one that it has; return its id. Raises Failed."""
    named = key(caller.run, caller.call)
    if found := _begun(named):
        return found
    workspace = caller.workspace
    rows = access.rows(workspace.user, Workflow.objects.select_related("team").filter(published=True))
    workflow = rows.filter(pk=workflow_id).first()
    version = workflow and workflow.versions.first()
    if version is None:
        raise Failed("workflow_gone")
    above = _refuse_circle(workflow, caller.run)
    try:
        with transaction.atomic():
            return _start(workflow, version, args, caller, above, named)
    except IntegrityError:  # the same call was made twice at once
        if found := _begun(named):
            return found
        raise


def with_inner(keys: Collection[str]) -> list[UUID]:
    """The ids of the runs of these calls, and of those that they have called in turn."""
    found = list(WorkflowRun.objects.filter(key__in=keys, workflow_trigger=None).values_list("pk", "run"))
    for _n in range(DEEPEST):
        inner = WorkflowRun.objects.filter(called_by__in=[run for _pk, run in found]).values_list("pk", "run")
        new = [one for one in inner if one not in found]
        if not new:
            break
        found += new
    return [pk for pk, _run in found]


def _begun(named: str) -> UUID | None:
    rows = WorkflowRun.objects.filter(key=named, workflow_trigger=None) if named else WorkflowRun.objects.none()
    return rows.values_list("pk", flat=True).first()


def _refuse_circle(workflow: Workflow, run_id: UUID | None) -> WorkflowRun | None:
    """Return the run of a workflow that calls, if one does. Raises Failed where it is called by itself or too deep."""
    above = at = run_id and WorkflowRun.objects.filter(run=run_id).select_related("workflow").first()
    names = [workflow.name]
    while at:
        names.append(at.workflow.name)
        if at.workflow_id == workflow.pk:
            raise Failed("workflow_calls_itself", names=" → ".join(reversed(names)))
        if len(names) > DEEPEST:
            raise Failed("workflow_calls_deep", most=DEEPEST)
        rows = WorkflowRun.objects.filter(run=at.called_by_id).select_related("workflow")
        at = rows.first() if at.called_by_id else None
    return above


def _start(workflow, version, args: Mapping, caller: Caller, above: WorkflowRun | None, named: str) -> UUID:
    made = _started(
        workflow=workflow,
        structure=version.structure,
        version=version,
        input=args,
        by=caller.workspace.user,
        trigger=Trigger.CHILD if above else Trigger.CHAT,
        parent_step=above and _step(above, caller.call),
        limits=caller.limits,
        key=named,
        team=caller.workspace.team,
    )
    WorkflowRun.objects.filter(pk=made.pk).update(called_by=caller.run)
    return made.pk


def _started(**told) -> WorkflowRun:
    """Start a run. Raises Failed."""
    try:
        return starting.start(**told)
    except Refused as refused:
        raise Failed(Failure(refused.code, refused.params)) from None


def _step(above: WorkflowRun, call: str) -> WorkflowStep | None:
    """The step that makes a call: tool nodes name it by their step's id, agents take the run over when they wait."""
    return WorkflowStep.objects.filter(workflow_run=above, pk=as_uuid(call)).first() if as_uuid(call) else None


def is_of_workflow(caller: Caller) -> bool:
    """Whether a run of a workflow makes the call: it waits by itself, held by nobody."""
    return caller.run is not None and Run.objects.filter(pk=caller.run, kind=RunKind.WORKFLOW).exists()


# ---- followed -------------------------------------------------------------------------------------------
def standing(pk: UUID, workspace: Workspace) -> Standing:
    """How far the run of a call is."""
    rows = WorkflowRun.objects.select_related("run", "workflow").defer("structure", "workflow__structure")
    found = rows.filter(pk=pk).first()
    if found is None:
        return Standing(Result.failed("workflow_run_deleted"))
    if found.run.is_active:
        return Standing(None, found.run.status == RunStatus.WAITING, _progress(pk))
    return Standing(result(found, workspace))


def _progress(pk: UUID) -> str:
    """How many steps are done, and which are under way: names that people gave, and no words of ours."""
    rows = WorkflowStep.objects.filter(workflow_run=pk).order_by("created_at", "id")
    steps = list(rows.values_list("node_id", "status"))
    done = sum(status == StepStatus.DONE for _node, status in steps)
    at = dict.fromkeys(node for node, status in steps if status in (StepStatus.RUNNING, *_WAITING))
    names = _names(pk) if at else {}
    return " · ".join([f"✓ {done}", *(names.get(node, "…") for node in list(at)[:4])])


_WAITING = (StepStatus.WAITING_PERSON, StepStatus.WAITING_TIME, StepStatus.WAITING_CHILD, StepStatus.UNKNOWN)


def _names(pk: UUID) -> dict[str, str]:
    structure = WorkflowRun.objects.values_list("structure", flat=True).get(pk=pk)
    return {node["id"]: str(node["data"].get("name") or node["type"]) for node in structure["nodes"]}


def result(found: WorkflowRun, workspace: Workspace) -> Result:
    """What a call gives whose run has ended: its outputs and nothing else, the first part of very long ones."""
    if found.run.status in _STOPPED:
        return Result.failed("workflow_run_stopped")
    if found.run.status != RunStatus.SUCCEEDED:
        detail = (found.run.failure or Failure("unexpected")).english
        return Result.failed(Failure("workflow_run_failed", {"name": found.workflow.name, "detail": detail}))
    text = orjson.dumps(found.output).decode()
    if len(text) <= LONGEST:
        return Result(found.output)
    address = workspace.url("workflow_run_value", found.pk, "output")
    told = f"\n[These are the first {LONGEST} of {len(text)} characters. The whole is a file: {address}]"
    return Result(text[: LONGEST - len(told)] + told)


def stop(pk: UUID) -> None:
    """Stop the run of a call whose caller was stopped."""
    found = WorkflowRun.objects.select_related("run").filter(pk=pk, run__status__in=ACTIVE).first()
    if found:
        stopping.stop(found)


# ---- ended ----------------------------------------------------------------------------------------------
def wake() -> int:
    """Tell the runs that wait for calls whose own runs have ended; return how many calls that were."""
    return _wake_chats() + _wake_workflows()


def _wake_chats() -> int:
    waiting = ToolApproval.objects.filter(status=ApprovalStatus.PENDING, tool__startswith=f"{KIND}:")
    calls = {key(run, call): (run, call) for run, call in waiting.values_list("run", "call_id")[:MOST]}
    ended = WorkflowRun.objects.filter(key__in=list(calls), workflow_trigger=None, run__finished_at__isnull=False)
    found = list(ended.values_list("key", flat=True)) if calls else []
    return sum(_wake_chat(*calls[named]) for named in found)


def _wake_chat(run_id: UUID, call_id: str) -> bool:
    """Let the run of a chat go on."""
    try:
        approvals.came(run_id=run_id, call_id=call_id)
    except Refused:  # what it writes was deleted
        return False
    return True


def _wake_workflows() -> int:
    """Steps that wait for runs which have ended go on with what these gave, or fail with why they did not."""
    waiting = Run.objects.filter(kind=RunKind.WORKFLOW, status__in=ACTIVE)
    rows = WorkflowRun.objects.filter(called_by__in=waiting, run__finished_at__isnull=False)
    rows = rows.filter(Q(parent_step=None) | Q(parent_step__status=StepStatus.WAITING_CHILD))
    found = rows.select_related("run", "workflow", "called_by__requested_by", "called_by__team").order_by("pk")
    return sum(_wake_step(child) for child in found[:MOST])


def _wake_step(child: WorkflowRun) -> bool:
    """Let the step go on that waits for a run; the step may have been stored after the run had begun."""
    ids = filter(None, (child.parent_step_id, as_uuid(child.key.rpartition(":")[2])))
    steps = WorkflowStep.objects.filter(pk__in=list(ids), status=StepStatus.WAITING_CHILD)
    step = steps.select_related("workflow_run").first()
    if step is None:
        return False
    given, took = result(child, Workspace(child.called_by.requested_by, child.called_by.team)), _took(child)
    try:
        if step.node_type == "agent":  # it makes the call again, and gets what came of it
            deciding.answer_step(step, output=None, handle=asking.CAME, **took)
        elif given.is_error:
            deciding.fail_step(step, given.failure, **took)
        else:
            deciding.answer_step(step, output={"result": given.content}, **took)
    except Refused:  # somebody has ended it meanwhile
        return False
    return True


def _took(child: WorkflowRun) -> dict:
    """What a run has spent, as the step that waited for it keeps it: it counts for the run above as well."""
    names, spent = ("inputTokens", "outputTokens"), list(child.steps.filter(reused_from=None).values("usage", "cost"))
    usage = {name: sum(one["usage"].get(name, 0) for one in spent) for name in names}
    costs = [one["cost"] for one in spent if one["cost"] is not None]
    return {"usage": usage if any(usage.values()) else {}, "cost": sum(costs) if costs else None}


def stop_orphans() -> int:
    """Stop runs whose caller has ended without them; return how many."""
    rows = WorkflowRun.objects.filter(called_by__finished_at__isnull=False, run__status__in=ACTIVE)
    found = list(rows.select_related("run")[:MOST])
    for child in found:
        stopping.stop(child)
    return len(found)
