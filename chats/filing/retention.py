"""Chats that go by themselves: so many days after their last activity, announced a week before.

The days are the fewest of those that the instance says, the team, and the chat's folder (or the nearest above it that
says any). What goes can be taken back for 30 days.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from agents.models import ACTIVE
from chats.models import Chat
from teams.retention import NOTICE, Kind, tell
from teams.workspace import Workspace

KIND = "retention"
BATCH = 500  # chats at once
#: The days of each chat that has any.
_DAYS = """
WITH RECURSIVE tree AS (
    SELECT id, retention_days AS days FROM folders WHERE parent_id IS NULL
    UNION ALL
    SELECT folders.id, coalesce(folders.retention_days, tree.days)
    FROM folders JOIN tree ON folders.parent_id = tree.id
), kept AS (
    SELECT chats.id, chats.updated_at, chats.warned_at, chats.warned_at >= chats.updated_at AS is_warned,
           least((SELECT retention_days FROM instance), (teams.settings ->> 'retention_days')::int, tree.days) AS days
    FROM chats LEFT JOIN teams ON teams.id = chats.team_id LEFT JOIN tree ON tree.id = chats.folder_id
    WHERE chats.deleted_at IS NULL AND NOT chats.is_temporary AND {which}
)
"""
_ENDS = "updated_at + days * interval '1 day'"
_DUE = f"SELECT id FROM kept WHERE is_warned IS NOT TRUE AND {_ENDS} < %(now)s + %(notice)s"
_OVER = f"SELECT id FROM kept WHERE is_warned AND warned_at < %(now)s - %(notice)s AND {_ENDS} < %(now)s"
_SAFE = f"SELECT id FROM kept WHERE warned_at IS NOT NULL AND (days IS NULL OR {_ENDS} > %(now)s + %(notice)s)"
_IDLE = """NOT EXISTS (
    SELECT FROM messages JOIN run ON run.id = run_id WHERE chat_id = chats.id AND run.status = ANY(%(active)s)
)"""
_BUSY = Q(messages__run__status__in=ACTIVE)


def ends_at(chat: Chat) -> datetime | None:
    """When the chat goes, once that has been announced; None while it stays."""
    if chat.warned_at is None or chat.warned_at < chat.updated_at:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_DAYS.format(which="chats.id = %s") + "SELECT days FROM kept", [chat.pk])
        days = next(iter(cursor.fetchone() or ()), None)
    return days and max(chat.updated_at + timedelta(days=days), chat.warned_at + NOTICE)


def _ids(question: str) -> list[UUID]:
    """A batch of the chats that the question is about; those being answered are left for later."""
    with connection.cursor() as cursor:
        given = {"now": timezone.now(), "notice": NOTICE, "active": list(ACTIVE)}
        cursor.execute(f"{_DAYS.format(which=_IDLE)} {question} ORDER BY id LIMIT {BATCH}", given)
        return [pk for (pk,) in cursor.fetchall()]


@transaction.atomic
def _delete(ids: list[UUID]) -> int:
    """What happened meanwhile counts: rows are held first, and those used or warned anew stay."""
    now = timezone.now()
    held = Chat.objects.held().filter(pk__in=ids, warned_at__gte=F("updated_at"), warned_at__lt=now - NOTICE)
    going = list(held.exclude(_BUSY).order_by("pk").values_list("pk", flat=True))
    return Chat.objects.filter(pk__in=going, deleted_at=None).update(deleted_at=now)


@transaction.atomic
def _announce(ids: list[UUID]) -> int:
    """Mark the chats, and tell whoever holds them."""
    found = list(Chat.objects.held().filter(pk__in=ids).order_by("pk"))
    warned_at = Greatest(Value(timezone.now()), F("updated_at"))  # a clock that went wrong does not announce for ever
    Chat.objects.filter(pk__in=[chat.pk for chat in found]).update(warned_at=warned_at)
    tell(KIND, found, _going)
    return len(found)


def _forget() -> int:
    """Forget announcements that hold no more."""
    return Chat.objects.filter(pk__in=_ids(_SAFE)).update(warned_at=None)


def _going(workspace: Workspace) -> str:
    return workspace.url("chat_list") + "?are=going"


CHATS = Kind(forget=_forget, delete=lambda: _delete(_ids(_OVER)), announce=lambda: _announce(_ids(_DUE)))
