"""A model's changes are kept or undone by a person, as a whole or place by place."""

from collections.abc import Iterable

from django.db import transaction

from documents.actions.writing import Saved, locked, save
from documents.merging.hunks import hunks, without
from documents.models import Document, DocumentVersion
from teams.models import User


@transaction.atomic
def keep(*, document: Document, version: DocumentVersion | None = None, place: int | None = None) -> None:
    """Settle that a place of a version stays; None = all of them."""
    locked(document)
    for one in _open(document, version):
        _settle(one, _chosen(one, place))


@transaction.atomic
def undo(
    *, by: User, document: Document, version: DocumentVersion | None = None, place: int | None = None
) -> list[Saved]:
    """Take a place of a version back, None = all of them; what was saved since is merged with that, as with any save.

    The newest version is undone first. What collides is kept aside.
    """
    locked(document)
    return [_undone(by, document, one, _chosen(one, place)) for one in _open(document, version)]


def _undone(by: User, document: Document, version: DocumentVersion, chosen: set[int]) -> Saved:
    places = [one for one in hunks(version.base.content, version.content) if one.number in chosen]
    _settle(version, chosen)
    return save(by=by, document=document, content=without(version.content, places), base=version.number)


def _open(document: Document, version: DocumentVersion | None) -> list[DocumentVersion]:
    """The versions that have places to settle, or that one, newest first."""
    rows = document.versions.exclude(open_hunks=[]).filter(base__isnull=False).select_related("base")
    return list(rows.filter(pk=version.pk) if version else rows)


def _chosen(version: DocumentVersion, place: int | None) -> set[int]:
    return set(version.open_hunks) if place is None else {place} & set(version.open_hunks)


def _settle(version: DocumentVersion, chosen: Iterable[int]) -> None:
    version.open_hunks = [number for number in version.open_hunks if number not in set(chosen)]
    version.save(update_fields=["open_hunks"])
