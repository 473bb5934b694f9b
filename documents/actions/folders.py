"""Documents placed in folders. What hangs together has one scope."""

from django.db import transaction
from django.utils.translation import gettext as _

from documents.models import Document, DocumentFolder
from sambung.lib.errors import Refused


@transaction.atomic
def place(*, document: Document, folder: DocumentFolder | None) -> None:
    """Put a document into a folder of its scope, or out of any. Raises Refused where the folder was deleted."""
    if folder and not _takes(folder, document):
        raise Refused(_("This folder has been deleted."), code="gone")
    Document.objects.filter(pk=document.pk).update(folder=folder)


def _takes(folder: DocumentFolder, document: Document) -> bool:
    """Whether the folder is there, in the document's workspace; it stays until the transaction ends."""
    owner = {"team": document.team_id} if document.team_id else {"team": None, "user": document.user_id}
    rows = DocumentFolder.objects.filter(pk=folder.pk, deleted_at=None, **owner)
    return rows.select_for_update(no_key=True).first() is not None
