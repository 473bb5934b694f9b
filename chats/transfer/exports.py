"""Exports: one chat at once, many as a ZIP that a job writes chat by chat."""

import base64
import logging
import tempfile
import zipfile
from collections.abc import Iterator
from urllib.parse import quote
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet, Sum
from procrastinate.contrib.django import app

from chats.models import Attachment, Chat, Transfer, TransferKind, TransferStatus
from chats.transfer import progress
from chats.transfer.files import content
from chats.transfer.formats import FORMATS, Format
from sambung.lib.names import Names, safe
from teams import access
from teams.folders import path as folder_path
from teams.models import User
from teams.workspace import Workspace

logger = logging.getLogger(__name__)
LARGE = 20_000_000  # bytes of files that one answer carries


# ---- one chat -------------------------------------------------------------------------------------------
def one(*, chat: Chat, form: Format, by: User) -> tuple[str, str]:
    """Return name and content of a chat's file. Attachments stand in JSON as base64, in the others by their names."""
    return f"{safe(chat.title, 'chat')}.{form.ending}", form.write(chat, by, _inside if form.is_complete else _nowhere)


def is_large(chat: Chat, form: Format) -> bool:
    """Whether the file would hold so much that a job should write it."""
    return form.is_complete and (chat.attachments.aggregate(all=Sum("size"))["all"] or 0) > LARGE


def _inside(file: Attachment) -> dict:
    data = content(file)
    return {} if data is None else {"data": base64.b64encode(data).decode()}


def _nowhere(file: Attachment) -> dict:
    return {}


# ---- many -----------------------------------------------------------------------------------------------
@transaction.atomic
def start(*, by: User, workspace: Workspace, form: Format, chats: list[UUID] | None = None) -> Transfer:
    """Begin to export these chats, or all of the workspace; a job does. Raises Refused."""
    chosen = None if chats is None else [str(pk) for pk in chats]
    options = {"format": form.name, "chats": chosen}
    total = _readable(by, workspace, chosen).count()
    transfer = progress.begin(by=by, workspace=workspace, kind=TransferKind.EXPORT, options=options, total=total)
    _defer(transfer)
    return transfer


@transaction.atomic
def again(*, transfer: Transfer) -> Transfer:
    """Begin a new export like one that has ended, which goes. Raises Refused."""
    transfer.delete()
    options = transfer.options
    workspace = progress.workspace_of(transfer)
    return start(by=transfer.user, workspace=workspace, form=FORMATS[options["format"]], chats=options["chats"])


def _defer(transfer: Transfer) -> None:
    transaction.on_commit(lambda: export_chats.defer(transfer=str(transfer.pk)))


def _readable(by: User, workspace: Workspace, chosen: list[str] | None) -> QuerySet[Chat]:
    """What the person may read at this moment, the oldest first."""
    chats = Chat.objects.filter(workspace.q, is_temporary=False)
    chats = chats if chosen is None else chats.filter(pk__in=chosen)
    return access.rows(by, chats).order_by("created_at", "id")


def run(transfer_id: str) -> Iterator[None]:
    """Write the ZIP of an export; yields after each chat, and holds no connection then."""
    if (transfer := progress.running(transfer_id, TransferKind.EXPORT)) is None:
        return
    try:
        with tempfile.TemporaryFile() as file:
            yield from _write(transfer, file)
            _keep(transfer, file)
    except progress.Ended:
        progress.end(transfer, TransferStatus.STOPPED)
    except Exception as error:  # whatever it is, the person learns that there will be no file
        logger.exception("An export failed.")
        progress.break_off(transfer, error)


def _write(transfer: Transfer, file) -> Iterator[None]:
    by, workspace = transfer.user, progress.workspace_of(transfer)
    form, names = FORMATS[transfer.options["format"]], Names()
    readable = _readable(by, workspace, transfer.options["chats"])
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for pk in list(readable.values_list("pk", flat=True)):
            chat = _readable(by, workspace, [str(pk)]).select_related("folder", "agent").first()
            if chat:  # not deleted or taken away meanwhile
                _add(archive, chat, form, by, names)
            progress.advance(transfer)
            yield


def _add(archive: zipfile.ZipFile, chat: Chat, form: Format, by: User, names: Names) -> None:
    """Put a chat into the ZIP, below the names of its folders, and its files below `files/`."""
    folders = [*folder_path(chat.folder), chat.folder] if chat.folder else []
    folder = "/".join(["chats", *(safe(one.name, "folder") for one in folders)])
    up = "../" * (len(folders) + 1)

    def where(file: Attachment) -> dict:
        """A document names members of the ZIP, what people read leads to them."""
        return {"path": _path(file) if form.is_complete else up + quote(_path(file))}

    archive.writestr(names.take(folder, safe(chat.title, "chat"), form.ending), form.write(chat, by, where))
    for file in chat.attachments.order_by("id"):
        if (data := content(file)) is not None:
            archive.writestr(_path(file), data)


def _path(file: Attachment) -> str:
    return f"files/{file.pk}/{safe(file.name, 'file')}"


def _keep(transfer: Transfer, file) -> None:
    """Put the finished ZIP into the storage, unless the export was stopped meanwhile."""
    name = default_storage.save(f"{progress.FOLDER}/{transfer.pk}.zip", File(file))
    if not progress.end(transfer, TransferStatus.DONE, file=name):
        default_storage.delete(name)


@app.task(name="chats.export_chats")
async def export_chats(transfer: str) -> None:
    """Write the ZIP of an export."""
    await progress.through(run(transfer), transfer)
