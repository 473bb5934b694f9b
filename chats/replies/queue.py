"""Messages that wait for a reply: sent when it has ended, at the end of the branch that they follow."""

import uuid

from django.db import transaction
from django.utils import timezone

from agents.models import Run, RunStatus
from chats.messages import activity, tree
from chats.models import Chat, Message
from chats.replies import start, titles
from teams.models import User

HELD = "held"  # in a waiting message's metadata: no reply lets it go, a person does


def after_reply(message: Message, run: Run) -> None:
    """A reply has ended: send what waits behind it, unless it failed; ask for a title after the first exchange.

    Whoever stops a reply wants quiet: what waits behind it is held until somebody sends it.
    """
    chat = message.chat
    if run.status not in {RunStatus.SUCCEEDED, RunStatus.STOPPED} or chat.deleted_at:
        return
    behind = [waiting for waiting in tree.queued(chat) if not is_held(waiting) and _waits_for(waiting, message)]
    if run.status == RunStatus.STOPPED:
        _hold(behind)
        return
    if behind:
        send_waiting(chat, behind[0], behind[0].user, message.pk)
    if titles.may_be_named(chat):
        transaction.on_commit(lambda: titles.name_chat.defer(chat=str(chat.pk)))


def is_held(waiting: Message) -> bool:
    """Whether a waiting message goes only when somebody sends it."""
    return HELD in waiting.metadata


def _hold(waiting: list[Message]) -> None:
    for one in waiting:
        one.metadata[HELD] = True
    Message.objects.bulk_update(waiting, ["metadata"])


def let_go(waiting: Message) -> None:
    """It follows the present reply again."""
    waiting.metadata.pop(HELD, None)
    waiting.save(update_fields=["metadata"])


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
    waiting.metadata.pop(HELD, None)
    waiting.save(update_fields=["parent", "queued_at", "created_at", "metadata"])
    reply = start.ask(chat, waiting, by)
    activity.touch(chat, reply.pk if is_shown else None)
    return reply
