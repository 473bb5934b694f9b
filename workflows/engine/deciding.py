"""Steps that wait are ended from outside: by a person, a service, another run. Whoever is first decides.

Rows are locked in one order: the run, then the step.
"""

from django.db import transaction
from django.utils import timezone

from agents.models import Run, RunStatus
from sambung.lib.errors import Refused
from sambung.lib.failures import Failed, Failure, columns
from workflows.engine import carrier, recovery, values
from workflows.models import WAITING, StepStatus, WorkflowStep


def answer_step(step: WorkflowStep, *, output: object, handle: str | None = None, **took) -> None:
    """End a step that waits, with what it gives; its run goes on. Raises Refused where it waits no more.

    `took`: `usage` and `cost` of what it waited for.
    """
    try:
        packed = values.pack(output, step.workflow_run_id)
        values.keep([packed])
    except Failed as failed:
        raise Refused(failed.failure) from None
    shown = packed.value if not packed.is_large else values.preview(packed)
    told = {"status": StepStatus.DONE, "output": shown, "output_file": packed.file, "size": packed.size}
    _end(step, **told, handle=handle or "", **took)


def fail_step(step: WorkflowStep, failure: Failure, **took) -> None:
    """End a step that waits as failed; what its node says of errors follows. Raises Refused. `took`: as above."""
    _end(step, status=StepStatus.FAILED, **columns(failure), **took)


def repeat_step(step: WorkflowStep) -> None:
    """Have a step done again whose effect is unknown. Raises Refused."""
    _end(step, status=StepStatus.STOPPED)


@transaction.atomic
def _end(step: WorkflowStep, **told) -> None:
    run = Run.objects.select_for_update().get(workflow_run__pk=step.workflow_run_id)
    kept = WorkflowStep.objects.select_for_update().get(pk=step.pk)
    if kept.status not in WAITING or run.status not in {RunStatus.WAITING, RunStatus.RUNNING, RunStatus.QUEUED}:
        raise Refused(Failure("workflow_step_decided"))
    WorkflowStep.objects.filter(pk=step.pk).update(**told, wake_at=None, finished_at=timezone.now())
    if run.status == RunStatus.WAITING:
        recovery.queue_again(run)
    carrier.wake(run)
