"""Naming a chat: its model is asked for a title after the first exchange."""

from procrastinate.contrib.django import app

from agents import catalog, engine
from agents.catalog import Reference
from agents.errors import Unavailable
from agents.models import UsageKind
from agents.runs import runtime
from agents.usage import meter
from agents.usage.meter import Payer
from chats.models import Chat
from chats.replies import title_text
from sambung.lib.threads import in_thread
from teams.workspace import Workspace

TITLE_TOKENS, WITH_THOUGHT = 200, 4000  # what a model thinks counts too, and would leave no room for a title
TITLE_PROMPT = (
    "Give this conversation a title of two to six words, in the language it is held in. "
    "Answer with the title alone, without quotation marks."
)


@app.task(name="chats.name_chat")
async def name_chat(chat: str) -> None:
    """Let the chat's model name it after the first exchange; the bundled one is not asked: first words serve better."""
    row = await in_thread(Chat.objects.filter(pk=chat).first)
    if row is None or "title_by" in row.metadata:
        return
    place = await in_thread(_place, row)
    try:
        reached = await catalog.reach(Reference.of_row(row), place)
    except Unavailable:
        return
    if reached.model.is_bundled:
        return
    said = await in_thread(lambda: list(row.messages.order_by("created_at").values_list("content", flat=True)[:2]))
    turns = (
        engine.Turn.of("system", TITLE_PROMPT),
        engine.Turn.of("user", "\n\n".join(text[:2000] for text in said)),
    )
    longest = WITH_THOUGHT if reached.model.reasoning else TITLE_TOKENS
    ask = engine.Ask(reached.endpoint, reached.model.id, turns, max_tokens=longest)
    try:
        answer = await meter.complete(reached, ask, UsageKind.TITLE, Payer(row.user_id, row.team_id))
    except engine.EmptyReply:  # it thought for too long, perhaps; the first words stay
        return
    if title := title_text.from_model(answer):
        await in_thread(_name, row, title)


def _place(chat: Chat) -> Workspace | None:
    """The workspace of whoever began the chat, under whose rights it is named."""
    return chat.user and Workspace(chat.user, chat.team)


def _name(chat: Chat, title: str) -> None:
    named = Chat.objects.filter(pk=chat.pk).exclude(metadata__has_key="title_by")
    if named.update(title=title, metadata=chat.metadata | {"title_by": "model"}):
        runtime.hint_on_commit(chat.topic, "titled")
