"""Attachments: where their bytes lie, and whose they are. The storage's keys are ours; a name is what a person gave."""

import hashlib
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone

from chats.models import Attachment, Chat, Message
from sambung.lib.files import store as kept
from sambung.lib.files.kinds import kind_of
from sambung.lib.files.reading import Read, read
from teams import quotas
from teams.models import User
from teams.workspace import Workspace

FOLDER = "attachments"  # of the storage
KEPT_WAITING = timedelta(days=1)


@kept.room()
def keep(*, by: User, workspace: Workspace, name: str, data: bytes) -> Attachment:
    """Read a file and keep it, without a chat as yet. Raises Refused with the reason and the status of the answer."""
    name = kept.plain_name(name)
    kept.refuse_large(name, len(data))
    quotas.check(workspace, len(data))
    found = read(data, kind_of(data, name), name)
    with transaction.atomic():
        quotas.take(workspace, len(found.data))
        return _stored(Attachment(**workspace.scope, name=name), found)


def read_again(attachment: Attachment, encoding: str) -> None:
    """Read a text anew, written as somebody says. Raises FileNotFoundError where it is lost, Refused as `keep` does."""
    data = content(attachment)
    found = read(data, kind_of(data, attachment.name), attachment.name, encoding=encoding)
    attachment.text, attachment.metadata = found.text, dict(found.told)
    attachment.save(update_fields=["text", "metadata"])


def content(attachment: Attachment) -> bytes:
    """The bytes. Raises FileNotFoundError where they are lost."""
    return kept.content(attachment.file)


def thumbnail(attachment: Attachment) -> bytes:
    """A small WebP picture of it. Raises FileNotFoundError where there is none."""
    if not attachment.thumbnail:
        raise FileNotFoundError(attachment.pk)
    return kept.content(attachment.thumbnail)


@kept.room()
@transaction.atomic
def copy_to(attachment: Attachment, *, chat: Chat, message: Message | None) -> Attachment:
    """The same file once more, for another chat. Raises Refused where there is no room for it."""
    quotas.take(Workspace(chat.user, chat.team), attachment.size)
    names = ("name", "mime_type", "size", "sha256", "text", "metadata")
    copy = Attachment(user_id=chat.user_id, team_id=chat.team_id, chat=chat, message=message)
    for field in names:
        setattr(copy, field, getattr(attachment, field))
    small = thumbnail(attachment) if attachment.thumbnail else b""
    return _saved(copy, content(attachment), small)


def used(workspace: Workspace) -> int:
    """Bytes that the workspace's attachments take."""
    return Attachment.objects.filter(workspace.q).aggregate(all=Sum("size"))["all"] or 0


def take_along(chat: Chat, to: Workspace) -> None:
    """Hold the room for a chat's files in another workspace. Raises Refused where there is too little."""
    if size := Attachment.objects.filter(chat=chat).aggregate(all=Sum("size"))["all"]:
        quotas.take(to, size)


def _stored(row: Attachment, found: Read) -> Attachment:
    row.mime_type, row.text, row.metadata = found.mime_type, found.text, dict(found.told)
    row.size, row.sha256 = len(found.data), hashlib.sha256(found.data).hexdigest()
    return _saved(row, found.data, found.thumbnail)


def _saved(row: Attachment, data: bytes, small: bytes) -> Attachment:
    """Write the bytes, then the row; without the row the bytes go again."""
    key = kept.new_key(FOLDER)
    try:
        row.file = kept.save(key, data)
        row.thumbnail = kept.save(f"{key}.webp", small) if small else ""
        row.save(force_insert=True)
    except BaseException:
        drop_bytes(row)
        raise
    return row


# ---- what goes ------------------------------------------------------------------------------------------
def drop_bytes(row: Attachment) -> None:
    """Remove the bytes of a row that is not there, or not any more."""
    kept.drop((row.file, row.thumbnail))


def gone(sender, instance: Attachment, **kwargs) -> None:
    """A row has been deleted, by itself or along with its chat: the bytes go with the commit."""
    transaction.on_commit(lambda: drop_bytes(instance))


def clean_up() -> None:
    """Remove files that have waited in a composer for a day, and bytes that no row names."""
    old = timezone.now() - KEPT_WAITING
    Attachment.objects.filter(chat=None, created_at__lt=old).delete()
    for key in kept.stored_before(FOLDER, old):
        if not Attachment.objects.filter(Q(file=key) | Q(thumbnail=key)).exists():
            kept.drop([key])


def naming(file: UUID) -> Q:
    """Messages that name the file."""
    return Q(parts__contains=[{"image": str(file)}]) | Q(parts__contains=[{"data": str(file)}])


def drop_unnamed(chat: Chat) -> None:
    """Delete the files of messages that are gone, unless another message of the chat names them."""
    for row in Attachment.objects.filter(chat=chat, message=None):
        if not Message.objects.filter(naming(row.pk), chat=chat).exists():
            row.delete()
