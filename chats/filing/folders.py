"""Folders of chats: set, deleted, and chats placed in them. What hangs together has one scope."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from agents.catalog import Reference
from chats.filing import deleting
from chats.models import Chat, Folder
from chats.validators import validate_folder_settings
from teams.folders import held, upwards


def set_settings(*, folder: Folder, system_prompt: str, model: Reference | None, retention_days: int | None) -> None:
    """Set what chats in the folder begin with, and after how many days without activity they go: None = never."""
    given = {"system_prompt": system_prompt, "model": model and model.stored}
    settings = {name: value for name, value in given.items() if value}
    validate_folder_settings(settings)
    folder.settings, folder.retention_days = settings, retention_days
    folder.save(update_fields=["settings", "retention_days", "updated_at"])


@transaction.atomic
def delete(*, folder: Folder, with_content: bool) -> datetime:
    """Put the folder away, with all that lies in it or without; return the moment, by which it can be taken back.

    Without, its chats and folders move up to where it lay.
    """
    moment, rows = timezone.now(), held(folder)
    if with_content:
        gone = [pk for pk in rows if folder.pk in upwards(pk, rows)]
        deleting.delete_chats(Chat.objects.filter(folder__in=gone, deleted_at=None), at=moment)
        Folder.objects.filter(pk__in=gone).update(deleted_at=moment)
        return moment
    chats = Chat.objects.filter(folder=folder, deleted_at=None)
    folders = Folder.objects.filter(parent=folder, deleted_at=None)
    moved = {"to": folder.parent_id and str(folder.parent_id), "chats": _ids(chats), "folders": _ids(folders)}
    chats.update(folder=folder.parent_id)
    folders.update(parent=folder.parent_id)
    Folder.objects.filter(pk=folder.pk).update(deleted_at=moment, held=moved)
    return moment


def place(*, chats: QuerySet[Chat], folder: Folder | None) -> int:
    """Put chats into the folder, or out of any; return how many. Chats of another scope stay where they are."""
    if folder:
        chats = chats.filter(folder.takes)
    return chats.order_by().update(folder=folder)


def _ids(rows: QuerySet) -> list[str]:
    return [str(pk) for pk in rows.values_list("pk", flat=True)]
