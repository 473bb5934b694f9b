"""Which runs the pages of a workspace show, and who may change one."""

from django.db.models import Q, QuerySet

from teams import access
from teams.workspace import Workspace
from workflows.models import Workflow, WorkflowRun


def held(workspace: Workspace, runs: QuerySet[WorkflowRun], level: access.Level = access.READ) -> QuerySet[WorkflowRun]:
    """Those of the runs that belong to the workspace: to its team, or to nobody's but its person's."""
    team = workspace.team
    here = Q(run__team=team) if team else Q(run__team=None, run__requested_by=workspace.user)
    return access.rows(workspace.user, runs.filter(here), level)


def may_edit(workspace: Workspace, workflow: Workflow) -> bool:
    """Whether somebody may change the workflow."""
    return access.rows(workspace.user, Workflow.objects.filter(pk=workflow.pk), access.WRITE).exists()
