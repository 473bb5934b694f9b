"""The states of a run, each change one transaction. Only the holder of the present attempt may write.

Rows are locked in one order everywhere: the run, what it belongs to (its chat), then what is inside that.
"""

import logging
import uuid
from collections.abc import Collection
from datetime import timedelta

import orjson
from django.db import DatabaseError, connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from agents.models import ACTIVE, Run, RunStatus
from agents.runs import log, registry
from agents.runs.registry import Outcome
from teams.models import TeamMember

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
#: One statement to end a run and to read it.
_END = """
UPDATE run SET status = %(status)s, error = %(error)s, usage = %(usage)s::jsonb, finished_at = %(ended)s,
    lease_until = NULL
WHERE id = %(run)s AND attempt = %(attempt)s AND status = ANY(%(active)s) RETURNING *
"""


#: Who began the run is here, and still in its team if it has one.
_ALLOWED = Q(requested_by__is_active=True) & (
    Q(team=None) | Exists(TeamMember.objects.filter(team=OuterRef("team"), user=OuterRef("requested_by")))
)


class Fenced(Exception):
    """Somebody else holds the run now; what this process has of it no longer counts."""


def begin(owner: str, **fields) -> Run:
    """Make a run that is under way and leased to `owner`. Without one it waits, and the rescue ends it."""
    if not owner:
        return Run.objects.create(**fields)
    now = timezone.now()
    under_way = {"status": RunStatus.RUNNING, "attempt": 1, "owner": owner}
    return Run.objects.create(**fields, **under_way, started_at=now, heartbeat_at=now, lease_until=now + LEASE)


def _drop(run: Run) -> None:
    """End a run whose result nobody can see any more."""
    run.status, run.finished_at, run.lease_until = RunStatus.STOPPED, timezone.now(), None
    run.save(update_fields=["status", "finished_at", "lease_until"])


def abandon(run_id: uuid.UUID, attempt: int) -> None:
    """Let go of a run that cannot be ended here: the rescue takes it at its next look."""
    Run.objects.filter(pk=run_id, attempt=attempt, status__in=ACTIVE).update(owner="", lease_until=timezone.now())


@transaction.atomic
def finish(run_id: uuid.UUID, attempt: int, outcome: Outcome, entries: list[log.Entry] = ()) -> str:
    """End a run with its last log lines and its result, or let it wait; return the HTML. Raises Fenced."""
    told = {"status": outcome.status, "error": outcome.error, "usage": orjson.dumps(outcome.reply.usage).decode()}
    at = None if outcome.status == RunStatus.WAITING else timezone.now()
    ended = Run.objects.raw(_END, told | {"run": run_id, "attempt": attempt, "active": list(ACTIVE), "ended": at})
    if not (run := next(iter(ended), None)):
        raise Fenced
    log.append(entries)
    return registry.kind(run.kind).finish(run, outcome)


def beat(owner: str, run_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Renew the leases of what this process is at; return those to stop: on request, or for who lost the right."""
    now = timezone.now()
    mine = Run.objects.filter(pk__in=run_ids, owner=owner, status=RunStatus.RUNNING)
    mine.update(heartbeat_at=now, lease_until=now + LEASE)
    return set(mine.filter(Q(stop_requested_at__isnull=False) | ~_ALLOWED).values_list("pk", flat=True))


@transaction.atomic
def request_stop(run: Run) -> None:
    """Ask the run's holder to stop it, wherever it is. One that waits for a person has none: it ends here."""
    Run.objects.filter(pk=run.pk, status__in=ACTIVE).update(stop_requested_at=timezone.now())
    if held := Run.objects.select_for_update().filter(pk=run.pk, status=RunStatus.WAITING).first():
        _end_unheld(held)


def resume(run: Run, owner: str) -> None:
    """Let a run that waits, and is locked by the caller, go on as a new attempt of `owner`."""
    now = timezone.now()
    run.status, run.attempt, run.owner = RunStatus.RUNNING if owner else RunStatus.QUEUED, run.attempt + 1, owner
    run.heartbeat_at, run.lease_until = now, now + LEASE
    run.save(update_fields=["status", "attempt", "owner", "heartbeat_at", "lease_until"])


def rescue(*, sole_owner: str | None = None) -> list[uuid.UUID]:
    """End runs whose holder is gone: what is in their log is kept. Return those ended.

    `sole_owner`: this process is the only one on the database, so every active run of another owner is dead.
    """
    now = timezone.now()
    dead = Q(lease_until__lt=now) | Q(lease_until=None, created_at__lt=now - LEASE)
    if sole_owner is not None:
        dead |= ~Q(owner=sole_owner)
    candidates = Run.objects.filter(dead, status__in=[RunStatus.QUEUED, RunStatus.RUNNING])
    return [pk for pk in candidates.order_by("pk").values_list("pk", flat=True) if _end_safely(pk, dead)]


def _end_safely(run_id: uuid.UUID, dead: Q) -> bool:
    """One run that cannot be ended must keep neither the others nor a start waiting."""
    try:
        return _end_dead(run_id, dead)
    except DatabaseError:
        raise
    except Exception:
        logger.exception("A run could not be rescued.", extra={"run": str(run_id)})
        return False


@transaction.atomic
def _end_dead(run_id: uuid.UUID, dead: Q) -> bool:
    locked = Run.objects.select_for_update(skip_locked=True)
    run = locked.filter(dead, pk=run_id, status__in=[RunStatus.QUEUED, RunStatus.RUNNING]).first()
    if run is None:
        return False
    _end_unheld(run)
    return True


def _end_unheld(run: Run) -> None:
    """End a locked run that nobody holds with what is in its log."""
    run.attempt += 1
    run.save(update_fields=["attempt"])
    work = registry.kind(run.kind).load(run)
    if work is None:
        _drop(run)
        return
    reply, seq = log.replay(run.pk, str(work.subject))
    if seq == 0:
        reply.apply(list(work.base))
    status = RunStatus.STOPPED if run.stop_requested_at else RunStatus.INTERRUPTED
    end = log.Entry(run.pk, run.attempt, seq + 1, "end", end_data(status, reply))
    finish(run.pk, run.attempt, Outcome(status, reply), [end])


def end_data(status: str, reply) -> dict:
    """The last line of a log."""
    return {"status": status, "usage": reply.usage, "finish_reason": reply.finish_reason}


def drop_old_events(grace: timedelta = timedelta(hours=24)) -> int:
    """Delete the logs of runs that ended longer than `grace` ago; return how many lines went."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM run_event USING run WHERE run.id = run_event.run_id AND run.finished_at < %s",
            [timezone.now() - grace],
        )
        return cursor.rowcount
