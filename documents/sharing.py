"""A document's one public link: made, changed, and what it shows."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.safestring import SafeString

from documents import pictures, showing
from documents.models import Document, DocumentLink, DocumentPicture
from teams import audit, links
from teams.models import LinkMode, User


@dataclass(frozen=True, slots=True)
class Page:
    """A document as the public sees it. Nobody's name, and nothing of what it was."""

    title: str
    html: SafeString


def page(link: DocumentLink) -> Page:
    """What the link shows now: the version that it keeps, or the present text."""
    document = link.document
    shown = showing.html(document.kind, document.language, _content(link), document.pk, _addresses(link))
    return Page(str(document), shown)


def _content(link: DocumentLink) -> str:
    return link.until_version.content if link.until_version else link.document.content


def _addresses(link: DocumentLink) -> Callable[[str], str]:
    """Where the pictures that the link shows are, by their ids."""
    if not link.with_attachments:
        return lambda pk: ""
    own = {str(pk) for pk in link.document.pictures.values_list("pk", flat=True)}
    return lambda pk: reverse("shared_picture", args=[link.token, pk]) if pk in own else ""


def picture(link: DocumentLink, pk: UUID) -> DocumentPicture | None:
    """The picture with this id, if the link shows it."""
    if not link.with_attachments or not pictures.is_named(pk, _content(link)):
        return None
    return link.document.pictures.filter(pk=pk).first()


KIND = links.Kind(
    DocumentLink,
    thing="document",
    token="token",  # noqa: S106  a column
    there=Q(document__deleted_at=None),
    template="documents/shared.html",
    page=page,
    opens="document",
    share="document_share",
    end="document_unshare",
)


def share(*, document: Document, by: User, password: str | None = None, **options) -> DocumentLink:
    """Give the document its link, or change the one that it has, whose address stays. A snapshot is taken anew.

    `password`: "" = none, None = as it was. `options` are those of `links.set_options`. Raises Refused where links are
    forbidden, and Busy.
    """
    return _shared(document, by, password=links.hashed(password), **options)


def _new(document: Document, by: User) -> DocumentLink:
    return DocumentLink(document=document, created_by=by, token=links.new_token())


@transaction.atomic
def _shared(document: Document, by: User, **options) -> DocumentLink:
    kept = Document.objects.select_for_update(no_key=True).get(pk=document.pk)
    links.refuse_forbidden(kept.team)
    link = DocumentLink.objects.filter(document=kept).first() or _new(kept, by)
    links.set_options(link, **options)
    link.until_version = kept.current_version if link.mode == LinkMode.SNAPSHOT else None
    link.save()
    audit.record("link.shared", by=by, target=kept.pk, team=kept.team, mode=link.mode)
    return link
