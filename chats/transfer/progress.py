"""How far a transfer is, and how it ends. Its job asks at each step whether it is still wanted."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from procrastinate.contrib.django import app

from chats.models import Chat, Transfer, TransferKind, TransferStatus
from chats.transfer.growing import shrink
from chats.transfer.restore import drop_made
from sambung.lib import failures
from sambung.lib.database import is_full
from sambung.lib.errors import Refused
from sambung.lib.failures import Failure
from sambung.lib.files.store import stored_before
from sambung.lib.threads import in_thread
from teams import access, profile
from teams.models import User
from teams.workspace import Workspace

RUNNING = TransferStatus.RUNNING
SILENT = timedelta(minutes=3)  # after which a job is gone
KEPT = timedelta(days=7)
FOLDER = "transfers"  # of the storage
LEFT = timedelta(days=1)  # after which a file that no transfer names goes
MOST = 20  # that one person keeps
#: Why a transfer came to nothing.
MESSAGES = {
    "transfer_interrupted": gettext_noop("The server was interrupted. Nothing half is kept; start again."),
    "transfer_no_room": gettext_noop(
        "The server's disk has no room for this. Nothing of it was kept; tell whoever runs the server."
    ),
    "transfer_broke": gettext_noop("Something went wrong here. Nothing half is kept; start again."),
    "transfer_unreadable": "%(why)s",  # as the person's language was when the file was read, like all of the report
}
failures.register(MESSAGES)

_at_work: set[str] = set()


class Ended(Exception):
    """The transfer was stopped or given up meanwhile."""


# ---- begun ----------------------------------------------------------------------------------------------
def begin(*, by: User, workspace: Workspace, kind: TransferKind, **fields) -> Transfer:
    """Return a new transfer, under way. Raises Refused where the person has one under way, or too many."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # two tabs, one after the other
    refuse_second(by)
    if Transfer.objects.filter(user=by).count() >= MOST:
        raise Refused(_("You have %(n)s exports and imports here. Delete one first.") % {"n": MOST}, code="too_many")
    return Transfer.objects.create(
        user=by, team=workspace.team, kind=kind, status=RUNNING, heartbeat_at=Now(), **fields
    )


def refuse_second(by: User) -> None:
    """One at a time for each person."""
    if Transfer.objects.filter(user=by, status=RUNNING).exists():
        raise Refused(
            _("An export or import of yours is under way. Wait for its end, or stop it."), code="transfer_running"
        )


def running(transfer_id: str, kind: TransferKind) -> Transfer | None:
    """The transfer that a job is about, if it is still wanted; else it has ended."""
    found = Transfer.objects.filter(pk=transfer_id, kind=kind).select_related("user", "team").first()
    if found and not _is_wanted(found).exists():
        stop(transfer=found)
        return None
    return found


def _is_wanted(transfer: Transfer) -> QuerySet[Transfer]:
    """The row while it is under way and the person may still write there."""
    place = Q(team=None) if transfer.team_id is None else Q(team__in=access.teams_of(transfer.user, access.WRITE))
    return Transfer.objects.filter(place, pk=transfer.pk, status=RUNNING, user__is_active=True)


def workspace_of(transfer: Transfer) -> Workspace:
    return Workspace(transfer.user, transfer.team)


# ---- under way ------------------------------------------------------------------------------------------
def advance(transfer: Transfer, n: int = 1, **changes) -> None:
    """Say that `n` more are done. Raises Ended when the transfer is not wanted any more."""
    if not _is_wanted(transfer).update(done=F("done") + n, heartbeat_at=Now(), **changes):
        raise Ended


@contextmanager
def at_work(transfer_id: str) -> Iterator[None]:
    """This process is at it, however long it says nothing."""
    _at_work.add(transfer_id)
    try:
        yield
    finally:
        _at_work.discard(transfer_id)


def person_of(transfer_id: str) -> User | None:
    return User.objects.filter(pk__in=Transfer.objects.filter(pk=transfer_id).values("user")).first()


def step(steps: Iterator[None], person: User) -> bool:
    """Go one step, in the person's language and time zone; return whether there may be another."""
    chosen = person.preferences
    zone = chosen.get("time_zone") if chosen.get("time_zone") in profile.time_zones() else None
    with translation.override(chosen.get("language") or settings.LANGUAGE_CODE), timezone.override(zone):
        return next(steps, steps) is not steps


# ---- ended ----------------------------------------------------------------------------------------------
def end(transfer: Transfer, status: TransferStatus, **changes) -> bool:
    """End the transfer if it is under way; an import that is not done is undone. Return whether it was."""
    with transaction.atomic():
        still = Transfer.objects.filter(pk=transfer.pk, status=RUNNING)
        if not still.update(status=status, finished_at=timezone.now(), **changes):
            return False
        if transfer.kind == TransferKind.IMPORT and status != TransferStatus.DONE:
            _undo(Transfer.objects.get(pk=transfer.pk))
    return True


def break_off(transfer: Transfer, error: Exception) -> None:
    """Something failed that nobody expected: the person learns that nothing comes of it, and why if that is known."""
    fail(transfer, Failure("transfer_no_room" if is_full(error) else "transfer_broke"))


def fail(transfer: Transfer, failure: Failure) -> None:
    """End the transfer, and keep why."""
    end(transfer, TransferStatus.FAILED, **failures.columns(failure))


def stop(*, transfer: Transfer) -> None:
    """Stop it: nothing half is kept."""
    end(transfer, TransferStatus.STOPPED)


def _undo(transfer: Transfer) -> None:
    """Remove for good what an import has brought, with what was made for it and is empty."""
    shrink(transfer.report.get("made", {}).get("grown", ()))
    for chat in Chat.objects.filter(workspace_of(transfer).q, metadata__transfer=str(transfer.pk)):
        chat.delete()
    drop_made(transfer.report.get("made", {}))


@transaction.atomic
def rescue() -> None:
    """End transfers whose job has said nothing for minutes: its process is gone. One that holds its row is at work.

    So is one of this process, which may have stood still itself.
    """
    silent = Transfer.objects.filter(status=RUNNING, heartbeat_at__lt=Now() - SILENT).exclude(pk__in=_at_work)
    for transfer in silent.select_for_update(skip_locked=True):
        fail(transfer, Failure("transfer_interrupted"))


def delete(*, transfer: Transfer) -> None:
    """Forget a transfer with its file; one under way is stopped. What an import has brought stays."""
    stop(transfer=transfer)
    transfer.delete()


def drop_old() -> None:
    """Forget transfers after a week, with their files, and files that a process which ended has left behind."""
    for transfer in Transfer.objects.filter(created_at__lt=timezone.now() - KEPT).exclude(status=RUNNING):
        transfer.delete()
    for key in stored_before(FOLDER, timezone.now() - LEFT):
        if not Transfer.objects.filter(file=key).exists():
            default_storage.delete(key)


def drop_file(transfer: Transfer) -> None:
    """Remove the file of a transfer that is gone."""
    if name := transfer.file:
        transaction.on_commit(lambda: default_storage.delete(name))


async def through(steps: Iterator[None], transfer: str) -> None:
    """Go step by step, so that others have the thread and its connection in between."""
    with at_work(transfer):
        if person := await in_thread(person_of, transfer):
            while await in_thread(step, steps, person):
                pass


@app.periodic(cron="* * * * *")
@app.task(name="chats.rescue_transfers", queueing_lock="chats.rescue_transfers", pass_context=False)
async def rescue_transfers(timestamp: int) -> None:
    """End exports and imports whose process is gone."""
    await in_thread(rescue)
