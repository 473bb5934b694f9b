"""A chat's activity: which end of its tree is shown, when something was said last, and who is told."""

import uuid

from django.utils import timezone

from agents.runs import runtime
from chats.messages import tree
from chats.models import Chat


def show(chat: Chat, end: uuid.UUID | None) -> None:
    """Another branch is on show. Does not count as activity."""
    chat.current_message_id = end
    Chat.objects.filter(pk=chat.pk).update(current_message=end)
    tell(chat)


def tell(chat: Chat, queue: list[uuid.UUID] | None = None) -> None:
    """Let the open pages know what they should show now; they ask for what they lack."""
    runtime.hint_on_commit(chat.topic, "changed", **tree.standing(chat.pk, chat.current_message_id, queue))


def touch(chat: Chat, current: uuid.UUID | None, queue: list[uuid.UUID] | None = None) -> None:
    """Something was said: the chat's last activity is now, and this end of the tree is shown.

    `queue`: the ids of what waits, where the caller has just read them.
    """
    changes = {"updated_at": timezone.now()} | ({"current_message_id": current} if current else {})
    Chat.objects.filter(pk=chat.pk).update(**changes)
    for name, value in changes.items():
        setattr(chat, name, value)
    tell(chat, queue)
