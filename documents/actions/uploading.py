"""Files become documents, or take the place of one: kept at once, read by a job."""

from django.db import transaction

from documents import files
from documents.knowledge import progress
from documents.models import Document, DocumentFolder, Kind, Status
from sambung.lib.files import store
from teams import quotas
from teams.workspace import Workspace


@store.room()
def add(*, workspace: Workspace, name: str, data: bytes, folder: DocumentFolder | None = None) -> Document:
    """Keep a file as a document of the workspace, and have it read. Raises Refused with the answer's status."""
    name = store.plain_name(name)
    quotas.check(workspace, len(data))
    facts = {"title": name, "folder": folder, "kind": Kind.FILE, "status": Status.QUEUED}
    made = Document(**workspace.scope, **facts)
    with transaction.atomic():
        files.keep(made, workspace, name, data)
        progress.ask(made)
    return made


@store.room()
def replace(*, document: Document, workspace: Workspace, name: str, data: bytes) -> None:
    """Put a newer file, of whatever kind, in the place of a document's, and have it read. Raises Refused.

    What it was found by stays until that is done. One that was fetched from an address is so no more.
    """
    name = store.plain_name(name)
    with transaction.atomic():
        kept = Document.objects.select_for_update(no_key=True).get(pk=document.pk)
        files.replace(kept, workspace, name, data)
        Document.objects.filter(pk=kept.pk).update(url="", is_daily=False)
        progress.take_up(document=kept)
