"""Stopping a run, wherever it is, with the runs of other workflows that it waits for."""

from django.db import transaction
from django.utils import timezone

from agents.models import ACTIVE, Run, RunStatus
from workflows.engine import carrier, recovery
from workflows.models import StepStatus, WorkflowRun


@transaction.atomic
def stop(workflow_run: WorkflowRun) -> bool:
    """Ask for its end; what is done stays. One that nobody is at ends here. Return whether it was still active."""
    run = Run.objects.select_for_update().filter(pk=workflow_run.run_id, status__in=ACTIVE).first()
    if run is None:
        return False
    Run.objects.filter(pk=run.pk).update(stop_requested_at=timezone.now())
    children = WorkflowRun.objects.filter(
        parent_step__workflow_run=workflow_run, parent_step__status=StepStatus.WAITING_CHILD, run__status__in=ACTIVE
    )
    for child in children:
        stop(child)
    if run.status == RunStatus.RUNNING:
        carrier.stop(run.pk)
    else:
        recovery.end(run)
    return True
