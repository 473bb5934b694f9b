"""How far a document is with being read and indexed: each step asks whether it is still wanted.

Whoever begins gives the row a number of their own (`job`); what another has taken over, or somebody has stopped, ends
at the next step.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from documents import error_messages  # noqa: F401 makes its codes known
from documents.models import UNDER_WAY, WRITTEN, Document, Status
from sambung.lib.failures import Failure

JOB, QUEUE = "documents.index_document", "documents"
SILENT = timedelta(minutes=3)  # after which a job is gone
MOST_TRIES = 2  # of one that is gone each time
PAUSE = 5  # seconds after a save, in which more may come
MOST_MISSED = 500  # documents that are taken up at once

_at_work: set[UUID] = set()


class Ended(Exception):
    """The work on the document was stopped, or another one has taken it over."""


# ---- asked for ------------------------------------------------------------------------------------------
def ask(document: Document, *, after: int = 0) -> None:
    """Have a document indexed once all this is committed; a file that waits is read first.

    Whoever asks again before it has begun has asked for the same.
    """
    pk = document.pk
    transaction.on_commit(lambda: _enqueue(pk, after))


def ask_after_save(document: Document) -> None:
    """Have a document indexed that was changed: somebody who writes goes on, most of the time."""
    ask(document, after=PAUSE)


def _enqueue(pk: UUID, after: int) -> None:
    later = {"schedule_in": {"seconds": after}} if after else {}
    job = app.configure_task(JOB, queue=QUEUE, queueing_lock=f"document:{pk}", **later)
    try:
        with transaction.atomic():
            job.defer(document=str(pk))
    except AlreadyEnqueued:
        pass


def read_again(*, document: Document) -> bool:
    """Read a file anew; what it was found by stays until that is done. Return whether it was not under way."""
    rows = Document.objects.filter(pk=document.pk).exclude(status__in=UNDER_WAY)
    if not rows.update(status=Status.QUEUED, status_detail={}, status_at=Now()):
        return False
    ask(document)
    return True


def take(*, document: Document) -> str | None:
    """Take a file up at once, which could not be read; return the number of this work. None where it is under way."""
    job = str(uuid4())
    rows = Document.objects.filter(pk=document.pk).exclude(status__in=UNDER_WAY)
    told = {"status": Status.READING, "status_detail": {"job": job, "tries": MOST_TRIES}, "status_at": Now()}
    return job if rows.update(**told) else None


def take_up(*, document: Document) -> None:
    """Read a file anew that is another one now; whatever is at it ends."""
    Document.objects.filter(pk=document.pk).update(status=Status.QUEUED, status_detail={}, status_at=Now())
    ask(document)


def see(*, document: Document, **asked) -> bool:
    """Have a model read what nobody could (`seeing.py`); return whether it was not under way."""
    rows = Document.objects.filter(pk=document.pk).exclude(status__in=UNDER_WAY)
    if not rows.update(status=Status.QUEUED, status_detail={"see": asked}, status_at=Now()):
        return False
    ask(document)
    return True


def stop(*, document: Document) -> bool:
    """Stop reading a file; return whether it was under way."""
    rows = Document.objects.filter(pk=document.pk, status__in=UNDER_WAY)
    return bool(rows.update(**_told(Status.FAILED, Failure("document_stopped"))))


# ---- under way ------------------------------------------------------------------------------------------
def begin(pk: UUID) -> tuple[Document, str] | None:
    """Take up a file that waits: return it with the number of this work. None where it does not wait."""
    with transaction.atomic():
        found = Document.objects.select_for_update(no_key=True).filter(pk=pk, status=Status.QUEUED).first()
        if found is None:
            return None
        job = str(uuid4())
        asked = {"see": see} if (see := found.status_detail.get("see")) else {}
        detail = {"job": job, "tries": found.status_detail.get("tries", 0) + 1} | asked
        Document.objects.filter(pk=pk).update(status=Status.READING, status_detail=detail, status_at=Now())
        found.status, found.status_detail = Status.READING, detail
        return found, job


def advance(document: Document, job: str, done: int, pages: int) -> None:
    """Say how many pages are read. Raises Ended."""
    detail = document.status_detail | {"done": done, "pages": pages}
    if not _mine(document, job).update(status_detail=detail, status_at=Now()):
        raise Ended


def held(document: Document, job: str) -> Document:
    """The row as it is now, for this transaction alone. Raises Ended."""
    found = _mine(document, job).select_for_update(no_key=True).first()
    if found is None:
        raise Ended
    return found


def end(document: Document, job: str, status: Status, failure: Failure | None = None) -> None:
    """Say what came of it, unless somebody has stopped it."""
    _mine(document, job).update(**_told(status, failure))


def _mine(document: Document, job: str) -> QuerySet[Document]:
    return Document.objects.filter(pk=document.pk, status=Status.READING, status_detail__job=job)


def _told(status: Status, failure: Failure | None) -> dict:
    return {"status": status, "status_detail": failure.stored if failure else {}, "status_at": Now()}


@contextmanager
def at_work(pk: UUID) -> Iterator[None]:
    """This process is at it, however long it says nothing."""
    _at_work.add(pk)
    try:
        yield
    finally:
        _at_work.discard(pk)


# ---- left behind ----------------------------------------------------------------------------------------
def rescue() -> None:
    """Begin again what a process has left behind, once; then say so. Ask again for what waits for too long."""
    silent = Document.objects.filter(status_at__lt=Now() - SILENT)
    with transaction.atomic():
        left = silent.filter(status=Status.READING).exclude(pk__in=_at_work).select_for_update(skip_locked=True)
        for document in left:
            if document.status_detail.get("tries", 0) >= MOST_TRIES:
                told = _told(Status.FAILED, Failure("document_interrupted"))
            else:
                told = _told(Status.QUEUED, None) | {"status_detail": {"tries": document.status_detail["tries"]}}
            Document.objects.filter(pk=document.pk).update(**told)
    for document in silent.filter(status=Status.QUEUED).only("pk")[:MOST_MISSED]:
        ask(document)


def ask_for_missed() -> None:
    """Have texts indexed whose present version is not: those from before there was an index, or whose job was lost."""
    changed = ~Q(extraction__version=F("current_version__number")) | Q(extraction=None)
    missed = Document.objects.filter(changed, kind__in=WRITTEN, deleted_at=None).exclude(status=Status.FAILED)
    for document in missed.only("pk")[:MOST_MISSED]:
        ask(document)
