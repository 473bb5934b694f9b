"""The states of a run, each change one transaction. Only the holder of the present attempt may write.

Leases go by the database's clock alone: those of processes jump, and differ. Rows are locked in one order everywhere:
the run, what it belongs to (its chat), then what is inside that.
"""

import logging
import uuid
from collections.abc import Collection
from datetime import timedelta

import orjson
from django.db import DatabaseError, connection, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce, Now
from django.db.models.lookups import LessThan
from django.utils import timezone

from agents.models import ACTIVE, Run, RunStatus
from agents.runs import log, registry
from agents.runs.registry import Outcome, State, Work
from sambung.lib.failures import columns
from teams.models import TeamMember

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
GRACE = 10.0  # seconds for which a process that could not renew its leases may do so: two heartbeats, and a connection
UNCLAIMED = timedelta(days=1)  # for which a run may be queued
CLAIMED = 20  # runs that a process takes at once
CHANNEL = "runs"  # where processes that serve runs are told that one is queued
#: One statement to end a run and to read it.
_END = """
UPDATE run SET status = %(status)s, error_code = %(error_code)s, error_params = %(error_params)s::jsonb,
    usage = %(usage)s::jsonb, finished_at = %(ended)s, lease_until = NULL
WHERE id = %(run)s AND attempt = %(attempt)s AND status = ANY(%(active)s) RETURNING *
"""


#: Who began the run is here, and still in its team if it has one.
ALLOWED = Q(requested_by__is_active=True) & (
    Q(team=None) | Exists(TeamMember.objects.filter(team=OuterRef("team"), user=OuterRef("requested_by")))
)


class Fenced(Exception):
    """Somebody else holds the run now; what this process has of it no longer counts."""


def begin(owner: str, **fields) -> Run:
    """Make a run that is under way and leased to `owner`. Without one it is queued, until a process claims it."""
    if not owner:
        run = Run.objects.create(**fields, heartbeat_at=Now())
        _tell_of_queued()
        return run
    under_way = {"status": RunStatus.RUNNING, "attempt": 1, "owner": owner, "started_at": timezone.now()}
    return Run.objects.create(**fields, **under_way, **_leased())


def _leased() -> dict:
    return {"heartbeat_at": Now(), "lease_until": Now() + LEASE}


def _tell_of_queued() -> None:
    """Tell those who serve runs; they hear it once the present transaction has been committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])


def claim(owner: str) -> list[Work]:
    """Take runs that are queued for `owner`; return what they need. Processes that ask at once get different ones."""
    claimed = Run.objects.in_bulk(pks := _take(owner))
    return [work for pk in pks if (work := _loaded(claimed[pk]))]


@transaction.atomic
def _take(owner: str) -> list[uuid.UUID]:
    queued = Run.objects.select_for_update(skip_locked=True).filter(_carried(), status=RunStatus.QUEUED)
    pks = list(queued.order_by("created_at", "pk").values_list("pk", flat=True)[:CLAIMED])
    began = {"attempt": F("attempt") + 1, "started_at": Coalesce("started_at", Now())}
    Run.objects.filter(pk__in=pks).update(status=RunStatus.RUNNING, owner=owner, **began, **_leased())
    return pks


def _loaded(run: Run) -> Work | None:
    """One run that cannot be read must not keep the others waiting."""
    try:
        if (work := registry.kind(run.kind).load(run)) is None:
            _drop(run)
    except Exception:
        logger.exception("A queued run cannot be started; the rescue ends it.", extra={"run": str(run.pk)})
        abandon(run.pk, run.attempt)
        return None
    return work


def _drop(run: Run) -> None:
    """End a run whose result nobody can see any more."""
    run.status, run.finished_at, run.lease_until = RunStatus.STOPPED, timezone.now(), None
    run.save(update_fields=["status", "finished_at", "lease_until"])
    registry.kind(run.kind).resumed(run)


def abandon(run_id: uuid.UUID, attempt: int) -> None:
    """Let go of a run that cannot be ended here: the rescue takes it at its next look."""
    Run.objects.filter(pk=run_id, attempt=attempt, status__in=ACTIVE).update(owner="", lease_until=Now())


@transaction.atomic
def finish(run_id: uuid.UUID, attempt: int, outcome: Outcome, entries: list[log.Entry] = ()) -> str:
    """End a run with its last log lines and its result, or let it wait; return the HTML. Raises Fenced."""
    error = columns(outcome.error)
    error["error_params"] = orjson.dumps(error["error_params"]).decode()
    told = {"status": outcome.status, "usage": orjson.dumps(outcome.state.usage).decode()} | error
    at = None if outcome.status == RunStatus.WAITING else timezone.now()
    ended = Run.objects.raw(_END, told | {"run": run_id, "attempt": attempt, "active": list(ACTIVE), "ended": at})
    if not (run := next(iter(ended), None)):
        raise Fenced
    log.append(entries)
    return registry.kind(run.kind).finish(run, outcome)


def beat(owner: str, run_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Renew the leases of what this process is at; return those to stop: on request, or for who lost the right."""
    mine = Run.objects.filter(pk__in=run_ids, owner=owner, status=RunStatus.RUNNING)
    mine.update(**_leased())
    return set(mine.filter(Q(stop_requested_at__isnull=False) | ~ALLOWED).values_list("pk", flat=True))


