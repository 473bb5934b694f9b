"""What becomes of documents when their person goes, and what a person takes with them."""

from collections.abc import Iterator
from contextlib import suppress

from documents import files, pictures
from documents.knowledge import index
from documents.models import Collection, Document, DocumentFolder, DocumentLink, DocumentVersion
from teams.folders import path
from teams.models import User


def delete_personal(person: User) -> None:
    """Remove the person's own documents, collections and folders for good. A team's stay."""
    own = Document.objects.filter(user=person, team=None)
    index.forget(own.select_for_update())  # a job that indexes one of them ends first
    own.delete()
    Collection.objects.filter(user=person, team=None).delete()
    DocumentFolder.objects.filter(user=person).delete()


def export(person: User) -> Iterator[tuple[str, object]]:
    """Each personal document with its versions, and what they, or a model for them, wrote in those of teams."""
    own = Document.objects.filter(user=person, team=None, deleted_at=None).select_related("folder")
    for document in own.order_by("created_at", "id").iterator():
        above = [*path(document.folder), document.folder] if document.folder else []
        folder = [one.name for one in above]
        versions = [_version(row) for row in document.versions.filter(is_folded=False)]
        yield f"documents/{document.pk}.json", _told(document) | {"folder": folder, "versions": versions}
        if document.is_file:
            yield from _bytes(document)
    yield from pictures.taken_along(person)
    for collection in Collection.objects.filter(user=person, team=None).order_by("created_at", "id"):
        yield f"collections/{collection.pk}.json", _collection(collection)
    saved = DocumentVersion.objects.filter(created_by=person, document__team__isnull=False, is_folded=False)
    shared = Document.objects.filter(pk__in=saved.values("document"), deleted_at=None).select_related("team")
    for document in shared.order_by("created_at", "id").iterator():
        versions = [_version(row) for row in saved.filter(document=document)]
        told = {"id": document.pk, "title": document.title, "team": document.team.name}
        yield f"team-documents/{document.pk}.json", told | {"versions": versions}


def _bytes(document: Document) -> Iterator[tuple[str, bytes]]:
    """The file itself, unless it is lost."""
    with suppress(FileNotFoundError):
        yield f"documents/{document.pk}{files.ending(document)}", files.content(document)


def _collection(collection: Collection) -> dict:
    told = ("id", "name", "description", "visibility", "created_at", "updated_at")
    items = collection.items.order_by("created_at", "id").values_list("document", flat=True)
    return {name: getattr(collection, name) for name in told} | {"documents": list(items)}


def _told(document: Document) -> dict:
    told = ("id", "title", "kind", "language", "content", "mime_type", "size", "url", "is_daily")
    at = {"created_at": document.created_at, "updated_at": document.updated_at}
    return {name: getattr(document, name) for name in told} | at | {"link": _link(document)}


def _link(document: Document) -> dict | None:
    """How it is public, if it is; not the address, which would open it."""
    found = DocumentLink.objects.filter(document=document)
    return found.values("mode", "expires_at", "views", "created_at").first()


def _version(version: DocumentVersion) -> dict:
    told = ("number", "author_kind", "author_name", "label", "is_aside", "is_partial", "content", "created_at")
    return {name: getattr(version, name) for name in told}
