"""Folders as a tree: how it is listed, and what its chats have from it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from django.db import connection
from django.db.models import IntegerField, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import ngettext

from agents.catalog import Reference
from chats.models import Folder

_COUNT = "SELECT count(*) FROM chats WHERE folder_id = folders.id AND deleted_at IS NULL AND NOT is_temporary"
#: The folder and those above it, the nearest first.
_ABOVE = """
WITH RECURSIVE above AS (
    SELECT id, parent_id, settings, 0 AS height FROM folders WHERE id = %s
    UNION ALL
    SELECT folders.id, folders.parent_id, folders.settings, height + 1
    FROM folders JOIN above ON folders.id = above.parent_id
)
SELECT settings -> %s FROM above WHERE settings ->> %s <> '' ORDER BY height LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class FolderRow:
    """One folder in the tree. `path` names those above it, such as “Clients › ”."""

    FILLED: ClassVar = ("id", "name", "path", "count", "count_label")

    id: UUID
    name: str
    path: str
    count: int
    count_label: str
    depth: int  # 1 at the top
    has_children: bool
    is_open: bool = False  # its page is open


def listed(folders: QuerySet[Folder], current: str = "") -> list[FolderRow]:
    """Return folders as a tree from top to bottom, each with the number of its chats: one query.

    `current`: the id of the one whose page is open.
    """
    counted = folders.annotate(count=RawSQL(_COUNT, (), IntegerField()))  # noqa: S611  a constant
    rows = list(counted.order_by("name", "id").values("id", "name", "parent_id", "count"))
    here = {row["id"] for row in rows}
    children: dict[UUID | None, list[dict]] = {}
    for row in sorted(rows, key=lambda row: row["name"].casefold()):
        children.setdefault(row["parent_id"] if row["parent_id"] in here else None, []).append(row)
    return list(_below(None, children, current))


def _below(parent: UUID | None, children: dict, current: str, path: str = "", depth: int = 1) -> Iterable[FolderRow]:
    for row in children.get(parent, ()):
        pk, name, count = row["id"], row["name"], row["count"]
        told = ngettext("%(n)s chat", "%(n)s chats", count) % {"n": count}
        yield FolderRow(pk, name, path, count, told, depth, pk in children, str(pk) == current)
        yield from _below(pk, children, current, f"{path}{name} › ", depth + 1)


def path(folder: Folder) -> list[Folder]:
    """The folders above this one, the highest first."""
    above: list[Folder] = []
    while folder.parent_id:
        folder = folder.parent
        above.insert(0, folder)
    return above


# ---- what chats begin with ------------------------------------------------------------------------------
def prompt_of(folder_id: UUID) -> str:
    """The system prompt of the folder, or of the nearest one above it that has one."""
    return _nearest(folder_id, "system_prompt") or ""


def model_of(folder_id: UUID) -> Reference | None:
    """The model of the folder, or of the nearest one above it that has one."""
    stored = _nearest(folder_id, "model")
    return stored and Reference.of(stored)


def _nearest(folder_id: UUID, name: str):
    with connection.cursor() as cursor:
        cursor.execute(_ABOVE, [folder_id, name, name])
        found = cursor.fetchone()
    return found and json.loads(found[0])


def without(rows: list[FolderRow], folder_id: UUID) -> list[FolderRow]:
    """The tree without one folder and what lies in it."""
    kept, deeper = [], None
    for row in rows:
        if deeper is not None and row.depth > deeper:
            continue
        deeper = row.depth if row.id == folder_id else None
        if deeper is None:
            kept.append(row)
    return kept
