"""Runs of other workflows that a step has called: which they are, and which step waits for them."""

from collections.abc import Collection
from uuid import UUID

from workflows.models import WorkflowRun


def key(run_id: UUID | None, call_id: str) -> str:
    """What tells a call from all others; "" where no run makes it."""
    return f"{run_id}:{call_id}" if run_id and call_id else ""


def wait_for(step: UUID, run_id: UUID, call_ids: Collection[str]) -> None:
    """Have a stored step wait for the runs of these calls: it goes on with the first that ends."""
    keys = [key(run_id, one) for one in call_ids]
    WorkflowRun.objects.filter(key__in=keys, workflow_trigger=None).update(parent_step=step)
