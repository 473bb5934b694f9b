"""A run as a list of its nodes: in their order, with loops item by item, and what it took together."""

from decimal import Decimal

import pytest

from agents.models import RunStatus
from tests import factories
from tests.factories.workflow_runs import workflow_run, workflow_step
from workflows.history.steps import Steps, Totals, asking, tokens
from workflows.models import StepStatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def looping(alice):
    """A run with a loop of two nodes over three items, the second of which has failed."""
    sketch = factories.Sketch().node("input", "input", schema={}).node("loop", "loop", over={"value": 3})
    sketch.node("first", "template", "loop", content=[]).node("second", "template", "loop", content=[])
    sketch.node("output", "output", values=[]).edge("input", "loop", "output").edge("first", "second")
    run = workflow_run(alice, factories.published(alice, sketch=sketch), RunStatus.RUNNING)
    workflow_step(run, "input")
    workflow_step(run, "loop", StepStatus.RUNNING)
    for n in range(3):
        for name in ("first", "second"):
            status = StepStatus.FAILED if (n, name) == (1, "second") else StepStatus.DONE
            workflow_step(run, name, status, path=f"{sketch.ids['loop']}[{n}]/{sketch.ids[name]}")
    return run, sketch


def told(run, shown=None) -> list[tuple]:
    return [(row.name, row.depth, row.status) for row in Steps(run, shown).rows()]


def test_nodes_stand_in_their_order_and_those_to_come_as_such(alice):
    run = workflow_run(alice, factories.published(alice), RunStatus.RUNNING)
    workflow_step(run, "input")
    assert told(run) == [("input", 0, "done"), ("output", 0, "later")]
    run.run.status = RunStatus.FAILED
    assert told(run)[1] == ("output", 0, "never")


def test_the_last_attempt_counts_and_the_others_are_counted(alice):
    run = workflow_run(alice, factories.published(alice))
    workflow_step(run, "input", StepStatus.FAILED, error_code="unexpected")
    workflow_step(run, "input", attempt=2)
    row = Steps(run).rows()[0]
    assert (row.status, row.attempts, row.step.attempt) == ("done", 2, 2)


def test_of_a_loop_the_item_that_failed_is_on_show(looping):
    run, _sketch = looping
    assert told(run) == [
        ("input", 0, "done"),
        ("loop", 0, "running"),
        ("first", 1, "done"),
        ("second", 1, "failed"),
        ("output", 0, "later"),
    ]
    items = Steps(run).rows()[1].items
    assert (items.indexes, items.shown, items.number, items.place, items.before, items.after) == (
        [0, 1, 2],
        1,
        2,
        2,
        0,
        2,
    )
    assert items.counts == {"done": 2, "failed": 1}


def test_another_item_can_be_chosen(looping):
    run, sketch = looping
    rows = Steps(run, {sketch.ids["loop"]: 2}).rows()
    assert (rows[3].status, rows[1].items.shown, rows[1].items.after) == ("done", 2, None)
    assert Steps(run, {sketch.ids["loop"]: 9}).rows()[1].items.shown == 1


def test_a_line_has_another_mark_once_something_of_it_has_changed(looping):
    run, _sketch = looping
    before = [row.mark for row in Steps(run).rows()]
    assert before == [row.mark for row in Steps(run).rows()]
    run.steps.filter(path__endswith=run.steps.last().node_id).update(status=StepStatus.DONE)
    after = [row.mark for row in Steps(run).rows()]
    assert [old == new for old, new in zip(before, after, strict=True)] == [True, False, False, False, True]


def test_totals_leave_out_what_was_reused(alice):
    run = workflow_run(alice, factories.published(alice))
    other = workflow_run(alice, run.workflow)
    old = workflow_step(other, "input", cost=Decimal("0.5"), usage={"inputTokens": 5})
    workflow_step(run, "input", cost=Decimal("0.5"), usage={"inputTokens": 5}, reused_from=old)
    workflow_step(run, "output", cost=Decimal("0.25"), usage={"inputTokens": 3, "outputTokens": 4})
    assert Totals.of(run) == Totals(2, 7, Decimal("0.25"), True)
    assert Totals.of(workflow_run(alice, run.workflow)) == Totals(0, 0, None, False)


def test_tokens_are_those_that_went_in_and_came_out():
    assert tokens({"inputTokens": 3, "outputTokens": 4, "cachedTokens": 2}) == 7
    assert tokens({}) == 0


def test_what_asks_somebody_is_found(alice):
    run = workflow_run(alice, factories.published(alice), RunStatus.WAITING)
    workflow_step(run, "input")
    step = workflow_step(run, "output", StepStatus.UNKNOWN)
    assert asking(run) == [step]
