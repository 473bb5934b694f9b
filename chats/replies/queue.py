"""Messages that wait for a reply: sent when it has ended, at the end of the branch that they follow."""

import uuid

from django.db import transaction
from django.utils import timezone

from agents.models import Run, RunStatus
from chats.messages import activity, tree
from chats.models import Chat, Message
from chats.replies import start, titles
from teams.models import User


def after_reply(message: Message, run: Run) -> None:
    """A reply has ended: send what waits behind it, unless it failed; ask for a title after the first exchange."""
    chat = message.chat
    if run.status not in {RunStatus.SUCCEEDED, RunStatus.STOPPED} or chat.deleted_at:
        return
    behind = (waiting for waiting in tree.queued(chat) if _waits_for(waiting, message))
    if waiting := next(behind, None):
        send_waiting(chat, waiting, waiting.user, message.pk)
    if titles.may_be_named(chat) and run.status == RunStatus.SUCCEEDED:
        transaction.on_commit(lambda: titles.name_chat.defer(chat=str(chat.pk)))


def _waits_for(waiting: Message, reply: Message) -> bool:
    """Whether the message follows this reply: it was queued behind it, or behind what came before in its branch."""
    return waiting.parent_id is None or tree.leaf_id(waiting.parent_id) == reply.pk


def hand_on(reply: Message, variant: Message) -> None:
    """What waits behind a reply waits behind the variant that takes its place."""
    reply.children.filter(queued_at__isnull=False).update(parent=variant)


def send_waiting(chat: Chat, waiting: Message, by: User | None, end: uuid.UUID | None) -> Message:
    """Send a waiting message at that end of a branch. A reader who looks at another branch stays there."""
    is_shown = chat.current_message_id == end
    waiting.parent_id = end
    waiting.queued_at, waiting.created_at = None, timezone.now()
    waiting.save(update_fields=["parent", "queued_at", "created_at"])
    reply = start.ask(chat, waiting, by)
    activity.touch(chat, reply.pk if is_shown else None)
    return reply
