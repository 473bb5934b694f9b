"""Folders: made, named, set, moved, deleted, and chats placed in them. What hangs together has one scope."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.catalog import Reference
from chats.filing import deleting
from chats.models import Chat, Folder
from chats.validators import validate_folder_settings
from sambung.lib.errors import Refused
from teams.workspace import Workspace

DEEPEST = 8  # folders one in another


@transaction.atomic
def create(*, workspace: Workspace, name: str, parent: Folder | None = None) -> Folder:
    """Make a folder in the workspace. Raises Refused where folders lie too deep in one another."""
    folder = Folder(**workspace.owner, name=name)
    _refuse_misplaced(folder, parent, _held(folder))
    folder.parent = parent
    folder.save()
    return folder


def rename(*, folder: Folder, name: str) -> None:
    folder.name = name
    folder.save(update_fields=["name", "updated_at"])


def set_settings(*, folder: Folder, system_prompt: str, model: Reference | None, retention_days: int | None) -> None:
    """Set what chats in the folder begin with, and after how many days without activity they go: None = never."""
    given = {"system_prompt": system_prompt, "model": model and model.stored}
    settings = {name: value for name, value in given.items() if value}
    validate_folder_settings(settings)
    folder.settings, folder.retention_days = settings, retention_days
    folder.save(update_fields=["settings", "retention_days", "updated_at"])


@transaction.atomic
def move(*, folder: Folder, to: Folder | None) -> None:
    """Put the folder into another one, or at the top. Raises Refused where it would lie in itself, or too deep."""
    _refuse_misplaced(folder, to, _held(folder))
    folder.parent = to
    folder.save(update_fields=["parent", "updated_at"])


@transaction.atomic
def delete(*, folder: Folder, with_content: bool) -> datetime:
    """Put the folder away, with all that lies in it or without; return the moment, by which it can be taken back.

    Without, its chats and folders move up to where it lay.
    """
    moment, rows = timezone.now(), _held(folder)
    if with_content:
        gone = [pk for pk in rows if folder.pk in _upwards(pk, rows)]
        deleting.delete_chats(Chat.objects.filter(folder__in=gone, deleted_at=None), at=moment)
        Folder.objects.filter(pk__in=gone).update(deleted_at=moment)
        return moment
    chats = Chat.objects.filter(folder=folder, deleted_at=None)
    folders = Folder.objects.filter(parent=folder, deleted_at=None)
    held = {"to": folder.parent_id and str(folder.parent_id), "chats": _ids(chats), "folders": _ids(folders)}
    chats.update(folder=folder.parent_id)
    folders.update(parent=folder.parent_id)
    Folder.objects.filter(pk=folder.pk).update(deleted_at=moment, held=held)
    return moment


def place(*, chats: QuerySet[Chat], folder: Folder | None) -> int:
    """Put chats into the folder, or out of any; return how many. Chats of another scope stay where they are."""
    if folder:
        chats = chats.filter(folder.takes)
    return chats.order_by().update(folder=folder)


# ---- shared steps ---------------------------------------------------------------------------------------
def _held(folder: Folder) -> dict[UUID, Folder]:
    """The folders of its scope by id, locked: what two people do at once happens one after the other."""
    same = Folder.objects.filter(user=folder.user_id, team=folder.team_id, deleted_at=None)
    return {row.pk: row for row in same.select_for_update().order_by("pk")}


def _upwards(pk: UUID | None, rows: dict[UUID, Folder]) -> list[UUID]:
    """The folder and those above it."""
    found = []
    while pk in rows:
        found.append(pk)
        pk = rows[pk].parent_id
    return found


def _refuse_misplaced(folder: Folder, to: Folder | None, rows: dict[UUID, Folder]) -> None:
    if to is None:
        return
    if to.pk not in rows:
        raise Refused(_("This folder has been deleted."))
    above = _upwards(to.pk, rows)
    if folder.pk in above:
        raise Refused(_("A folder cannot lie in itself."))
    paths = (_upwards(pk, rows) for pk in rows)
    height = max((path.index(folder.pk) + 1 for path in paths if folder.pk in path), default=1)
    if len(above) + height > DEEPEST:
        raise Refused(_("Folders can lie %(n)s deep in one another, no deeper.") % {"n": DEEPEST})


def _ids(rows: QuerySet) -> list[str]:
    return [str(pk) for pk in rows.values_list("pk", flat=True)]
