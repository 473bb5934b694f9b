"""What models have changed in a document and nobody has kept or undone yet: for people to look at, place by place."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from agents.definitions.versions import Change
from documents.merging.alignment import lines
from documents.merging.hunks import hunks, shown
from documents.models import Document, DocumentVersion

MOST_VERSIONS, MOST_PLACES = 10, 100  # that are shown at once


@dataclass(frozen=True, slots=True)
class Review:
    """A version by a model with its open places: (number, change)."""

    version: DocumentVersion
    places: list[tuple[int, Change]]


def reviews(document: Document) -> list[Review]:
    """The versions that have open places, oldest first."""
    rows = DocumentVersion.objects.filter(document=document, base__isnull=False).exclude(open_hunks=[])
    newest = rows.select_related("base", "created_by").order_by("-number")[:MOST_VERSIONS]
    return [_review(version) for version in reversed(newest)]


def _review(version: DocumentVersion) -> Review:
    after, is_open = lines(version.content), set(version.open_hunks)
    found = [one for one in hunks(version.base.content, version.content) if one.number in is_open]
    return Review(version, [(one.number, shown(one, after, _place(one.at + 1))) for one in found[:MOST_PLACES]])


def _place(n: int) -> str:
    return _("Line %(n)s") % {"n": n}
