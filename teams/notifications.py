"""Notifications: what a person should know. Each kind is registered by the app that sends it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from teams.models import Notification, User

Links = Callable[[User, list[Notification]], Mapping[UUID, str]]


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind is shown.

    `template` takes `data` and `url`. `links` gives the addresses of those that the person may still follow, by the
    notification's id. `is_kept`: it waits for the person, stands first, and is not done by being read.
    """

    template: str
    links: Links | None = None
    is_kept: bool = False


_kinds: dict[str, Kind] = {}


def register(name: str, kind: Kind) -> None:
    """Have notifications of this kind shown so."""
    _kinds[name] = kind


def kept() -> list[str]:
    """The kinds that wait for a person."""
    return [name for name, kind in _kinds.items() if kind.is_kept]


def told(user: User, rows: Iterable[Notification]) -> list[dict]:
    """Return what the page shows of each, in their order but with those first that wait for the person."""
    by_kind: dict[str, list[Notification]] = {name: [] for name in _kinds}
    rows = [row for row in rows if row.kind in _kinds]  # of an app that is there no more, nobody knows what to say
    for row in rows:
        by_kind[row.kind].append(row)
    urls: dict[UUID, str] = {}
    for name, kind in _kinds.items():
        if kind.links and by_kind[name]:
            urls |= kind.links(user, by_kind[name])
    shown = [{"row": row, "kind": _kinds[row.kind], "url": urls.get(row.pk)} for row in rows]
    return sorted(shown, key=lambda one: not one["kind"].is_kept)