@transaction.atomic
def request_stop(run: Run) -> bool:
    """Ask the run's holder to stop it, wherever it is. One that waits for a person has none: it ends here.

    Return whether it did. A queued one is stopped by whoever claims it, before a model is asked.
    """
    Run.objects.filter(pk=run.pk, status__in=ACTIVE).update(stop_requested_at=timezone.now())
    if unheld := Run.objects.select_for_update().filter(pk=run.pk, status=RunStatus.WAITING).first():
        _end_unheld(unheld)
    return unheld is not None


def resume(run: Run, owner: str) -> None:
    """Let a run that waits, and is locked by the caller, go on as a new attempt of `owner`, or queued."""
    run.status, run.attempt, run.owner = RunStatus.RUNNING if owner else RunStatus.QUEUED, run.attempt + 1, owner
    run.heartbeat_at, run.lease_until = Now(), Now() + LEASE if owner else None
    run.save(update_fields=["status", "attempt", "owner", "heartbeat_at", "lease_until"])
    if not owner:
        _tell_of_queued()


def rescue(*, sole_owner: str | None = None, held: Collection[uuid.UUID] = ()) -> list[uuid.UUID]:
    """End runs whose holder is gone: what is in their log is kept. Return those ended.

    `sole_owner`: this process is the only one on the database, so every run that another owner is at is dead.
    `held`: what this process is at; it lives, however late its leases are.
    """
    dead = _dead() if sole_owner is None else Q(status=RunStatus.RUNNING) & ~Q(owner=sole_owner)
    candidates = Run.objects.filter(_carried(), dead).exclude(pk__in=held)
    return [pk for pk in candidates.order_by("pk").values_list("pk", flat=True) if _end_safely(pk, dead)]


def _carried() -> Q:
    """Runs of other kinds are carried by their app, on this host or another: an end here would be a lie."""
    return Q(kind__in=registry.carried())


def any_dead() -> bool:
    """Whether the rescue would end something now."""
    return Run.objects.filter(_carried(), _dead()).exists()


def _dead() -> Q:
    """Runs whose lease is over, and those that nobody took for a day. What is queued waits for whoever serves next."""
    is_over = Q(lease_until__lt=Now()) | Q(lease_until=None)
    queued_at = Coalesce("heartbeat_at", "created_at")
    return (Q(status=RunStatus.RUNNING) & is_over) | (
        Q(status=RunStatus.QUEUED) & LessThan(queued_at, Now() - UNCLAIMED)
    )


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
    run = locked.filter(dead, pk=run_id).first()
    if run is None:
        return False
    _end_unheld(run)
    return True


def _end_unheld(run: Run) -> None:
    """End a locked run that nobody holds with what is in its log."""
    run.attempt += 1
    run.save(update_fields=["attempt"])
    kind = registry.kind(run.kind)
    if (work := kind.load(run)) is None:
        _drop(run)
        return
    state = kind.state(work)
    if (seq := log.replay(run.pk, state)) == 0:
        state.apply(state.cut())  # what it goes on from, which no line of the log has told yet
    status = RunStatus.STOPPED if run.stop_requested_at else RunStatus.INTERRUPTED
    end = log.Entry(run.pk, run.attempt, seq + 1, "end", end_data(status, state))
    finish(run.pk, run.attempt, Outcome(status, state), [end])


def end_data(status: str, state: State) -> dict:
    """The last line of a log."""
    return {"status": status} | state.ending


def drop_old_events(grace: timedelta = timedelta(hours=24)) -> int:
    """Delete the logs of runs that ended longer than `grace` ago; return how many lines went."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM run_event USING run WHERE run.id = run_event.run_id AND run.finished_at < %s",
            [timezone.now() - grace],
        )
        return cursor.rowcount
