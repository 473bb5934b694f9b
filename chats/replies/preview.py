"""What a model is told with the next message of a chat: for people to look at, and what it takes of the window."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from agents import catalog, engine, errors
from agents.catalog import Model, Reference
from agents.engine import Turn
from agents.generation import context, tool_pictures
from agents.models import Agent
from agents.runs import runtime
from chats.canvas import pins
from chats.files import parts
from chats.messages import tree
from chats.models import Chat, Folder
from chats.replies import about_person, chat_settings, responder
from sambung.lib.waiting import COUNTING
from teams.workspace import Workspace

WITHIN = 10  # seconds for a server that counts tokens


@dataclass(frozen=True, slots=True)
class Told:
    """`turns` are (role, text) as they are sent; `left_out` earlier messages do not fit; `problem` instead of them."""

    model: str
    turns: list[tuple[str, str]]
    left_out: int = 0
    problem: str = ""


def next_question(chat: Chat, workspace: Workspace) -> Told:
    """Return what would be sent with the next message, which comes last and is not known yet. Raises Busy."""
    agent = chat.agent_id and responder.usable_agent(workspace.user, chat.agent_id)
    try:
        reached = runtime.wait(catalog.reach(Reference.of_row(chat), workspace), WITHIN, COUNTING)
    except (engine.EngineError, TimeoutError) as error:
        return Told(chat.model, [], problem=_problem(error))
    settings = chat_settings.settings_of(chat, agent)
    bound, size = context.offered(context.tools_of(settings, agent, workspace), reached.model)
    about = about_person.about(workspace.user)
    pinned = pins.told(chat, workspace.user)
    told = (settings, about, agent, bound.instructions, pinned)
    longest = settings.get("max_tokens")
    try:
        aside = size if bound.tools else 0
        fit = context.fit_told(reached, told, _said(chat, reached.model), longest, aside=aside)
        fitting = runtime.wait(fit, WITHIN, COUNTING)
    except (engine.EngineError, TimeoutError) as error:
        system = context.system_prompt(reached.model, *told)
        return Told(reached.model.label, [("system", system)], problem=_problem(error))
    return Told(reached.model.label, [(turn.role, _text(turn)) for turn in fitting.turns], fitting.left_out)


def _problem(error: engine.EngineError | TimeoutError) -> str:
    told = error if isinstance(error, engine.EngineError) else engine.TimedOut()
    return errors.failure(told).sentence


def _said(chat: Chat, model: Model) -> list[Turn]:
    """The branch on show, with what the model gets of files and of tools' pictures."""
    said = [Turn(role, tuple(found)) for role, found in tree.said(chat.current_message_id) if found]
    found = parts.readable(said, parts.loaded(said, chat.pk, is_sent=False), model)[0]
    return tool_pictures.shown(found, sees=model.vision is not False, most=context.MOST_PICTURES)


def _text(turn: Turn) -> str:
    """What a turn says, with a word for each image."""
    images = sum((part["type"] == "image") + len(part.get("images", ())) for part in turn.parts)
    return "\n".join(filter(None, [turn.text, *[f"[{_('Image')}]"] * images]))


# ---- before sending -------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Gauge:
    """What fills a model's window, in about so many tokens, before the next message is added.

    `input_price`: US dollars for a million tokens, None = not known.
    """

    window: int
    instructions: int
    system: int
    tools: int  # what is offered, and what is said of it
    documents: int  # that are pinned
    history: int
    answer: int  # kept for it
    left_out: int  # messages
    input_price: Decimal | None

    @property
    def used(self) -> int:
        return self.instructions + self.system + self.tools + self.documents + self.history

    @property
    def percent(self) -> int:
        """How full the window is, the room for the answer counted."""
        return min(round(100 * (self.used + self.answer) / self.window), 100)

    @property
    def cost(self) -> Decimal | None:
        """US dollars for sending what is there already."""
        return None if self.input_price is None else self.input_price * self.used / 1_000_000


def gauge(
    model: Model, chat: Chat | None, agent: Agent | None, workspace: Workspace, folder: Folder | None = None
) -> Gauge:
    """Return what the next message of the chat, or the first of a new one (in that folder), goes along with."""
    settings = chat_settings.settings_of(chat or Chat(folder=folder), agent)
    bound, size = context.offered(context.tools_of(settings, agent, workspace), model)
    pinned = pins.told(chat, workspace.user) if chat else ()
    prompts = context.prompts(model, settings, about_person.about(workspace.user), agent, bound.instructions, pinned)
    sizes = {name: engine.estimate(text) if text else 0 for name, text in prompts.items()}
    sizes["tools"] = size if bound.tools else 0
    answer = context.reserve(model, settings.get("max_tokens"))
    said = _said(chat, model) if chat else []
    tokens = [engine.estimate(turn.weight) for turn in said]
    cut, _used = context.cut_at(said, tokens, model.context_window - answer - sum(sizes.values()))
    kept = sum(tokens[cut:])
    before = (sizes[name] for name in ("instructions", "system", "tools", "documents"))
    return Gauge(model.context_window, *before, kept, answer, cut, model.input_price)
