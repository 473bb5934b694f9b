"""Putting chats and folders away, taking them back, and removing them for good.

What one act deletes shares its moment: so one act takes it back.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from agents.models import ACTIVE, Run
from agents.runs.stop import stop
from chats.models import Chat, Folder


@transaction.atomic
def delete_chats(chats: QuerySet[Chat], *, at: datetime | None = None) -> int:
    """Put chats away: hidden at once, removed for good after 30 days. What runs in them is stopped."""
    ids = list(chats.order_by("pk").values_list("pk", flat=True))
    for run in Run.objects.filter(messages__chat__in=ids, status__in=ACTIVE).distinct():  # before chats are locked
        stop(run=run)
    return Chat.objects.filter(pk__in=ids, deleted_at=None).update(deleted_at=at or timezone.now())


@transaction.atomic
def restore_chats(chats: QuerySet[Chat]) -> int:
    """Take chats back; return how many. What lay in a folder that stays deleted comes back outside of it."""
    restored = Chat.objects.filter(pk__in=list(chats.values_list("pk", flat=True)))
    restored.filter(folder__deleted_at__isnull=False).update(folder=None)
    return restored.update(deleted_at=None, warned_at=None)


@transaction.atomic
def restore_folders(folders: QuerySet[Folder]) -> int:
    """Take folders back with all that was deleted along with them; return how many chats came with them."""
    chat_ids: set = set()
    for folder in folders.select_for_update().order_by("pk"):
        chat_ids |= _take_back(folder)
    return restore_chats(Chat.objects.filter(pk__in=chat_ids))


def _take_back(folder: Folder) -> set:
    """Show a folder again and those below it that went with it; return the ids of the chats that did."""
    level, found = [folder.pk], []
    while level:
        found += level
        below = Folder.objects.filter(parent__in=level, deleted_at=folder.deleted_at)
        level = list(below.values_list("pk", flat=True))
    with_it = Chat.objects.filter(folder__in=found, deleted_at=folder.deleted_at)
    ids = set(with_it.values_list("pk", flat=True))
    Folder.objects.filter(pk__in=found).update(deleted_at=None, held=None)
    Folder.objects.filter(pk=folder.pk, parent__deleted_at__isnull=False).update(parent=None)
    if held := folder.held:  # what was moved up when it went; what has been moved on since stays there
        Chat.objects.filter(folder.takes, pk__in=held["chats"], folder=held["to"]).update(folder=folder)
        Folder.objects.filter(pk__in=held["folders"], parent=held["to"]).update(parent=folder)
    return ids


def remove_chats(chats: QuerySet[Chat]) -> None:
    """Remove for good what was deleted, each chat by itself: it may have many messages."""
    for pk in list(chats.values_list("pk", flat=True)):
        Chat.objects.filter(pk=pk).exclude(deleted_at=None).delete()
