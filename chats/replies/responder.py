"""Who answers in a chat: a model, as an agent if there is one."""

from dataclasses import dataclass
from uuid import UUID

from agents import catalog
from agents.catalog import Model, Reference
from agents.models import Agent
from agents.policies import present_to
from chats.models import Chat
from teams import access
from teams.models import User
from teams.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Responder:
    """Who answers a message.

    `model`: as it is listed, None where nobody can tell whether it is still there. `note` says what is not as it was
    asked for.
    """

    reference: Reference
    model: Model | None = None
    agent: Agent | None = None
    note: str = ""

    @property
    def kept(self) -> dict:
        """What a reply keeps of it, in words that stay when the key or the agent has gone."""
        kept = {"provider": self.reference.provider, "model": self.reference.model}
        if self.reference.api_key and self.model:
            kept |= {"label": self.model.label, "key": self.model.key_label}
        if self.agent:
            kept["agent"] = {"id": str(self.agent.pk), "name": self.agent.name}
        return kept


def who_answers(chat: Chat, by: User | None, called: Agent | None = None) -> Responder:
    """The agent whom the message calls, else the chat's agent or model. A chat without a model gets the usual one."""
    if by is None:
        return Responder(Reference.of_row(chat))
    workspace = Workspace(by, chat.team)
    if not chat.model and (usual := catalog.default(workspace)):
        set_model(chat=chat, model=usual)
    reference, note, agent = Reference.of_row(chat), "", called
    if called and (own := model_of(called, workspace)):
        return Responder(own.reference, own, called)
    if called is None and chat.agent_id:
        agent = usable_agent(by, chat.agent_id)
        note = "" if agent else "agent_gone"
    return Responder(reference, catalog.find(reference, workspace), agent, note)


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


def usable_agent(by: User, agent_id: UUID) -> Agent | None:
    """The agent, while the person may use it; one that rests, while they may change it."""
    return access.rows(by, Agent.objects.filter(present_to(by), pk=agent_id)).first()
