"""What a page shows of messages: plain values, so that templates hold no rules and no queries."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents import catalog, words
from agents.models import RunStatus
from agents.runs import log
from agents.runs.reply import render_parts
from chats import tree
from chats.models import Chat, Message, Role
from sambung.lib import markdown
from teams.models import User

WINDOW = 40  # messages that a page shows at once
HALTED = (RunStatus.FAILED, RunStatus.STOPPED, RunStatus.INTERRUPTED)


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message as a page shows it."""

    id: uuid.UUID
    role: str
    html: SafeString
    text: str
    author_name: str
    author_initials: str
    is_mine: bool
    created_at: datetime
    run_id: uuid.UUID | None
    state: str
    seq: int
    error: str
    notices: list[str]
    model_label: str
    variant_index: int
    variant_count: int
    previous_id: uuid.UUID | None
    next_id: uuid.UUID | None
    can_retry: bool
    can_continue: bool
    can_edit: bool
    can_regenerate: bool
    can_stop: bool
    has_usage: bool


@dataclass(frozen=True, slots=True)
class Conversation:
    """The part of a branch that a page shows."""

    messages: list[MessageView]
    has_earlier: bool

    @property
    def running(self) -> MessageView | None:
        """The reply that is being written at the end of the branch."""
        return next((m for m in reversed(self.messages) if m.can_stop), None)


def conversation(chat: Chat, viewer: User, *, before: Message | None = None) -> Conversation:
    """Return the last messages of the branch on show, or those before a message of it."""
    end = before.parent_id if before else chat.current_message_id
    found = tree.branch(end, WINDOW + 1)
    shown = found[-WINDOW:]
    return Conversation(views(shown, viewer), len(found) > len(shown))


def views(messages: list[Message], viewer: User) -> list[MessageView]:
    """Return what is shown of the messages, which are of one chat."""
    variants = tree.variants(messages)
    return [_view(message, viewer, variants[message.pk], *_body(message)) for message in messages]


def new_views(messages: list[Message], viewer: User) -> list[MessageView]:
    """The same for messages just made, which have neither variants nor a log yet: no query."""
    return [_view(message, viewer, [message.pk], message.html, 0) for message in messages]


def view(message: Message, viewer: User) -> MessageView:
    return views([message], viewer)[0]


def _view(message: Message, viewer: User, variants: list[uuid.UUID], html: str, seq: int) -> MessageView:
    run, is_reply = message.run, message.role == Role.ASSISTANT
    state = run.status if run else RunStatus.SUCCEEDED
    is_active = bool(run and run.is_active)
    place = variants.index(message.pk) if message.pk in variants else 0
    label = _model_label(message) if is_reply else ""
    name = label if is_reply else str(message.user or _("Former member"))
    is_cut = state in HALTED or message.metadata.get("finish_reason") == "length"
    return MessageView(
        id=message.pk,
        role=message.role,
        html=mark_safe(html),  # noqa: S308  made by sambung.lib.markdown alone
        text=message.content,
        author_name=name,
        author_initials="" if is_reply or not message.user else message.user.initials,
        is_mine=message.user_id == viewer.pk,
        created_at=message.created_at,
        run_id=run.pk if run else None,
        state=state,
        seq=seq,
        error=_error(message),
        notices=_notices(message),
        model_label="",
        variant_index=place + 1,
        variant_count=len(variants),
        previous_id=variants[place - 1] if place > 0 else None,
        next_id=variants[place + 1] if place + 1 < len(variants) else None,
        can_retry=is_reply and state in HALTED,
        can_continue=is_reply and is_cut and not is_active and bool(message.content),
        can_edit=not is_active,
        can_regenerate=is_reply and not is_active and message.parent_id is not None,
        can_stop=is_active,
        has_usage=is_reply and "seconds" in message.metadata,
    )


