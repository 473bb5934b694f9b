"""Who is asked: the people behind an approval's audience, which is never nobody."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from teams.models import Team, TeamRole, User, UserRole
from workflows.models import Approval

ROLES = ("members", "admins", "agent_admins")


def people(approval: Approval) -> QuerySet[User]:
    """Everybody who may decide. Where nobody of the audience is there any more, whoever the run runs as."""
    named = User.objects.filter(_named(approval), is_active=True)
    if not named.exists():
        named = User.objects.filter(_fallback(approval), is_active=True)
    return named.order_by("name", "id").distinct()


def is_asked(approval: Approval, user: User) -> bool:
    """Whether this person may decide."""
    return people(approval).filter(pk=user.pk).exists()


def _named(approval: Approval) -> Q:
    """The people whom the audience names now: somebody who joined the team since is among its members."""
    run, audience = approval.step.workflow_run.run, approval.audience
    found = Q(pk__in=_ids(audience.get("people") or ()))
    if audience.get("starter") and run.requested_by_id:
        found |= Q(pk=run.requested_by_id)
    role, team = audience.get("role"), approval.step.workflow_run.workflow.team
    if role == "agent_admins":
        found |= Q(role__in=(UserRole.AGENT_ADMIN, UserRole.ADMIN))
    elif role in ROLES:
        found |= _of_workspace(approval, team, role)
    return found


def _of_workspace(approval: Approval, team: Team | None, role: str) -> Q:
    """Members or admins of the workflow's team; a personal workflow has one of each, its owner."""
    if team is None:
        return Q(pk=approval.step.workflow_run.workflow.user_id)
    found = Q(memberships__team=team)
    return found & Q(memberships__role=TeamRole.ADMIN) if role == "admins" else found


def _fallback(approval: Approval) -> Q:
    """Whoever the run runs as, else those who look after the workflow."""
    run, workflow = approval.step.workflow_run.run, approval.step.workflow_run.workflow
    if run.requested_by_id and run.requested_by.is_active:
        return Q(pk=run.requested_by_id)
    return _of_workspace(approval, workflow.team, "admins") | Q(pk=workflow.user_id, is_active=True)


def _ids(found: Iterable) -> list[str]:
    return [str(one) for one in found]
