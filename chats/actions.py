"""What people do with a chat: each act one transaction, with `by=` the person. Runs start once it is committed."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agents import catalog
from agents.models import ACTIVE, BUNDLED, Agent, Run, RunStatus
from agents.runs import follow, lifecycle, runtime
from chats import asking, mentions, titles, tree
from chats.files import sending, store
from chats.files.parts import named, part_of
from chats.files.parts import of as files_of
from chats.models import Attachment, Chat, Folder, Message, Role
from chats.reply import topic
from chats.rights import reader
from chats.writing import write
from teams.models import User
from teams.workspace import Workspace

TEXT_LIMIT = 400_000  # characters of one message
QUEUE_LIMIT = 50  # messages that may wait in one chat
#: All that decides about a new message, in one statement: every send waits for it.
_BEFORE_SEND = """
SELECT id, 'known' AS what, NULL AS queued_at FROM messages WHERE chat_id = %(chat)s AND client_id = %(client_id)s
UNION ALL
SELECT id, 'queued', queued_at FROM messages WHERE chat_id = %(chat)s AND queued_at IS NOT NULL
UNION ALL
SELECT messages.id, 'running', NULL FROM messages JOIN run ON run.id = messages.run_id
WHERE messages.id = %(end)s AND run.status = ANY(%(active)s)
ORDER BY queued_at, id
"""


class Refused(Exception):
    """An act that cannot be done now; its sentence is for the person."""


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
        title=titles.from_message(text or files[0].name),
        agent=agent,
        api_key_id=model.api_key,
        provider=model.provider,
        model=model.id,
        is_temporary=is_temporary,
        folder=folder,
        settings=settings or {},
        updated_at=timezone.now(),
    )
    send(chat=chat, by=by, text=text, client_id=client_id, files=files)
    return chat


class Sent(NamedTuple):
    """What became of a message: `reply` is None when it waits. `queue` holds the ids of all that wait in the chat."""

    message: Message
    reply: Message | None
    queue: list[uuid.UUID]
    is_new: bool  # false for a client id that was known


def send(
    *,
    chat: Chat,
    by: User,
    text: str,
    client_id: uuid.UUID,
    parent: Message | None = None,
    files: Sequence[Attachment] = (),
) -> Sent:
    """Add a person's message at the end of the branch and ask the model. The caller's transaction holds the chat.

    Where a reply is being written the message waits, visibly. A client id that is known already changes nothing.
    Raises Refused when too many messages wait already, and where the files cannot go along.
    """
    end = chat.current_message_id if parent is None else tree.leaf_id(parent.pk)
    known, queue, is_busy = _before_send(chat, client_id, end)
    if known:
        return Sent(known, _reply_to(known), queue, is_new=False)
    if len(queue) >= QUEUE_LIMIT:
        raise Refused(_("%(n)s messages wait here already. Let some be answered first.") % {"n": len(queue)})
    message = _user_message(chat, by, text, end, files=map(part_of, files), client_id=client_id)
    if is_busy:
        message.queued_at = timezone.now()
        message.save(force_insert=True)
        reply, queue = None, [*queue, message.pk]
    else:
        reply = asking.ask(chat, message, by)
    _attach(files, chat, message, reply, by)
    _touch(chat, reply and reply.pk, queue)
    mentions.tell(message, chat, by)
    return Sent(message, reply, queue, is_new=True)


def _attach(files: Sequence[Attachment], chat: Chat, message: Message, reply: Message | None, by: User) -> None:
    try:
        sending.attach(files, chat, message)
        if reply:
            sending.refuse_unseen(files, reply, by)
    except sending.Unsendable as error:
        raise Refused(str(error)) from None


def _reply_to(message: Message) -> Message | None:
    """The first reply to a message that was sent before."""
    return message.children.filter(role=Role.ASSISTANT).first()


def _before_send(
    chat: Chat, client_id: uuid.UUID, end: uuid.UUID | None
) -> tuple[Message | None, list[uuid.UUID], bool]:
    """Return the message of this client id if there is one, what waits, and whether the next one has to wait."""
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE_SEND, {"chat": chat.pk, "client_id": client_id, "end": end, "active": list(ACTIVE)})
        rows = cursor.fetchall()
    known = next((pk for pk, what, _queued_at in rows if what == "known"), None)
    queue = [pk for pk, what, _queued_at in rows if what == "queued"]
    return known and chat.messages.get(pk=known), queue, any(what != "known" for _pk, what, _queued_at in rows)


@transaction.atomic
def edit_user_message(*, message: Message, by: User, text: str, client_id: uuid.UUID) -> tuple[Message, Message]:
    """Make a branch beside the message, with the new text and the same files, and ask the model.

    The same client id twice is one branch.
    """
    chat = _locked(message.chat)
    _refuse_when_gone(message)
    _refuse_others(reader(chat, by).may_edit(message))
    if known := chat.messages.filter(client_id=client_id).first():
        return known, _reply_to(known)
    edited = _user_message(chat, by, text, message.parent_id, files=files_of(message.parts), client_id=client_id)
    reply = asking.ask(chat, edited, by)
    _touch(chat, reply.pk)
    return edited, reply


@transaction.atomic
def edit_assistant_message(*, message: Message, by: User, text: str, client_id: uuid.UUID) -> Message:
    """Make a variant of the reply with the person's text; its reasoning stays with the original.

    The same client id twice is one variant.
    """
    chat = _locked(message.chat)
    _refuse_while_active(message)
    if known := chat.messages.filter(client_id=client_id).first():
        return known
    variant = Message(chat=chat, parent_id=message.parent_id, role=Role.ASSISTANT, client_id=client_id)
    variant.metadata = {k: message.metadata[k] for k in ("model", "provider") if k in message.metadata}
    variant.metadata["edited_by"] = str(by)
    write(variant, [{"type": "text", "text": text}])
    variant.save(force_insert=True)
    _touch(chat, variant.pk)
    return variant


@transaction.atomic
def regenerate(*, message: Message, by: User, note: str = "") -> Message:
    """Ask again: a new variant beside the reply, which stays, or below a question. `note` is kept with the new one."""
    chat = _locked(message.chat)
    _refuse_when_gone(message)
    question = message if message.role == Role.USER else message.parent
    _refuse_while_answered(question)
    variant = asking.ask(chat, question, by, note=note)
    _hand_on_queue(message, variant)
    _touch(chat, variant.pk)
    return variant


@transaction.atomic
def retry(*, message: Message, by: User) -> Message:
    """Ask again after a failure. A reply without any text makes room; one with text stays as a variant.

    So does one that the conversation went on from: nothing said later is lost.
    """
    _locked(message.chat)
    _refuse_while_active(message)
    variant = regenerate(message=message, by=by)
    if not message.parts and not message.children.exists():
        message.delete()
    return variant


@transaction.atomic
def continue_reply(*, message: Message, by: User) -> Message:
    """Go on with an unfinished reply: the same message grows. Where the model cannot, a new variant says so."""
    chat = _locked(message.chat)
    _refuse_while_active(message)
    has_other = message.run and ("agent" in message.metadata or "passed_on" in message.metadata)
    begun_by = asking.reference_of(message.run if has_other else chat)
    model = catalog.find(begun_by, Workspace(by, chat.team))
    if model is None or not model.can_continue or not message.parts or message.parts[-1]["type"] != "text":
        return regenerate(message=message, by=by, note="cannot_continue")
    _refuse_while_answered(message.parent)
    message.chat, message.run = chat, asking.begin(chat, message.parent, by, begun_by)
    message.save(update_fields=["run"])
    asking.start(message)
    _touch(chat, chat.current_message_id)
    return message


@transaction.atomic
def stop(*, run: Run) -> None:
    """Ask for the end of a run, wherever it is; its text is kept. One that waits for a person ends at once."""
    if lifecycle.request_stop(run):
        runtime.show_on_commit(follow.ends([run.pk]))
    runtime.stop_on_commit(run.pk)


@transaction.atomic
def select(*, message: Message) -> Chat:
    """Show the branch that goes through this variant. Raises Refused when it was deleted meanwhile."""
    chat = _locked(message.chat)
    _refuse_when_gone(message)
    _show(chat, tree.leaf_id(message.pk))
    return chat


@transaction.atomic
def delete_message(*, message: Message, by: User) -> None:
    """Delete a message with everything below it. The nearest variant, else what stands above, is shown then.

    Raises Refused in a team for what somebody else wrote, there or below, unless `by` is its admin.
    """
    for run in _runs_below(message):  # before the chat is locked: runs come first in the order of locks
        stop(run=run)
    chat = _locked(message.chat)
    mine = reader(chat, by)
    _refuse_others(mine.may_delete(message) and (mine.is_free or tree.authors_below(message.pk) <= {by.pk}))
    was_shown = tree.is_below(chat.current_message_id, message.pk)
    siblings = Message.objects.filter(chat=chat, parent=message.parent_id, queued_at=None).exclude(pk=message.pk)
    beside = siblings.order_by("created_at").last()
    above = message.parent_id
    for waiting in tree.queued(chat):  # what has not been sent yet is not part of the branch
        if tree.is_below(waiting.parent_id, message.pk):
            Message.objects.filter(pk=waiting.pk).update(parent=above)
    message.delete()
    store.drop_unnamed(chat)
    if was_shown:
        _show(chat, tree.leaf_id(beside.pk) if beside else above)
    else:
        _tell(chat)


@transaction.atomic
def withdraw(*, message: Message, by: User) -> str:
    """Take a waiting message back; return its text. Raises Refused when it has been sent, or is somebody else's."""
    chat = _locked(message.chat)
    _refuse_others(reader(chat, by).may_delete(message))
    if not Message.objects.filter(pk=message.pk, queued_at__isnull=False).delete()[0]:
        raise Refused(_("This message has been sent already."))
    Attachment.objects.filter(pk__in=named(message.parts), chat=chat).update(chat=None, message=None, user=by)
    _tell(chat)
    return message.content


