"""Who answers a message, and the run that asks them. Called inside a transaction that holds the chat."""

from dataclasses import dataclass
from uuid import UUID

from agents import catalog
from agents.catalog import Model, Reference
from agents.models import ACTIVE, Agent, Run, RunKind
from agents.policies import present_to
from agents.runs import lifecycle, runtime
from chats import mentions
from chats.models import Chat, Message, Role
from chats.reply import work
from teams import access
from teams.models import User
from teams.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Asked:
    """Who answers: a model, as an agent if there is one. `note` says what is not as it was asked for."""

    reference: Reference
    agent: Agent | None = None
    note: str = ""


def ask(chat: Chat, question: Message, by: User | None, note: str = "") -> Message:
    """An empty reply below the question, which may be new, and the run that writes it.

    A chat without a model gets the usual one.
    """
    if not chat.model and by and (model := catalog.default(Workspace(by, chat.team))):
        set_model(chat=chat, model=model)
    asked = _asked(chat, question, by)
    run = begin(chat, question, by, asked.reference)
    metadata = _who(asked, chat, by) | ({"note": note or asked.note} if note or asked.note else {})
    reply = Message(chat=chat, parent=question, role=Role.ASSISTANT, run=run, metadata=metadata)
    Message.objects.bulk_create([message for message in (question, reply) if message._state.adding])
    start(reply, asked.agent)
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


# ---- who answers ----------------------------------------------------------------------------------------
def set_model(*, chat: Chat, model: Model) -> None:
    """From the next reply on, this model answers."""
    Chat.objects.filter(pk=chat.pk).update(provider=model.provider, model=model.id, api_key=model.api_key)
    chat.provider, chat.model, chat.api_key_id = model.provider, model.id, model.api_key


def set_agent(*, chat: Chat, agent: Agent | None, by: User) -> Model | None:
    """From the next reply on, this agent answers, or none; return the agent's model if it answers with that.

    The model stays where the agent names none, or one that `by` cannot use here.
    """
    Chat.objects.filter(pk=chat.pk).update(agent=agent)
    chat.agent = agent
    model = agent and model_of(agent, Workspace(by, chat.team))
    if model:
        set_model(chat=chat, model=model)
    return model


def model_of(agent: Agent, workspace: Workspace) -> Model | None:
    """The agent's own model, or the same one under another key; None when it has none that can be used here."""
    return agent.chat_model and catalog.alike(Reference.of(agent.chat_model), workspace)


def reference_of(row: Chat | Run) -> Reference:
    """The model that answers in a chat, or that answered in a run."""
    return Reference(row.api_key_id, row.provider, row.model)


def _asked(chat: Chat, question: Message, by: User | None) -> Asked:
    """The agent whom the question names answers it, else the chat's agent or model."""
    reference = reference_of(chat)
    if by is None:
        return Asked(reference)
    if named := mentions.agent(question.content, Workspace(by, chat.team)):
        model = model_of(named, Workspace(by, chat.team))
        return Asked(model.reference if model else reference, named)
    if chat.agent_id is None:
        return Asked(reference)
    agent = usable_agent(by, chat.agent_id)
    return Asked(reference, agent, "" if agent else "agent_gone")


def usable_agent(by: User, agent_id: UUID) -> Agent | None:
    """The agent, while the person may use it; one that rests, while they may change it."""
    return access.rows(by, Agent.objects.filter(present_to(by), pk=agent_id)).first()


def _who(asked: Asked, chat: Chat, by: User | None) -> dict:
    """What a reply keeps of who writes it, in words that stay when the key or the agent has gone."""
    kept = {"provider": asked.reference.provider, "model": asked.reference.model}
    if asked.reference.api_key and by and (model := catalog.find(asked.reference, Workspace(by, chat.team))):
        kept |= {"label": model.label, "key": model.key_label}
    if asked.agent:
        kept["agent"] = {"id": str(asked.agent.pk), "name": asked.agent.name}
    return kept
