"""Whose rights a trigger has, and what becomes of it when they have gone, or when its runs fail again and again."""

from django.db import transaction
from django.db.models import Q

from agents.models import RunStatus
from sambung.lib.failures import Failure, columns
from teams import access
from teams.models import Notification, TeamRole, User
from teams.workspace import Workspace
from workflows.models import TriggerKind, Workflow, WorkflowRun, WorkflowTrigger

PAUSED = "workflow_trigger_paused"  # the kind of notification
MOST_FAILURES = 3  # runs in a row


def problem(trigger: WorkflowTrigger) -> Failure | None:
    """Why a trigger can start nothing now, as nobody's rights are left or nothing is published; None where it can."""
    workflow, person = trigger.workflow, trigger.runs_as
    if workflow.deleted_at or not workflow.published:
        return Failure("trigger_unpublished")
    if person is None or not access.rows(person, Workflow.objects.filter(pk=workflow.pk)).exists():
        return Failure("trigger_nobody")
    return None


def pause(trigger: WorkflowTrigger, why: Failure) -> None:
    """Let a locked trigger rest, and tell those who can wake it."""
    trigger.is_active, trigger.next_at, trigger.held_at = False, None, None
    for name, value in columns(why, "last_error").items():
        setattr(trigger, name, value)
    trigger.save(update_fields=["is_active", "next_at", "held_at", "last_error_code", "last_error_params"])
    workflow = trigger.workflow
    data = {"workflow": str(workflow.pk), "title": str(workflow)}
    Notification.objects.bulk_create(
        Notification(user=person, kind=PAUSED, data=data) for person in _owners(workflow, trigger)
    )


@transaction.atomic
def pause_now(trigger: WorkflowTrigger, why: Failure) -> None:
    """Let a trigger rest that is awake."""
    rows = WorkflowTrigger.objects.select_for_update(of=("self",)).select_related("workflow__user", "runs_as")
    if kept := rows.filter(pk=trigger.pk, is_active=True).first():
        pause(kept, why)


def _owners(workflow: Workflow, trigger: WorkflowTrigger) -> list[User]:
    """Who should know: a personal workflow's person; in a team its admins, and whoever it ran as while there."""
    if workflow.team_id is None:
        return [workflow.user] if workflow.user and workflow.user.is_active else []
    admins = Q(memberships__role=TeamRole.ADMIN) | Q(pk=trigger.runs_as_id)
    return list(User.objects.filter(admins, memberships__team=workflow.team_id, is_active=True).distinct())


def note_end(trigger_id, failure: Failure | None) -> None:
    """Keep how a run of a trigger ended, in the present transaction: the third failure in a row lets it rest."""
    rows = WorkflowTrigger.objects.select_for_update(of=("self",)).select_related("workflow__user", "runs_as")
    trigger = rows.filter(pk=trigger_id).first()
    if trigger is None:
        return
    trigger.failures = trigger.failures + 1 if failure else 0
    for name, value in columns(failure, "last_error").items():
        setattr(trigger, name, value)
    trigger.save(update_fields=["failures", "last_error_code", "last_error_params"])
    if failure and trigger.is_active and trigger.failures >= MOST_FAILURES:
        pause(trigger, failure)


def ended(run: WorkflowRun) -> None:
    """Keep how the run of a trigger has ended. One that somebody stopped counts for nothing."""
    if run.workflow_trigger_id and run.run.status in {RunStatus.SUCCEEDED, RunStatus.FAILED}:
        failure = run.run.failure or Failure("unexpected")
        note_end(run.workflow_trigger_id, failure if run.run.status == RunStatus.FAILED else None)


def links(user: User, rows: list[Notification]) -> dict:
    """Where notifications of paused triggers lead, while their person may look at the workflow."""
    ids = {row.data["workflow"] for row in rows}
    found = access.rows(user, Workflow.objects.filter(pk__in=ids).select_related("team"))
    urls = {str(one.pk): Workspace(user, one.team).url("workflow_triggers", one.pk) for one in found}
    return {row.pk: urls[row.data["workflow"]] for row in rows if row.data["workflow"] in urls}


def is_public(trigger: WorkflowTrigger) -> bool:
    """Whether strangers may start it: by an address that has its own proof, or by a link."""
    return trigger.kind in {TriggerKind.WEBHOOK, TriggerKind.FORM}
