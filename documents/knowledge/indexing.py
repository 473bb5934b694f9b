"""The job that makes a document searchable: it is read, if that has not been done, cut into passages and indexed."""

import hashlib
import logging
import time
from collections.abc import Awaitable, Callable
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from procrastinate.contrib.django import app

from documents import files
from documents.knowledge import addresses, extraction, index, progress, seeing
from documents.models import FOUND, Document, DocumentExtraction, Kind, Status
from documents.vectors import spaces
from sambung.lib import failures
from sambung.lib.database import will_pass
from sambung.lib.failures import Failure
from sambung.lib.files.kinds import kind_of
from sambung.lib.files.reading import Read, Unread, read_whole
from sambung.lib.files.sniffing import Kind as FileKind
from sambung.lib.threads import in_thread

logger = logging.getLogger(__name__)

PDF = "application/pdf"
STEP = 1.0  # seconds between two words of how far it is
_PROBLEMS = {
    "password": "document_password",
    "old_office": "document_old_office",
    "pixels": "document_pixels",
    "unknown": "document_unknown",
}
#: How a document that people write is read.
_WRITTEN = {
    Kind.TEXT: FileKind("markdown", "text/markdown"),
    Kind.CODE: FileKind("code", "text/plain"),
    Kind.SHEET: FileKind("csv", "text/csv"),
}


@app.task(name=progress.JOB, queue=progress.QUEUE)
async def index_document(document: str) -> None:
    """Read and index a document; one that was read already is indexed anew."""
    pk = UUID(document)
    with progress.at_work(pk):
        if taken := await in_thread(progress.begin, pk):
            await _read_file(*taken)
        elif row := await in_thread(Document.objects.filter(pk=pk, deleted_at=None).first):
            await _index_again(row)


# ---- files ----------------------------------------------------------------------------------------------
async def _read_file(document: Document, job: str) -> None:
    try:
        if asked := document.status_detail.get("see"):
            await in_thread(keep_file, document, job, await seeing.read(document, job, asked))
            return
        if document.url:
            document = await addresses.fetch(document, job)
        elif known := await in_thread(_known, document):
            await in_thread(_take_over, document, job, known)
            return
        data = await in_thread(files.content, document)
        name = f"file{files.ending(document)}"
        read = await read_whole(data, _kind(document, data, name), name, _told_of(document, job))
        await in_thread(keep_file, document, job, read)
    except progress.Ended:
        pass
    except failures.Failed as failed:
        await in_thread(_left, document, job, failed.failure)
    except Exception as error:
        if will_pass(error):  # the rescue begins again
            raise
        await in_thread(progress.end, document, job, Status.FAILED, _failure(error, document))


def _kind(document: Document, data: bytes, name: str) -> FileKind:
    """How a file is read; a page that was fetched as an article, without what stands around it."""
    kind = kind_of(data, name)
    return FileKind("article", kind.mime_type) if document.url and kind.family == "html" else kind


def _left(document: Document, job: str, why: Failure) -> None:
    """What could not be fetched, or read by a model: what was read before stays, and is found."""
    has_text = document.chunks.exists()
    progress.end(document, job, spaces.status_of_new() if has_text else Status.FAILED, why)


def _failure(error: Exception, document: Document) -> Failure:
    if isinstance(error, Unread):
        if str(error) == "password" and document.mime_type == PDF:
            return Failure("document_locked")
        return Failure(_PROBLEMS.get(str(error), "document_broken"))
    if isinstance(error, FileNotFoundError):
        return Failure("document_lost")
    logger.error("A document could not be indexed.", exc_info=error)
    return Failure("document_broke")


def _told_of(document: Document, job: str) -> Callable[[dict], Awaitable[None]]:
    """Returns what tells, now and then, how far the reading is."""
    pages, done, said_at = 0, 0, time.monotonic()

    async def heard(piece: dict) -> None:
        nonlocal pages, done, said_at
        pages = piece.get("told", {}).get("pages", pages)
        done = piece.get("block", {}).get("page") or done
        if time.monotonic() - said_at >= STEP:
            await in_thread(progress.advance, document, job, done, pages)
            said_at = time.monotonic()

    return heard


