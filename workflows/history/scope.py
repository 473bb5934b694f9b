"""Which runs the pages of a workspace show, and who may change one."""

from django.db.models import Q, QuerySet

from teams import access
from teams.workspace import Workspace
from workflows.models import Workflow, WorkflowRun

RUNS = WorkflowRun.objects.select_related(
    "run__requested_by", "run__team", "workflow__team", "version", "parent_step__workflow_run"
).defer("workflow__structure", "version__structure", "parent_step__workflow_run__structure")


def held(workspace: Workspace, level: access.Level = access.READ) -> QuerySet[WorkflowRun]:
    """The runs of the workspace: those of its team, or those that are nobody's but its person's."""
    team = workspace.team
    here = Q(run__team=team) if team else Q(run__team=None, run__requested_by=workspace.user)
    return access.rows(workspace.user, RUNS.filter(here), level)


def may_edit(workspace: Workspace, workflow: Workflow) -> bool:
    """Whether somebody may change the workflow."""
    return access.rows(workspace.user, Workflow.objects.filter(pk=workflow.pk), access.WRITE).exists()
