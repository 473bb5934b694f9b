"""The trash: what people deleted can be taken back for 30 days. Apps register each kind of thing that is deleted so."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from teams import access

KEPT = timedelta(days=30)  # how long what was deleted can be taken back


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of thing is deleted. Its rows say when, in `deleted_at`, which its policy takes as `is_deleted`.

    `restore` takes deleted rows back, with what went along with them; None: the kind is not listed on the trash page,
    whose `icon` for it is one of `icons`. `remove` removes them for good.
    """

    model: type[Model]
    icon: str = ""
    restore: Callable[[QuerySet], object] | None = None
    remove: Callable[[QuerySet], object] = QuerySet.delete


#: Deleted rows by the name of their kind.
Rows = Mapping[str, QuerySet]

_kinds: dict[str, Kind] = {}


def register(name: str, kind: Kind) -> None:
    """Have things of this kind deleted so. What lies in others stands before them: it goes first, and returns last."""
    _kinds[name] = kind


def listed() -> dict[str, Kind]:
    """The kinds that the trash page lists, by name."""
    return {name: kind for name, kind in _kinds.items() if kind.restore}


def rows(who: access.Who, level: access.Level = access.WRITE) -> dict[str, QuerySet]:
    """What the trash page lists for someone, by kind."""
    return {name: access.deleted_rows(who, kind.model.objects.all(), level) for name, kind in listed().items()}


@transaction.atomic
def restore(found: Rows) -> None:
    """Take deleted rows back."""
    for name, kind in reversed(listed().items()):
        if name in found:
            kind.restore(found[name])


def remove(found: Rows) -> int:
    """Remove deleted rows for good; return how many."""
    many = 0
    for name, kind in _kinds.items():
        if name in found:
            many += found[name].count()
            kind.remove(found[name])
    return many


def remove_old() -> int:
    """Remove for good what was deleted 30 days ago, of all kinds; return how many."""
    before = timezone.now() - KEPT
    return remove({name: kind.model.objects.filter(deleted_at__lt=before) for name, kind in _kinds.items()})
