"""The branch of a chat on show as something to read: who said what and when. Markdown, text and HTML are made of it."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from chats import tree, writing
from chats.files.parts import NAMED
from chats.models import Attachment, Chat, Message, Role
from chats.transfer.document import Where
from chats.transfer.files import content
from sambung.lib import markdown

LARGEST_IMAGE = 4 * 1024 * 1024  # bytes of one that is put into a page


@dataclass(frozen=True, slots=True)
class File:
    """A file of a message. `path`: where it lies beside the transcript; `image`: its content as a data address."""

    name: str
    path: str
    image: str


@dataclass(frozen=True, slots=True)
class Said:
    """One message."""

    id: UUID
    author: str
    role: str
    at: datetime
    text: str
    html: str
    tools: tuple[str, ...]
    files: tuple[File, ...]


@dataclass(frozen=True, slots=True)
class Transcript:
    """A chat to read."""

    title: str
    begun_at: datetime
    messages: list[Said]


def transcript(chat: Chat, where: Where) -> Transcript:
    """Return the branch on show. Files are those of this chat alone, whatever its messages name."""
    files = {str(file.pk): file for file in chat.attachments.order_by("created_at", "id")}
    said = [_said(message, files, where) for message in tree.branch(chat.current_message_id)]
    return Transcript(str(chat), timezone.localtime(chat.created_at), said)


def _said(message: Message, files: dict[str, Attachment], where: Where) -> Said:
    is_current = message.html_version == markdown.VERSION
    html = message.html if is_current else writing.html(message.parts, message.role, message.pk)
    return Said(
        id=message.pk,
        author=_author(message),
        role=message.role,
        at=timezone.localtime(message.created_at),
        text=message.content,
        html=markdown.with_ends(html),
        tools=tuple(part.get("title") or part["toolName"] for part in message.parts if part["type"] == "tool-call"),
        files=tuple(_files(message, files, where)),
    )


def _author(message: Message) -> str:
    kept = message.metadata
    if message.role == Role.ASSISTANT:
        agent = (kept.get("agent") or {}).get("name")
        return agent or kept.get("label") or kept.get("model") or _("Assistant")
    if message.role == Role.USER:
        return str(message.user) if message.user else kept.get("author") or _("Former member")
    return message.get_role_display()


def _files(message: Message, files: dict[str, Attachment], where: Where) -> Iterator[File]:
    for part in message.parts:
        if part["type"] in NAMED and (file := files.get(part[NAMED[part["type"]]])):
            yield File(file.name, where(file).get("path", ""), _image(file) if part["type"] == "image" else "")


def _image(file: Attachment) -> str:
    """The image itself; our own type, never one that somebody else says."""
    if file.size > LARGEST_IMAGE or file.mime_type not in {"image/png", "image/jpeg", "image/webp", "image/gif"}:
        return ""
    data = content(file)
    return "" if data is None else f"data:{file.mime_type};base64,{base64.b64encode(data).decode()}"