def _error(message: Message) -> str:
    """Why the reply ends where it does, as far as there is a sentence for it."""
    if message.run and message.run.error:
        return words.shown(message.run.error)
    is_full = message.metadata.get("finish_reason") == "length" and not (message.run and message.run.is_active)
    return _("The reply reached its longest length.") if is_full else ""


def _body(message: Message) -> tuple[str, int]:
    """The HTML and the seq it stands for: of a reply on its way, what its log holds now."""
    if message.run and message.run.is_active:
        reply, seq = log.replay(message.run_id, str(message.pk))
        return (reply.html, seq) if seq else (message.html, 0)
    if message.html_version != markdown.VERSION and message.parts:
        message.html, message.html_version = render_parts(message.parts, str(message.pk)), markdown.VERSION
        Message.objects.filter(pk=message.pk).update(html=message.html, html_version=message.html_version)
    return message.html, 0


def _model_label(message: Message) -> str:
    provider, model = message.metadata.get("provider", ""), message.metadata.get("model", "")
    known = catalog.find(provider, model)
    return known.label if known else model or _("Assistant")


def _notices(message: Message) -> list[str]:
    kept = message.metadata
    notices = []
    if left_out := kept.get("left_out"):
        notices.append(
            ngettext(
                "%(n)s earlier message was left out: the model's window is full.",
                "%(n)s earlier messages were left out: the model's window is full.",
                left_out,
            )
            % {"n": left_out}
        )
    if kept.get("note") == "cannot_continue":
        notices.append(_("This model cannot go on with a text, so this is a new variant."))
    if by := kept.get("edited_by"):
        notices.append(_("Edited by %(name)s.") % {"name": by})
    return notices


def usage(message: Message) -> dict:
    """The figures of a reply; None is not known. Seconds; cost in US dollars."""
    kept = message.metadata
    tokens = kept.get("usage") or {}
    seconds, written = kept.get("seconds"), tokens.get("output_tokens")
    cost = kept.get("cost")
    return {
        "model_label": _model_label(message),
        "input_tokens": tokens.get("input_tokens"),
        "output_tokens": written,
        "cost": _price(cost),
        "seconds": seconds,
        "first_token_seconds": kept.get("first_token_seconds"),
        "tokens_per_second": written / seconds if written and seconds else None,
    }


def _price(cost: str | None) -> str | None:
    if cost is None:
        return None
    return f"${float(cost):.6f}" if float(cost) else _("free")


def groups(chats: list[Chat], *, after: str = "") -> list[dict]:
    """Return chats by day: Pinned, Today, Yesterday, the week, then months. `after` is the last label shown."""
    today = timezone.localdate()
    found: list[dict] = []
    for chat in chats:
        label = str(_("Pinned")) if chat.is_pinned else _day_label(timezone.localtime(chat.updated_at).date(), today)
        if not found or found[-1]["key"] != label:
            found.append({"key": label, "label": "" if label == after and not found else label, "rows": []})
        # Here rather than in the template, where `blocktranslate` took a fifth of the list's time.
        chat.count_label = ngettext("%(n)s message", "%(n)s messages", chat.message_count) % {"n": chat.message_count}
        chat.options_label = _("Options for %(title)s") % {"title": chat}
        found[-1]["rows"].append(chat)
    return found


def _day_label(day: date, today: date) -> str:
    if day >= today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    if day > today - timedelta(days=7):
        return _("Previous 7 days")
    return date_format(day, "YEAR_MONTH_FORMAT")


def picker(chosen: catalog.Model | None) -> list[dict]:
    """Return the models in groups by provider, the chosen one marked."""
    labels = {"bundled": _("On this machine"), "openai": "OpenAI", "openai_compatible": _("Your server")}
    found: dict[str, dict] = {}
    for model in catalog.models():
        group = found.setdefault(model.provider, {"label": labels[model.provider], "models": []})
        note = _("Demo model: small, often wrong") if model.is_bundled else ""
        group["models"].append(
            {"value": model.value, "label": model.label, "note": note, "is_selected": model == chosen}
        )
    return list(found.values())
