"""Editing messages: each change is a branch beside what was, and deleting takes what stands below along."""

import uuid

from django.db import transaction

from agents.models import ACTIVE, Run
from agents.runs.stop import stop
from chats.files import store
from chats.files.parts import of as files_of
from chats.messages import activity, content, guards, tree
from chats.messages.permissions import reader
from chats.models import Chat, Message, Role
from chats.replies import mentions, questions, start
from chats.replies.responder import who_answers
from teams.models import User
from teams.workspace import Workspace


@transaction.atomic
def edit_user_message(*, message: Message, by: User, text: str, client_id: uuid.UUID) -> tuple[Message, Message]:
    """Make a branch beside the message, with the new text and the same files, and ask the model.

    The same client id twice is one branch.
    """
    chat = guards.locked(message.chat)
    guards.refuse_when_gone(message)
    guards.refuse_others(reader(chat, by).may_edit(message))
    if known := chat.messages.filter(client_id=client_id).first():
        return known, tree.reply_to(known)
    named, files = mentions.found(text, Workspace(by, chat.team)), files_of(message.parts)
    edited = questions.of_person(chat, by, text, message.parent_id, named=named, files=files, client_id=client_id)
    reply = start.ask(chat, edited, by, responder=who_answers(chat, by, named.agent))
    activity.touch(chat, reply.pk)
    return edited, reply


@transaction.atomic
def edit_assistant_message(*, message: Message, by: User, text: str, client_id: uuid.UUID) -> Message:
    """Make a variant of the reply with the person's text; its reasoning stays with the original.

    The same client id twice is one variant.
    """
    chat = guards.locked(message.chat)
    guards.refuse_while_active(message)
    if known := chat.messages.filter(client_id=client_id).first():
        return known
    variant = Message(chat=chat, parent_id=message.parent_id, role=Role.ASSISTANT, client_id=client_id)
    variant.metadata = {k: message.metadata[k] for k in ("model", "provider") if k in message.metadata}
    variant.metadata["edited_by"] = str(by)
    content.write(variant, [{"type": "text", "text": text}])
    variant.save(force_insert=True)
    activity.touch(chat, variant.pk)
    return variant


@transaction.atomic
def select(*, message: Message) -> Chat:
    """Show the branch that goes through this variant. Raises Refused when it was deleted meanwhile."""
    chat = guards.locked(message.chat)
    guards.refuse_when_gone(message)
    activity.show(chat, tree.leaf_id(message.pk))
    return chat


@transaction.atomic
def delete_message(*, message: Message, by: User) -> None:
    """Delete a message with everything below it. The nearest variant, else what stands above, is shown then.

    Raises Refused in a team for what somebody else wrote, there or below, unless `by` is its admin.
    """
    runs = _runs_below(message)  # before the chat is locked: runs come first in the order of locks
    chat = guards.locked(message.chat)
    mine = reader(chat, by)
    guards.refuse_others(mine.may_delete(message) and (mine.is_free or tree.authors_below(message.pk) <= {by.pk}))
    was_shown = tree.is_below(chat.current_message_id, message.pk)
    siblings = Message.objects.filter(chat=chat, parent=message.parent_id, queued_at=None).exclude(pk=message.pk)
    beside = siblings.order_by("created_at").last()
    above = message.parent_id
    for waiting in tree.queued(chat):  # what has not been sent yet is not part of the branch
        if tree.is_below(waiting.parent_id, message.pk):
            Message.objects.filter(pk=waiting.pk).update(parent=above)
    message.delete()
    for run in runs:  # last: else their ends would send what waits into the branch that goes
        stop(run=run)
    store.drop_unnamed(chat)
    if was_shown:
        activity.show(chat, tree.leaf_id(beside.pk) if beside else above)
    else:
        activity.tell(chat)


def _runs_below(message: Message) -> list[Run]:
    """Active runs that write into the branch below the message, locked until the transaction ends."""
    active = Run.objects.filter(messages__chat=message.chat_id, status__in=ACTIVE).prefetch_related("messages")
    held = active.select_for_update(of=("self",)).order_by("pk")
    return [run for run in held if any(tree.is_below(m.pk, message.pk) for m in run.messages.all())]
