"""The tests of a workflow, run on its draft: each a run whose models, tools and services are those of then."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from uuid import UUID

from django.utils.translation import gettext as _

from agents.definitions.versions import Change, compared
from agents.models import ACTIVE, RunStatus
from agents.runs import runtime
from sambung.lib.errors import Refused
from sambung.lib.threads import check_may_wait, in_thread
from sambung.lib.waiting import TESTS
from teams.models import User
from workflows.editing import draft
from workflows.engine import starting, stopping
from workflows.models import Trigger, Workflow, WorkflowRun, WorkflowTest

LONGEST = 60.0  # seconds for all tests of a workflow
LOOK = 0.1  # seconds between looks whether they have ended
PATIENCE = 10.0  # seconds for which those that are stopped may take


@dataclass(frozen=True, slots=True)
class Result:
    """How a test went: `problem` says why it failed, `changes` what came out instead; its `run` can be looked at."""

    test: WorkflowTest
    problem: str = ""
    changes: list[Change] = field(default_factory=list)
    run: UUID | None = None

    @property
    def is_passed(self) -> bool:
        """Whether the same came out."""
        return not self.problem


def run_all(
    workflow: Workflow, *, by: User, structure: Mapping | None = None, seconds: float = LONGEST
) -> list[Result]:
    """Run all tests of a workflow at once, on its draft or on `structure`; return how they went, in their order.

    Waits for them outside of any transaction. Runs of tests that passed are not kept.
    """
    check_may_wait()
    structure = draft.structure_of(workflow) if structure is None else structure
    tests = list(workflow.tests.all())
    started = [_start(test, workflow, structure, by) for test in tests]
    ids = [run.pk for run in started if isinstance(run, WorkflowRun)]
    if ids:
        runtime.wait(_ended(ids, seconds), seconds + PATIENCE, TESTS)
    return [_result(test, run) for test, run in zip(tests, started, strict=True)]


def _start(test: WorkflowTest, workflow: Workflow, structure: Mapping, by: User) -> WorkflowRun | Refused:
    """The run of a test, or why there can be none."""
    told = {"structure": structure, "version": None, "trigger": Trigger.TEST}
    try:
        return starting.start(workflow=workflow, **told, input=test.input, by=by, mocks=test.mocks)
    except Refused as refused:
        return refused


async def _ended(ids: list[UUID], seconds: float) -> None:
    """Wait until all have ended; stop those that take too long."""
    until = monotonic() + seconds
    active = WorkflowRun.objects.filter(pk__in=ids, run__status__in=ACTIVE)
    while await in_thread(active.exists) and monotonic() < until:  # noqa: ASYNC110  rows say when
        await asyncio.sleep(LOOK)
    for run in await in_thread(list, active):
        await in_thread(stopping.stop, run)


def _result(test: WorkflowTest, run: WorkflowRun | Refused) -> Result:
    if isinstance(run, Refused):
        return Result(test, run.sentence)
    run = WorkflowRun.objects.select_related("run").get(pk=run.pk)
    if run.run.status != RunStatus.SUCCEEDED:
        return Result(test, run.run.problem or _("It did not end in time."), run=run.pk)
    if run.output != test.expected["output"]:
        change = compared(_("Output"), test.expected["output"], run.output)
        return Result(test, _("Something else came out."), [change], run.pk)
    run.run.delete()
    return Result(test)
