"""Factories of chats, their messages and runs."""

import factory
from factory.django import DjangoModelFactory

from agents.models import Run, RunKind, RunStatus
from chats.messages.content import write
from chats.models import Chat, ChatCollection, ChatDocument, Message, Role
from documents.models import Collection, Document
from tests.factories.documents import collection, document
from tests.factories.teams import UserFactory


class ChatFactory(DjangoModelFactory):
    class Meta:
        model = Chat

    user = factory.SubFactory(UserFactory)
    title = factory.Faker("sentence", nb_words=4)
    provider = "openai_compatible"
    model = "fake-plain"


def message(
    chat: Chat, role: str = Role.USER, text: str = "Hello", *, parent: Message | None = None, **fields
) -> Message:
    """Add a message and show its branch."""
    found = Message(chat=chat, role=role, parent=parent, **fields)
    write(found, [{"type": "text", "text": text}] if text else [])
    if role == Role.USER and found.user is None:
        found.user = chat.user
    found.save()
    if found.queued_at is None:
        chat.current_message = found
        chat.save(update_fields=["current_message"])
    return found


def exchange(chat: Chat, question: str = "Hello", answer: str = "Hello! How can I help?", parent=None) -> Message:
    """Add a question and its answer; return the answer."""
    asked = message(chat, Role.USER, question, parent=parent)
    return message(chat, Role.ASSISTANT, answer, parent=asked, metadata={"model": chat.model, "seconds": 1.0})


def run(chat: Chat, **fields) -> Run:
    """Add a run of the chat, queued unless said otherwise."""
    given = {"kind": RunKind.CHAT, "requested_by": chat.user, "team": chat.team, "status": RunStatus.QUEUED}
    return Run.objects.create(**given | {"provider": chat.provider, "model": chat.model} | fields)


def chat_document(chat: Chat, found: Document | None = None, **fields) -> ChatDocument:
    """Put a document beside the chat, a new one unless it is given."""
    return ChatDocument.objects.create(chat=chat, document=found or document(chat.user, chat.team), **fields)


def chat_collection(chat: Chat, found: Collection | None = None) -> ChatCollection:
    """Have a chat search a collection, a new one unless it is given."""
    return ChatCollection.objects.create(chat=chat, collection=found or collection(chat.user, chat.team))
