"""What people do with their account: take their data with them, and leave. Upper layers add what is theirs."""

import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from sambung.lib import pictures
from sambung.lib.errors import Refused
from teams import audit, groups, mails, profile
from teams.models import Team, TeamRole, User, UserRole

#: Yields (file name, value for JSON or bytes) of what a person has.
Exporter = Callable[[User], Iterable[tuple[str, object]]]

_deleters: list[Callable[[User], None]] = []
_exporters: list[Exporter] = []
IN_MEMORY = 4 * 1024 * 1024  # bytes of an export that are not yet a file


def on_delete(callback: Callable[[User], None]) -> None:
    """Have `callback` remove a person's own rows when their account is deleted, in the same transaction."""
    _deleters.append(callback)


def exporter(callback: Exporter) -> None:
    """Have `callback` add files to what a person takes with them."""
    _exporters.append(callback)


# ---- Leaving --------------------------------------------------------------------------------------------
def teams_that_go(person: User) -> list[Team]:
    """The teams that have no other member: they are deleted with the account."""
    return list(_teams(person).filter(others=0))


def teams_to_hand_over(person: User) -> list[Team]:
    """The teams with other members and no other admin: somebody else must become one first."""
    return list(_teams(person).filter(others__gt=0, other_admins=0, members__user=person, members__role=TeamRole.ADMIN))


def _teams(person: User):
    others = ~Q(members__user=person)
    can_manage = Q(members__role=TeamRole.ADMIN, members__user__is_active=True)
    return Team.objects.filter(pk__in=person.memberships.values("team")).annotate(
        others=Count("members", filter=others, distinct=True),
        other_admins=Count("members", filter=others & can_manage, distinct=True),
    )


@transaction.atomic
def delete(*, by: User) -> None:
    """Delete a person's own account: personal rows go, team content stays without its author. Raises Refused."""
    list(Team.objects.filter(pk__in=by.memberships.values("team")).order_by("pk").select_for_update())
    _refuse_last_instance_admin(by)
    if left := teams_to_hand_over(by):
        names = ", ".join(f"“{team}”" for team in left)
        raise Refused(
            _("You are the only admin of %(teams)s. Make somebody else an admin first.") % {"teams": names},
            code="only_admin",
        )
    going = teams_that_go(by)
    audit.record("account.deleted", by=by, target=by.email, teams=[team.name for team in going])
    for remove in _deleters:
        remove(by)
    for team in going:
        groups.dissolve(team)
    mails.forget(by)
    Session.objects.filter(session_key__in=UserSession.objects.filter(user=by).values("session_key")).delete()
    profile.drop_picture(by.image)
    by.delete()


def _refuse_last_instance_admin(person: User) -> None:
    """Somebody must be left to look after the instance, as long as anybody is there."""
    admins = set(User.objects.select_for_update().filter(role=UserRole.ADMIN, is_active=True).order_by("pk"))
    if admins == {person} and User.objects.exclude(pk=person.pk).exists():
        raise Refused(_("You are the only admin of this server. Make somebody else an admin first."), code="only_admin")


# ---- One's own data -------------------------------------------------------------------------------------
def export(*, by: User):
    """Return an open file: a ZIP with everything of the person's, as JSON but for the picture."""
    audit.record("account.exported", by=by)
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  the answer closes it
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for callback in (_own, *_exporters):
            for name, value in callback(by):
                archive.writestr(name, value if isinstance(value, bytes) else _json(value))
    file.seek(0)
    return file


def _json(value) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)


def _own(person: User) -> Iterator[tuple[str, object]]:
    told = ("id", "name", "email", "role", "preferences", "created_at", "updated_at", "last_login")
    yield "profile.json", {name: getattr(person, name) for name in told}
    if data := profile.picture(person):
        yield f"picture{pictures.SUFFIX}", data
    places = person.memberships.select_related("team")
    yield "memberships.json", [{"team": p.team.name, "role": p.role, "joined_at": p.joined_at} for p in places]
    sessions = UserSession.objects.filter(user=person).order_by("created_at")
    yield "sessions.json", list(sessions.values("created_at", "last_seen_at", "ip", "user_agent"))
