"""Starting a reply: the empty message and the run that writes it, inside a transaction that holds the chat."""

from agents.catalog import Reference
from agents.models import ACTIVE, Agent, Run, RunKind
from agents.runs import lifecycle, runtime
from chats.models import Chat, Message, Role
from chats.replies import mentions
from chats.replies.responder import Responder, who_answers
from chats.replies.work import work
from teams.models import User
from teams.workspace import Workspace


def ask(
    chat: Chat, question: Message, by: User | None, *, note: str = "", responder: Responder | None = None
) -> Message:
    """An empty reply below the question, which may be new, and the run that writes it.

    `responder`: who answers, where the caller knows it already.
    """
    if responder is None:
        called = by and mentions.agent(question.content, Workspace(by, chat.team))
        responder = who_answers(chat, by, called)
    run = begin(chat, question, by, responder.reference)
    note = note or responder.note
    metadata = responder.kept | ({"note": note} if note else {})
    reply = Message(chat=chat, parent=question, role=Role.ASSISTANT, run=run, metadata=metadata)
    Message.objects.bulk_create([message for message in (question, reply) if message._state.adding])
    start(reply, responder.agent)
    return reply


def begin(chat: Chat, question: Message, by: User | None, asked: Reference) -> Run:
    """One run at a time answers a question: the lock key sees to it."""
    return lifecycle.begin(
        runtime.owner(),
        kind=RunKind.CHAT,
        requested_by=by,
        team_id=chat.team_id,
        api_key_id=asked.api_key,
        provider=asked.provider,
        model=asked.model,
        lock_key=_lock(question),
    )


def start(reply: Message, agent: Agent | None = None) -> None:
    """Let the reply's run start once all this is committed. Where runs are not served it is queued for who serves."""
    if runtime.owner():
        runtime.start_on_commit(work(reply.run, reply, agent))


def is_answered(question: Message) -> bool:
    """Whether a reply to the question is being written."""
    return Run.objects.filter(lock_key=_lock(question), status__in=ACTIVE).exists()


def _lock(question: Message) -> str:
    return f"chat:{question.pk}"
