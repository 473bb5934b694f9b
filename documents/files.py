"""Files that are documents: where their bytes lie, what they are called, and how much room they take."""

import hashlib
import re
from datetime import timedelta
from pathlib import PurePosixPath

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from documents.models import Document, Kind
from sambung.lib.files import store
from sambung.lib.files.kinds import kind_of
from teams import quotas
from teams.workspace import Workspace

FOLDER = "documents"  # of the storage
LEFT = timedelta(days=1)  # after which bytes that no document names go
_ENDING = re.compile(r"\.[a-z0-9]{1,10}")


def keep(document: Document, workspace: Workspace, name: str, data: bytes) -> None:
    """Write the bytes, then the row of a new document; without the row the bytes go again. Raises Refused.

    The key ends as the name did, since that tells which kind of text a file is.
    """
    _describe(document, name, data)
    quotas.take(workspace, document.size)
    key = _new_key(name)
    try:
        document.file = store.save(key, data)
        document.save(force_insert=True)
    except BaseException:
        store.drop([key])
        raise


def replace(document: Document, workspace: Workspace, name: str, data: bytes) -> None:
    """Put other bytes, of whatever kind, in the place of those that it has, within a transaction. Raises Refused."""
    before, size = document.file, document.size
    _describe(document, name, data)
    quotas.take(workspace, max(0, document.size - size))
    key = _new_key(name)
    try:
        document.file = store.save(key, data)
        document.save(update_fields=["file", "mime_type", "size", "sha256", "updated_at"])
    except BaseException:
        store.drop([key])
        raise
    transaction.on_commit(lambda: store.drop([before]))


def _describe(document: Document, name: str, data: bytes) -> None:
    store.refuse_large(name, len(data))
    document.mime_type = kind_of(data, name).mime_type
    document.size, document.sha256 = len(data), hashlib.sha256(data).hexdigest()


def _new_key(name: str) -> str:
    ending = PurePosixPath(name).suffix.lower()
    return store.new_key(FOLDER, ending if _ENDING.fullmatch(ending) else "")


def content(document: Document) -> bytes:
    """The bytes. Raises FileNotFoundError where they are lost, or have not been fetched yet."""
    if not document.file:
        raise FileNotFoundError
    return store.content(document.file)


def ending(document: Document) -> str:
    """How the file's name ends, such as ".pdf"; "" where it had no such ending."""
    return PurePosixPath(document.file).suffix


def name(document: Document) -> str:
    """What the file is called when it is taken along: its title, with the ending that it came with."""
    plain = store.plain_name(document.title or str(document))
    return plain if PurePosixPath(plain).suffix.lower() == ending(document) else plain + ending(document)


def used(workspace: Workspace) -> int:
    """Bytes that the workspace's files take."""
    return Document.objects.filter(workspace.q, kind=Kind.FILE).aggregate(all=Sum("size"))["all"] or 0


def gone(sender, instance: Document, **kwargs) -> None:
    """A row has been deleted for good: its bytes go with the commit."""
    if instance.file:
        transaction.on_commit(lambda: store.drop([instance.file]))


def clean_up() -> None:
    """Remove bytes that no document names."""
    for key in store.stored_before(FOLDER, timezone.now() - LEFT):
        if not Document.objects.filter(file=key).exists():
            store.drop([key])
