"""Who holds which rows of this app."""

from django.db.models import Q

from agents.models import ApiKey, Run, RunEvent
from teams import access
from teams.models import User


def _runs(user: User, level: access.Level, prefix: str = "") -> Q:
    """A run is its workspace's: of its team, or of whoever asked for it."""
    own = Q(**{f"{prefix}team__isnull": True, f"{prefix}requested_by": user})
    return own | Q(**{f"{prefix}team__in": access.teams_of(user, level)})


access.register(ApiKey, access.in_scope)
access.register(Run, _runs)
access.register(RunEvent, via="run")
