"""Naming a chat: its model is asked for a title after the first exchange."""

import logging

from django.db import transaction
from procrastinate.contrib.django import app

from agents import catalog, engine
from agents.catalog import Reference
from agents.errors import Unavailable
from agents.models import BUNDLED, UsageKind
from agents.runs import runtime
from agents.usage import meter
from agents.usage.meter import Payer
from chats.models import Chat
from chats.replies import title_text
from sambung.lib.threads import in_thread
from teams.workspace import Workspace

logger = logging.getLogger(__name__)

TITLE_TOKENS, WITH_THOUGHT = 200, 4000  # what a model thinks counts too, and would leave no room for a title
TRIES = 3  # requests that may fail, one after each reply; then the first words stay for good
TITLE_PROMPT = (
    "Give this conversation a title of two to six words, in the language it is held in. "
    "Answer with the title alone, without quotation marks."
)


@app.task(name="chats.name_chat")
async def name_chat(chat: str) -> None:
    """Let the chat's model name it after the first exchange, unless somebody has; the bundled one is not asked.

    Where it gives no title, the first words stay for good; where it cannot be asked, it is after the next reply.
    """
    row = await in_thread(Chat.objects.filter(pk=chat).first)
    if row is None or not may_be_named(row):
        return
    place = await in_thread(_place, row)
    try:
        reached = await catalog.reach(Reference.of_row(row), place)
    except Unavailable:
        return
    if reached.model.is_bundled:
        return
    said = await in_thread(lambda: list(row.messages.order_by("created_at").values_list("content", flat=True)[:2]))
    try:
        answer = await meter.complete(reached, _ask(reached, said), UsageKind.TITLE, Payer(row.user_id, row.team_id))
    except engine.EmptyReply:  # it thought for too long, or a filter kept it: it would do so again
        answer = ""
    except engine.EngineError as error:
        logger.warning("A chat could not be named: %s", error.code, extra={"chat": chat})
        await in_thread(_note_failure, row)
        return
    await in_thread(_name, row, title_text.from_model(answer))


def may_be_named(chat: Chat) -> bool:
    """Whether a model should name the chat. A temporary one is listed nowhere; the bundled model's titles are poor."""
    return "title_by" not in chat.metadata and not chat.is_temporary and chat.provider != BUNDLED


def _ask(reached: catalog.Reached, said: list[str]) -> engine.Ask:
    """The request for a title: no thinking where that can be turned off, and room for it where it may be done."""
    turns = (
        engine.Turn.of("system", TITLE_PROMPT),
        engine.Turn.of("user", "\n\n".join(text[:2000] for text in said)),
    )
    model = reached.model
    if model.reasoning is False:
        return engine.Ask(reached.endpoint, model.id, turns, max_tokens=TITLE_TOKENS)
    longest = max(TITLE_TOKENS, min(WITH_THOUGHT, model.context_window // 4))
    return engine.Ask(reached.endpoint, model.id, turns, max_tokens=longest, reasoning="off")


def _place(chat: Chat) -> Workspace | None:
    """The workspace of whoever began the chat, under whose rights it is named."""
    return chat.user and Workspace(chat.user, chat.team)


@transaction.atomic
def _name(chat: Chat, title: str) -> None:
    """Keep the title, or that there is none but the first words."""
    if _note(chat, title_by="model" if title else "first_words") and title:
        Chat.objects.filter(pk=chat.pk).update(title=title)
        runtime.hint_on_commit(chat.topic, "titled")


@transaction.atomic
def _note_failure(chat: Chat) -> None:
    tries = chat.metadata.get("title_tries", 0) + 1
    _note(chat, title_tries=tries, **({"title_by": "first_words"} if tries >= TRIES else {}))


def _note(chat: Chat, **told: str | int) -> bool:
    """Keep this of a chat beside what else is kept of it, unless a person has named it meanwhile."""
    held = Chat.objects.held().filter(pk=chat.pk).exclude(metadata__has_key="title_by").first()
    return bool(held and Chat.objects.filter(pk=chat.pk).update(metadata=held.metadata | told))
