"""Who holds which rows of this app."""

from django.db.models import Exists, OuterRef, Q

from teams import access
from teams.models import (
    AuditEntry,
    Instance,
    Mail,
    Notification,
    SlugRedirect,
    Team,
    TeamInvite,
    TeamMember,
    User,
    UserRole,
)


def _people(user: User, level: access.Level, prefix: str = "") -> Q:
    """Oneself; to be seen also by people of the same teams and by instance admins."""
    oneself = Q(**{f"{prefix}pk": user if isinstance(user, OuterRef) else user.pk})
    if level > access.READ:
        return oneself
    asked = OuterRef(user) if isinstance(user, OuterRef) else user.pk
    near = TeamMember.objects.filter(team__members__user=asked).values("user")
    return oneself | Q(**{f"{prefix}pk__in": near}) | _for_admins(user, level)


def _teams(user: User, level: access.Level, prefix: str = "") -> Q:
    held = {f"{prefix}members__user": user}
    if level >= access.WRITE:
        held[f"{prefix}members__role"] = "admin"
    return Q(**held)


def _own(user: User, level: access.Level, prefix: str = "") -> Q:
    return Q(**{f"{prefix}user": user})


def _for_admins(user: User, level: access.Level, prefix: str = "") -> Q:
    asked = OuterRef(user) if isinstance(user, OuterRef) else user.pk
    return Q(Exists(User.objects.filter(pk=asked, role=UserRole.ADMIN)))


access.register(User, _people)
access.register(Team, _teams)
access.register(TeamMember, via="team")
access.register(TeamInvite, via="team")
access.register(SlugRedirect, via="team")
access.register(Notification, _own)
access.register(Instance, _for_admins)
access.register(AuditEntry, _for_admins)
access.register(Mail, _for_admins)
