"""A PDF is read with its password, which is used once and kept nowhere."""

from dataclasses import replace

from django.utils.translation import gettext as _

from documents import files
from documents.knowledge import indexing, progress
from documents.models import Document, Status
from sambung.lib.errors import Refused
from sambung.lib.failures import Failure
from sambung.lib.files.kinds import kind_of
from sambung.lib.files.reading import Read, Unread, read_locked


def unlock(*, document: Document, password: str) -> None:
    """Read and index it while whoever gave the password waits. Raises Refused, and then it is as it was."""
    before = {"status": document.status, "status_detail": document.status_detail}
    job = progress.take(document=document)
    if job is None:
        raise Refused(_("It is being read just now."), code="done_already")
    try:
        read = _read(document, password)
        indexing.keep_file(document, job, read)
    except BaseException:
        Document.objects.filter(pk=document.pk, status=Status.READING, status_detail__job=job).update(**before)
        raise


def _read(document: Document, password: str) -> Read:
    name = f"file{files.ending(document)}"
    try:
        data = files.content(document)
        read = read_locked(data, kind_of(data, name), name, password)
    except FileNotFoundError:
        raise Refused(Failure("document_lost"), status=404) from None
    except Unread as unread:
        if str(unread) == "password":
            raise Refused(_("This password does not open it."), field="password") from None
        raise Refused(Failure("document_broken"), status=415) from None
    warnings = [*read.told.get("warnings", ()), Failure("document_unlocked").stored]
    return replace(read, told={**read.told, "warnings": warnings})
