"""Runs that somebody waits for over the wire, for a few seconds."""

import asyncio
from uuid import UUID

from agents.models import ACTIVE
from agents.runs import runtime
from sambung.lib.threads import in_thread
from sambung.lib.waiting import RUNS, Busy, asks_for
from workflows.models import WorkflowRun

WITHIN = 30.0  # seconds
LOOK = 0.15


def ended(pk: UUID) -> WorkflowRun | None:
    """The run once it has ended; None where it has not by then, or where too many wait already."""
    asks_for.set(f"run {pk}")  # one sender may wait for several
    try:
        runtime.wait(_until_ended(pk), WITHIN, RUNS)
    except (TimeoutError, Busy):
        return None
    return _rows(pk).exclude(run__status__in=ACTIVE).first()


async def _until_ended(pk: UUID) -> None:
    """Rows are looked at: another process may be at the run."""
    while await in_thread(_rows(pk).filter(run__status__in=ACTIVE).exists):  # noqa: ASYNC110
        await asyncio.sleep(LOOK)


def _rows(pk: UUID):
    return WorkflowRun.objects.filter(pk=pk).select_related("run")
