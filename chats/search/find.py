"""Chats that fit a query, the one with the newest activity first, each with its newest message that fits.

Words that many messages hold are looked for chat by chat from the newest on, which ends once a page is full; rare words
by the index of all messages. Either way rows come from `teams.access` alone.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.safestring import SafeString, mark_safe

from chats.models import Archive, ArchiveItem, Attachment, Chat, ChatRead, ChatTag, Message, Role
from chats.search.query import Query, Term, tsquery
from teams import access
from teams.models import User
from teams.workspace import Workspace

PAGE = 20
RARE = 2000  # messages and titles: more are not gathered but met on the way
FREQUENT = 10_000  # of them, as the planner guesses: those are not even gathered
AROUND = 90  # characters of a snippet before the word; twice as many follow
BRIEF = 24  # the same in a line with little room
_MARKS = [
    (re.compile(mark, re.MULTILINE), instead)
    for mark, instead in (
        (r"^[ \t]*\|?(?:[ \t]*:?-{3,}:?[ \t]*\|)*(?:[ \t]*:?-{3,}:?)?[ \t]*$", ""),  # rules, and those of tables
        (r"^[ \t]*```.*$", ""),
        (r"^[ \t]*(?:#{1,6}|>|[-*+])[ \t]+", ""),
        (r"(?<!\w)(?:\*\*|~~|`)(?=\S)|(?<=\S)(?:\*\*|~~|`)(?!\w)|\[\^\w+\]", ""),
        (r"!?\[([^\]\n]*)\]\([^)\n]*\)", r"\1"),
        (r"^[ \t]*\||[ \t]*\|[ \t]*$|(?<= )\|(?= )", " "),
    )
]
#: All messages and titles that fit, by their index. `said`: conditions of the message, with which no title counts.
_FITTING = """
SELECT chat_id, id, created_at FROM messages
WHERE search @@ {words} AND queued_at IS NULL AND role IN ('user', 'assistant') {said}
UNION ALL SELECT id, NULL, NULL FROM chats WHERE search @@ {words} AND deleted_at IS NULL AND {title}
"""
_GATHERED = """
WITH here AS ({here}), fitting AS MATERIALIZED ({fitting} LIMIT %s), newest AS (
    SELECT DISTINCT ON (chat_id) chat_id, id FROM fitting ORDER BY chat_id, created_at DESC NULLS LAST, id DESC
)
SELECT page.chat_id, page.id, counted.count FROM (SELECT count(*) FROM fitting) AS counted LEFT JOIN (
    SELECT newest.chat_id, newest.id, here.updated_at FROM newest JOIN here ON here.id = newest.chat_id
    ORDER BY here.updated_at DESC, here.id DESC LIMIT %s OFFSET %s
) AS page ON true
ORDER BY page.updated_at DESC, page.chat_id DESC
"""
# `ts_match_vq` is `@@` without an index: the planner would else read all that has a frequent word, once for each chat.
_MET = """
WITH asked AS MATERIALIZED (SELECT {words} AS words), here AS ({here})
SELECT here.id, hit.id
FROM here CROSS JOIN asked LEFT JOIN LATERAL (
    SELECT id FROM messages WHERE chat_id = here.id AND queued_at IS NULL AND role IN ('user', 'assistant')
    AND ts_match_vq(search, asked.words) {said} ORDER BY created_at DESC, id DESC LIMIT 1
) AS hit ON true
WHERE hit.id IS NOT NULL OR ({title} AND here.search @@ asked.words)
ORDER BY here.updated_at DESC, here.id DESC LIMIT %s OFFSET %s
"""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text; `is_hit`: it is what was looked for."""

    text: str
    is_hit: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A chat that fits, with its message that does (None where only the title fits, or nothing was asked for)."""

    chat: Chat
    workspace: Workspace
    title: list[Piece]
    message_id: UUID | None
    role: str
    snippet: list[Piece]
    at: datetime

    @property
    def url(self) -> str:
        """Leads to the message, else to the chat."""
        to = self.workspace.url("chat", self.chat.pk)
        return f"{to}?at={self.message_id}#m-{self.message_id}" if self.message_id else to

    @property
    def brief(self) -> list[Piece]:
        """The snippet for a line with little room: what was looked for stands near its beginning."""
        first, *rest = self.snippet
        if first.is_hit or len(first.text) <= BRIEF:
            return self.snippet
        return [Piece(f"…{first.text[-BRIEF:].partition(' ')[2]}"), *rest]


def find(who: access.Who, query: Query, *, page: int = 1, size: int = PAGE) -> tuple[list[Hit], bool]:
    """Return one page of what fits, and whether more does: of one workspace, or of all that a person sees."""
    user = getattr(who, "user", who)
    if query.is_empty:
        return [], False
    chats = _filtered(access.rows(who, Chat.objects.filter(is_temporary=False)), query, user)
    start = (page - 1) * size
    if not query.terms:
        newest = _dated(chats, query).order_by("-updated_at", "-id").values_list("pk", flat=True)
        found = [(pk, None) for pk in newest[start : start + size + 1]]
    else:
        found = _with_words(chats, query, user, size + 1, start)
    return _hits(user, query, found[:size]), len(found) > size


# ---- which chats ----------------------------------------------------------------------------------------
def _filtered(chats: QuerySet[Chat], query: Query, user: User) -> QuerySet[Chat]:
    for name, value in query.filters:
        if name != "from" or not query.terms:  # with words it is their message that counts
            chats = chats.filter(_FILTERS[name](value, user))
    return chats


def _in(value: str, user: User) -> Q:
    """A folder, with those below it, or one of the person's archives, by a part of the name."""
    archives = Archive.objects.filter(user=user, name__icontains=value)
    filed = ArchiveItem.objects.filter(archive__in=archives, chat=OuterRef("pk"))
    named = Q(folder__name__icontains=value)
    for depth in range(1, 8):
        named |= Q(**{f"folder__{'parent__' * depth}name__icontains": value})
    return named | Q(Exists(filed))


