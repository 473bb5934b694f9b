"""Whoever waits for the end of a run is told: the step of another run, a trigger, a chat."""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction

from agents.models import ACTIVE
from workflows.models import StepStatus, WorkflowRun

_told: list[Callable[[WorkflowRun], None]] = []


def on_end(act: Callable[[WorkflowRun], None]) -> None:
    """Have `act` called with each run that has ended and has a parent step or a trigger, in a transaction.

    It may be called again for the same run, after a crash in between.
    """
    _told.append(act)


def tell_missed() -> None:
    """Tell of runs that have ended while a step waits for them: the process was gone before it could."""
    missed = WorkflowRun.objects.filter(parent_step__status=StepStatus.WAITING_CHILD).exclude(run__status__in=ACTIVE)
    for pk in missed.values_list("pk", flat=True):
        tell(pk)


def tell(workflow_run: UUID) -> None:
    """Tell that a run has ended."""
    found = WorkflowRun.objects.select_related("run", "workflow", "parent_step", "workflow_trigger").filter(
        pk=workflow_run
    )
    for run in found:
        for act in _told:
            with transaction.atomic():
                act(run)
