"""Asking again for a reply, and going on with one."""

from django.db import transaction
from django.utils.translation import gettext as _

from agents import catalog
from agents.catalog import Reference
from agents.generation import going_on
from agents.generation.reply import open_calls
from chats.messages import activity, guards
from chats.models import Message, Role
from chats.replies import queue, start
from sambung.lib.errors import Refused
from teams.models import User
from teams.workspace import Workspace


@transaction.atomic
def regenerate(*, message: Message, by: User, note: str = "") -> Message:
    """Ask again: a new variant beside the reply, which stays, or below a question. `note` is kept with the new one."""
    chat = guards.locked(message.chat)
    guards.refuse_when_gone(message)
    question = message if message.role == Role.USER else message.parent
    _refuse_while_answered(question)
    variant = start.ask(chat, question, by, note=note)
    queue.hand_on(message, variant)
    activity.touch(chat, variant.pk)
    return variant


@transaction.atomic
def retry(*, message: Message, by: User) -> Message:
    """Ask again after a failure. A reply without any text makes room; one with text stays as a variant.

    So does one that the conversation went on from: nothing said later is lost.
    """
    guards.locked(message.chat)
    guards.refuse_while_active(message)
    variant = regenerate(message=message, by=by)
    if not message.parts and not message.children.exists():
        message.delete()
    return variant


@transaction.atomic
def continue_reply(*, message: Message, by: User) -> Message:
    """Go on with an unfinished reply: the same message grows. Where it ends in a way that nobody can go on from, or its
    model is no longer here, a new variant says so.
    """
    chat = guards.locked(message.chat)
    guards.refuse_while_active(message)
    has_other = message.run and ("agent" in message.metadata or "passed_on" in message.metadata)
    begun_by = Reference.of_row(message.run if has_other else chat)
    model = catalog.find(begun_by, Workspace(by, chat.team))
    parts = going_on.base(message.parts)
    if model is None or open_calls(parts) or not parts or parts[-1]["type"] not in ("text", "tool-result"):
        return regenerate(message=message, by=by, note="cannot_continue")
    _refuse_while_answered(message.parent)
    message.chat, message.run = chat, start.begin(chat, message.parent, by, begun_by)
    message.save(update_fields=["run"])
    start.start(message)
    activity.touch(chat, chat.current_message_id)
    return message


def _refuse_while_answered(question: Message) -> None:
    """Says in words what the lock key would; a question that is new cannot be answered yet."""
    if start.is_answered(question):
        raise Refused(_("A reply is being written here. Stop it first."), code="reply_running")
