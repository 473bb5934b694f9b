"""Sending messages: each act one transaction, with `by=` the person. Runs start once it is committed."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from agents import catalog
from agents.models import ACTIVE, Agent
from chats.files import attach
from chats.files.parts import named, part_of
from chats.messages import activity, guards, tree
from chats.messages.permissions import reader
from chats.models import Attachment, Chat, Folder, Message
from chats.replies import mentions, questions, queue, start, title_text
from chats.replies.responder import who_answers
from sambung.lib.errors import Refused
from teams import access
from teams.models import User
from teams.workspace import Workspace

TEXT_LIMIT = 400_000  # characters of one message
QUEUE_LIMIT = 50  # messages that may wait in one chat
#: All that decides about a new message, in one statement: every send waits for it.
_BEFORE_SEND = """
SELECT id, 'known' AS what, NULL AS queued_at FROM messages WHERE chat_id = %(chat)s AND client_id = %(client_id)s
UNION ALL
SELECT id, CASE WHEN metadata ? 'held' THEN 'held' ELSE 'queued' END, queued_at FROM messages
WHERE chat_id = %(chat)s AND queued_at IS NOT NULL
UNION ALL
SELECT messages.id, 'running', NULL FROM messages JOIN run ON run.id = messages.run_id
WHERE messages.id = %(end)s AND run.status = ANY(%(active)s)
ORDER BY queued_at, id
"""


@transaction.atomic
def start_chat(
    *,
    by: User,
    workspace: Workspace,
    model: catalog.Model,
    text: str,
    client_id: uuid.UUID,
    agent: Agent | None = None,
    is_temporary=False,
    settings: dict | None = None,
    folder: Folder | None = None,
    files: Sequence[Attachment] = (),
) -> Chat:
    """Make a chat with its first message and ask the model, as the agent if there is one.

    The same client id twice is one chat. Raises Refused where the files cannot go along.
    """
    with connection.cursor() as cursor:  # the same form twice at once: one after the other
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(client_id)])
    lately = Chat.objects.filter(workspace.q, user=by, updated_at__gt=timezone.now() - timedelta(days=1))
    if chat := lately.filter(messages__client_id=client_id).first():
        return chat
    chat = Chat.objects.create(
        **workspace.scope,
        title=title_text.from_message(text or files[0].name),
        agent=agent,
        api_key_id=model.api_key,
        provider=model.provider,
        model=model.id,
        is_temporary=is_temporary,
        folder=folder,
        settings=settings or {},
        updated_at=timezone.now(),
    )
    _send(chat, by, text, client_id, None, files)
    return chat


class Sent(NamedTuple):
    """What became of a message: `reply` is None when it waits. `queue` holds the ids of all that wait in the chat."""

    message: Message
    reply: Message | None
    queue: list[uuid.UUID]
    is_new: bool  # false for a client id that was known


@transaction.atomic
def send(
    *,
    chat: QuerySet[Chat],
    by: User,
    text: str,
    client_id: uuid.UUID,
    parent: uuid.UUID | str | None = None,
    files: Sequence[Attachment] = (),
) -> Sent:
    """Add a person's message at the end of the branch, and ask the model.

    `chat`: the one row that `by` may write in, as `access.rows` gives it; it is locked first. `parent`: the message
    that the person saw last. Where a reply is being written the message waits, visibly. A client id that is known
    already changes nothing. Raises Http404, and Refused when too many messages wait already or the files cannot go.
    """
    found = access.only(chat.held())
    seen = access.only(Message.objects.filter(chat=found, queued_at=None), pk=parent) if parent else None
    return _send(found, by, text, client_id, seen, files)


def _send(
    chat: Chat, by: User, text: str, client_id: uuid.UUID, parent: Message | None, files: Sequence[Attachment]
) -> Sent:
    """Send in a chat that is locked, or new."""
    end = chat.current_message_id if parent is None else tree.leaf_id(parent.pk)
    known, waiting, is_busy = _before_send(chat, client_id, end)
    if known:
        return Sent(known, tree.reply_to(known), waiting, is_new=False)
    if len(waiting) >= QUEUE_LIMIT:
        raise Refused(
            _("%(n)s messages wait here already. Let some be answered first.") % {"n": len(waiting)}, code="too_many"
        )
    named, reply = mentions.found(text, Workspace(by, chat.team)), None
    parts = map(part_of, files)
    message = questions.of_person(chat, by, text, end, named=named, files=parts, client_id=client_id)
    if is_busy:
        message.queued_at = timezone.now()
        message.save(force_insert=True)
        waiting = [*waiting, message.pk]
    else:
        responder = who_answers(chat, by, named.agent)
        attach.refuse_unseen(files, responder.model)
        reply = start.ask(chat, message, by, responder=responder)
    attach.attach(files, chat, message)
    activity.touch(chat, reply and reply.pk, waiting)
    mentions.tell(message, chat, by, named.people)
    return Sent(message, reply, waiting, is_new=True)


def _before_send(
    chat: Chat, client_id: uuid.UUID, end: uuid.UUID | None
) -> tuple[Message | None, list[uuid.UUID], bool]:
    """Return the message of this client id if there is one, what waits, and whether the next one has to wait."""
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE_SEND, {"chat": chat.pk, "client_id": client_id, "end": end, "active": list(ACTIVE)})
        rows = cursor.fetchall()
    known = next((pk for pk, what, _queued_at in rows if what == "known"), None)
    queue = [pk for pk, what, _queued_at in rows if what in ("held", "queued")]
    is_busy = any(what in ("queued", "running") for _pk, what, _queued_at in rows)
    return known and chat.messages.get(pk=known), queue, is_busy


@transaction.atomic
def withdraw(*, message: Message, by: User) -> str:
    """Take a waiting message back; return its text. Raises Refused when it has been sent, or is somebody else's."""
    chat = guards.locked(message.chat)
    guards.refuse_others(reader(chat, by).may_delete(message))
    if not Message.objects.filter(pk=message.pk, queued_at__isnull=False).delete()[0]:
        raise Refused(_("This message has been sent already."), code="done_already")
    Attachment.objects.filter(pk__in=named(message.parts), chat=chat).update(chat=None, message=None, user=by)
    activity.tell(chat)
    return message.content


@transaction.atomic
def push(*, message: Message, by: User) -> Message:
    """Send a waiting message now; one that is held follows the reply that is being written.

    Raises Refused while one is, where the message follows it anyway.
    """
    chat = guards.locked(message.chat)
    waiting = chat.messages.filter(pk=message.pk, queued_at__isnull=False).first()
    is_busy = guards.is_busy(chat.current_message_id)
    if is_busy and not (waiting and queue.is_held(waiting)):
        raise Refused(_("A reply is being written. The message follows it."), code="reply_running")
    if waiting is None:
        raise Refused(_("This message has been sent already."), code="done_already")
    if is_busy:
        queue.let_go(waiting)
        return waiting
    return queue.send_waiting(chat, waiting, by, chat.current_message_id)
