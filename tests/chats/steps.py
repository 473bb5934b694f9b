"""Steps that tests of acts share: send, begin a chat, and read what is on show."""

import uuid

from agents import catalog
from chats.actions import sending
from chats.messages import tree
from chats.models import Chat

PLAIN = catalog.Model("openai_compatible", "fake-plain", "Fake", 8192, has_tokenizer=False, can_continue=False)
CONTINUES = catalog.Model("openai_compatible", "fake-plain", "Fake", 8192, has_tokenizer=True, can_continue=True)


def send(chat, alice, text="Hello", **given):
    found = Chat.objects.filter(pk=chat.pk)
    sent = sending.send(chat=found, by=alice, text=text, client_id=given.pop("client_id", uuid.uuid4()), **given)
    return sent.message, sent.reply


def texts(chat) -> list[str]:
    """The branch on show."""
    chat.refresh_from_db()
    return [m.content for m in tree.branch(chat.current_message_id)]


def waiting(chat) -> list[str]:
    return [m.content for m in tree.queued(chat)]


def start(alice, workspace, text="Why is the sky blue?", **given):
    given = {"client_id": uuid.uuid4()} | given
    chat = sending.start_chat(by=alice, workspace=workspace, model=PLAIN, text=text, **given)
    chat.refresh_from_db()
    return chat
