"""Retention: what goes by itself days after its last activity, announced a week before. Apps register what does."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from teams.models import Notification, Scoped, Team, User
from teams.workspace import Workspace

NOTICE = timedelta(days=7)  # between the word and the deed

#: Does something to a batch of rows; returns to how many, 0 = none are left.
Step = Callable[[], int]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of things that go by age.

    `forget` drops announcements that hold no more, `delete` puts away what was announced long enough ago, `announce`
    marks what is due, and tells whoever holds it.
    """

    forget: Step
    delete: Step
    announce: Step


_kinds: list[Kind] = []


def register(kind: Kind) -> None:
    """Have things of this kind go by age."""
    _kinds.append(kind)


def enforce() -> tuple[int, int]:
    """Do what is due, for all kinds. Returns how many things were announced, and how many were deleted."""
    announced = deleted = 0
    for kind in _kinds:
        _all(kind.forget)
        deleted += _all(kind.delete)
        announced += _all(kind.announce)
    return announced, deleted


def tell(kind: str, rows: Iterable[Scoped], address: Callable[[Workspace], str]) -> None:
    """Notify whoever holds the rows that they go in a week, in a notification of that kind.

    `address`: where a person finds them in a workspace.
    """
    rows = list(rows)
    own = Counter(row.user_id for row in rows if row.team_id is None)
    for person in User.objects.filter(pk__in=own, is_active=True):
        _tell(kind, Workspace(person), own[person.pk], address)
    common = Counter(row.team_id for row in rows if row.team_id)
    for team in Team.objects.filter(pk__in=common):
        for person in User.objects.filter(memberships__team=team, is_active=True):
            _tell(kind, Workspace(person, team), common[team.pk], address)


def _all(step: Step) -> int:
    many = 0
    while n := step():
        many += n
    return many


def _tell(kind: str, workspace: Workspace, many: int, address: Callable[[Workspace], str]) -> None:
    """One notification for each person and workspace: one that was not read yet tells of these as well."""
    team = workspace.team
    data = {"team": team.name if team else "", "url": address(workspace), "count": many}
    unread = Notification.objects.filter(user=workspace.user, kind=kind, read_at=None, data__url=data["url"]).first()
    if unread:
        data["count"] += unread.data["count"]
        Notification.objects.filter(pk=unread.pk).update(data=data, created_at=timezone.now())
    else:
        Notification.objects.create(user=workspace.user, kind=kind, data=data)
