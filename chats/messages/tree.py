"""A chat's messages as a tree: the branch on show, and the variants beside each message."""

import json
import uuid
from collections import defaultdict

from django.db import connection

from chats.models import Chat, Message, Role

_BRANCH = """
WITH RECURSIVE branch (id, parent_id, depth) AS (
    SELECT id, parent_id, 1 FROM messages WHERE id = %s
    UNION ALL
    SELECT parent.id, parent.parent_id, branch.depth + 1
    FROM branch JOIN messages AS parent ON parent.id = branch.parent_id WHERE branch.depth < %s
)
SELECT id FROM branch ORDER BY depth DESC
"""
_SAID = _BRANCH.replace(
    "SELECT id FROM branch ORDER BY",
    "SELECT role, parts FROM branch JOIN messages USING (id) WHERE role IN ('user', 'assistant') ORDER BY",
)
_BENEATH = """
WITH RECURSIVE up (id, parent_id, depth) AS (
    SELECT id, parent_id, 1 FROM messages WHERE id = %(end)s
    UNION ALL
    SELECT parent.id, parent.parent_id, up.depth + 1 FROM up JOIN messages AS parent ON parent.id = up.parent_id
    WHERE up.id <> %(start)s AND up.depth < %(longest)s
)
SELECT id FROM up ORDER BY depth DESC LIMIT %(limit)s
"""
_LEAF = """
WITH RECURSIVE branch (id, depth) AS (
    SELECT %s::uuid, 1
    UNION ALL
    SELECT child.id, branch.depth + 1 FROM branch CROSS JOIN LATERAL (
        SELECT id FROM messages WHERE parent_id = branch.id AND queued_at IS NULL
        ORDER BY created_at DESC, id DESC LIMIT 1
    ) AS child
)
SELECT id FROM branch ORDER BY depth DESC LIMIT 1
"""
_BELOW = """
WITH RECURSIVE below (id) AS (
    SELECT id FROM messages WHERE parent_id = %s AND queued_at IS NULL
    UNION ALL
    SELECT child.id FROM below JOIN messages AS child ON child.parent_id = below.id AND child.queued_at IS NULL
)
SELECT count(*) FROM below
"""
_AUTHORS = _BELOW.replace(
    "SELECT count(*) FROM below",
    "SELECT DISTINCT user_id FROM below JOIN messages USING (id) WHERE user_id IS NOT NULL",
)
#: The longest branch that is read at once.
LONGEST = 10_000


def branch_ids(end: uuid.UUID | None, limit: int = LONGEST) -> list[uuid.UUID]:
    """Return the ids of the branch that ends with `end`, oldest first, at most the last `limit`."""
    if end is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_BRANCH, [end, limit])
        return [pk for (pk,) in cursor.fetchall()]


def leaf_id(start: uuid.UUID) -> uuid.UUID:
    """Return the end of the branch below `start`, following the newest variant at each step."""
    with connection.cursor() as cursor:
        cursor.execute(_LEAF, [start])
        return cursor.fetchone()[0]


def count_below(top: uuid.UUID) -> int:
    """Return how many messages lie below `top`, in all branches, waiting ones not counted."""
    with connection.cursor() as cursor:
        cursor.execute(_BELOW, [top])
        return cursor.fetchone()[0]


def authors_below(top: uuid.UUID) -> set[uuid.UUID]:
    """Return the people who wrote something below `top`, in any branch."""
    with connection.cursor() as cursor:
        cursor.execute(_AUTHORS, [top])
        return {pk for (pk,) in cursor.fetchall()}


def branch(end: uuid.UUID | None, limit: int = LONGEST) -> list[Message]:
    """Return the messages of the branch that ends with `end`, oldest first, with author and run."""
    return _messages(branch_ids(end, limit))


def _messages(ids: list[uuid.UUID]) -> list[Message]:
    found = Message.objects.select_related("user", "run").defer("tool_invocations").in_bulk(ids)
    return [found[pk] for pk in ids]


def beneath(start: uuid.UUID, end: uuid.UUID | None, limit: int) -> list[Message] | None:
    """Return the messages that follow `start` in the branch that ends with `end`, at most the first `limit`.

    None where `start` is not part of that branch.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BENEATH, {"start": start, "end": end, "longest": LONGEST, "limit": limit + 1})
        ids = [pk for (pk,) in cursor.fetchall()]
    return _messages(ids[1:]) if ids[:1] == [start] else None


def said(end: uuid.UUID | None) -> list[tuple[str, list[dict]]]:
    """Return role and parts of what people and models said in the branch that ends with `end`, oldest first.

    What a model is told takes one plain query here, where `branch` takes 4 ms of CPU for its rows and joins.
    """
    if end is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_SAID, [end, LONGEST])
        return [(role, json.loads(parts)) for role, parts in cursor.fetchall()]


def variants(messages: list[Message]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Return for each message the ids of all variants in its place, oldest first, itself among them."""
    if not messages:
        return {}
    rows = Message.objects.filter(queued_at=None).order_by("created_at", "id")
    parents = {m.parent_id for m in messages}
    siblings: dict[uuid.UUID | None, list[uuid.UUID]] = defaultdict(list)
    known = rows.filter(parent_id__in=parents - {None})  # to name the chat too would have all of its messages read
    for pk, parent in known.values_list("id", "parent_id"):
        siblings[parent].append(pk)
    if None in parents:
        first = rows.filter(chat_id=messages[0].chat_id, parent_id=None)
        siblings[None] = list(first.values_list("id", flat=True))
    return {m.pk: siblings[m.parent_id] for m in messages}


def is_below(message_id: uuid.UUID | None, top: uuid.UUID) -> bool:
    """Whether `message_id` is `top` or lies in the branch below it."""
    return top in branch_ids(message_id)


def queued(chat: Chat) -> list[Message]:
    """Messages that wait for the present reply, first sent first."""
    return list(chat.messages.filter(queued_at__isnull=False).select_related("user").order_by("queued_at", "id"))


def standing(chat_id: uuid.UUID, current: uuid.UUID | None, queue: list[uuid.UUID] | None = None) -> dict:
    """What an open page should show now: `current`, the end of the branch, and `queued`, the ids of what waits.

    `queue`: those ids, if they are known; else they are read.
    """
    if queue is None:
        waiting = Message.objects.filter(chat_id=chat_id, queued_at__isnull=False).order_by("queued_at", "id")
        queue = waiting.values_list("id", flat=True)
    return {"current": current and str(current), "queued": [str(pk) for pk in queue]}


def reply_to(message: Message) -> Message | None:
    """The first reply to a message that was sent before."""
    return message.children.filter(role=Role.ASSISTANT).first()
