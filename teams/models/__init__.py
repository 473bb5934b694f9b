"""People and where they work."""

from teams.models.groups import RESERVED_SLUGS, SLUG_PATTERN, SlugRedirect, Team, TeamInvite, TeamMember, TeamRole
from teams.models.instance import AuditEntry, Instance, SecondFactor, SignUp, WebAccess
from teams.models.links import Link, LinkMode, mode_known
from teams.models.mails import Mail
from teams.models.people import Notification, User, UserRole
from teams.models.scope import Scoped, leave_to_team

__all__ = [
    "RESERVED_SLUGS",
    "SLUG_PATTERN",
    "AuditEntry",
    "Instance",
    "Link",
    "LinkMode",
    "Mail",
    "Notification",
    "Scoped",
    "SecondFactor",
    "SignUp",
    "SlugRedirect",
    "Team",
    "TeamInvite",
    "TeamMember",
    "TeamRole",
    "User",
    "UserRole",
    "WebAccess",
    "leave_to_team",
    "mode_known",
]
