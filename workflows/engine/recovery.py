"""Runs are taken, let go and found again. The run's row is the truth; jobs are hints."""

import logging
from collections.abc import Collection, Iterable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from agents import catalog
from agents.catalog import Reference
from agents.models import Run, RunKind, RunStatus
from agents.runs.lifecycle import ALLOWED
from sambung.lib.database import will_pass
from sambung.lib.failures import Failure, columns
from teams.workspace import Workspace
from workflows.engine import values
from workflows.engine.known import Known
from workflows.engine.limits import Meter
from workflows.engine.order import Order
from workflows.models import WAITING, StepStatus, WorkflowRun, WorkflowStep

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=12)
LATE = timedelta(seconds=3)  # after which a run that is queued has been forgotten by whoever should have taken it
UNEXPECTED = Failure("workflow_unexpected")
RIGHTS_LOST, LOST = Failure("workflow_rights_lost"), Failure("workflow_value_lost")
_HARMLESS = tuple(status for status in WAITING if status != StepStatus.UNKNOWN)
_RUNS = Q(kind=RunKind.WORKFLOW)


# ---- taken ----------------------------------------------------------------------------------------------
def claim(run_ids: Collection[UUID], owner: str) -> list[Order]:
    """Take those of the runs that are queued; return what they need. Processes that ask at once get different ones."""
    taken = _take(run_ids, owner)
    found = WorkflowRun.objects.filter(run__in=taken).select_related("run", "run__requested_by", "run__team")
    rows = list(found)
    steps: dict[UUID, list[WorkflowStep]] = {}
    is_due = ExpressionWrapper(Q(wake_at__lte=Now()), output_field=BooleanField())
    for step in WorkflowStep.objects.filter(workflow_run__in=rows).annotate(is_due=is_due).order_by("attempt"):
        steps.setdefault(step.workflow_run_id, []).append(step)
    return list(filter(None, (_readable(row, steps.get(row.pk, ()), owner) for row in rows)))


def _readable(row: WorkflowRun, steps: Iterable[WorkflowStep], owner: str) -> Order | None:
    """What a run that was taken needs; one that no host can read ends, and keeps no others from going on."""
    try:
        return _order(row, steps)
    except FileNotFoundError:
        give_up(row.run_id, owner, LOST)
    except Exception as error:
        if will_pass(error):
            raise
        logger.exception("A run of a workflow cannot be read.", extra={"run": str(row.run_id)})
        give_up(row.run_id, owner, UNEXPECTED)
    return None


@transaction.atomic
def _take(run_ids: Collection[UUID], owner: str) -> list[UUID]:
    queued = Run.objects.select_for_update(skip_locked=True).filter(
        _RUNS, pk__in=list(run_ids), status=RunStatus.QUEUED
    )
    held = set(queued.values_list("pk", flat=True))
    is_unwanted = Q(stop_requested_at__isnull=False) | Q(workflow_run=None) | ~ALLOWED
    for run in Run.objects.filter(is_unwanted, pk__in=held):
        held.discard(run.pk)
        end(run, None if run.stop_requested_at else RIGHTS_LOST)
    _forget_unasked(held)
    began = {"attempt": F("attempt") + 1, "started_at": Coalesce("started_at", Now())}
    leased = {"heartbeat_at": Now(), "lease_until": Now() + LEASE}
    Run.objects.filter(pk__in=held).update(status=RunStatus.RUNNING, owner=owner, **began, **leased)
    return list(held)


def _forget_unasked(run_ids: Collection[UUID]) -> None:
    """Steps that wait for people whom nobody asked before the process was gone: they are done again, or unknown."""
    unasked = WorkflowStep.objects.filter(
        workflow_run__run__in=run_ids, status=StepStatus.WAITING_PERSON, approval=None
    )
    unasked.filter(effect="none").delete()
    unasked.update(status=StepStatus.RUNNING)


def _order(row: WorkflowRun, steps: Iterable[WorkflowStep]) -> Order:
    run, workspace = row.run, Workspace(row.run.requested_by, row.run.team)
    meter = Meter(limits=row.limits)
    known = {}
    for step in steps:  # the last attempt at each counts
        known[step.path] = one = _known(step)
        if step.reused_from_id is None:
            meter.tokens += one.tokens
            meter.money += step.cost or 0
        meter.bytes += step.size
        meter.steps += step.run_attempt > 0
    model = Reference.of_row(run) if run.model else _usual_model(row, workspace)
    return Order(
        *(row.pk, run.pk, run.attempt, row.workflow_id, row.structure, row.input, workspace, model, row.mocks),
        depth=row.depth,
        seconds=row.seconds,
        known=known,
        meter=meter,
        is_watched=row.parent_step_id is not None or row.workflow_trigger_id is not None,
    )


def _usual_model(row: WorkflowRun, workspace: Workspace) -> Reference | None:
    """The workspace's model, where a node asks for the run's: looked up only then."""
    needs_it = any(
        node["type"] in {"llm", "tool", "agent"} and not node["data"].get("model") for node in row.structure["nodes"]
    )
    found = catalog.default(workspace) if needs_it else None
    return found.reference if found else None


def _known(step: WorkflowStep) -> Known:
    output = values.read(step.output_file, step.output)
    return Known(
        *(step.pk, step.path, step.attempt, step.run_attempt, step.status, step.handle, output, step.failure),
        effect=step.effect,
        # By the database's clock, whatever this host's says: it would put the run away, and take it again.
        wake_at=timezone.now() if step.wake_at and getattr(step, "is_due", False) else step.wake_at,
        usage=step.usage,
        cost=step.cost,
    )


