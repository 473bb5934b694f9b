"""What replies cite, below them: each opens for whoever may read its document now, and has no title for others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from agents.generation import citations
from chats.messages import tree
from chats.models import Message
from documents import paging
from documents.knowledge import anchors
from documents.models import Document
from sambung.lib.ids import as_uuid
from teams import access
from teams.models import User
from teams.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Cited:
    """One source of a reply, as one person sees it: without title and address where they may not read it."""

    anchor_id: str  # of its place in the page, which the number in the text leads to
    number: int
    title: str = ""
    url: str = ""
    place: str = ""
    quote: str = ""


def with_sources(message_id: UUID, parts: Sequence[dict]) -> list[dict]:
    """The parts of a reply that has ended, with what it cites: of its own tools, or of those of replies above it."""

    def earlier() -> list[dict]:
        parent = Message.objects.filter(pk=message_id).values_list("parent", flat=True).first()
        return [part for _role, of_one in tree.said(parent) for part in of_one]

    return citations.cited(parts, earlier)


def shown(messages: Iterable[Message], person: User) -> dict[UUID, SafeString]:
    """The sources of those messages that have any, as HTML by the message's id. The messages are of one chat."""
    having = {message: found for message in messages if (found := _sources(message.parts))}
    if not having:
        return {}
    ids = {part["documentId"] for found in having.values() for part in found}
    rows = access.rows(person, Document.objects.filter(pk__in=filter(None, map(as_uuid, ids))).only("title", "team"))
    readable = {str(document.pk): document for document in rows}
    workspace = Workspace(person, next(iter(having)).chat.team)
    return {
        message.pk: render_to_string(
            "chats/_sources.html", {"sources": [_cited(message, part, readable, workspace) for part in found]}
        )
        for message, found in having.items()
    }


def _sources(parts: Iterable[Mapping]) -> list[Mapping]:
    return [part for part in parts if part["type"] == "source" and "number" in part and "anchor" in part]


def _cited(message: Message, part: Mapping, readable: Mapping[str, Document], workspace: Workspace) -> Cited:
    number, anchor = part["number"], part["anchor"]
    at = f"s-{message.pk}-{number}"
    document = readable.get(part.get("documentId", ""))
    if document is None:
        return Cited(at, number)
    url = f"{workspace.url('document_passage', document.pk)}?{anchors.query(anchor)}#passage"
    return Cited(at, number, str(document), url, paging.place_of(anchor), part.get("quote", ""))
