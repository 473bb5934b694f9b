"""Who holds which rows of this app. A workflow is its workspace's; what it did is of the workspace that it ran in."""

from django.db.models import Exists, OuterRef, Q

from agents.models import Visibility
from teams import access
from teams.models import User, UserRole
from workflows.models import (
    Approval,
    Workflow,
    WorkflowChange,
    WorkflowEdge,
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
access.register(WorkflowTest, via="workflow")
access.register(WorkflowRun, via="run")
access.register(WorkflowStep, via="workflow_run")
access.register(Approval, via="step")
