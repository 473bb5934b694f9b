"""What people do with a run: let it go on with more, remove it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.models import ACTIVE, Run, RunStatus
from sambung.lib.errors import Refused
from sambung.lib.failures import columns
from teams import audit
from teams.models import User
from workflows.engine import carrier, limits
from workflows.models import Workflow, WorkflowRun


def seconds(run: WorkflowRun) -> float | None:
    """How long a run has taken until now, with all waiting; None where it has not begun."""
    if run.run.started_at is None:
        return None
    return ((run.run.finished_at or timezone.now()) - run.run.started_at).total_seconds()


@transaction.atomic
def delete(*, run: WorkflowRun, by: User) -> None:
    """Remove a run that has ended, with its steps. Raises Refused while it is on its way."""
    held = Run.objects.select_for_update().get(pk=run.run_id)
    if held.status in ACTIVE:
        raise Refused(_("This run is on its way. Stop it first."), code="active")
    workflow = run.workflow
    audit.record("workflow_run.deleted", by=by, target=workflow.name, team=held.team, run=str(run.pk))
    held.delete()


@transaction.atomic
def keep_values(*, workflow: Workflow, by: User, keeps: bool) -> None:
    """Say whether runs of a workflow keep what their steps took and gave, from their next end on."""
    if workflow.keeps_values != keeps:
        Workflow.objects.filter(pk=workflow.pk).update(keeps_values=keeps)
        audit.record("workflow.keeps_values", by=by, target=workflow.name, team=workflow.team, keeps=keeps)


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit that a run has reached: its name, and how much it had."""

    name: str
    most: float


def limit_reached(run: WorkflowRun) -> Limit | None:
    """The limit that stopped a run, None where something else did or nothing, or where its values are gone."""
    prefix, code = "workflow_limit_", run.run.error_code
    name = code.removeprefix(prefix)
    if not code.startswith(prefix) or name not in limits.USUAL or run.is_emptied:
        return None
    return Limit(name, run.limits.get(name) or limits.USUAL[name] or 0)


@transaction.atomic
def go_on(*, run: WorkflowRun, by: User, most: Mapping[str, float]) -> None:
    """Let a run that has stopped at a limit go on with more; what it has done stands. Raises Refused."""
    held = Run.objects.select_for_update().get(pk=run.run_id)
    run.run = held
    if held.status != RunStatus.STOPPED or (limit := limit_reached(run)) is None or limit.name not in most:
        raise Refused(_("This run has reached no limit."))
    again = {
        "status": RunStatus.QUEUED,
        "finished_at": None,
        "stop_requested_at": None,
        "owner": "",
        "lease_until": None,
    }
    Run.objects.filter(pk=held.pk).update(**again, **columns(None), heartbeat_at=Now())
    WorkflowRun.objects.filter(pk=run.pk).update(limits=run.limits | dict(most))
    workflow = run.workflow
    audit.record("workflow_run.went_on", by=by, target=workflow.name, team=held.team, run=str(run.pk), **most)
    carrier.start(held)
