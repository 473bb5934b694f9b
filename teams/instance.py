"""What instance admins do: settings, roles, accounts. Each act one transaction, `by=` the admin, and audited."""

from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sambung.lib.errors import Refused
from teams import audit
from teams.models import Instance, User, UserRole


@transaction.atomic
def change_settings(*, by: User, **values: str) -> None:
    """Change the settings of the instance; what stays as it is leaves no entry."""
    instance = Instance.present()
    before = {name: getattr(instance, name) for name in values}
    changed = {name: [before[name], value] for name, value in values.items() if value != before[name]}
    for name, value in values.items():
        setattr(instance, name, value)
    if changed:
        instance.save()
        audit.record("instance.changed", by=by, target=_("Settings"), **changed)


@transaction.atomic
def set_role(*, by: User, person: User, role: str) -> None:
    """Give a person another role. Nobody changes their own; admins who demote each other at once leave one of them.

    Raises Refused.
    """
    _refuse_self(by, person)
    admins = set(User.objects.select_for_update().filter(role=UserRole.ADMIN).values_list("pk", flat=True))
    if by.pk not in admins:
        raise Refused(_("You are not an admin any more."), code="not_yours")
    if person.role != role:
        audit.record("person.role_changed", by=by, target=person, role=[person.role, role])
        User.objects.filter(pk=person.pk).update(role=role)
        person.role = role


@transaction.atomic
def set_active(*, by: User, person: User, is_active: bool) -> None:
    """Let a person in again, or shut them out and end their sessions. Raises Refused."""
    _refuse_self(by, person)
    User.objects.filter(pk=person.pk).update(is_active=is_active)
    person.is_active = is_active
    audit.record("person.activated" if is_active else "person.deactivated", by=by, target=person)
    if not is_active:
        _end_sessions(person)


@transaction.atomic
def end_sessions(*, by: User, person: User) -> int:
    """Sign a person out everywhere; return from how many places."""
    ended = _end_sessions(person)
    audit.record("person.signed_out", by=by, target=person, sessions=ended)
    return ended


def _end_sessions(person: User) -> int:
    """End every session, however it was begun: what a session holds says whose it is."""
    mine = str(person.pk)
    living = Session.objects.filter(expire_date__gt=timezone.now()).iterator()
    keys = [row.session_key for row in living if row.get_decoded().get(SESSION_KEY) == mine]
    UserSession.objects.filter(user=person).delete()
    return Session.objects.filter(session_key__in=keys).delete()[0]


def _refuse_self(by: User, person: User) -> None:
    if by.pk == person.pk:
        raise Refused(_("You cannot do this to yourself. Ask another admin."), code="not_yours")
