"""Rows of workflows that an address names: each is looked for in the workspace of the page. All raise Http404."""

from django.db.models import QuerySet

from teams import access
from workflows import policies
from workflows.history import approvals, scope
from workflows.models import (
    Approval,
    Workflow,
    WorkflowRun,
    WorkflowStep,
    WorkflowTest,
    WorkflowTrigger,
    WorkflowVersion,
)

READ, WRITE = access.READ, access.WRITE


# ---- workflows ------------------------------------------------------------------------------------------
def own(request, workflow_id, level: access.Level = WRITE) -> Workflow:
    """A workflow of this workspace, without what was published of it."""
    return access.get(request, Workflow.objects.defer("structure", "tool_config"), level, pk=workflow_id)


def usable(request, workflow_id, level: access.Level = READ) -> Workflow:
    """A workflow that pages of this workspace may show: its own, or one of others."""
    rows = Workflow.objects.filter(policies.open_in(request.workspace)).select_related("team", "user")
    return access.get(request.user, rows, level, pk=workflow_id)


def may_edit(request, workflow: Workflow) -> bool:
    """Whether the person may change the workflow, and so run its draft."""
    return scope.may_edit(request.workspace, workflow)


def is_drawn_here(request, workflow: Workflow) -> bool:
    """Whether the person may open the editor of the workflow in this workspace."""
    return access.rows(request, Workflow.objects.filter(pk=workflow.pk), WRITE).exists()


# ---- what belongs to one --------------------------------------------------------------------------------
def version(request, version_id, level: access.Level = READ) -> WorkflowVersion:
    """A version of a workflow that pages here may show."""
    rows = WorkflowVersion.objects.select_related("created_by", "workflow__team", "workflow__user")
    return _shown(request, access.get(request.user, rows, level, pk=version_id), level)


def trigger(request, trigger_id, level: access.Level = WRITE) -> WorkflowTrigger:
    """What starts a workflow that pages here may show."""
    rows = WorkflowTrigger.objects.select_related("runs_as", "workflow__team", "workflow__user")
    return _shown(request, access.get(request.user, rows, level, pk=trigger_id), level)


def pinned(request, test_id, level: access.Level = WRITE) -> WorkflowTest:
    """A run that is kept as a test of a workflow that pages here may show."""
    rows = WorkflowTest.objects.select_related("workflow__team", "workflow__user")
    return _shown(request, access.get(request.user, rows, level, pk=test_id), level)


def _shown(request, found, level: access.Level):
    usable(request, found.workflow_id, level)
    return found


# ---- runs -----------------------------------------------------------------------------------------------
def runs(request, level: access.Level = READ) -> QuerySet[WorkflowRun]:
    """The runs of this workspace."""
    return scope.held(request.workspace, level)


def run(request, run_id, level: access.Level = READ) -> WorkflowRun:
    """A run of this workspace."""
    return access.only(runs(request, level), pk=run_id)


def may_change(request, found: WorkflowRun) -> bool:
    """Whether the person may stop the run, settle its steps, remove it."""
    return runs(request, WRITE).filter(pk=found.pk).exists()


def step(request, step_id, level: access.Level = READ) -> WorkflowStep:
    """A step of a run of this workspace."""
    return access.only(scope.steps(request.workspace, level), pk=step_id)


def approval(request, approval_id) -> Approval:
    """An approval of a run that the person may see, or that asks them, in whatever workspace."""
    return access.get(request.user, approvals.ROWS, pk=approval_id)
