"""What a page shows of messages: plain values, so that templates hold no rules and no queries."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from types import MappingProxyType
from typing import ClassVar

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from agents.catalog import servers
from agents.generation.reply import Reply
from agents.models import RunStatus
from agents.runs import log
from chats.canvas import written
from chats.files import parts
from chats.messages import content, notices, sources, tree
from chats.messages.permissions import Reader
from chats.models import Chat, Message, Role
from sambung.lib import markdown
from sambung.lib.failures import WAIT

WINDOW = 40  # messages that a page shows at once
#: What a list needs of a chat.
LISTED = ("id", "title", "is_pinned", "updated_at", "message_count", "is_replying", "is_unread")
Labels = dict[tuple[str, str], str]  # (provider, model) -> what it is called
HALTED = (RunStatus.FAILED, RunStatus.STOPPED, RunStatus.INTERRUPTED)


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message as a page shows it. `SLOTS` are the fields that do not shape its markup, see `fast_rows`."""

    SLOTS: ClassVar = (
        *("id", "html", "text", "author_name", "author_initials", "author_picture", "sent_at", "sent_label", "run_id"),
        *("files", "documents", "seq", "error", "agent_name", "model_label", "variant", "previous_id", "next_id"),
    )

    id: uuid.UUID
    role: str
    html: SafeString
    files: SafeString
    documents: SafeString  # chips of those that it has written
    text: str
    author_name: str  # a person's
    author_initials: str
    author_picture: str  # its address, where there is one
    is_mine: bool
    sent_at: str  # ISO 8601
    sent_label: str
    run_id: uuid.UUID | None
    state: str
    seq: int
    error: str
    mending: tuple  # where it can be mended: the name of a URL, and an id where it takes one
    notices: tuple[str, ...]
    agent_name: str
    model_label: str
    variant: str  # such as 2/3, where there are more than one
    previous_id: uuid.UUID | None
    next_id: uuid.UUID | None
    can_retry: bool
    wait_until: str  # before which a service wants no more requests, in ISO 8601
    can_continue: bool
    can_edit: bool
    can_delete: bool
    can_regenerate: bool
    can_answer: bool  # a question at the end that has no reply
    can_stop: bool
    is_busy: bool  # written at this moment
    has_usage: bool


@dataclass(frozen=True, slots=True)
class Conversation:
    """The part of a branch that a page shows."""

    messages: list[MessageView]
    has_earlier: bool
    end: uuid.UUID | None = None  # of the branch, where more of it follows
    is_aside: bool = False  # it is not the branch that the chat shows

    @property
    def running(self) -> MessageView | None:
        """The reply that is being written at the end of the branch."""
        return next((m for m in reversed(self.messages) if m.can_stop), None)


@dataclass(frozen=True, slots=True)
class RowView:
    """One chat as a list shows it."""

    SLOTS: ClassVar = ("id", "title", "message_count", "count_label")

    id: uuid.UUID
    title: str
    message_count: int
    count_label: str
    is_pinned: bool
    is_replying: bool
    is_unread: bool
    is_open: bool


def conversation(chat: Chat, reader: Reader, *, before: Message | None = None) -> Conversation:
    """Return the last messages of the branch on show, or those before a message of it."""
    end = before.parent_id if before else chat.current_message_id
    found = tree.branch(end, WINDOW + 1)
    shown = found[-WINDOW:]
    return Conversation(_with_answer(views(shown, reader), chat), len(found) > len(shown))


