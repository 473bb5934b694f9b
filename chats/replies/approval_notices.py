"""Replies that wait for a person: told by the bell on every page until they are decided."""

import uuid
from collections.abc import Sequence

from agents.generation import approvals
from agents.generation.loop import Waiting
from agents.models import Run
from chats.models import Message
from teams.models import Notification

KIND = "approval"


def begin(run: Run, message_id: uuid.UUID, calls: Sequence[Waiting]) -> None:
    """Keep what the reply waits for, and tell whoever asked. Without calls it asks whether to go on.

    Where a result is waited for alone, nobody here has anything to decide: what brings it tells whoever it asks.
    """
    approvals.ask(run, calls)
    asked = [one for one in calls if not one.is_later]
    if run.requested_by_id is None or (calls and not asked):
        return
    chat = Message.objects.select_related("chat__team").get(pk=message_id).chat
    data = {
        "run": str(run.pk),
        "chat": str(chat.pk),
        "message": str(message_id),
        "title": str(chat),
        "tools": [one.tool.title for one in asked],
    }
    Notification.objects.create(user_id=run.requested_by_id, kind=KIND, data=data)


def end(run: Run) -> None:
    """It has been decided, or does not matter any more."""
    approvals.drop(run)
    Notification.objects.filter(user_id=run.requested_by_id, kind=KIND, data__run=str(run.pk)).delete()
