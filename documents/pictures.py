"""Pictures in texts: kept beside their document, named in its Markdown as `picture:<id>`, shown where they stand."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from documents.models import Document, DocumentPicture, DocumentVersion
from sambung.lib import names
from sambung.lib.files import store, unreadable
from sambung.lib.files.kinds import kind_of
from sambung.lib.files.reading import Read, read
from sambung.lib.markdown.links import PICTURE
from teams import quotas
from teams.models import User
from teams.workspace import Workspace

FOLDER = "document-pictures"  # of the storage
UNNAMED_KEPT = timedelta(days=1)
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}
_MARKS = re.compile(r"[\[\]\\]")


@store.room()
def keep(*, by: User, document: Document, name: str, data: bytes) -> DocumentPicture:
    """Read a picture, draw it anew and keep it with a document. Raises Refused with the reason and the status."""
    name = store.plain_name(name)
    store.refuse_large(name, len(data))
    kind = kind_of(data, name)
    if kind.family != "image":
        raise unreadable(_("“%(name)s” is no picture. Add a PNG, JPEG, GIF or WebP.") % {"name": name})
    place = Workspace(document.user, document.team)
    quotas.check(place, len(data))
    found = read(data, kind, name)
    with transaction.atomic():
        quotas.take(place, len(found.data))
        return _stored(DocumentPicture(document=document, created_by=by, name=name), found)


def _stored(row: DocumentPicture, found: Read) -> DocumentPicture:
    """Write the bytes, then the row; without the row the bytes go again."""
    row.mime_type, row.size, row.sha256 = found.mime_type, len(found.data), hashlib.sha256(found.data).hexdigest()
    key = store.new_key(FOLDER)
    try:
        row.file = store.save(key, found.data)
        row.save(force_insert=True)
    except BaseException:
        store.drop([key])
        raise
    return row


def markdown(picture: DocumentPicture, alt: str) -> str:
    """What stands for a picture in a text."""
    words = " ".join(_MARKS.sub(" ", alt).split())
    return f"![{words}](picture:{picture.pk})"


# ---- in a text ------------------------------------------------------------------------------------------
def named(content: str) -> list[str]:
    """The ids of the pictures that a text names, each once."""
    return list(dict.fromkeys(found.lower() for found in PICTURE.findall(content)))


def is_named(picture: UUID, content: str) -> bool:
    return str(picture) in named(content)


def inside(document: Document, content: str) -> Callable[[str], str]:
    """Give the pictures of a text as `data:` addresses, for a file that loads nothing; "" for one that is lost."""
    found = kept(document, content)

    def address(pk: str) -> str:
        data, mime_type = found.get(pk, (b"", ""))
        return f"data:{mime_type};base64,{b64encode(data).decode()}" if data else ""

    return address


def kept(document: Document, content: str) -> dict[str, tuple[bytes, str]]:
    """The pictures that a text names, as bytes and type by their ids, but for those that are lost."""
    found = {}
    for row in document.pictures.filter(pk__in=named(content)):
        with suppress(FileNotFoundError):
            found[str(row.pk)] = store.content(row.file), row.mime_type
    return found


def by_name(document: Document, content: str) -> str:
    """The text with the names of pictures in the place of their ids, for files that are read elsewhere."""
    told = {str(row.pk): file_name(row) for row in document.pictures.filter(pk__in=named(content))}
    return PICTURE.sub(lambda found: told.get(found[1].lower(), found[0]), content)


def file_name(picture: DocumentPicture) -> str:
    """A name that no other picture has, and no address takes apart."""
    stem = names.safe(picture.name.rpartition(".")[0], _("picture")).replace(" ", "-")
    return f"{stem}-{picture.pk.hex[-6:]}.{_ENDINGS.get(picture.mime_type, 'bin')}"


# ---- what they take, and what goes ----------------------------------------------------------------------
def used(workspace: Workspace) -> int:
    """Bytes that the pictures of a workspace's documents take."""
    documents = Document.objects.filter(workspace.q)
    return DocumentPicture.objects.filter(document__in=documents).aggregate(all=Sum("size"))["all"] or 0


def gone(sender, instance: DocumentPicture, **kwargs) -> None:
    """A row has been deleted, by itself or along with its document: the bytes go with the commit."""
    transaction.on_commit(lambda: store.drop([instance.file]))


def clean_up() -> None:
    """Remove pictures that no version has named within a day, and bytes that no row knows."""
    old = timezone.now() - UNNAMED_KEPT
    for row in DocumentPicture.objects.filter(is_kept=False, created_at__lt=old).iterator():
        if DocumentVersion.objects.filter(document=row.document_id, content__contains=str(row.pk)).exists():
            DocumentPicture.objects.filter(pk=row.pk).update(is_kept=True)
        else:
            row.delete()
    for key in store.stored_before(FOLDER, old):
        if not DocumentPicture.objects.filter(file=key).exists():
            store.drop([key])


def taken_along(person: User) -> Iterator[tuple[str, object]]:
    """(name, bytes) of the pictures of a person's own documents."""
    for row in DocumentPicture.objects.filter(document__user=person, document__team=None).iterator():
        try:
            yield f"documents/pictures/{row.pk}-{file_name(row)}", store.content(row.file)
        except FileNotFoundError:  # lost with a backup
            continue
