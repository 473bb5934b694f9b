"""Schedules: what is due starts once, whoever looks, and what was missed once or not at all.

A trigger is taken with its row locked, past those that others hold; the run and the next time are one transaction, and
the run's key is the time at which it was due.
"""

import logging
from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from agents.models import ACTIVE
from sambung.lib.failures import Failed
from workflows.models import TriggerKind, WorkflowRun, WorkflowTrigger
from workflows.triggers import crons, firing, rights

logger = logging.getLogger(__name__)

LATE = timedelta(minutes=1)  # after which a time counts as missed: nobody looked, as when the server was down
MOST = 100  # triggers in one look
ONCE, NEVER = "once", "never"  # what becomes of missed times
SKIP, QUEUE, ALLOW = "skip", "queue", "allow"  # what becomes of a time while the run before goes on


def start_due() -> int:
    """Start what is due now; return how many runs began."""
    seen: set[UUID] = set()
    began = 0
    while len(seen) < MOST and (pk := _next_due(seen)):
        seen.add(pk)
        began += _take(pk)
    return began


def _next_due(seen: Collection[UUID]) -> UUID | None:
    return _due().exclude(pk__in=seen).order_by("next_at", "pk").values_list("pk", flat=True).first()


def _due():
    return WorkflowTrigger.objects.filter(kind=TriggerKind.SCHEDULE, is_active=True, next_at__lte=Now())


def _take(pk: UUID) -> bool:
    """One trigger that cannot be started must not keep the others waiting."""
    try:
        with transaction.atomic():
            locked = _due().select_for_update(skip_locked=True, of=("self",))
            trigger = locked.select_related("workflow__team", "workflow__user", "runs_as").filter(pk=pk).first()
            return trigger is not None and _start(trigger)
    except Failed as failed:
        with transaction.atomic():
            _put_off(pk)
            rights.note_end(pk, failed.failure)
    except Exception:
        logger.exception("A schedule could not be started.", extra={"trigger": str(pk)})
        with transaction.atomic():
            _put_off(pk)
    return False


def _start(trigger: WorkflowTrigger) -> bool:
    """Start a locked trigger's run, or let this time pass."""
    config, due_at, now = trigger.config, trigger.next_at, timezone.now()
    if why := rights.problem(trigger):
        rights.pause(trigger, why)
        return False
    is_missed = trigger.held_at is None and now - due_at > LATE and config.get("missed") == NEVER
    is_busy = config.get("overlap", SKIP) != ALLOW and _goes_on(trigger)
    if is_busy and config.get("overlap") == QUEUE and not is_missed:
        trigger.held_at = trigger.held_at or now  # it stays due, and starts when the run before has ended
        trigger.save(update_fields=["held_at"])
        return False
    if not is_missed and not is_busy:
        firing.start(trigger, config.get("input") or {}, key=due_at.isoformat())
        trigger.last_at = now
    trigger.next_at, trigger.held_at = following(trigger, max(now, due_at)), None
    trigger.save(update_fields=["last_at", "next_at", "held_at"])
    return not is_missed and not is_busy


def _goes_on(trigger: WorkflowTrigger) -> bool:
    return WorkflowRun.objects.filter(workflow_trigger=trigger, run__status__in=ACTIVE).exists()


def _put_off(pk: UUID) -> None:
    """Let the present time of a trigger pass, so that it does not come again at once."""
    trigger = WorkflowTrigger.objects.select_for_update().filter(pk=pk, is_active=True).first()
    if trigger:
        trigger.next_at, trigger.held_at = following(trigger, timezone.now()), None
        trigger.save(update_fields=["next_at", "held_at"])


def following(trigger: WorkflowTrigger, after):
    """The first time after `after` at which a schedule is due; None where there is none."""
    return crons.following(trigger.config["cron"], trigger.config["zone"], after)


def set_anew() -> int:
    """Reckon the coming times of all schedules again, as rules of time zones change; return how many are others now."""
    changed = 0
    rows = WorkflowTrigger.objects.filter(kind=TriggerKind.SCHEDULE, is_active=True, next_at__gt=Now())
    for trigger in rows:
        try:
            found = following(trigger, timezone.now())
        except Failed:  # a zone that is no more: the schedule tells so when it is due
            continue
        if found != trigger.next_at:
            changed += rows.filter(pk=trigger.pk, next_at=trigger.next_at).update(next_at=found)
    return changed