@transaction.atomic
def push(*, message: Message, by: User) -> Message:
    """Send a waiting message now. Raises Refused while a reply is being written."""
    chat = _locked(message.chat)
    if _is_busy(chat.current_message_id):
        raise Refused(_("A reply is being written. The message follows it."))
    if (waiting := chat.messages.filter(pk=message.pk, queued_at__isnull=False).first()) is None:
        raise Refused(_("This message has been sent already."))
    return _send_waiting(chat, waiting, by, chat.current_message_id)


def after_reply(message: Message, run: Run) -> None:
    """A reply has ended: send what waits behind it, unless it failed; ask for a title after the first exchange."""
    chat = message.chat
    if run.status not in {RunStatus.SUCCEEDED, RunStatus.STOPPED} or chat.deleted_at:
        return
    behind = (waiting for waiting in tree.queued(chat) if _waits_for(waiting, message))
    if waiting := next(behind, None):
        _send_waiting(chat, waiting, waiting.user, message.pk)
    if _may_be_named(chat) and run.status == RunStatus.SUCCEEDED:
        from chats.tasks import name_chat  # tasks import actions

        transaction.on_commit(lambda: name_chat.defer(chat=str(chat.pk)))


def _waits_for(waiting: Message, reply: Message) -> bool:
    """Whether the message follows this reply: it was queued behind it, or behind what came before in its branch."""
    return waiting.parent_id is None or tree.leaf_id(waiting.parent_id) == reply.pk


