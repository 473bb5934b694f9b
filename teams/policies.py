"""Who holds which rows of this app."""

from django.db.models import Q

from teams import access
from teams.models import Team, TeamMember, User


def _self(user: User, level: access.Level, prefix: str = "") -> Q:
    return Q(**{f"{prefix}pk": user.pk})


def _teams(user: User, level: access.Level, prefix: str = "") -> Q:
    held = {f"{prefix}members__user": user}
    if level >= access.WRITE:
        held[f"{prefix}members__role"] = "admin"
    return Q(**held)


access.register(User, _self)
access.register(Team, _teams)
access.register(TeamMember, via="team")
