"""Work that nobody watches."""

import asyncio
from collections.abc import Iterator

from django.core.management import call_command
from procrastinate.contrib.django import app

from agents import catalog, engine
from agents.errors import Unavailable
from agents.runs import follow, lifecycle, runtime
from chats import keeping, mentions, titles
from chats.asking import reference_of
from chats.files import store
from chats.filing import retention
from chats.models import Chat
from chats.reply import topic
from chats.transfer import exports, imports, progress
from sambung.lib.threads import in_thread
from teams.models import User
from teams.workspace import Workspace

TITLE_PROMPT = (
    "Give this conversation a title of two to six words, in the language it is held in. "
    "Answer with the title alone, without quotation marks."
)
TITLE_TOKENS, WITH_THOUGHT = 200, 4000  # what a model thinks counts too, and would leave no room for a title


@app.task(name="chats.name_chat")
async def name_chat(chat: str) -> None:
    """Let the chat's model name it after the first exchange; the bundled one is not asked: first words serve better."""
    row = await in_thread(Chat.objects.filter(pk=chat).first)
    if row is None or "title_by" in row.metadata:
        return
    place = await in_thread(_place, row)
    try:
        reached = await catalog.reach(reference_of(row), place)
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
        answer = await catalog.complete(reached, ask)
    except engine.EmptyReply:  # it thought for too long, perhaps; the first words stay
        return
    if title := titles.from_model(answer):
        await in_thread(_name, row, title)


def _place(chat: Chat) -> Workspace | None:
    """The workspace of whoever began the chat, under whose rights it is named."""
    return chat.user and Workspace(chat.user, chat.team)


def _name(chat: Chat, title: str) -> None:
    named = Chat.objects.filter(pk=chat.pk).exclude(metadata__has_key="title_by")
    if named.update(title=title, metadata=chat.metadata | {"title_by": "model"}):
        runtime.hint_on_commit(topic(chat.pk), "titled")


@app.task(name="chats.mail_mention", retry=3)
async def mail_mention(person: str, by: str, team: str, url: str) -> None:
    """Tell somebody by mail that they were mentioned."""
    found = await in_thread(User.objects.filter(pk=person, is_active=True).first)
    if found:
        await in_thread(mentions.mail, found, by, team, url)


@app.task(name="chats.export_chats")
async def export_chats(transfer: str) -> None:
    """Write the ZIP of an export."""
    await _through(exports.run(transfer), transfer)


@app.task(name="chats.import_chats")
async def import_chats(transfer: str) -> None:
    """Look through a file to import, or bring what was chosen of it."""
    await _through(imports.run(transfer), transfer)


async def _through(steps: Iterator[None], transfer: str) -> None:
    """Go step by step, so that others have the thread and its connection in between."""
    with progress.at_work(transfer):
        if person := await in_thread(progress.person_of, transfer):
            while await in_thread(progress.step, steps, person):
                pass


@app.periodic(cron="* * * * *")
@app.task(name="chats.rescue_transfers", queueing_lock="chats.rescue_transfers", pass_context=False)
async def rescue_transfers(timestamp: int) -> None:
    """End exports and imports whose process is gone."""
    await in_thread(progress.rescue)


@app.periodic(cron="* * * * * */20")
@app.task(name="agents.rescue", queueing_lock="agents.rescue", pass_context=False)
async def rescue(timestamp: int) -> None:
    """End runs whose holder is gone; what their log holds is kept, and open pages are told.

    Where runs are served, what this process is at goes on, whatever its leases say. Elsewhere nobody knows whether the
    holders could write at all: after a database that refused, or a lid that was closed, they get the time to.
    """
    served = runtime.current()
    if served:
        await served.beat()
    elif await in_thread(lifecycle.any_dead):
        await asyncio.sleep(lifecycle.GRACE)
    ended = await in_thread(lifecycle.rescue, held=served.held if served else ())
    if ended and served:
        for frame in await in_thread(follow.ends, ended):
            served.hub.publish(frame)


@app.periodic(cron="17 * * * *")
@app.task(name="chats.clean_up", queueing_lock="chats.clean_up", pass_context=False)
async def clean_up(timestamp: int) -> None:
    """Remove what was deleted long ago, temporary chats, files that nobody sent, old logs, and expired sessions."""
    await in_thread(keeping.clean_up)
    await in_thread(store.clean_up)
    await in_thread(progress.drop_old)
    await in_thread(lifecycle.drop_old_events)
    await in_thread(call_command, "clearsessions")


@app.periodic(cron="37 * * * *")
@app.task(name="chats.retention", queueing_lock="chats.retention", pass_context=False)
async def keep_for_days(timestamp: int) -> None:
    """Announce the chats that are due to go, and delete those that were announced a week ago."""
    await in_thread(retention.act)
