"""Imports: a job looks a file through, a person chooses what of it is wanted, and a job brings it chat by chat."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from copy import deepcopy
from itertools import islice
from uuid import UUID

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from chats.models import Attachment, Chat, Folder, Transfer, TransferKind, TransferStatus
from chats.transfer import Unreadable, document, growing, progress
from chats.transfer.restore import Place, keep_files, restore
from chats.transfer.source import Found, Source
from sambung.lib.errors import Refused
from sambung.lib.failures import Failure
from sambung.lib.files.store import room
from teams import access
from teams.models import User
from teams.workspace import Workspace

logger = logging.getLogger(__name__)
MOST_TOLD = 1_000  # problems that a report names; the rest is counted
MOST_CHATS = 50_000  # of one file
_STRETCH = 10  # chats that are looked through at once


# ---- the file -------------------------------------------------------------------------------------------
def upload(*, by: User, workspace: Workspace, file: UploadedFile) -> Transfer:
    """Keep a file and have it looked through; a job does. Raises Refused, also where a disk has no room for it."""
    key, options = "", {"step": "look"}
    with room():
        try:
            with transaction.atomic():
                transfer = progress.begin(by=by, workspace=workspace, kind=TransferKind.IMPORT, options=options)
                transfer.file = key = default_storage.save(f"{progress.FOLDER}/{transfer.pk}", file)
                transfer.save(update_fields=["file"])
                _defer(transfer)
        except Exception:
            if key:
                default_storage.delete(key)
            raise
    return transfer


def _defer(transfer: Transfer) -> None:
    transaction.on_commit(lambda: import_chats.defer(transfer=str(transfer.pk)))


@transaction.atomic
def start(*, transfer: Transfer, chosen: list[int] | None, folder: Folder | None) -> None:
    """Bring the chats with these numbers in the report, None = all, into the folder; a job does. Raises Refused."""
    progress.refuse_second(transfer.user)
    ready = Transfer.objects.select_for_update().filter(pk=transfer.pk, status=TransferStatus.READY).first()
    if ready is None:
        raise Refused(_("This import has begun already."), code="done_already")
    total = len(ready.report["chats"]) if chosen is None else len(chosen)
    ready.options = {"step": "bring", "chosen": chosen, "folder": folder and str(folder.pk)}
    _under_way(ready, total)


@transaction.atomic
def again(*, transfer: Transfer) -> Transfer:
    """Look through the file of an import that has ended once more, as a new one. Raises Refused."""
    progress.refuse_second(transfer.user)
    given = {"user": transfer.user, "team": transfer.team, "kind": transfer.kind, "file": transfer.file}
    transfer.file = ""  # it is the new one's
    transfer.delete()
    new = Transfer(**given, options={"step": "look"})
    _under_way(new, 0)
    return new


def _under_way(transfer: Transfer, total: int) -> None:
    transfer.status, transfer.done, transfer.total = progress.RUNNING, 0, total
    transfer.heartbeat_at = Now()
    transfer.save()
    _defer(transfer)


def run(transfer_id: str) -> Iterator[None]:
    """Look through the file, or bring what was chosen; yields often, and holds no connection then."""
    if (transfer := progress.running(transfer_id, TransferKind.IMPORT)) is None:
        return
    try:
        with default_storage.open(transfer.file) as file:
            source = Source(file)
            yield from _look(transfer, source) if transfer.options["step"] == "look" else _bring(transfer, source)
    except progress.Ended:
        progress.end(transfer, TransferStatus.STOPPED)
    except Unreadable as error:
        progress.fail(transfer, Failure("transfer_unreadable", {"why": str(error)}))
    except Exception as error:  # whatever it is, the person learns that nothing came
        logger.exception("An import failed.")
        progress.break_off(transfer, error)


# ---- looked through -------------------------------------------------------------------------------------
def _look(transfer: Transfer, source: Source) -> Iterator[None]:
    """Write down what is in the file, and leave the rest to the person."""
    report: dict = {"chats": [], "problems": [], "problems_count": 0, "left": Counter()}
    workspace, found = progress.workspace_of(transfer), source.found()
    while stretch := list(map(_noted, islice(found, _STRETCH))):
        new = growing.counts(workspace, [chat for chat, *_told in stretch if chat])
        for chat, told, left in stretch:
            if len(report["chats"]) == MOST_CHATS:
                _tell(report, "problems", told | {"why": _("What follows is not read: this is too much.")})
                found.close()
                break
            if chat is None:
                _tell(report, "problems", told)
            else:
                del told["place"]
                report["chats"].append(told | {"new": new.get(told["origin"], 0)})
                report["left"] += left
        progress.advance(transfer, len(stretch))
        yield
    _mark_known(report["chats"], workspace)
    progress.advance(transfer, 0, report=report, status=TransferStatus.READY)


def _noted(found: Found) -> tuple[dict | None, dict, Counter]:
    """Of what was found: what tells which messages are new, what a person is told, and what cannot come."""
    if found.chat is None:
        return None, {"place": found.place, "why": found.problem}, found.left
    return growing.outline(found.chat), _told(found) | {"place": found.place}, found.left


def _tell(report: dict, name: str, row: dict) -> None:
    """Add to a list of the report that keeps its beginning, and how long it would be."""
    report[f"{name}_count"] += 1
    if len(report[name]) < MOST_TOLD:
        report[name].append(row)


def _told(found: Found) -> dict:
    """What a person chooses by."""
    chat = found.chat
    own = document.own_id(chat)
    told = {"title": chat["title"], "messages": len(chat["messages"]), "updated_at": chat["updated_at"].isoformat()}
    return told | {"origin": chat["origin"], "own": own and str(own)}


def _mark_known(chats: list[dict], workspace: Workspace) -> None:
    """Say of each chat whether it is here, or stands in the file before."""
    here = _known(workspace, [chat["origin"] for chat in chats], [chat["own"] for chat in chats if chat["own"]])
    for chat in chats:
        chat["is_here"] = chat["origin"] in here or chat["own"] in here
        here.add(chat["origin"])


def _known(workspace: Workspace, origins: Iterable[str], ids: Iterable[str]) -> set[str]:
    """Those of the origins and ids of chats that the workspace has, deleted ones among them."""
    chats = Chat.objects.filter(workspace.q)
    same = chats.filter(origin__in=set(origins)).values_list("origin", flat=True)
    return {*same, *map(str, chats.filter(pk__in=set(ids)).values_list("pk", flat=True))}


# ---- brought --------------------------------------------------------------------------------------------
def _bring(transfer: Transfer, source: Source) -> Iterator[None]:
    """Make the chosen chats, each whole; then tell what came, and what did not and why."""
    workspace, chosen = progress.workspace_of(transfer), transfer.options["chosen"]
    place = Place(workspace, _folder(transfer))
    wanted = None if chosen is None else set(chosen)
    told: dict = {"brought": 0, "grown": 0, "added": 0, "left": Counter(), "made": place.made}
    told |= {"skipped": [], "skipped_count": 0, "problems": [], "problems_count": 0}
    n = -1
    for found in source.found():
        n += found.chat is not None
        if n == MOST_CHATS:
            break
        if found.chat is None:
            _tell(told, "problems", {"place": found.place, "why": found.problem})
        elif wanted is None or n in wanted:
            _bring_one(transfer, source, place, found, told)
            yield
    progress.end(transfer, TransferStatus.DONE, report=told)


def _folder(transfer: Transfer) -> Folder | None:
    """Where the chats shall go, if it is still there for the person."""
    here = Folder.objects.filter(**progress.workspace_of(transfer).owner)
    chosen = transfer.options["folder"]
    return access.rows(transfer.user, here, access.WRITE).filter(pk=chosen).first() if chosen else None


def _bring_one(transfer: Transfer, source: Source, place: Place, found: Found, told: dict) -> None:
    """Make one chat, or add to it, in a transaction of its own in which the transfer is still wanted."""
    title, new = found.chat["title"], None
    if is_known := _is_known(place.workspace, found.chat):
        new = growing.fresh(place.workspace, found.chat)
    if is_known and new is None:
        progress.advance(transfer)
        _tell(told, "skipped", {"title": title, "why": _here()})
        return
    if found.chat["files"]:  # which may take a while
        progress.advance(transfer, 0)
    files, left = keep_files(place, new or found.chat, source.content)
    try:
        with transaction.atomic():
            progress.advance(transfer)
            if new:
                told["added"] += growing.grow(place, found.chat, new, files)
            else:
                restore(place, found.chat, files, transfer=str(transfer.pk))
            if place.made != transfer.report.get("made"):
                Transfer.objects.filter(pk=transfer.pk).update(report={"made": place.made})
                transfer.report = {"made": deepcopy(place.made)}
    except IntegrityError as error:
        if "chats_origin" not in str(error):  # else another import was faster
            raise
        _tell(told, "skipped", {"title": title, "why": _here()})
    except Unreadable as error:
        _tell(told, "problems", {"place": found.place, "why": str(error)})
    else:
        told["grown" if new else "brought"] += 1
        told["left"] += left if new else found.left + left
    finally:
        Attachment.objects.filter(pk__in=files.values(), chat=None).delete()  # those of a chat that did not come


def _is_known(workspace: Workspace, chat: dict) -> bool:
    own: UUID | None = document.own_id(chat)
    return bool(_known(workspace, [chat["origin"]], [str(own)] if own else []))


def _here() -> str:
    return _("It is here already, or among what was deleted.")


@app.task(name="chats.import_chats")
async def import_chats(transfer: str) -> None:
    """Look through a file to import, or bring what was chosen of it."""
    await progress.through(run(transfer), transfer)