def _from(value: str, user: User) -> Q:
    """By me, by the assistant, or by people of that name, or a part of it."""
    authors = {"me": Q(user=user), "assistant": Q(role=Role.ASSISTANT)}
    said = authors.get(value.lower(), Q(role=Role.USER, user__name__icontains=value))
    return Q(Exists(Message.objects.filter(said, chat=OuterRef("pk"), queued_at=None)))


def _tag(value: str, user: User) -> Q:
    return Q(Exists(ChatTag.objects.filter(chat=OuterRef("pk"), tag__name__iexact=value)))


def _model(value: str, user: User) -> Q:
    return Q(model__icontains=value)


def _has(value: str, user: User) -> Q:
    return Q(Exists(Attachment.objects.filter(chat=OuterRef("pk"))))


def _is(value: str, user: User) -> Q:
    if value == "unread":
        seen = ChatRead.objects.filter(chat=OuterRef("pk"), user=user, seen_at__gte=OuterRef("updated_at"))
        return Q(team__isnull=False) & ~Q(Exists(seen))
    return Q(is_pinned=True) if value == "pinned" else Q(is_public=True)


_FILTERS = {"in": _in, "from": _from, "tag": _tag, "model": _model, "has": _has, "is": _is}


def _dated(chats: QuerySet[Chat], query: Query) -> QuerySet[Chat]:
    """Without words the dates are those of the last activity."""
    if query.after:
        chats = chats.filter(updated_at__gte=query.after)
    return chats.filter(updated_at__lt=query.before) if query.before else chats


# ---- words ----------------------------------------------------------------------------------------------
def _with_words(
    chats: QuerySet[Chat], query: Query, user: User, size: int, start: int
) -> list[tuple[UUID, UUID | None]]:
    """The ids of chats, each with that of its message."""
    words, asked = tsquery(query.terms)
    here, given = chats.order_by().values("id", "updated_at").query.sql_with_params()
    here = here.replace("SELECT ", 'SELECT "chats"."search" AS "search", ', 1)
    said, said_params = _said(query, user)
    names = {"words": words, "here": here, "said": said, "title": "false" if said else "true"}
    with connection.cursor() as cursor:
        fitting, fit = _FITTING.format(**names), [*asked, *said_params, *asked]
        if any(map(_may_be_rare, query.terms)) and _is_rare(cursor, fitting, fit):
            sql = _GATHERED.format(here=here, fitting=fitting)
            cursor.execute(sql, [*given, *fit, RARE + 1, size, start])
            found = cursor.fetchall()
            if found[0][-1] <= RARE:
                return [(chat, message) for chat, message, _count in found if chat]
        cursor.execute(_MET.format(**names), [*asked, *given, *said_params, size, start])
        return cursor.fetchall()


