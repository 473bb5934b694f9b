"""Folders, one in another: listed as a tree, made, named and moved. Each app has folders of its own."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from sambung.lib.errors import Refused
from teams.workspace import Workspace

DEEPEST = 8  # folders one in another

#: A row with name, parent, user, team and deleted_at.
Folder = TypeVar("Folder", bound=Model)


@dataclass(frozen=True, slots=True)
class FolderRow:
    """One folder in the tree. `path` names those above it, such as “Clients › ”."""

    SLOTS: ClassVar = ("id", "name", "path", "count", "count_label")

    id: UUID
    name: str
    path: str
    count: int  # of what lies in it
    count_label: str
    depth: int  # 1 at the top
    has_children: bool
    is_open: bool = False  # its page is open


def tree(rows: Iterable[dict], told: Callable[[int], str], current: str = "") -> list[FolderRow]:
    """Return folders as a tree from top to bottom, by their names.

    rows: {id, name, parent_id, count}; told: says a count in words; current: the id of the one whose page is open.
    """
    rows = sorted(rows, key=lambda row: (row["name"].casefold(), row["name"], row["id"]))
    here = {row["id"] for row in rows}
    children: dict[UUID | None, list[dict]] = {}
    for row in rows:
        children.setdefault(row["parent_id"] if row["parent_id"] in here else None, []).append(row)

    def below(parent: UUID | None, path: str = "", depth: int = 1) -> Iterator[FolderRow]:
        for row in children.get(parent, ()):
            pk, name, count = row["id"], row["name"], row["count"]
            yield FolderRow(pk, name, path, count, told(count), depth, pk in children, str(pk) == current)
            yield from below(pk, f"{path}{name} › ", depth + 1)

    return list(below(None))


def path(folder: Folder) -> list[Folder]:
    """The folders above this one, the highest first."""
    above: list[Folder] = []
    while folder.parent_id:
        folder = folder.parent
        above.insert(0, folder)
    return above


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


# ---- made, named, moved --------------------------------------------------------------------------------
@transaction.atomic
def create_folder(kind: type[Folder], *, workspace: Workspace, name: str, parent: Folder | None = None) -> Folder:
    """Make a folder of this kind in the workspace. Raises Refused where folders lie too deep in one another."""
    folder = kind(**workspace.owner, name=name)
    check_place(folder, parent, held(folder))
    folder.parent = parent
    folder.save()
    return folder


def rename_folder(*, folder: Folder, name: str) -> None:
    folder.name = name
    folder.save(update_fields=["name", "updated_at"])


@transaction.atomic
def move_folder(*, folder: Folder, to: Folder | None) -> None:
    """Put the folder into another one, or at the top. Raises Refused where it would lie in itself, or too deep."""
    check_place(folder, to, held(folder))
    folder.parent = to
    folder.save(update_fields=["parent", "updated_at"])


# ---- where a folder may lie -----------------------------------------------------------------------------
def held(folder: Folder) -> dict[UUID, Folder]:
    """The folders of its scope by id, locked: what two people do at once happens one after the other."""
    same = type(folder).objects.filter(user=folder.user_id, team=folder.team_id, deleted_at=None)
    return {row.pk: row for row in same.select_for_update().order_by("pk")}


def upwards(pk: UUID | None, rows: dict[UUID, Folder]) -> list[UUID]:
    """The folder and those above it; rows: of its scope, by id."""
    found = []
    while pk in rows:
        found.append(pk)
        pk = rows[pk].parent_id
    return found


def check_place(folder: Folder, to: Folder | None, rows: dict[UUID, Folder]) -> None:
    """Raise Refused where the folder would lie in itself, too deep, or in one that is gone; rows: as `held` gives."""
    if to is None:
        return
    if to.pk not in rows:
        raise Refused(_("This folder has been deleted."), code="gone")
    above = upwards(to.pk, rows)
    if folder.pk in above:
        raise Refused(_("A folder cannot lie in itself."))
    paths = (upwards(pk, rows) for pk in rows)
    height = max((path.index(folder.pk) + 1 for path in paths if folder.pk in path), default=1)
    if len(above) + height > DEEPEST:
        raise Refused(_("Folders can lie %(n)s deep in one another, no deeper.") % {"n": DEEPEST}, code="too_many")
