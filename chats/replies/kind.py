"""The kind of run `chat`: what the runtime asks of this app."""

import json
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal

import orjson
from django.db import connection
from django.utils import timezone

from agents import engine, keys
from agents.catalog import Reference
from agents.generation.deltas import of_parts
from agents.generation.generate import Answering
from agents.generation.reply import Reply, plain_text, render_parts
from agents.generation.report import Report
from agents.models import BUNDLED, ApiKey, Run, RunStatus, UsageKind
from agents.runs.registry import Outcome, Result, Sink, Work
from agents.usage import meter
from agents.usage.meter import Charge, Payer
from agents.usage.prices import Cost
from chats.canvas import partial, written
from chats.messages import metadata, sources, tree
from chats.models import Chat, Message
from chats.replies import approval_notices, lost_rounds, queue
from chats.replies.work import work
from sambung.lib import lexemes, markdown
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
    UPDATE messages SET parts = %s::jsonb, content = %s, html = %s, html_version = %s, metadata = %s::jsonb,
        words = %s::tsvector, pairs = %s::int2[]
    WHERE id = %s RETURNING chat_id
)
UPDATE chats SET updated_at = %s FROM stored WHERE chats.id = stored.chat_id
RETURNING EXISTS (SELECT FROM messages WHERE messages.chat_id = chats.id AND messages.queued_at IS NOT NULL)
    OR NOT chats.metadata ? 'title_by'
"""


class ChatRuns:
    """The kind `chat`: a run that writes one assistant message."""

    def load(self, run: Run) -> Work | None:
        """Read the message that the run writes, and the branch it answers. None when the message was deleted."""
        message = Message.objects.select_related("chat").filter(run=run).first()
        return message and work(run, message)

    def state(self, work: Work) -> Reply:
        """A new reply; the parts that it goes on from are pending."""
        reply = Reply(work.subject_id, usage=dict(work.usage))
        reply.put_back(of_parts(work.base))
        return reply

    def report(self) -> Report:
        """A new report of an answer."""
        return Report()

    async def execute(self, work: Work, sink: Sink, report: Report, pace: engine.Pace) -> None:
        """Ask the models in their order until one begins to answer, and run the tools that it calls.

        Raises engine.EngineError, and Paused where a person decides first.
        """
        await Answering(work, report, pace).make(sink)

    def finish(self, run: Run, outcome: Outcome) -> str:
        """Write the reply, move the chat's last activity, send what is queued."""
        with connection.cursor() as cursor:
            cursor.execute(_HOLD, [run.pk])
            message_id, before = _held(cursor.fetchone())
            charges = _charges(run, outcome, message_id)
            meter.record(charges, UsageKind.CHAT, Payer(run.requested_by_id, run.team_id, _agent(before)), run)
            if message_id is None:
                return ""
            cost = self._settle(run, outcome, charges)
            parts = sources.with_sources(message_id, outcome.state.parts)
            if outcome.status != RunStatus.WAITING:
                parts = [*parts, *partial.parts(run, outcome, _agent(before))]
            html = render_parts(parts, str(message_id))
            if outcome.status == RunStatus.WAITING:
                approval_notices.begin(run, message_id, outcome.report.waiting)
            elif run.attempt > 1:
                approval_notices.end(run)
            made = [orjson.dumps(parts).decode(), text := plain_text(parts), html, markdown.VERSION]
            kept = orjson.dumps(_metadata(before, run, outcome, cost)).decode()
            cursor.execute(_STORE, [*made, kept, *lexemes.index(text), message_id, timezone.now()])
            has_more = any(cursor.fetchone() or ())
        written.keep(message_id, parts)
        if has_more:
            queue.after_reply(Message.objects.select_related("chat").get(pk=message_id), run)
        return html

    def _settle(self, run: Run, outcome: Outcome, charges: list[Charge]) -> Cost:
        """Keep who answered in the end, what it cost, and how their key fared. Return the run's cost so far."""
        changed = {}
        report = outcome.report or Report()
        asked = report.answered or report.asked
        if asked and asked.reference != Reference.of_row(run):
            key, run.provider, run.model = asked.reference
            run.api_key_id = key if key and ApiKey.objects.filter(pk=key).exists() else None  # it may be gone by now
            changed = {"api_key_id": run.api_key_id, "provider": run.provider, "model": run.model}
        cost = _cost(run, outcome, charges)
        if cost.told != run.cost:
            changed["cost"] = cost.told
        if changed:
            Run.objects.filter(pk=run.pk).update(**changed)
        has_word = report.answered or (outcome.error and asked)
        if run.api_key_id and has_word:
            keys.note(run.api_key_id, error=outcome.error, limits=report.limits)
        return cost

    def resumed(self, run: Run) -> None:
        """The bell does not tell of it any more."""
        approval_notices.end(run)

    def results(self, run_ids: Iterable[uuid.UUID]) -> list[Result]:
        """The messages that these runs wrote or write."""
        messages = Message.objects.filter(run__in=run_ids).select_related("run")
        return [Result(m.run_id, m.subject, m.topic, m.run.status, m.html) for m in messages]

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


