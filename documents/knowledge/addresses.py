"""Files that lie on the web: fetched through the egress door by the job that reads them, in place of what was."""

import mimetypes
from datetime import timedelta
from pathlib import PurePosixPath

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from yarl import URL

from agents.toolkits import fetching
from agents.toolkits.fetching import Fetched
from documents import files
from documents.knowledge import progress
from documents.models import UNDER_WAY, Document
from sambung.lib.errors import Refused
from sambung.lib.failures import Failed
from sambung.lib.threads import in_thread
from teams.models import Notification
from teams.workspace import Workspace

KIND = "document_address"  # of notifications
DAY = timedelta(hours=23)  # after which one is fetched that is fetched daily: the job looks once an hour
GONE = {404, 410}  # what a server answers of what is not there any more
PAGES = {"text/html", "application/xhtml+xml"}
MOST_AT_ONCE = 200  # of those that are fetched daily
_ACCEPT = "text/html,application/pdf,text/*;q=0.9,*/*;q=0.5"


def title_of(url: str) -> str:
    """What a document is called before its page has said its title: host and path."""
    found = URL(url)
    return f"{found.host}{found.path}".rstrip("/")[:200]


async def fetch(document: Document, job: str) -> Document:
    """Fetch what lies at a document's address, in the place of what it had; return the document as it is then.

    Raises Failed, and progress.Ended where somebody has stopped it.
    """
    try:
        found = await fetching.fetch(document.url, headers={"Accept": _ACCEPT}, most=settings.ATTACHMENT_MAX_BYTES)
        if found.status != 200:
            raise Failed("web_status", status=found.status)
        if found.is_cut:
            raise Failed("document_address_large")
    except Failed as failed:
        await in_thread(_note_failure, document, job, is_gone=failed.failure.params.get("status") in GONE)
        raise
    return await in_thread(_kept, document, job, found)


@transaction.atomic
def _kept(document: Document, job: str, found: Fetched) -> Document:
    row = progress.held(document, job)
    row.fetched_at = timezone.now()
    row.save(update_fields=["fetched_at"])
    data = _body(found)
    try:
        files.replace(row, Workspace(row.user, row.team), _name(found), data)
    except Refused as refused:
        code = {"storage_full": "document_address_full"}.get(refused.code, "web_no_page")
        raise Failed(code, kind=found.content_type) from None
    return row


def note_read(document: Document, title: str, *, is_changed: bool) -> None:
    """What lies there has been read: it says what it is called, and whoever added it is told where it is new."""
    if title and document.title == title_of(document.url):
        document.title = title[:200]
        document.save(update_fields=["title"])
    if document.is_daily and is_changed:
        tell(document, "changed")


def _body(found: Fetched) -> bytes:
    """The bytes; a page whose letters only the answer's head tells says them itself from now on."""
    is_told = found.content_type.startswith("text/") and found.charset.lower() not in {"utf-8", "utf8"}
    return found.text.encode() if is_told else found.body


def _name(found: Fetched) -> str:
    """What the file would be called, which tells which kind of text it is."""
    path = PurePosixPath(URL(found.url).path)
    if found.content_type in PAGES:
        return f"{path.stem or 'page'}.html"
    return path.name if path.suffix else f"{path.name or 'file'}{mimetypes.guess_extension(found.content_type) or ''}"


@transaction.atomic
def _note_failure(document: Document, job: str, *, is_gone: bool) -> None:
    """One that is gone is not fetched daily any more; whoever added it is told."""
    row = progress.held(document, job)
    if is_gone and row.is_daily:
        tell(row, "gone")
    row.is_daily = row.is_daily and not is_gone
    row.fetched_at = timezone.now()
    row.save(update_fields=["fetched_at", "is_daily"])


def tell(document: Document, what: str) -> None:
    """Tell whoever added it that what lies there has `changed`, or is `gone`."""
    if document.user is None:
        return
    data = {"what": what, "document": str(document.pk), "title": str(document)[:200], "host": document.host}
    Notification.objects.create(user=document.user, kind=KIND, data=data)


def fetch_daily() -> int:
    """Have those fetched whose day is over; return how many."""
    due = Document.objects.filter(is_daily=True, deleted_at=None, fetched_at__lt=timezone.now() - DAY)
    rows = due.exclude(status__in=UNDER_WAY).order_by("fetched_at").only("pk")[:MOST_AT_ONCE]
    return sum(progress.read_again(document=document) for document in rows)