def around(chat: Chat, reader: Reader, at: Message) -> Conversation:
    """Return a message with what stands around it: in the branch on show, or in the newest one that has it."""
    end, is_aside = chat.current_message_id, False
    following = tree.beneath(at.pk, end, WINDOW // 2)
    if following is None:
        end, is_aside = tree.leaf_id(at.pk), True
        following = tree.beneath(at.pk, end, WINDOW // 2)
    before = tree.branch(at.pk, WINDOW // 2 + 1)
    shown = before[-WINDOW // 2 :] + following
    has_later = shown[-1].pk != end
    return Conversation(
        _with_answer(views(shown, reader), chat), len(before) > WINDOW // 2, end if has_later else None, is_aside
    )


def after(reader: Reader, start: Message, end: Message) -> Conversation:
    """Return what follows a message in the branch that ends with another one."""
    shown = tree.beneath(start.pk, end.pk, WINDOW) or []
    has_later = bool(shown) and shown[-1].pk != end.pk
    return Conversation(views(shown, reader), False, end.pk if has_later else None)


def _with_answer(shown: list[MessageView], chat: Chat) -> list[MessageView]:
    """A branch that ends with a question can go on with its reply."""
    if shown and shown[-1].role == Role.USER and shown[-1].id == chat.current_message_id:
        return [*shown[:-1], replace(shown[-1], can_answer=True)]
    return shown


def views(messages: list[Message], reader: Reader) -> list[MessageView]:
    """Return what is shown of the messages, which are of one chat."""
    variants, labels, beside = tree.variants(messages), _labels(), _beside(messages, reader)
    documents = written.shown(messages, reader.user)
    return [
        _view(message, reader, labels, variants[message.pk], *_body(message), beside(message), documents)
        for message in messages
    ]


def _beside(messages: list[Message], reader: Reader) -> Callable[[Message], SafeString]:
    """Returns what gives the files and sources of one of the messages, as its reader sees them."""
    files, cited = parts.shown(messages), sources.shown(messages, reader.user)
    return lambda message: files.get(message.pk, SafeString()) + cited.get(message.pk, SafeString())


def new_views(messages: list[Message], reader: Reader) -> list[MessageView]:
    """The same for messages just made, which have neither variants nor a log yet: no query."""
    labels, files = _labels(), parts.shown(messages)
    return [
        _view(message, reader, labels, [message.pk], message.html, 0, files.get(message.pk)) for message in messages
    ]


def view(message: Message, reader: Reader) -> MessageView:
    return views([message], reader)[0]


def _view(
    message: Message,
    reader: Reader,
    labels: Labels,
    variants: list[uuid.UUID],
    html: str,
    seq: int,
    files: SafeString | None = None,
    documents: Mapping[uuid.UUID, SafeString] = MappingProxyType({}),
) -> MessageView:
    sent_at = timezone.localtime(message.created_at)
    return MessageView(
        id=message.pk,
        role=message.role,
        html=mark_safe(html),  # noqa: S308  made by sambung.lib.markdown alone
        files=files or SafeString(),
        documents=documents.get(message.pk, SafeString()),
        text=message.content,
        is_mine=message.user_id == reader.user.pk,
        sent_at=sent_at.isoformat(),
        sent_label=_time_label(sent_at.replace(second=0, microsecond=0, tzinfo=None), get_language()),
        run_id=message.run.pk if message.run else None,
        seq=seq,
        error=notices.ending(message),
        mending=notices.mending(message),
        notices=notices.of(message),
        **_author(message, labels),
        **_place(message, variants),
        **_state(message, reader),
    )


def _author(message: Message, labels: Labels) -> dict:
    """Who speaks: a person, or a model, perhaps as an agent."""
    kept, is_reply = message.metadata, message.role == Role.ASSISTANT
    person = None if is_reply else message.user
    return {
        "author_name": "" if is_reply else str(person or kept.get("author") or _("Former member")),
        "author_initials": person.initials if person else "",
        "author_picture": person.picture_url if person else "",
        "agent_name": kept.get("agent", {}).get("name", "") if is_reply else "",
        "model_label": _model_label(message, labels) if is_reply else "",
    }


def _place(message: Message, variants: list[uuid.UUID]) -> dict:
    """Where a message stands among its variants."""
    place = variants.index(message.pk) if message.pk in variants else 0
    return {
        "variant": f"{place + 1}/{len(variants)}" if len(variants) > 1 else "",
        "previous_id": variants[place - 1] if place > 0 else None,
        "next_id": variants[place + 1] if place + 1 < len(variants) else None,
    }


def _state(message: Message, reader: Reader) -> dict:
    """How far a message is, and what the reader may do with it."""
    run, is_reply = message.run, message.role == Role.ASSISTANT
    state = run.status if run else RunStatus.SUCCEEDED
    is_active = bool(run and run.is_active)
    ended = message.metadata.get("finish_reason") if is_reply and not is_active else ""
    is_cut = state in HALTED or ended in ("length", "no_call", "other")
    return {
        "state": state,
        "wait_until": run.error_params.get(WAIT, "") if run and state in HALTED else "",
        "can_retry": is_reply and (state in HALTED or ended in ("content_filter", "no_call", "other")),
        "can_continue": is_reply and is_cut and not is_active and bool(message.content),
        "can_edit": not is_active and reader.may_edit(message),
        "can_delete": not is_active and reader.may_delete(message),
        "can_regenerate": is_reply and not is_active and message.parent_id is not None,
        "can_answer": False,
        "can_stop": is_active,
        "is_busy": is_active and state != RunStatus.WAITING,
        "has_usage": is_reply and "seconds" in message.metadata,
    }


@lru_cache(maxsize=4096)
def _time_label(minute: datetime, language: str) -> str:
    """The words of a minute in the active `language`, kept since a chat is opened often: they take 50 µs."""
    return date_format(minute, "SHORT_DATETIME_FORMAT")


def _body(message: Message) -> tuple[str, int]:
    """The HTML and the seq it stands for: of a reply on its way, what its log holds now."""
    if message.run and message.run.is_active and message.run.status != RunStatus.WAITING:
        reply = Reply(str(message.pk))
        seq = log.read(message.run_id, reply)
        return (reply.html, seq) if seq else (message.html, 0)
    if message.html_version != markdown.VERSION and message.parts:
        message.html = content.html(message.parts, message.role, message.pk)
        message.html_version = markdown.VERSION
        Message.objects.filter(pk=message.pk).update(html=message.html, html_version=message.html_version)
    return message.html, 0


def _labels() -> Labels:
    """What the instance's models are called: asked for once a page, since the bundled one is looked up in a file."""
    return {(model.provider, model.id): model.label for model in servers.models()}


def _model_label(message: Message, labels: Labels) -> str:
    """What the model is called; of one under a key that was kept with the reply."""
    kept = message.metadata
    provider, model = kept.get("provider", ""), kept.get("model", "")
    return kept.get("label") or labels.get((provider, model), model)


def usage(message: Message) -> dict:
    """The figures of a reply; None is not known. Seconds; cost in US dollars."""
    kept = message.metadata
    tokens = kept.get("usage") or {}
    seconds, written = kept.get("seconds"), tokens.get("output_tokens")
    return {
        "model_label": _model_label(message, _labels()) or _("Assistant"),
        "key_label": kept.get("key"),
        "input_tokens": tokens.get("input_tokens"),
        "output_tokens": written,
        "cost": _price(kept),
        "seconds": seconds,
        "first_token_seconds": kept.get("first_token_seconds"),
        "tokens_per_second": written / seconds if written and seconds else None,
    }


def _price(kept: dict) -> str | None:
    """What a reply cost, in words; a part of it may have a price that nobody knows."""
    if (cost := kept.get("cost")) is None:
        return None
    price = f"${float(cost):.6f}" if float(cost) else _("free")
    return _("at least %(price)s") % {"price": price} if kept.get("cost_is_partial") else price


def groups(chats: Iterable[dict], *, current: str = "", after: str = "") -> list[dict]:
    """Return chats by day: Pinned, Today, Yesterday, the week, then months.

    `chats`: values of `LISTED`. `current`: the id of the open one. `after`: the last label shown.
    """
    today = timezone.localdate()
    found: list[dict] = []
    for day, of_day in groupby(chats, _day):
        label = _day_label(day, today)
        if not found or found[-1]["key"] != label:
            found.append({"key": label, "label": "" if label == after and not found else label, "rows": []})
        found[-1]["rows"] += [_row(chat, current) for chat in of_day]
    return found


def _day(chat: dict) -> date | None:
    """The reader's day of a chat; a pinned one is under none."""
    return None if chat["is_pinned"] else timezone.localtime(chat["updated_at"]).date()


def _day_label(day: date | None, today: date) -> str:
    if day is None:
        return _("Pinned")
    if day >= today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    if day > today - timedelta(days=7):
        return _("Previous 7 days")
    return date_format(day, "YEAR_MONTH_FORMAT")


def _row(chat: dict, current: str) -> RowView:
    count = chat["message_count"]
    return RowView(
        id=chat["id"],
        title=chat["title"] or _("New chat"),
        message_count=count,
        count_label=ngettext("%(n)s message", "%(n)s messages", count) % {"n": count},
        is_pinned=chat["is_pinned"],
        is_replying=chat["is_replying"],
        is_unread=chat["is_unread"] and str(chat["id"]) != current,
        is_open=str(chat["id"]) == current,
    )
