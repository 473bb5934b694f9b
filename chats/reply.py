"""A chat's runs: what the runtime asks of this app."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_noop

from agents import catalog, engine, words
from agents.engine import Turn
from agents.models import BUNDLED, Run
from agents.runs.registry import Outcome, Result, Work
from agents.runs.reply import plain_text, render_parts
from chats import history, tree
from chats.models import Chat, Message
from sambung.lib import markdown
from teams import access
from teams.models import User

_NOT_OFFERED = words.known(gettext_noop("The model %(model)s is not offered any more. Choose another."))


@dataclass(frozen=True, slots=True)
class Question:
    """What a reply needs: the branch above it, and how the chat is set."""

    provider: str
    model: str
    settings: dict
    turns: tuple[Turn, ...]


def topic(chat_id: uuid.UUID) -> str:
    """What viewers of a chat follow."""
    return f"chat:{chat_id}"


class ChatRuns:
    """The kind `chat`: a run that writes one assistant message."""

    def load(self, run: Run) -> Work | None:
        """Read the message that the run writes, and the branch it answers. None when the message was deleted."""
        message = Message.objects.select_related("chat").filter(run=run).first()
        if message is None:
            return None
        turns = tuple(Turn(role, tuple(parts)) for role, parts in tree.said(message.parent_id) if parts)
        question = Question(run.provider, run.model, message.chat.settings, turns)
        return Work(run.pk, run.attempt, topic(message.chat_id), message.pk, tuple(message.parts), question)

    async def execute(self, work: Work, sink, notes: dict) -> None:
        """Ask the model. Raises engine.EngineError."""
        asked: Question = work.context
        endpoint = catalog.endpoint(asked.provider)
        model = await _model(asked)
        turns = [*asked.turns, Turn("assistant", work.base)] if work.base else asked.turns
        max_tokens = asked.settings.get("max_tokens")
        system = history.system_prompt(model, asked.settings)
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
        )

    def finish(self, run: Run, outcome: Outcome) -> str:
        """Write the reply, move the chat's last activity, send what is queued."""
        from chats import actions  # it starts runs, which end here

        chats = Chat.objects.select_for_update(of=("self",))
        chat = chats.filter(pk__in=Message.objects.filter(run=run).values("chat")).first()
        message = Message.objects.filter(run=run).first()
        if chat is None or message is None:
            return ""
        message.chat = chat
        run.cost = _cost(run, outcome.reply.usage)
        if run.cost is not None:
            Run.objects.filter(pk=run.pk).update(cost=run.cost)
        reply = outcome.reply
        message.parts = reply.parts
        message.content = plain_text(reply.parts)
        message.html, message.html_version = render_parts(reply.parts, str(message.pk)), markdown.VERSION
        message.metadata |= _metadata(run, outcome)
        message.save(update_fields=["parts", "content", "html", "html_version", "metadata"])
        Chat.objects.filter(pk=chat.pk).update(updated_at=timezone.now())
        actions.after_reply(message, run)
        return message.html

    def results(self, run_ids: Iterable[uuid.UUID]) -> list[Result]:
        """The messages that these runs wrote or write."""
        messages = Message.objects.filter(run__in=run_ids).select_related("run")
        return [Result(m.run_id, m.pk, topic(m.chat_id), m.run.status, m.html) for m in messages]

    def standing(self, subject: str) -> dict:
        """The end of the branch on show, and the messages that wait."""
        chat = Chat.objects.filter(pk=_uuid(subject)).first()
        return tree.standing(chat) if chat else {"current": None, "queued": []}

    def may_follow(self, user: User, subjects: set[str]) -> set[str]:
        """Those of the chats that the user may read."""
        asked = {_uuid(subject) for subject in subjects} - {None}
        held = access.rows(user, Chat.objects.filter(pk__in=asked))
        return {str(pk) for pk in held.order_by().values_list("pk", flat=True)}


async def _model(asked: Question) -> catalog.Model:
    """The model that was chosen, listed anew when it is not known yet."""
    model = catalog.find(asked.provider, asked.model)
    if model is None and catalog.current():
        await catalog.current().refresh()
        model = catalog.find(asked.provider, asked.model)
    if model is None:
        raise catalog.Unavailable(_NOT_OFFERED % {"model": asked.model})
    return model


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


def _metadata(run: Run, outcome: Outcome) -> dict:
    """What is kept beside the reply: who answered, how it ended, what it took."""
    kept = {
        "model": run.model,
        "provider": run.provider,
        "usage": outcome.reply.usage,
        "finish_reason": outcome.reply.finish_reason,
        "seconds": round(outcome.seconds, 3),
    }
    if run.cost is not None:
        kept["cost"] = str(run.cost)
    for note in ("left_out", "first_token_seconds"):
        if note in outcome.notes:
            kept[note] = outcome.notes[note]
    return kept


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
