"""What replies have written: which documents their parts name, kept for the chat and shown under each reply."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from chats.models import Chat, ChatDocument, Message
from documents.models import Document
from sambung.lib.ids import as_uuid
from teams import access
from teams.models import User
from teams.workspace import Workspace

#: Those that are still there; they stay until the transaction ends.
_HELD = "SELECT id FROM document WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE"


@dataclass(frozen=True, slots=True)
class Chip:
    """A document that a reply made or changed, and the version that it left."""

    document: Document
    version: int


def named(parts: Iterable[Mapping]) -> dict[UUID, int]:
    """The documents that parts name: id -> the last version that came of it, in the order of their first change."""
    found: dict[UUID, int] = {}
    for part in parts:
        for one in part.get("documents", ()) if part["type"] == "tool-result" else ():
            found[as_uuid(one["documentId"])] = one["version"]
    return found


def keep(message_id: UUID, parts: Iterable[Mapping]) -> None:
    """Note for the chat which documents a reply has written, in the transaction that stores the reply."""
    if not (ids := list(named(parts))):
        return
    chat_id = Message.objects.filter(pk=message_id).order_by().values_list("chat_id", flat=True).get()
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [ids])
        rows = [ChatDocument(chat_id=chat_id, document_id=pk, message_id=message_id) for (pk,) in cursor.fetchall()]
    ChatDocument.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["chat", "document"], update_fields=["message"]
    )


def shown(messages: Sequence[Message], reader: User) -> dict[UUID, SafeString]:
    """A chip for each document that the messages, which are of one chat, have written and the reader may open: HTML by
    the message's id.
    """
    having = {message.pk: found for message in messages if (found := named(message.parts))}
    if not having:
        return {}
    chat, ids = messages[0].chat, {pk for found in having.values() for pk in found}
    rows = held(chat, reader).filter(pk__in=ids).defer("content")
    documents = {row.pk: row for row in rows}
    return {
        pk: _chips([Chip(documents[one], version) for one, version in found.items() if one in documents], chat, reader)
        for pk, found in having.items()
    }


def held(chat: Chat, person: User):
    """The documents in the chat's workspace that a person may read."""
    return access.rows(Workspace(person, chat.team), Document.objects.all())


def _chips(chips: list[Chip], chat: Chat, reader: User) -> SafeString:
    context = {"chips": chips, "chat_id": chat.pk, "workspace": Workspace(reader, chat.team)}
    return render_to_string("chats/_document_chips.html", context) if chips else SafeString()
