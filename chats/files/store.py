"""Where files lie, and whose they are. The storage's keys are ours; what a person called a file is data."""

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Q, Sum
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from chats.files import Refused, room
from chats.files.kinds import kind_of
from chats.files.reading import Read, read
from chats.models import Attachment, Chat, Message
from teams.models import User
from teams.workspace import Workspace

FOLDER = "attachments"  # of the storage
KEPT_WAITING = timedelta(days=1)
#: Controls, and marks that turn the direction of letters: a name is what it looks like.
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


@room()
def keep(*, by: User, workspace: Workspace, name: str, data: bytes) -> Attachment:
    """Read a file and keep it, without a chat as yet. Raises Refused with the reason and the status of the answer."""
    name = plain_name(name)
    if len(data) > settings.ATTACHMENT_MAX_BYTES:
        most = filesizeformat(settings.ATTACHMENT_MAX_BYTES)
        raise Refused(_("“%(name)s” is larger than %(most)s.") % {"name": name, "most": most}, 413)
    _refuse_above_quota(workspace, len(data))
    found = read(data, kind_of(data, name), name)
    with transaction.atomic():
        _hold(workspace)
        _refuse_above_quota(workspace, len(found.data))
        return _stored(Attachment(**workspace.scope, name=name), found)


def plain_name(name: str) -> str:
    """The last part of what the person's system calls the file, without what is not seen of it."""
    last = PurePosixPath(_HIDDEN.sub("", name).replace("\\", "/")).name.strip()
    if len(last) > 200:
        suffix = PurePosixPath(last).suffix[:20]
        last = last[: 200 - len(suffix)] + suffix
    return last if last.strip(".") else _("file")


def content(attachment: Attachment) -> bytes:
    """The bytes. Raises FileNotFoundError where they are lost."""
    return _bytes(attachment.file)


def thumbnail(attachment: Attachment) -> bytes:
    """A small WebP picture of it. Raises FileNotFoundError where there is none."""
    if not attachment.thumbnail:
        raise FileNotFoundError(attachment.pk)
    return _bytes(attachment.thumbnail)


def _bytes(key: str) -> bytes:
    with default_storage.open(key) as file:
        return file.read()


@room()
@transaction.atomic
def copy_to(attachment: Attachment, *, chat: Chat, message: Message | None) -> Attachment:
    """The same file once more, for another chat. Raises Refused where there is no room for it."""
    place = Workspace(chat.user, chat.team)
    _hold(place)
    _refuse_above_quota(place, attachment.size)
    names = ("name", "mime_type", "size", "sha256", "text", "metadata")
    copy = Attachment(user_id=chat.user_id, team_id=chat.team_id, chat=chat, message=message)
    for field in names:
        setattr(copy, field, getattr(attachment, field))
    small = thumbnail(attachment) if attachment.thumbnail else b""
    return _saved(copy, content(attachment), small)


def used(workspace: Workspace) -> int:
    """Bytes that the workspace's files take."""
    return Attachment.objects.filter(workspace.q).aggregate(all=Sum("size"))["all"] or 0


def quota(workspace: Workspace) -> int:
    """Bytes that they may take; 0 = any."""
    return settings.ATTACHMENT_TEAM_BYTES if workspace.team else settings.ATTACHMENT_PERSON_BYTES


def take_along(chat: Chat, to: Workspace) -> None:
    """Hold the room for a chat's files in another workspace. Raises Refused where there is too little."""
    if size := Attachment.objects.filter(chat=chat).aggregate(all=Sum("size"))["all"]:
        _hold(to)
        _refuse_above_quota(to, size)


def _refuse_above_quota(workspace: Workspace, size: int) -> None:
    most = quota(workspace)
    if most and used(workspace) + size > most:
        said = _("There is no room for it: the files here may take %(most)s. Delete some chats with files first.")
        raise Refused(said % {"most": filesizeformat(most)}, 413)


def _hold(workspace: Workspace) -> None:
    """Files of a workspace are counted one after the other."""
    whose = workspace.team or workspace.user
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [str(whose.pk)])


def _stored(row: Attachment, found: Read) -> Attachment:
    row.mime_type, row.text, row.metadata = found.mime_type, found.text, found.told or {}
    row.size, row.sha256 = len(found.data), hashlib.sha256(found.data).hexdigest()
    return _saved(row, found.data, found.thumbnail)


def _saved(row: Attachment, data: bytes, small: bytes) -> Attachment:
    """Write the bytes, then the row; without the row the bytes go again."""
    key = f"{FOLDER}/{secrets.token_hex(16)}"
    try:
        row.file = default_storage.save(key, ContentFile(data))
        row.thumbnail = default_storage.save(f"{key}.webp", ContentFile(small)) if small else ""
        row.save(force_insert=True)
    except BaseException:
        drop_bytes(row)
        raise
    return row


# ---- what goes ------------------------------------------------------------------------------------------
def drop_bytes(row: Attachment) -> None:
    """Remove the bytes of a row that is not there, or not any more."""
    for key in filter(None, (row.file, row.thumbnail)):
        default_storage.delete(key)


def gone(sender, instance: Attachment, **kwargs) -> None:
    """A row has been deleted, by itself or along with its chat: the bytes go with the commit."""
    transaction.on_commit(lambda: drop_bytes(instance))


def clean_up() -> None:
    """Remove files that have waited in a composer for a day, and bytes that no row names."""
    old = timezone.now() - KEPT_WAITING
    Attachment.objects.filter(chat=None, created_at__lt=old).delete()
    for key in stored_before(FOLDER, old):
        if not Attachment.objects.filter(Q(file=key) | Q(thumbnail=key)).exists():
            default_storage.delete(key)


def stored_before(folder: str, moment: datetime) -> list[str]:
    """The keys below a folder of the storage whose bytes have not changed since."""
    try:
        _folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return []
    keys = (f"{folder}/{name}" for name in names)
    return [key for key in keys if default_storage.get_modified_time(key) < moment]


def naming(file: UUID) -> Q:
    """Messages that name the file."""
    return Q(parts__contains=[{"image": str(file)}]) | Q(parts__contains=[{"data": str(file)}])


def drop_unnamed(chat: Chat) -> None:
    """Delete the files of messages that are gone, unless another message of the chat names them."""
    for row in Attachment.objects.filter(chat=chat, message=None):
        if not Message.objects.filter(naming(row.pk), chat=chat).exists():
            row.delete()
