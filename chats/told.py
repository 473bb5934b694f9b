"""What the model is told with the next message of a chat, for people to look at."""

import asyncio
from dataclasses import dataclass

from agents import catalog, engine, words
from agents.runs import runtime
from chats import assistant, history, tree
from chats.models import Chat
from teams.models import User

WITHIN = 10  # seconds for a server that counts tokens


@dataclass(frozen=True, slots=True)
class Told:
    """`turns` are (role, text) as they are sent; `left_out` earlier messages do not fit; `problem` instead of them."""

    model: str
    turns: list[tuple[str, str]]
    left_out: int = 0
    problem: str = ""


def next_question(chat: Chat, user: User) -> Told:
    """Return what would be sent with the next message, which comes last and is not known yet."""
    model = catalog.find(chat.provider, chat.model)
    if model is None:
        return Told(chat.model, [], problem=words.shown(catalog.NOT_SET_UP))
    system = history.system_prompt(model, chat.settings, assistant.about(user))
    said = [engine.Turn(role, tuple(parts)) for role, parts in tree.said(chat.current_message_id) if parts]
    longest = chat.settings.get("max_tokens")
    try:
        fitting = _wait(history.fit(catalog.endpoint(chat.provider), model, system, said, longest))
    except engine.EngineError as error:
        return Told(model.label, [("system", system)], problem=words.shown(error.sentence))
    return Told(model.label, [(turn.role, turn.text) for turn in fitting.turns], fitting.left_out)


def _wait(fitting):
    """Run in the loop where the engine's connections are, or in one of its own where no replies are served."""
    if served := runtime.current():
        return asyncio.run_coroutine_threadsafe(fitting, served.loop).result(WITHIN)
    return asyncio.run(fitting)
