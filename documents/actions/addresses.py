"""Addresses of the web become documents of a collection: fetched and read by the job, again when somebody asks."""

from django.db import transaction
from django.utils.translation import gettext as _

from documents.actions import collections
from documents.knowledge import addresses, progress
from documents.models import Collection, CollectionItem, Document, Kind, Status
from sambung.lib.errors import Refused
from teams.models import User


@transaction.atomic
def add(*, by: User, collection: Collection, url: str, is_daily: bool = False) -> Document:
    """Put what lies at an address into a collection. Raises Refused where it is in it already, or it is full."""
    kept = Collection.objects.select_for_update(of=("self",)).get(pk=collection.pk)
    if kept.items.filter(document__url=url, document__deleted_at=None).exists():
        raise Refused(_("This address is in the collection already."), code="done_already", field="url")
    collections.refuse_full(kept, 1)
    place = {"team": kept.team, "user": by if kept.team_id else kept.user}
    facts = {"title": addresses.title_of(url), "url": url, "is_daily": is_daily}
    made = Document.objects.create(kind=Kind.FILE, status=Status.QUEUED, **place, **facts)
    CollectionItem.objects.create(collection=kept, document=made)
    progress.ask(made)
    return made


@transaction.atomic
def change(*, document: Document, url: str, is_daily: bool) -> None:
    """Give a document another address, which is fetched then; or have it fetched daily, or not any more."""
    Document.objects.filter(pk=document.pk).update(url=url, is_daily=is_daily)
    if document.url != url:
        progress.take_up(document=document)