def _may_be_rare(term: Term) -> bool:
    """What must not be there is in most messages not there, and many words begin with two or three letters."""
    return not term.is_not and (len(term.tokens[-1]) > 3 or not term.is_prefix)


def _is_rare(cursor, fitting: str, params: list) -> bool:
    """Whether little fits, as the planner guesses, which knows the words that are frequent."""
    cursor.execute(f"EXPLAIN (FORMAT JSON) {fitting}", params)
    (plan,) = cursor.fetchone()
    return (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]["Plan Rows"] <= FREQUENT


def _said(query: Query, user: User) -> tuple[str, list]:
    """Conditions of the message: who said it, and when."""
    sql, params = "", []
    for value in query.of("from"):
        match value.lower():
            case "me":
                sql, params = f"{sql} AND user_id = %s", [*params, user.pk]
            case "assistant":
                sql += " AND role = 'assistant'"
            case name:
                sql += " AND user_id IN (SELECT id FROM users WHERE name ILIKE %s)"
                params = [*params, f"%{_literal(name)}%"]
    for name, sign in (("after", ">="), ("before", "<")):
        if moment := getattr(query, name):
            sql, params = f"{sql} AND created_at {sign} %s", [*params, moment]
    return sql, params


def _literal(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)


# ---- what is shown --------------------------------------------------------------------------------------
def _hits(user: User, query: Query, found: list[tuple[UUID, UUID | None]]) -> list[Hit]:
    shown = Chat.objects.select_related("team", "folder").only("title", "updated_at", "team", "folder__name")
    chats = shown.in_bulk([chat for chat, _message in found])
    said = Message.objects.only("id", "role", "content", "created_at").in_bulk([pk for _chat, pk in found if pk])
    return [_hit(user, query, chats[chat], said.get(message)) for chat, message in found]


def _hit(user: User, query: Query, chat: Chat, message) -> Hit:
    snippet = marked(cut(message.content, query.words), query.words) if message else []
    workspace, title = Workspace(user, chat.team), marked(str(chat), query.words)
    if message is None:
        return Hit(chat, workspace, title, None, "", snippet, chat.updated_at)
    return Hit(chat, workspace, title, message.pk, message.role, snippet, message.created_at)


def cut(text: str, words: Iterable[str]) -> str:
    """The text around the first place of a word, in one line; of several words the longest that is there says most."""
    places = (_pattern([word]).search(text) for word in sorted(words, key=len, reverse=True))
    found = next(filter(None, places), None)
    at, end = found.span() if found else (0, 0)
    start, stop = max(at - AROUND, 0), end + 2 * AROUND
    before, after = plain(text[start:at]), plain(text[end:stop])
    if start:
        before = f"…{before.partition(' ')[2] or before}"
    if stop < len(text):
        after = f"{after.rpartition(' ')[0] or after}…"
    return " ".join(f"{before}{text[at:end]}{after}".split())


def plain(text: str) -> str:
    """A stretch of Markdown without most of its marks; what may be code stays as it is."""
    for mark, instead in _MARKS:
        text = mark.sub(instead, text)
    return text


def as_html(pieces: Iterable[Piece]) -> SafeString:
    """What was looked for stands in `mark`."""
    html = (f"<mark>{escape(piece.text)}</mark>" if piece.is_hit else escape(piece.text) for piece in pieces)
    return mark_safe("".join(html))  # noqa: S308  each piece was escaped


def marked(text: str, words: Iterable[str]) -> list[Piece]:
    """The text in pieces, those that were looked for apart."""
    pattern = _pattern(words)
    if pattern is None:
        return [Piece(text)]
    pieces, at = [], 0
    for found in pattern.finditer(text):
        pieces += [Piece(text[at : found.start()]), Piece(found[0], True)]
        at = found.end()
    return [piece for piece in (*pieces, Piece(text[at:])) if piece.text]


def _pattern(words: Iterable[str]) -> re.Pattern | None:
    """Words as they were written, and what begins as they do: other forms of the same word."""
    stems = {re.escape(word if len(word) < 5 else word[: len(word) - 2]) for word in words}
    if not stems:
        return None
    either = "|".join(sorted(stems, key=len, reverse=True))
    return re.compile(rf"(?<![^\W_])(?:{either})[^\W_]*", re.IGNORECASE)
