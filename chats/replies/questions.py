"""A person's message, as a model is asked it."""

import uuid
from collections.abc import Iterable

from chats.messages.content import write
from chats.models import Chat, Message, Role
from chats.replies import mentions
from teams.models import User
from teams.workspace import Workspace


def of_person(
    chat: Chat, by: User, text: str, parent_id: uuid.UUID | None, *, files: Iterable[dict] = (), **fields
) -> Message:
    """A person's message with the parts that name its files, not yet saved."""
    message = Message(chat=chat, parent_id=parent_id, user=by, role=Role.USER, **fields)
    if named := mentions.tools(text, by, Workspace(by, chat.team)):
        message.metadata = {"mentions": named}
    return write(message, [*([{"type": "text", "text": text}] if text else ()), *files])
