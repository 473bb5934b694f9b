"""A person's message, as a model is asked it."""

import uuid
from collections.abc import Iterable

from chats.messages.content import write
from chats.models import Chat, Message, Role
from chats.replies.mentions import Named
from teams.models import User


def of_person(
    chat: Chat, by: User, text: str, parent_id: uuid.UUID | None, *, named: Named, files: Iterable[dict] = (), **fields
) -> Message:
    """A person's message with the parts that name its files, not yet saved. `named` is what its text names."""
    message = Message(chat=chat, parent_id=parent_id, user=by, role=Role.USER, **fields)
    told = {"mentions": named.tools, "searched": named.searched}
    message.metadata = {name: refs for name, refs in told.items() if refs}
    return write(message, [*([{"type": "text", "text": text}] if text else ()), *files])
