"""Folders as a tree: how it is listed, and what its chats have from it."""

import json
from uuid import UUID

from django.db import connection
from django.db.models import IntegerField, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import ngettext

from agents.catalog import Reference
from chats.models import Folder
from teams.folders import FolderRow, tree

_COUNT = "SELECT count(*) FROM chats WHERE folder_id = folders.id AND deleted_at IS NULL AND NOT is_temporary"
#: The folder and those above it, the nearest first.
_ABOVE = """
WITH RECURSIVE above AS (
    SELECT id, parent_id, settings, 0 AS height FROM folders WHERE id = %s
    UNION ALL
    SELECT folders.id, folders.parent_id, folders.settings, height + 1
    FROM folders JOIN above ON folders.id = above.parent_id
)
SELECT settings -> %s, id FROM above WHERE settings ->> %s <> '' ORDER BY height LIMIT 1
"""


def listed(folders: QuerySet[Folder], current: str = "") -> list[FolderRow]:
    """Return folders as a tree from top to bottom, each with the number of its chats: one query.

    `current`: the id of the one whose page is open.
    """
    counted = folders.annotate(count=RawSQL(_COUNT, (), IntegerField()))  # noqa: S611  a constant
    return tree(counted.order_by("name", "id").values("id", "name", "parent_id", "count"), _told, current)


def _told(count: int) -> str:
    return ngettext("%(n)s chat", "%(n)s chats", count) % {"n": count}


# ---- what chats begin with ------------------------------------------------------------------------------
def prompt_of(folder_id: UUID) -> tuple[str, UUID | None]:
    """The system prompt of the folder, or of the nearest one above it that has one, and which folder that is."""
    return _nearest(folder_id, "system_prompt") or ("", None)


def model_of(folder_id: UUID) -> Reference | None:
    """The model of the folder, or of the nearest one above it that has one."""
    found = _nearest(folder_id, "model")
    return found and Reference.of(found[0])


def _nearest(folder_id: UUID, name: str) -> tuple | None:
    with connection.cursor() as cursor:
        cursor.execute(_ABOVE, [folder_id, name, name])
        found = cursor.fetchone()
    return found and (json.loads(found[0]), found[1])
