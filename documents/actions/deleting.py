"""Putting documents and folders away, taking them back, and removing them for good.

What one act deletes shares its moment: so a folder comes back with what went along with it.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from documents.knowledge import index
from documents.models import Document, DocumentFolder
from teams.folders import held, upwards


@transaction.atomic
def delete_document(*, document: Document) -> None:
    """Put a document away: hidden and found by nobody at once, removed for good after 30 days."""
    gone = Document.objects.filter(pk=document.pk)
    gone.filter(deleted_at=None).update(deleted_at=timezone.now())
    index.hide(gone)


@transaction.atomic
def delete_folder(*, folder: DocumentFolder) -> int:
    """Put a folder away with all that lies in it; return how many documents those were."""
    moment, gone = timezone.now(), _with_those_below(folder)
    many = Document.objects.filter(folder__in=gone, deleted_at=None).update(deleted_at=moment)
    index.hide(Document.objects.filter(folder__in=gone, deleted_at=moment))
    DocumentFolder.objects.filter(pk__in=gone).update(deleted_at=moment)
    return many


def count(*, folder: DocumentFolder) -> int:
    """How many documents would go with the folder."""
    with transaction.atomic():
        return Document.objects.filter(folder__in=_with_those_below(folder), deleted_at=None).count()


def _with_those_below(folder: DocumentFolder) -> list[UUID]:
    rows = held(folder)
    return [pk for pk in rows if folder.pk in upwards(pk, rows)]


@transaction.atomic
def restore_documents(documents: QuerySet[Document]) -> int:
    """Take documents back; return how many. What lay in a folder that stays deleted comes back outside of it."""
    restored = Document.objects.filter(pk__in=list(documents.values_list("pk", flat=True)))
    restored.filter(folder__deleted_at__isnull=False).update(folder=None)
    many = restored.update(deleted_at=None)
    index.show(restored)
    return many


@transaction.atomic
def restore_folders(folders: QuerySet[DocumentFolder]) -> None:
    """Take folders back with all that was deleted along with them."""
    for folder in folders.select_for_update().order_by("pk"):
        found = list(_deleted_along(folder))
        DocumentFolder.objects.filter(pk__in=found).update(deleted_at=None)
        DocumentFolder.objects.filter(pk=folder.pk, parent__deleted_at__isnull=False).update(parent=None)
        restore_documents(Document.objects.filter(folder__in=found, deleted_at=folder.deleted_at))


def _deleted_along(folder: DocumentFolder) -> Iterable[UUID]:
    """The folder and those below it that went at its moment."""
    level = [folder.pk]
    while level:
        yield from level
        below = DocumentFolder.objects.filter(parent__in=level, deleted_at=folder.deleted_at)
        level = list(below.values_list("pk", flat=True))


def remove_documents(documents: QuerySet[Document]) -> None:
    """Remove for good what was deleted, each document by itself: it may have many versions."""
    for pk in list(documents.values_list("pk", flat=True)):
        gone = Document.objects.filter(pk=pk).exclude(deleted_at=None)
        with transaction.atomic():
            index.forget(gone.select_for_update())
            gone.delete()
