"""What a public link shows: words, and files if it may. Nothing of how a reply came about, and nobody's name."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from agents.models import ACTIVE
from chats.files import store
from chats.files.parts import NAMED, named
from chats.messages import content, tree
from chats.models import Attachment, Chat, Message, PublicLink, Role
from sambung.lib import markdown
from teams.models import LinkMode

_WORDS = {"text", "source"}
_KEPT = ("type", "text", "title", "url", "mimeType", "name", *NAMED.values())
_SPEAKERS = (Role.USER, Role.ASSISTANT)


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as the public sees it."""

    id: str
    role: str
    model: str
    html: SafeString
    parts: list[dict]
    created_at: datetime
    files: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    title: str
    messages: list[Shown]

    @property
    def files(self) -> dict[uuid.UUID, Attachment]:
        """All files that it shows, by id."""
        return {file.pk: file for message in self.messages for file in message.files}


def taken(chat: Chat, link: PublicLink) -> dict:
    """A snapshot: {title, messages: [{id, role, model, parts, html, html_version, created_at}]}."""
    link.chat = chat  # as it is now
    return {"title": str(chat), "messages": [_kept(message, link) for message in _messages(link)]}


def page(link: PublicLink) -> Page:
    """What the link shows now."""
    live = link.mode == LinkMode.LIVE
    kept = [_kept(message, link) for message in _messages(link)] if live else link.snapshot["messages"]
    files = _files(link.chat, kept) if link.with_attachments else {}
    return Page(title(link), [_shown(one, files) for one in kept])


def title(link: PublicLink) -> str:
    return str(link.chat) if link.mode == LinkMode.LIVE else link.snapshot["title"]


def file(link: PublicLink, pk: uuid.UUID) -> Attachment | None:
    """The file with this id, if the link shows it: without making the page, since a page may have many."""
    if not link.with_attachments:
        return None
    if link.mode == LinkMode.LIVE:
        ids = tree.branch_ids(_end(link))
        of_it = Message.objects.filter(store.naming(pk), pk__in=ids, role__in=_SPEAKERS)
        is_shown = any(_is_said(message) for message in of_it.select_related("run"))
    else:
        is_shown = any(str(pk) in named(one["parts"]) for one in link.snapshot["messages"])
    return Attachment.objects.filter(chat=link.chat_id, pk=pk).first() if is_shown else None


def _end(link: PublicLink) -> uuid.UUID | None:
    return link.until_message_id or link.chat.current_message_id


def _messages(link: PublicLink) -> list[Message]:
    """The branch, as far as it is said: what is being written is not shown."""
    return [message for message in tree.branch(_end(link)) if message.role in _SPEAKERS and _is_said(message)]


def _is_said(message: Message) -> bool:
    return not message.run or message.run.status not in ACTIVE


def _kept(message: Message, link: PublicLink) -> dict:
    parts = [_clean(part) for part in message.parts if _is_shown(part, link)]
    made = message.metadata
    return {
        "id": str(message.pk),
        "role": message.role,
        "model": (made.get("label") or made.get("model") or "") if message.role == Role.ASSISTANT else "",
        "parts": parts,
        "html": message.html if _is_whole(message) else content.html(parts, message.role, message.pk),
        "html_version": markdown.VERSION,
        "created_at": message.created_at.isoformat(),
    }


def _is_whole(message: Message) -> bool:
    """Whether the HTML that is stored with the message is what is shown of it: making it anew takes time."""
    is_shown = all(
        part["type"] in NAMED or (part["type"] in _WORDS and "documentId" not in part) for part in message.parts
    )
    return is_shown and message.html_version == markdown.VERSION


def _is_shown(part: dict, link: PublicLink) -> bool:
    if part["type"] == "source" and "documentId" in part:  # who may read it is not known of strangers
        return False
    return part["type"] in _WORDS or (part["type"] in NAMED and link.with_attachments)


def _clean(part: dict) -> dict:
    """Without what providers and tools keep with it."""
    return {name: part[name] for name in _KEPT if name in part}


def _files(chat: Chat, kept: Iterable[dict]) -> dict[str, Attachment]:
    ids = [pk for one in kept for pk in named(one["parts"])]
    found = Attachment.objects.filter(chat=chat, pk__in=ids).defer("text") if ids else ()
    return {str(file.pk): file for file in found}


def _shown(one: dict, files: dict[str, Attachment]) -> Shown:
    html = one["html"]
    if one["html_version"] != markdown.VERSION:
        html = content.html(one["parts"], one["role"], one["id"])
    shown = tuple(files[pk] for pk in named(one["parts"]) if pk in files)
    html = mark_safe(html)  # noqa: S308  made by sambung.lib.markdown alone
    return Shown(
        one["id"], one["role"], one["model"], html, one["parts"], datetime.fromisoformat(one["created_at"]), shown
    )


def copied(link: PublicLink, by) -> tuple[str, list[Message]]:
    """The title and the messages of a copy, which are not saved."""
    found = page(link)
    messages = [
        Message(
            chat=link.chat,
            role=one.role,
            user=by if one.role == Role.USER else None,
            parts=one.parts,
            metadata={"model": one.model} if one.model else {},
            created_at=one.created_at,
        )
        for one in found.messages
    ]
    return found.title or _("New chat"), messages
