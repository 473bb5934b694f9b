"""What must hold before a message is changed. Called with its chat locked: what another tab did is known then."""

import uuid

from django.utils.translation import gettext as _

from agents.models import ACTIVE, Run
from chats.models import Chat, Message
from sambung.lib.errors import Refused


def locked(chat: Chat) -> Chat:
    """Hold the chat for this transaction: what two tabs do at once happens one after the other."""
    return Chat.objects.held().get(pk=chat.pk)


def is_busy(end: uuid.UUID | None) -> bool:
    """Whether a reply is being written at that end of a branch."""
    return end is not None and Run.objects.filter(messages=end, status__in=ACTIVE).exists()


def refuse_others(is_allowed: bool) -> None:
    if not is_allowed:
        raise Refused(
            _("Somebody else wrote this. They can change it themselves, or an admin of the team can."), code="not_yours"
        )


def refuse_when_gone(message: Message) -> None:
    """Called with the chat locked: what another tab did meanwhile is known then."""
    if not Message.objects.filter(pk=message.pk).exists():
        raise Refused(_("This message has been deleted."), code="gone")


def refuse_while_active(message: Message) -> None:
    """Called with the chat locked; reads the message anew."""
    refuse_when_gone(message)
    message.refresh_from_db(fields=["run", "parts"])
    if message.run and message.run.is_active:
        raise Refused(_("This reply is still being written. Stop it first."), code="reply_running")