def _known(document: Document) -> DocumentExtraction | None:
    """What was read out of the same bytes once: nothing is read twice.

    What a password opened, or a model has read, is for those alone who gave the one and asked for the other.
    """
    same = {"sha256": document.sha256, "document__mime_type": document.mime_type}
    same |= {"document__kind": Kind.FILE, "document__url": ""}
    rows = DocumentExtraction.objects.filter(**same, document__file__endswith=files.ending(document))
    theirs = Q(warnings__contains=[{"code": "document_unlocked"}]) | Q(warnings__contains=[{"code": "read_by_model"}])
    return rows.exclude(theirs).exclude(document=document).first()


def _take_over(document: Document, job: str, known: DocumentExtraction) -> None:
    _store(document, job, known.blocks, known.warnings)


def keep_file(document: Document, job: str, read: Read) -> None:
    _store(document, job, extraction.packed(read.blocks), _warnings(read), read.told.get("title", ""))


def _warnings(read: Read) -> list[dict]:
    if read.mime_type.startswith("image/"):
        return [Failure("document_picture").stored]
    cut = [Failure("file_cut").stored] if read.told.get("is_cut") else []
    return [*cut, *read.told.get("warnings", ())]


@transaction.atomic
def _store(document: Document, job: str, blocks: bytes, warnings: list[dict], title: str = "") -> None:
    """Keep what was read in the place of what had been, and index it. Raises progress.Ended."""
    kept = progress.held(document, job)
    if kept.url:
        before = extraction.of(kept)
        addresses.note_read(kept, title, is_changed=before is not None and bytes(before.blocks) != blocks)
    made = _kept(kept, kept.sha256, None, blocks, warnings)
    is_found = index.replace(kept, extraction.blocks_of(made))
    why = None if is_found else failures.read(warnings[0] if warnings else Failure("nothing_read").stored)
    progress.end(kept, job, spaces.status_of_new() if is_found else Status.NEEDS_OCR, why)


def _kept(document: Document, sha256: str, version: int | None, blocks: bytes, warnings: list) -> DocumentExtraction:
    values = {"sha256": sha256, "version": version, "blocks": blocks, "warnings": warnings}
    return DocumentExtraction.objects.update_or_create(document=document, defaults=values)[0]


# ---- texts, and what was renamed ------------------------------------------------------------------------
async def _index_again(document: Document) -> None:
    """Index a document that people write as it is now, or a file under another title."""
    if document.is_file:
        await in_thread(_index_file, document)
        return
    data = document.content.encode()
    kind = _WRITTEN[document.kind]
    try:
        read = await read_whole(data, kind, "document", _nothing_to_tell) if document.content.strip() else None
        await in_thread(keep_text, document, read)
    except Exception as error:
        if will_pass(error):
            raise
        told = {"status": Status.FAILED, "status_detail": _failure(error, document).stored, "status_at": Now()}
        await in_thread(Document.objects.filter(pk=document.pk).update, **told)


async def _nothing_to_tell(piece: dict) -> None:
    """A text is read at once."""


@transaction.atomic
def _index_file(document: Document) -> None:
    kept = Document.objects.select_for_update(no_key=True).filter(pk=document.pk, status__in=FOUND).first()
    read = kept and extraction.of(kept)
    if read:
        index.replace(kept, extraction.blocks_of(read))
        Document.objects.filter(pk=kept.pk).update(status=spaces.status_of_new())


@transaction.atomic
def keep_text(document: Document, read: Read | None) -> None:
    """Index a text, unless it has been saved anew meanwhile: then another job follows."""
    kept = Document.objects.select_for_update(no_key=True).filter(pk=document.pk).first()
    if kept is None or kept.current_version_id != document.current_version_id:
        return
    blocks = read.blocks if read else ()
    digest = hashlib.sha256(kept.content.encode()).hexdigest()
    _kept(kept, digest, kept.current_version.number, extraction.packed(blocks), _warnings(read) if read else [])
    index.replace(kept, blocks)
    told = {"status": spaces.status_of_new(), "status_detail": {}, "status_at": Now()}
    Document.objects.filter(pk=kept.pk).update(**told)
