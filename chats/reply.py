"""A chat's runs: what the runtime asks of this app."""

import json
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal

import orjson
from django.conf import settings
from django.db import connection
from django.utils import timezone

from agents import catalog, engine, keys
from agents.catalog import Model, Reached, Reference, servers
from agents.engine import Turn
from agents.errors import Unavailable
from agents.models import BUNDLED, Agent, Run
from agents.offers import offers_of
from agents.runs.registry import Outcome, Result, Work
from agents.runs.reply import plain_text, render_parts
from chats import assistant, history, tree
from chats.models import Chat, Message
from sambung.lib import markdown
from sambung.lib.threads import in_thread
from teams import access
from teams.models import User
from teams.workspace import Workspace

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
#: Parts of the window for which earlier turns are kept, should the model find a conversation too long.
SHARES = (1, 2, 4, 16)
#: What another model is asked after, as long as nothing has been said.
PASSED_ON = (
    engine.RateLimited,
    engine.QuotaExceeded,
    engine.Overloaded,
    engine.ServerFailed,
    engine.ConnectFailed,
    engine.TimedOut,
    Unavailable,
)


@dataclass(frozen=True, slots=True)
class Question:
    """What a reply needs: who answers, the branch above it, and how the chat is set."""

    order: tuple[Reference, ...]  # who answers, and who if that one cannot
    workspace: Workspace | None  # of whoever asks; None when they have gone
    settings: dict
    agent: Agent | None
    about: str  # what the model is told about who asks
    turns: tuple[Turn, ...]


def topic(chat_id: uuid.UUID) -> str:
    """What viewers of a chat follow."""
    return f"chat:{chat_id}"


def work(run: Run, reply: Message, agent: Agent | None = None) -> Work:
    """Return what the run needs to write this reply: the branch above it, as the present transaction sees it.

    `agent`: who answers, if that is known already; else it is read as the reply names it.
    """
    turns = tuple(Turn(role, tuple(parts)) for role, parts in tree.said(reply.parent_id) if parts)
    if agent is None and (named := reply.metadata.get("agent")):
        agent = Agent.objects.filter(pk=named["id"]).first()
    workspace = run.requested_by and Workspace(run.requested_by, run.team)
    settings = (agent.chat_model or {}).get("settings", {}) | reply.chat.settings if agent else reply.chat.settings
    first = Reference(run.api_key_id, run.provider, run.model)
    order = (first, *(other for other in _fallbacks(agent, workspace) if other != first))
    question = Question(order, workspace, settings, agent, assistant.about(run.requested_by), turns)
    return Work(run.pk, run.attempt, topic(reply.chat_id), reply.pk, tuple(reply.parts), question)


def _fallbacks(agent: Agent | None, workspace: Workspace | None) -> list[Reference]:
    """Who answers when the first cannot: the agent's order, else the workspace's."""
    if agent and agent.chat_model and (named := agent.chat_model.get("fallbacks")):
        return [Reference.of(stored) for stored in named]
    return [Reference.parse(value) for value in offers_of(workspace).fallbacks] if workspace else []


class Hearing:
    """Hands a model's events on; notes what is kept of them, and whether anything has been said."""

    def __init__(self, sink: engine.Sink, notes: dict) -> None:
        self.has_heard = False
        self._sink, self._notes = sink, notes

    def __call__(self, event: engine.Event) -> None:
        if isinstance(event, engine.Allowance):
            self._notes["limits"] = asdict(event)
        else:
            self.has_heard = True
        self._sink(event)


