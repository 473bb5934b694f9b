"""A chat's runs: what the runtime asks of this app."""

import json
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import orjson
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_noop

from agents import catalog, engine, words
from agents.engine import Turn
from agents.models import BUNDLED, Run
from agents.runs.registry import Outcome, Result, Work
from agents.runs.reply import plain_text, render_parts
from chats import assistant, history, tree
from chats.models import Chat, Message
from sambung.lib import markdown
from teams import access
from teams.models import User

#: The reply of a run, whose chat is locked until the transaction ends.
_HOLD = """
SELECT messages.id, messages.metadata FROM messages JOIN chats ON chats.id = messages.chat_id
WHERE messages.run_id = %s FOR UPDATE OF chats
"""
#: A reply, and its chat's last activity. Returns whether more follows: messages wait, or nobody has named the chat.
_STORE = """
WITH stored AS (
    UPDATE messages SET parts = %s::jsonb, content = %s, html = %s, html_version = %s, metadata = %s::jsonb
    WHERE id = %s RETURNING chat_id
)
UPDATE chats SET updated_at = %s FROM stored WHERE chats.id = stored.chat_id
RETURNING EXISTS (SELECT FROM messages WHERE messages.chat_id = chats.id AND messages.queued_at IS NOT NULL)
    OR NOT chats.metadata ? 'title_by'
"""
_NOT_OFFERED = words.known(gettext_noop("The model %(model)s is not offered any more. Choose another."))


@dataclass(frozen=True, slots=True)
class Question:
    """What a reply needs: the branch above it, and how the chat is set."""

    provider: str
    model: str
    settings: dict
    about: str  # what the model is told about who asks
    turns: tuple[Turn, ...]


def topic(chat_id: uuid.UUID) -> str:
    """What viewers of a chat follow."""
    return f"chat:{chat_id}"


def work(run: Run, reply: Message) -> Work:
    """Return what the run needs to write this reply: the branch above it, as the present transaction sees it."""
    turns = tuple(Turn(role, tuple(parts)) for role, parts in tree.said(reply.parent_id) if parts)
    question = Question(run.provider, run.model, reply.chat.settings, assistant.about(run.requested_by), turns)
    return Work(run.pk, run.attempt, topic(reply.chat_id), reply.pk, tuple(reply.parts), question)


class ChatRuns:
    """The kind `chat`: a run that writes one assistant message."""

    def load(self, run: Run) -> Work | None:
        """Read the message that the run writes, and the branch it answers. None when the message was deleted."""
        message = Message.objects.select_related("chat").filter(run=run).first()
        return message and work(run, message)

    async def execute(self, work: Work, sink: engine.Sink, notes: dict, pace: engine.Pace) -> None:
        """Ask the model. Raises engine.EngineError."""
        asked: Question = work.context
        endpoint = catalog.endpoint(asked.provider)
        model = await catalog.seek(asked.provider, asked.model)
        if model is None:
            raise catalog.Unavailable(_NOT_OFFERED % {"model": asked.model})
        turns = [*asked.turns, Turn("assistant", work.base)] if work.base else asked.turns
        max_tokens = asked.settings.get("max_tokens")
        system = history.system_prompt(model, asked.settings, asked.about)
        fitting = await history.fit(endpoint, model, system, turns, max_tokens)
        notes["left_out"] = fitting.left_out
        await engine.reply(
            engine.Ask(
                endpoint,
                model.id,
                fitting.turns,
                temperature=asked.settings.get("temperature"),
                max_tokens=max_tokens and min(max_tokens, fitting.room),
                continue_last=bool(work.base),
            ),
            sink,
            engine.Limits(first_token=settings.MODEL_FIRST_TOKEN, idle=settings.MODEL_IDLE),
            pace,
        )

    def finish(self, run: Run, outcome: Outcome) -> str:
        """Write the reply, move the chat's last activity, send what is queued."""
        from chats import actions  # it starts runs, which end here

        with connection.cursor() as cursor:
            cursor.execute(_HOLD, [run.pk])
            if (row := cursor.fetchone()) is None:
                return ""
            message_id, before = row[0], json.loads(row[1])
            run.cost = _cost(run, outcome.reply.usage)
            if run.cost is not None:
                Run.objects.filter(pk=run.pk).update(cost=run.cost)
            parts = outcome.reply.parts
            html = render_parts(parts, str(message_id))
            made = [orjson.dumps(parts).decode(), plain_text(parts), html, markdown.VERSION]
            metadata = orjson.dumps(_metadata(before, run, outcome)).decode()
            cursor.execute(_STORE, [*made, metadata, message_id, timezone.now()])
            has_more = any(cursor.fetchone() or ())
        if has_more:
            actions.after_reply(Message.objects.select_related("chat").get(pk=message_id), run)
        return html

    def results(self, run_ids: Iterable[uuid.UUID]) -> list[Result]:
        """The messages that these runs wrote or write."""
        messages = Message.objects.filter(run__in=run_ids).select_related("run")
        return [Result(m.run_id, m.pk, topic(m.chat_id), m.run.status, m.html) for m in messages]

    def standing(self, subject: str) -> dict:
        """The end of the branch on show, and the messages that wait."""
        chat_id = _uuid(subject)
        current = Chat.objects.filter(pk=chat_id).order_by().values_list("current_message", flat=True).first()
        return tree.standing(chat_id, current)

    def may_follow(self, asked: Mapping[User, set[str]]) -> dict[User, set[str]]:
        """Those of the chats that each user may read."""
        ids = {_uuid(subject) for subjects in asked.values() for subject in subjects} - {None}
        held = access.held_by(asked, Chat.objects.filter(pk__in=ids))
        return {user: subjects & {str(pk) for pk in held[user]} for user, subjects in asked.items()}


def _cost(run: Run, usage: dict) -> Decimal | None:
    """US dollars by the price list, None where it is not known; the bundled model costs nothing."""
    if run.provider == BUNDLED:
        return Decimal(0)
    if not usage:
        return None
    try:
        base_url = catalog.endpoint(run.provider).base_url
    except engine.EngineError:
        return None
    return engine.cost(base_url, run.model, engine.Usage(**usage))


def _metadata(before: dict, run: Run, outcome: Outcome) -> dict:
    """What is kept beside the reply: who answered, how it ended, what it took (a continued one both stretches)."""
    usage = Counter(before.get("usage")) + Counter(outcome.reply.usage)
    kept = {
        "model": run.model,
        "provider": run.provider,
        "usage": outcome.reply.usage | usage,
        "finish_reason": outcome.reply.finish_reason,
        "seconds": round(before.get("seconds", 0) + outcome.seconds, 3),
    }
    if run.cost is not None:
        kept["cost"] = str(Decimal(before.get("cost", 0)) + run.cost)
    if "left_out" in outcome.notes:
        kept["left_out"] = outcome.notes["left_out"]
    if "first_token_seconds" in outcome.notes:
        kept["first_token_seconds"] = before.get("first_token_seconds", outcome.notes["first_token_seconds"])
    return before | kept


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
