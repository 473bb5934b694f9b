"""A run becomes a test: what it took, what it was answered, and what it gave."""

from django.db import transaction
from django.utils.translation import gettext as _

from agents.models import RunStatus
from sambung.lib.errors import Refused
from teams import audit
from teams.models import User
from workflows.engine import values
from workflows.models import StepStatus, WorkflowRun, WorkflowStep, WorkflowTest

MOST = 50  # tests of a workflow: all of them run before each publish
#: Nodes that ask somebody or something else, or wait: a test has their results instead.
MOCKED = frozenset({"llm", "agent", "tool", "http", "document", "wait", "approval"})


def suggested_name(run: WorkflowRun) -> str:
    """A name for the test of a run: what went in, or the number that it will be."""
    words = [str(value) for value in run.input.values() if isinstance(value, str | int | float)]
    told = " · ".join(word.strip().splitlines()[0] for word in words if word.strip())[:60]
    return told or _("Test %(n)s") % {"n": run.workflow.tests.count() + 1}


@transaction.atomic
def pin(*, run: WorkflowRun, by: User, name: str) -> WorkflowTest:
    """Keep a run that has succeeded as a test of its workflow. Raises Refused."""
    if run.run.status != RunStatus.SUCCEEDED:
        raise Refused(_("Only a run that has succeeded can be kept as a test."))
    if not run.workflow.keeps_values:
        raise Refused(_("This workflow keeps no values of its runs, so there is nothing to test with."))
    if run.workflow.tests.count() >= MOST:
        told = {"most": MOST}
        raise Refused(_("A workflow has %(most)s tests at most. Delete one first.") % told, code="too_many")
    made = WorkflowTest.objects.create(
        workflow=run.workflow,
        name=name,
        input=run.input,
        mocks=mocks_of(run),
        expected={"output": run.output},
    )
    audit.record("workflow_test.kept", by=by, target=run.workflow.name, team=run.workflow.team, test=name)
    return made


def mocks_of(run: WorkflowRun) -> dict:
    """What a run was answered, as the engine takes it (`workflows.engine.mocking`), and the clock of its code."""
    rows = run.steps.filter(node_type__in=MOCKED, status__in=(StepStatus.DONE, StepStatus.FAILED))
    nodes = {step.path: _answer(step) for step in rows.order_by("path", "attempt")}
    code = run.steps.filter(node_type="code").order_by("path", "attempt")
    clock = {step.path: step.input["now"] for step in code if isinstance(step.input, dict) and "now" in step.input}
    return {"nodes": nodes, "clock": clock, "run": str(run.pk)}


def _answer(step: WorkflowStep) -> dict:
    if step.status == StepStatus.FAILED:
        return {"error": step.error_code, "params": step.error_params}
    return {"output": values.read(step.output_file, step.output), "handle": step.handle}


@transaction.atomic
def delete(*, test: WorkflowTest, by: User) -> None:
    """Remove a test."""
    workflow = test.workflow
    audit.record("workflow_test.deleted", by=by, target=workflow.name, team=workflow.team, test=test.name)
    test.delete()