def _may_be_named(chat: Chat) -> bool:
    """Whether a model should name the chat: the bundled one is not asked, first words serve better."""
    return "title_by" not in chat.metadata and chat.provider != BUNDLED


def _hand_on_queue(reply: Message, variant: Message) -> None:
    """What waits behind a reply waits behind the variant that takes its place."""
    reply.children.filter(queued_at__isnull=False).update(parent=variant)


def _send_waiting(chat: Chat, waiting: Message, by: User | None, end: uuid.UUID | None) -> Message:
    """Send a waiting message at that end of a branch. A reader who looks at another branch stays there."""
    is_shown = chat.current_message_id == end
    waiting.parent_id = end
    waiting.queued_at, waiting.created_at = None, timezone.now()
    waiting.save(update_fields=["parent", "queued_at", "created_at"])
    reply = asking.ask(chat, waiting, by)
    _touch(chat, reply.pk if is_shown else None)
    return reply


# ---- shared steps ---------------------------------------------------------------------------------------
def _locked(chat: Chat) -> Chat:
    """Hold the chat for this transaction: what two tabs do at once happens one after the other."""
    return Chat.objects.held().get(pk=chat.pk)


def _is_busy(end: uuid.UUID | None) -> bool:
    """Whether a reply is being written at that end of a branch."""
    return end is not None and Run.objects.filter(messages=end, status__in=ACTIVE).exists()