class ChatRuns:
    """The kind `chat`: a run that writes one assistant message."""

    def load(self, run: Run) -> Work | None:
        """Read the message that the run writes, and the branch it answers. None when the message was deleted."""
        message = Message.objects.select_related("chat").filter(run=run).first()
        return message and work(run, message)

    async def execute(self, work: Work, sink: engine.Sink, notes: dict, pace: engine.Pace) -> None:
        """Ask the models in their order, until one begins to answer. Raises engine.EngineError."""
        asked: Question = work.context
        order = asked.order[:1] if work.base else asked.order  # a text is continued by the model that began it
        for n, reference in enumerate(order):
            hearing = Hearing(sink, notes)
            try:
                reached = await catalog.reach(reference, asked.workspace)
                notes["answered"] = reached.model
                return await self._ask(reached, work, hearing, notes, pace, is_last=n == len(order) - 1)
            except PASSED_ON as error:
                if hearing.has_heard or n == len(order) - 1:
                    raise
                notes.setdefault("passed_on", []).append({"model": reference.model, "why": error.sentence})
                if reference.api_key:
                    await in_thread(keys.note, reference.api_key, error=error.sentence)
        return None

    async def _ask(
        self, reached: Reached, work: Work, hearing: "Hearing", notes: dict, pace: engine.Pace, *, is_last: bool
    ) -> None:
        """Ask one model; where others stand behind it, once.

        Tokens are estimates: where the conversation is too long for the model all the same, less of it is sent.
        """
        asked: Question = work.context
        turns = [*asked.turns, Turn("assistant", work.base)] if work.base else asked.turns
        limits = engine.Limits(first_token=settings.MODEL_FIRST_TOKEN, idle=settings.MODEL_IDLE)
        limits = limits if is_last else replace(limits, retries=0)
        system = history.system_prompt(reached.model, asked.settings, asked.about, asked.agent)
        for share in SHARES:
            fitting = await history.fit(reached, system, turns, asked.settings.get("max_tokens"), share)
            notes["left_out"] = fitting.left_out
            ask = engine.Ask(
                reached.endpoint,
                reached.model.id,
                fitting.turns,
                temperature=asked.settings.get("temperature"),
                max_tokens=fitting.longest,
                reasoning=asked.settings.get("reasoning"),
                continue_last=bool(work.base),
            )
            try:
                return await engine.reply(ask, hearing, limits, pace)
            except engine.ContextTooLong:
                if hearing.has_heard or fitting.is_least or share == SHARES[-1]:
                    raise
        return None

    def finish(self, run: Run, outcome: Outcome) -> str:
        """Write the reply, move the chat's last activity, send what is queued."""
        from chats import actions  # it starts runs, which end here

        with connection.cursor() as cursor:
            cursor.execute(_HOLD, [run.pk])
            if (row := cursor.fetchone()) is None:
                return ""
            message_id, before = row[0], json.loads(row[1])
            self._settle(run, outcome)
            parts = outcome.reply.parts
            html = render_parts(parts, str(message_id))
            made = [orjson.dumps(parts).decode(), plain_text(parts), html, markdown.VERSION]
            metadata = orjson.dumps(_metadata(before, run, outcome)).decode()
            cursor.execute(_STORE, [*made, metadata, message_id, timezone.now()])
            has_more = any(cursor.fetchone() or ())
        if has_more:
            actions.after_reply(Message.objects.select_related("chat").get(pk=message_id), run)
        return html

    def _settle(self, run: Run, outcome: Outcome) -> None:
        """Keep who answered in the end, what it cost, and how their key fared."""
        changed = {}
        if (answered := outcome.notes.get("answered")) and answered.reference != _reference(run):
            run.api_key_id, run.provider, run.model = answered.reference
            changed = {"api_key_id": run.api_key_id, "provider": run.provider, "model": run.model}
        run.cost = _cost(run, outcome)
        if run.cost is not None:
            changed["cost"] = run.cost
        if changed:
            Run.objects.filter(pk=run.pk).update(**changed)
        if run.api_key_id:
            keys.note(run.api_key_id, error=outcome.error, limits=outcome.notes.get("limits"))

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


def _reference(run: Run) -> Reference:
    return Reference(run.api_key_id, run.provider, run.model)


def _cost(run: Run, outcome: Outcome) -> Decimal | None:
    """US dollars by the price list, else by what the provider said with its models; None where neither knows."""
    if run.provider == BUNDLED:
        return Decimal(0)
    if not outcome.reply.usage:
        return None
    usage = engine.Usage(**outcome.reply.usage)
    try:
        base_url = run.api_key.base_url if run.api_key_id else servers.endpoint(run.provider).base_url
    except engine.EngineError:
        return None
    cost = engine.cost(base_url, run.model, usage, run.provider)
    return cost if cost is not None else _listed_price(outcome.notes.get("answered"), usage)


def _listed_price(model: Model | None, usage: engine.Usage) -> Decimal | None:
    if model is None or model.input_price is None or model.output_price is None:
        return None
    return (model.input_price * usage.input_tokens + model.output_price * usage.output_tokens) / 1_000_000


def _metadata(before: dict, run: Run, outcome: Outcome) -> dict:
    """What is kept beside the reply: who answered, how it ended, what it took (a continued one both stretches)."""
    notes = outcome.notes
    usage = Counter(before.get("usage")) + Counter(outcome.reply.usage)
    kept = {
        "model": run.model,
        "provider": run.provider,
        "usage": outcome.reply.usage | usage,
        "finish_reason": outcome.reply.finish_reason,
        "seconds": round(before.get("seconds", 0) + outcome.seconds, 3),
    }
    if (passed_on := notes.get("passed_on")) and (answered := notes.get("answered")):
        kept |= {"passed_on": passed_on, "label": answered.label, "key": answered.key_label}
    if run.cost is not None:
        kept["cost"] = str(Decimal(before.get("cost", 0)) + run.cost)
    if "left_out" in notes:
        kept["left_out"] = notes["left_out"]
    if "first_token_seconds" in notes:
        kept["first_token_seconds"] = before.get("first_token_seconds", notes["first_token_seconds"])
    return before | kept


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
