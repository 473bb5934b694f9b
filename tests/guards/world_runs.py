"""Runs of a workflow in the world that guards walk over: every text of theirs is a canary."""

import hashlib

from django.db.models import Model

from agents.models import RunStatus
from teams.workspace import Workspace
from tests import factories
from tests.factories.workflow_runs import approval as approval_of
from tests.factories.workflow_runs import asking, workflow_run, workflow_step
from workflows.engine import files
from workflows.models import StepStatus, WorkflowTest

_FILE = b"A file that a step made."
DIGEST = hashlib.sha256(_FILE).hexdigest()


def rows(workspace: Workspace, canary: str) -> dict[str, Model]:
    """A workflow with a run that has ended, one on its way, one that asks, a step that was cut off, and a test."""
    by, told = workspace.user, {"text": canary}
    sketch = factories.line(("http", {"method": "POST", "url": [{"text": f"https://nowhere.test/{canary}"}]}))
    workflow = factories.published(by, workspace.team, sketch, name=f"{canary} workflow")
    ended = workflow_run(by, workflow, input=told, output=told)
    files.put(ended.pk, _FILE, f"{canary}.txt", "text/plain")
    active = workflow_run(by, workflow, RunStatus.WAITING)
    asks = factories.published(by, workspace.team, asking(), name=f"{canary} asking")
    approval = approval_of(by, asks, title=canary, text=canary, values=told)
    return {
        "run_workflow": workflow,
        "asking_workflow": asks,
        "ended_run": ended,
        "active_run": active,
        "ended_step": workflow_step(ended, "http0", input=told, output=told),
        "cut_off_step": workflow_step(active, "http0", StepStatus.UNKNOWN, input=told, effect="unsafe"),
        "workflow_approval": approval,
        "workflow_test": WorkflowTest.objects.create(workflow=workflow, name=canary, input=told),
    }


#: What the addresses call the ids of these rows.
TAKES = {
    "run_workflow": "workflow_id",
    "asking_workflow": "workflow_id",
    "ended_run": "run_id",
    "active_run": "run_id",
    "ended_step": "step_id",
    "cut_off_step": "step_id",
    "workflow_approval": "approval_id",
    "workflow_test": "test_id",
}
