"""Who holds which rows of this app. A workflow is its workspace's; what it did is of the workspace that it ran in."""

from django.db.models import Exists, OuterRef, Q

from agents.models import Visibility
from teams import access
from teams.models import User, UserRole
from teams.workspace import Workspace
from workflows.models import (
    Approval,
    Workflow,
    WorkflowChange,
    WorkflowEdge,
    WorkflowLink,
    WorkflowNode,
    WorkflowRun,
    WorkflowStep,
    WorkflowTest,
    WorkflowTrigger,
    WorkflowVersion,
)


def _workflows(user: User | OuterRef, level: access.Level, prefix: str = "") -> Q:
    """A workspace's own; shared ones are everybody's to use, public ones agent admins' to edit, all admins' to keep."""
    shared = Q(**{f"{prefix}visibility__in": [Visibility.READONLY, Visibility.PUBLIC]})
    public = Q(**{f"{prefix}visibility": Visibility.PUBLIC})
    match level:
        case access.READ:
            held = shared & Q(**{f"{prefix}published": True})
        case access.WRITE:
            held = shared & _has_role(user, UserRole.ADMIN) | public & _has_role(user, UserRole.AGENT_ADMIN)
        case _:
            held = shared & _has_role(user, UserRole.ADMIN)
    return access.in_scope(user, level, prefix) | held


def may_open(user: User) -> bool:
    """Whether somebody may open workflows for everybody."""
    return user.role in {UserRole.ADMIN, UserRole.AGENT_ADMIN}


def _approvals(user: User, level: access.Level, prefix: str = "") -> Q:
    """Whoever may see the run may see what it asks, and so may those who are asked, wherever they are."""
    run, audience = f"{prefix}step__workflow_run__run__", f"{prefix}audience__"
    workflow = f"{prefix}step__workflow_run__workflow__"
    held = Q(**{f"{run}team__isnull": True, f"{run}requested_by": user})
    held |= Q(**{f"{run}team__in": access.teams_of(user, level)})
    if level == access.MANAGE:
        return held
    named = Q(**{f"{audience}people__contains": [str(user.pk)]})
    named |= Q(**{f"{audience}starter": True, f"{run}requested_by": user})
    named |= Q(**{f"{audience}role": "members", f"{workflow}team__in": access.teams_of(user, access.READ)})
    named |= Q(**{f"{audience}role": "admins", f"{workflow}team__in": access.teams_of(user, access.MANAGE)})
    named |= Q(**{f"{audience}role__in": ["members", "admins"], f"{workflow}team": None, f"{workflow}user": user})
    if user.role in {UserRole.AGENT_ADMIN, UserRole.ADMIN}:
        named |= Q(**{f"{audience}role": "agent_admins"})
    return held | named


def open_in(workspace: Workspace) -> Q:
    """Workflows that the pages of a workspace show: its own, and those of others."""
    return workspace.q | ~access.in_scope(workspace.user, access.READ)


def _has_role(user: User | OuterRef, role: str) -> Q:
    if isinstance(user, OuterRef):
        return Q(Exists(User.objects.filter(pk=OuterRef(user), role=role)))
    return Q() if user.role == role else Q(pk__in=[])


access.register(Workflow, access.not_deleted(_workflows))
access.register(WorkflowNode, via="workflow")
access.register(WorkflowEdge, via="workflow")
access.register(WorkflowVersion, via="workflow")
access.register(WorkflowChange, via="workflow")
access.register(WorkflowTrigger, via="workflow")
access.register(WorkflowLink, via="workflow")
access.register(WorkflowTest, via="workflow")
access.register(WorkflowRun, via="run")
access.register(WorkflowStep, via="workflow_run")
access.register(Approval, _approvals)