def _refuse_others(is_allowed: bool) -> None:
    if not is_allowed:
        raise Refused(_("Somebody else wrote this. They can change it themselves, or an admin of the team can."))


def _refuse_when_gone(message: Message) -> None:
    """Called with the chat locked: what another tab did meanwhile is known then."""
    if not Message.objects.filter(pk=message.pk).exists():
        raise Refused(_("This message has been deleted."))


def _refuse_while_active(message: Message) -> None:
    """Called with the chat locked; reads the message anew."""
    _refuse_when_gone(message)
    message.refresh_from_db(fields=["run", "parts"])
    if message.run and message.run.is_active:
        raise Refused(_("This reply is still being written. Stop it first."))


def _runs_below(message: Message):
    """Active runs that write into the branch below the message."""
    active = Run.objects.filter(messages__chat=message.chat_id, status__in=ACTIVE).prefetch_related("messages")
    return [run for run in active if any(tree.is_below(m.pk, message.pk) for m in run.messages.all())]


def _refuse_while_answered(question: Message) -> None:
    """Says in words what the lock key would; a question that is new cannot be answered yet."""
    if asking.is_answered(question):
        raise Refused(_("A reply is being written here. Stop it first."))


def _user_message(
    chat: Chat, by: User, text: str, parent_id: uuid.UUID | None, *, files: Iterable[dict] = (), **fields
) -> Message:
    """A person's message with the parts that name its files, not yet saved."""
    message = Message(chat=chat, parent_id=parent_id, user=by, role=Role.USER, **fields)
    if named := mentions.tools(text, by, Workspace(by, chat.team)):
        message.metadata = {"mentions": named}
    return write(message, [*([{"type": "text", "text": text}] if text else ()), *files])


def _show(chat: Chat, end: uuid.UUID | None) -> None:
    """Another branch is on show. Does not count as activity."""
    chat.current_message_id = end
    Chat.objects.filter(pk=chat.pk).update(current_message=end)
    _tell(chat)


def _tell(chat: Chat, queue: list[uuid.UUID] | None = None) -> None:
    """Let the open pages know what they should show now; they ask for what they lack."""
    runtime.hint_on_commit(topic(chat.pk), "changed", **tree.standing(chat.pk, chat.current_message_id, queue))


def _touch(chat: Chat, current: uuid.UUID | None, queue: list[uuid.UUID] | None = None) -> None:
    """Something was said: the chat's last activity is now, and this end of the tree is shown.

    `queue`: the ids of what waits, where the caller has just read them.
    """
    changes = {"updated_at": timezone.now()} | ({"current_message_id": current} if current else {})
    Chat.objects.filter(pk=chat.pk).update(**changes)
    for name, value in changes.items():
        setattr(chat, name, value)
    _tell(chat, queue)
