"""Runs of workflows, carried by a host of the test's own."""

import asyncio
from collections.abc import Callable

import pytest

from agents.models import RunStatus
from sambung.lib.threads import in_thread
from tests.factories import Sketch, workflow
from workflows.engine import carrier, starting
from workflows.models import WorkflowRun, WorkflowStep

RESTING = {RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.STOPPED, RunStatus.WAITING}


class Played:
    """A run that has ended or waits, with its steps by the names of their nodes."""

    def __init__(self, row: WorkflowRun) -> None:
        self.row, self.run = row, row.run
        names = {node["id"]: node["data"].get("name", "") for node in row.structure["nodes"]}
        self.rows = list(WorkflowStep.objects.filter(workflow_run=row).order_by("created_at", "id"))
        self.steps = {_named(step.path, names): step for step in sorted(self.rows, key=lambda one: one.attempt)}

    @property
    def status(self) -> str:
        return self.run.status

    @property
    def statuses(self) -> dict[str, str]:
        return {name: step.status for name, step in self.steps.items()}


def _named(path: str, names: dict[str, str]) -> str:
    for key, name in names.items():
        path = path.replace(key, name)
    return path


async def resting(pk, wanted=RESTING) -> Played:
    """Wait until a run has ended or waits; return it."""

    def look() -> Played | None:
        row = WorkflowRun.objects.select_related("run").get(pk=pk)
        return Played(row) if row.run.status in wanted else None

    async with asyncio.timeout(60):
        while not (found := await in_thread(look)):
            await asyncio.sleep(0.02)
        return found


@pytest.fixture
async def host(transactional_db):
    """What carries runs in this test."""
    yield carrier.host()
    await carrier.close()


@pytest.fixture
def play(host, alice) -> Callable:
    """Run what was drawn as Alice, and wait until it has ended or waits."""

    async def run(sketch: Sketch, input: dict | None = None, **more) -> Played:
        made = await in_thread(begin, sketch, input, **more)
        return await resting(made.pk)

    def begin(sketch: Sketch, input: dict | None = None, **more) -> WorkflowRun:
        found = workflow(alice, sketch=sketch)
        given = {"structure": sketch.structure, "input": input or {}, "by": alice}
        return starting.start(workflow=found, **given | more)

    run.begin, run.resting = begin, resting
    return run
