"""Who holds which rows of this app."""

from django.db.models import Exists, OuterRef, Q

from agents.models import (
    Agent,
    AgentBookmark,
    AgentDraft,
    AgentUserPermission,
    AgentVersion,
    ApiKey,
    McpOAuthSession,
    McpServer,
    McpServerCustomInstructions,
    McpServerToolCustomInstructions,
    PermissionStatus,
    Run,
    RunEvent,
    ToolAllowance,
    ToolApproval,
    ToolKey,
    ToolPreset,
    UsageEntry,
    Visibility,
)
from teams import access
from teams.models import User, UserRole
from teams.workspace import Workspace


def _runs(user: User, level: access.Level, prefix: str = "") -> Q:
    """A run is its workspace's: of its team, or of whoever asked for it."""
    own = Q(**{f"{prefix}team__isnull": True, f"{prefix}requested_by": user})
    return own | Q(**{f"{prefix}team__in": access.teams_of(user, level)})


def _usage(user: User | OuterRef, level: access.Level, prefix: str = "") -> Q:
    """One's own calls, while one is in their team, and all of the teams that one is an admin of. Nobody changes any."""
    if level > access.READ:
        return Q(**{f"{prefix}pk__in": []})
    own = Q(**{f"{prefix}user": user}) & access.in_scope(user, access.READ, prefix)
    return own | Q(**{f"{prefix}team__in": access.teams_of(user, access.MANAGE)})


def _keys(user: User, level: access.Level, prefix: str = "") -> Q:
    """READ is to use a key: one's own, one's teams', the instance's. To change a shared one takes an admin of it."""
    team_level = access.MANAGE if level > access.READ else access.READ
    instances = Q(**{f"{prefix}team__isnull": True, f"{prefix}user__isnull": True})
    if level > access.READ:
        instances &= _has_role(user, UserRole.ADMIN)
    return access.in_scope(user, team_level, prefix) | instances


def _servers(user: User, level: access.Level, prefix: str = "") -> Q:
    """MCP servers are held as keys are; those that are shared with everybody are everybody's to use."""
    shared = Q(**{f"{prefix}visibility__in": [Visibility.READONLY, Visibility.PUBLIC]})
    match level:
        case access.READ:
            held = shared
        case access.WRITE:
            public = Q(**{f"{prefix}visibility": Visibility.PUBLIC})
            held = shared & _has_role(user, UserRole.ADMIN) | public & _has_role(user, UserRole.AGENT_ADMIN)
        case _:
            held = shared & _has_role(user, UserRole.ADMIN)
    return _keys(user, level, prefix) | held


def _agents(user: User, level: access.Level, prefix: str = "", is_deleted: bool = False) -> Q:
    """A workspace's agents are its own; shared ones are everybody's to use.

    Public ones are agent admins' to edit; who sees a shared one, and whether it stays, is an admin's to say as well.
    """
    shared = Q(**{f"{prefix}visibility__in": [Visibility.READONLY, Visibility.PUBLIC]})
    public = Q(**{f"{prefix}visibility": Visibility.PUBLIC})
    match level:
        case access.READ:
            granted = AgentUserPermission.objects.filter(user=_person(user), status=PermissionStatus.VISIBLE)
            held = shared | Q(**{f"{prefix}id__in": granted.values("agent")})
        case access.WRITE:
            held = shared & _has_role(user, UserRole.ADMIN) | public & _has_role(user, UserRole.AGENT_ADMIN)
        case _:
            held = shared & _has_role(user, UserRole.ADMIN)
    standing = Q(**{f"{prefix}deleted_at__isnull": not is_deleted})
    return standing & (access.in_scope(user, level, prefix) | held)


def hidden_from(user: User) -> Q:
    """Agents that the person has taken out of their lists."""
    hidden = AgentUserPermission.objects.filter(user=user, status=PermissionStatus.HIDDEN)
    return Q(pk__in=hidden.values("agent"))


def present_to(user: User) -> Q:
    """Agents that answer; those that rest are there for whoever can change them."""
    return Q(is_active=True) | Q(pk__in=access.rows(user, Agent.objects.all(), access.WRITE).values("pk"))


def open_in(workspace: Workspace) -> Q:
    """Agents that the pages of a workspace show: its own, and those of others."""
    return workspace.q | ~access.in_scope(workspace.user, access.READ)


def _own(user: User, level: access.Level, prefix: str = "") -> Q:
    return Q(**{f"{prefix}user": user})


def _person(user: User | OuterRef) -> User | OuterRef:
    """The user inside a subquery, where the row of an outer query lies one further out."""
    return OuterRef(user) if isinstance(user, OuterRef) else user


def _has_role(user: User | OuterRef, role: str) -> Q:
    if isinstance(user, OuterRef):
        return Q(Exists(User.objects.filter(pk=_person(user), role=role)))
    return Q() if user.role == role else Q(pk__in=[])


access.register(ApiKey, _keys)
access.register(Agent, _agents)
access.register(AgentVersion, via="agent")
access.register(AgentUserPermission, via="agent")
access.register(AgentBookmark, _own)
access.register(AgentDraft, _own)
access.register(Run, _runs)
access.register(RunEvent, via="run")
access.register(UsageEntry, _usage)
access.register(McpServer, _servers)
access.register(McpServerCustomInstructions, _own)
access.register(McpServerToolCustomInstructions, _own)
access.register(McpOAuthSession, _own)
access.register(ToolKey, _keys)
access.register(ToolPreset, _own)
access.register(ToolApproval, via="run")
access.register(ToolAllowance, _own)


def may_open(person: User) -> bool:
    """Whether a person may let everybody use their agents and servers."""
    return person.role in {UserRole.AGENT_ADMIN, UserRole.ADMIN}