# ---- let go, ended, found again -------------------------------------------------------------------------
def end(run: Run, failure: Failure | None = None) -> None:
    """End a locked run that nobody holds, as stopped; what is done of it stays."""
    Run.objects.filter(pk=run.pk).update(
        status=RunStatus.STOPPED,
        attempt=F("attempt") + 1,
        finished_at=Now(),
        lease_until=None,
        owner="",
        **columns(failure),
    )
    open_steps = WorkflowStep.objects.filter(workflow_run__run=run)
    open_steps.filter(status=StepStatus.RUNNING, effect="unsafe").update(status=StepStatus.UNKNOWN)
    stopped = {"status": StepStatus.STOPPED, "finished_at": Now(), "wake_at": None}
    open_steps.filter(status__in=(*_HARMLESS, StepStatus.RUNNING)).update(**stopped)


@transaction.atomic
def give_up(run_id: UUID, owner: str, failure: Failure) -> None:
    """End a run that this process has taken and cannot go on with."""
    run = Run.objects.select_for_update().filter(pk=run_id, owner=owner, status=RunStatus.RUNNING).first()
    if run is not None:
        end(run, failure)


@transaction.atomic
def put_away(step_ids: Collection[UUID], run_id: UUID) -> None:
    """End steps that nobody waits for any more; what is unknown of them stays so."""
    Run.objects.select_for_update().filter(pk=run_id).first()
    waiting = WorkflowStep.objects.filter(pk__in=list(step_ids), status__in=_HARMLESS)
    waiting.update(status=StepStatus.STOPPED, finished_at=Now(), wake_at=None)


def let_go(run_ids: Collection[UUID], owner: str) -> None:
    """Queue again what this process was at: another one, or this one after its start, goes on."""
    mine = Run.objects.filter(_RUNS, pk__in=list(run_ids), owner=owner, status=RunStatus.RUNNING)
    mine.update(status=RunStatus.QUEUED, owner="", lease_until=None, heartbeat_at=Now())


def queue_again(run: Run) -> None:
    """Queue a locked run that waits."""
    Run.objects.filter(pk=run.pk, status=RunStatus.WAITING).update(status=RunStatus.QUEUED, heartbeat_at=Now())


def find(held: Collection[UUID]) -> list[tuple[UUID, UUID]]:
    """Queue again what was dropped or is due; return runs that somebody should take, with their workspaces' ids.

    That is: whose holder's lease is over, who waits for a time that has come or for nothing any more, and who has
    been queued for longer than a job takes.
    """
    with transaction.atomic():
        dead = Run.objects.select_for_update(skip_locked=True).filter(
            _RUNS, Q(lease_until__lt=Now()) | Q(lease_until=None), status=RunStatus.RUNNING
        )
        dead = list(dead.exclude(pk__in=list(held)).values_list("pk", flat=True))
        queued = {"status": RunStatus.QUEUED, "owner": "", "lease_until": None, "heartbeat_at": Now() - LATE}
        Run.objects.filter(pk__in=dead).update(**queued)
        Run.objects.filter(pk__in=_due()).update(status=RunStatus.QUEUED, heartbeat_at=Now() - LATE)
    late = Run.objects.filter(_RUNS, status=RunStatus.QUEUED, heartbeat_at__lte=Now() - LATE)
    late = late.exclude(pk__in=list(held)).order_by("created_at")
    return [(pk, team or user) for pk, team, user in late.values_list("pk", "team", "requested_by")[:200]]


def _due() -> list[UUID]:
    """Runs that wait though nothing keeps them."""
    steps = WorkflowStep.objects.filter(workflow_run__run=OuterRef("pk"))
    waiting = Run.objects.select_for_update(skip_locked=True).filter(_RUNS, status=RunStatus.WAITING)
    due = waiting.filter(
        Exists(steps.filter(status=StepStatus.WAITING_TIME, wake_at__lte=Now()))
        | ~Exists(steps.filter(status__in=WAITING))
    )
    return list(due.values_list("pk", flat=True))


# ---- held -----------------------------------------------------------------------------------------------
def beat(owner: str, run_ids: Collection[UUID], *, renews: bool) -> dict[UUID, Failure | None]:
    """Renew the leases of what this process is at; return those to stop, and why."""
    mine = Run.objects.filter(_RUNS, pk__in=list(run_ids), owner=owner, status=RunStatus.RUNNING)
    if renews:
        mine.update(heartbeat_at=Now(), lease_until=Now() + LEASE)
        lost = mine.filter(~ALLOWED).values_list("pk", flat=True)
        stopped: dict[UUID, Failure | None] = dict.fromkeys(lost, RIGHTS_LOST)
    else:
        stopped = {}
    asked = mine.filter(stop_requested_at__isnull=False).values_list("pk", flat=True)
    return stopped | dict.fromkeys(asked)


def answered(step_ids: Collection[UUID]) -> list[tuple[UUID, Known]]:
    """Return those of the steps that wait no more, with their runs."""
    ended = WorkflowStep.objects.filter(pk__in=list(step_ids)).exclude(status__in=WAITING)
    return [(step.workflow_run.run_id, _known(step)) for step in ended.select_related("workflow_run")]