def _held(row: tuple | None) -> tuple[uuid.UUID | None, dict]:
    """The message that shows the run, and what it keeps beside its words; None where it was deleted."""
    return (row[0], json.loads(row[1])) if row else (None, {})


def _agent(kept: dict) -> uuid.UUID | None:
    """The agent that answers, as the reply keeps it."""
    return _uuid(kept["agent"]["id"]) if "agent" in kept else None


def _charges(run: Run, outcome: Outcome, message_id: uuid.UUID | None) -> list[Charge]:
    """The calls of this attempt with their prices: what its process noted, else what its log tells."""
    if outcome.report is None:
        return meter.charges(lost_rounds.read(run, outcome.state.parts, message_id))
    return meter.charges(outcome.report.rounds or ())


def _cost(run: Run, outcome: Outcome, charges: list[Charge]) -> Cost:
    """What the run has cost with this attempt: where it waited for a person, the row knows of those before."""
    if outcome.report and outcome.report.rounds is not None:
        now = meter.cost(charges)
    elif run.provider == BUNDLED:
        now = Cost(Decimal(0))
    else:  # its process is gone, and so is what that had counted
        now = Cost(is_partial=bool(outcome.state.parts))
    return Cost(run.cost) + now


def _cost_before(kept: dict) -> Cost:
    """What is known of a reply's cost so far."""
    known = Decimal(kept["cost"]) if "cost" in kept else None
    return Cost(known, kept.get("cost_is_partial", known is None and bool(kept.get("usage"))))


def _metadata(before: dict, run: Run, outcome: Outcome, cost: Cost) -> dict:
    """What is kept beside the reply: who answered, how it ended, what it took (a continued one both stretches)."""
    report = outcome.report or Report()
    seconds = round(before.get("seconds", 0) + outcome.seconds, 3)
    kept = {"model": run.model, "provider": run.provider, "seconds": seconds}
    if outcome.status != RunStatus.WAITING:  # what the whole run takes is known at its end
        usage = Counter(before.get("usage")) + Counter(outcome.state.usage)
        kept |= {"usage": outcome.state.usage | usage, "finish_reason": outcome.state.finish_reason}
        cost = _cost_before(before) + cost
        kept |= {} if cost.told is None else {"cost": str(cost.told)}
    if cost.is_partial:
        kept["cost_is_partial"] = True
    if report.passed_on and report.answered:
        kept |= {"passed_on": report.passed_on, "label": report.answered.label, "key": report.answered.key_label}
    kept |= metadata.of_report(report)
    if outcome.first_token_seconds is not None:
        kept["first_token_seconds"] = before.get("first_token_seconds", outcome.first_token_seconds)
    return before | kept


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
