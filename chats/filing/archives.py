"""Archives: named collections of chats, one person's. A chat may lie in several, and goes on being listed."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from chats.filing import deleting
from chats.models import Archive, ArchiveItem, Chat
from teams.models import User


def create(*, by: User, name: str, description: str = "") -> Archive:
    return Archive.objects.create(user=by, name=name, description=description)


def change(*, archive: Archive, name: str, description: str) -> None:
    archive.name, archive.description = name, description
    archive.save(update_fields=["name", "description", "updated_at"])


def delete(*, archive: Archive) -> None:
    """Delete the collection; its chats stay."""
    archive.delete()


def add(*, archive: Archive, chats: QuerySet[Chat]) -> int:
    """Put the chats into the archive; return how many they are."""
    made = [ArchiveItem(archive=archive, chat_id=pk) for pk in chats.order_by("pk").values_list("pk", flat=True)]
    ArchiveItem.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def remove(*, archive: Archive, chats: QuerySet[Chat]) -> int:
    """Take the chats out of the archive; return how many were in it."""
    return ArchiveItem.objects.filter(archive=archive, chat__in=chats.order_by()).delete()[0]


@transaction.atomic
def choose(*, chat: Chat, of: Iterable[Archive], chosen: Iterable[Archive]) -> None:
    """Let the chat lie in the chosen ones of a person's archives, and in no other of them."""
    ArchiveItem.objects.filter(chat=chat, archive__in=of).exclude(archive__in=chosen).delete()
    made = [ArchiveItem(archive=archive, chat=chat) for archive in chosen]
    ArchiveItem.objects.bulk_create(made, ignore_conflicts=True)


def in_none(chats: QuerySet[Chat]) -> QuerySet[Chat]:
    """Those of the chats that lie in nobody's archive."""
    return chats.filter(~Exists(ArchiveItem.objects.filter(chat=OuterRef("pk"))), is_temporary=False)


def delete_others(*, chats: QuerySet[Chat]) -> tuple[datetime, int]:
    """Put those of the chats away that lie in no archive; return the moment, by which they are taken back, and how
    many they were.
    """
    moment = timezone.now()
    return moment, deleting.delete_chats(in_none(chats), at=moment)
