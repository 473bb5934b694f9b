"""Chats that fit a query, the one with the newest activity first, each with its newest message that fits.

Words that many messages hold are looked for chat by chat from the newest on, which ends once a page is full; rare words
by the index of all messages. Either way rows come from `teams.access` alone.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from chats.models import Archive, ArchiveItem, Attachment, Chat, ChatRead, ChatTag, Message, Role
from chats.search import former, matching
from chats.search.filling import columns
from chats.search.marking import Piece, cut, marked
from chats.search.query import Query, Term
from teams import access
from teams.models import User
from teams.workspace import Workspace

PAGE = 20
RARE = 2000  # messages and titles: more are not gathered but met on the way
FREQUENT = 10_000  # of them, as the planner guesses: those are not even gathered
BRIEF = 24  # characters before the word in a line with little room
#: All messages and titles that fit, by their index. `by`: what an index finds, `sure`: what is looked at in each of
#: them, `said`: conditions of the message, with which no title counts.
_FITTING = """
SELECT chat_id, id, created_at FROM messages
WHERE {by} {sure} AND queued_at IS NULL AND role IN ('user', 'assistant') {said}
UNION ALL SELECT id, NULL, NULL FROM chats WHERE {column} @@ {words} AND deleted_at IS NULL AND {title}
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
    AND ts_match_vq({column}, asked.words) {said} ORDER BY created_at DESC, id DESC LIMIT 1
) AS hit ON true
WHERE hit.id IS NOT NULL OR ({title} AND here.{column} @@ asked.words)
ORDER BY here.updated_at DESC, here.id DESC LIMIT %s OFFSET %s
"""


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
    """Return one page of what fits, and whether more does: of one workspace, or of all that a person sees.

    Where nothing at all fits, what was excluded is looked for as words, and the query's problems say so.
    """
    user = getattr(who, "user", who)
    if query.is_empty:
        return [], False
    start, asked = (page - 1) * size, query
    found = _found(who, user, asked, start, size + 1)
    if not found and (other := query.with_flags()) and not (start and _found(who, user, query, 0, 1)):
        found, asked = _found(who, user, other, start, size + 1), other
        query.problems = other.problems if found else query.problems
    return _hits(user, asked.sought, found[:size]), len(found) > size


def _found(who: access.Who, user: User, query: Query, start: int, size: int) -> list[tuple[UUID, UUID | None]]:
    """The ids of chats, each with that of its message."""
    chats = _filtered(access.rows(who, Chat.objects.filter(is_temporary=False)), query, user)
    if query.terms:
        return _with_words(chats, query, user, size, start)
    newest = _dated(chats, query).order_by("-updated_at", "-id").values_list("pk", flat=True)
    return [(pk, None) for pk in newest[start : start + size]]


# ---- which chats ----------------------------------------------------------------------------------------
def _filtered(chats: QuerySet[Chat], query: Query, user: User) -> QuerySet[Chat]:
    for name, value, is_not in query.filters:
        if name != "from" or not query.terms:  # with words it is their message that counts
            wanted = _FILTERS[name](value, user)
            chats = chats.exclude(wanted) if is_not else chats.filter(wanted)
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
    asked = (matching if columns.are_full() else former).asked(query.terms)
    here, given = chats.order_by().values("id", "updated_at").query.sql_with_params()
    here = here.replace("SELECT ", f'SELECT "chats"."{asked.column}" AS "{asked.column}", ', 1)
    said, said_params = _said(query, user)
    (by, found_by), title = asked.found_by(), "false" if said else "true"
    names = {"column": asked.column, "words": asked.words, "here": here, "said": said, "title": title, "by": by}
    with connection.cursor() as cursor:
        guessed = _FITTING.format(**names, sure=""), [*found_by, *said_params, *asked.params]
        if any(map(_may_be_rare, query.terms)) and _is_rare(cursor, *guessed):
            sure, looked = (
                (f"AND ts_match_vq({asked.column}, {asked.words})", asked.params) if asked.pairs else ("", [])
            )
            sql = _GATHERED.format(here=here, fitting=_FITTING.format(**names, sure=sure))
            params = [*given, *found_by, *looked, *said_params, *asked.params]
            cursor.execute(sql, [*params, RARE + 1, size, start])
            found = cursor.fetchall()
            if found[0][-1] <= RARE:
                return [(chat, message) for chat, message, _count in found if chat]
        cursor.execute(_MET.format(**names), [*asked.params, *given, *said_params, size, start])
        return cursor.fetchall()


def _may_be_rare(term: Term) -> bool:
    """What must not be there is in most messages not there, and many words begin with two or three letters."""
    return not term.is_not and (not term.is_prefix or len((*term.signs, *term.words)[-1]) > 3)


def _is_rare(cursor, fitting: str, params: list) -> bool:
    """Whether little fits, as the planner guesses, which knows the words that are frequent."""
    cursor.execute(f"EXPLAIN (FORMAT JSON) {fitting}", params)
    (plan,) = cursor.fetchone()
    return (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]["Plan Rows"] <= FREQUENT


def _said(query: Query, user: User) -> tuple[str, list]:
    """Conditions of the message: who said it, and when."""
    sql, params = "", []
    for name, value, is_not in query.filters:
        if name == "from":
            said, given = _said_by(value, user)
            sql, params = f"{sql} AND {f'({said}) IS NOT TRUE' if is_not else said}", [*params, *given]
    for name, sign in (("after", ">="), ("before", "<")):
        if moment := getattr(query, name):
            sql, params = f"{sql} AND created_at {sign} %s", [*params, moment]
    return sql, params


def _said_by(value: str, user: User) -> tuple[str, list]:
    match value.lower():
        case "me":
            return "user_id = %s", [user.pk]
        case "assistant":
            return "role = 'assistant'", []
        case name:
            return "user_id IN (SELECT id FROM users WHERE name ILIKE %s)", [f"%{_literal(name)}%"]


def _literal(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)


# ---- what is shown --------------------------------------------------------------------------------------
def _hits(user: User, terms: list[Term], found: list[tuple[UUID, UUID | None]]) -> list[Hit]:
    shown = Chat.objects.select_related("team", "folder").only("title", "updated_at", "team", "folder__name")
    chats = shown.in_bulk([chat for chat, _message in found])
    said = Message.objects.only("id", "role", "content", "created_at").in_bulk([pk for _chat, pk in found if pk])
    return [_hit(user, terms, chats[chat], said.get(message)) for chat, message in found]


def _hit(user: User, terms: list[Term], chat: Chat, message) -> Hit:
    snippet = marked(cut(message.content, terms), terms) if message else []
    workspace, title = Workspace(user, chat.team), marked(str(chat), terms)
    if message is None:
        return Hit(chat, workspace, title, None, "", snippet, chat.updated_at)
    return Hit(chat, workspace, title, message.pk, message.role, snippet, message.created_at)
