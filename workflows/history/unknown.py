"""Steps that were cut off in the middle of an effect: a person says whether it happened."""

from django.db import transaction
from django.utils.translation import gettext as _

from agents.models import Run
from sambung.lib.errors import Refused
from sambung.lib.failures import Failure
from teams import audit
from teams.models import User
from workflows.engine import deciding
from workflows.models import StepStatus, WorkflowStep


@transaction.atomic
def done(*, step: WorkflowStep, by: User, output: object) -> None:
    """It happened, and this is what it gave. Raises Refused where somebody was faster."""
    step = _held(step)
    _note(step, by, "done")
    deciding.answer_step(step, output=output)


@transaction.atomic
def again(*, step: WorkflowStep, by: User) -> None:
    """It did not happen: do it now. Raises Refused where somebody was faster."""
    step = _held(step)
    _note(step, by, "again")
    deciding.repeat_step(step)


@transaction.atomic
def fail(*, step: WorkflowStep, by: User) -> None:
    """Whatever happened, it counts as failed. Raises Refused where somebody was faster."""
    step = _held(step)
    _note(step, by, "failed")
    deciding.fail_step(step, Failure("workflow_given_up", {"person": str(by)}))


def _held(step: WorkflowStep) -> WorkflowStep:
    """The step behind its run, both locked: the first answer counts."""
    Run.objects.select_for_update().get(workflow_run=step.workflow_run_id)
    rows = WorkflowStep.objects.select_related("workflow_run__workflow__team", "workflow_run__run")
    found = rows.select_for_update(of=("self",)).get(pk=step.pk)
    if found.status != StepStatus.UNKNOWN:
        raise Refused(_("Somebody has said already what became of this step."), code="done_already")
    return found


def _note(step: WorkflowStep, by: User, said: str) -> None:
    workflow = step.workflow_run.workflow
    told = {"run": str(step.workflow_run_id), "path": step.path, "said": said}
    audit.record("workflow_step.settled", by=by, target=workflow.name, team=workflow.team, **told)
