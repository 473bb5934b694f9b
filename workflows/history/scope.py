"""Which runs the pages of a workspace show, and who may change one."""

from django.db.models import Q, QuerySet

from teams import access
from teams.workspace import Workspace
from workflows.models import Workflow, WorkflowRun, WorkflowStep

RUNS = WorkflowRun.objects.select_related(
    "run__requested_by", "run__team", "workflow__team", "version", "parent_step__workflow_run"
).defer("workflow__structure", "version__structure", "parent_step__workflow_run__structure")
STEPS = WorkflowStep.objects.select_related(
    "workflow_run__run__requested_by", "workflow_run__workflow__team", "workflow_run__version", "reused_from"
)


def held(workspace: Workspace, level: access.Level = access.READ) -> QuerySet[WorkflowRun]:
    """The runs of the workspace: those of its team, or those that are nobody's but its person's."""
    team = workspace.team
    here = Q(run__team=team) if team else Q(run__team=None, run__requested_by=workspace.user)
    return access.rows(workspace.user, RUNS.filter(here), level)


def steps(workspace: Workspace, level: access.Level = access.READ) -> QuerySet[WorkflowStep]:
    """The steps of these runs."""
    runs = held(workspace, level).order_by().values("pk")
    return access.rows(workspace.user, STEPS.filter(workflow_run__in=runs), level)


def may_edit(workspace: Workspace, workflow: Workflow) -> bool:
    """Whether somebody may change the workflow."""
    return access.rows(workspace.user, Workflow.objects.filter(pk=workflow.pk), access.WRITE).exists()
