"""Two runs side by side."""

from decimal import Decimal

import pytest

from agents.models import RunStatus
from tests import factories
from tests.factories.workflow_runs import workflow_run, workflow_step
from workflows.history.comparing import compare
from workflows.models import StepStatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def runs(alice):
    sketch = factories.line(("template", {"content": []}))
    workflow = factories.published(alice, sketch=sketch)
    old = workflow_run(alice, workflow, RunStatus.FAILED, input={"topic": "Tea"})
    new = workflow_run(alice, workflow, input={"topic": "Coffee"}, output={"result": "one\nTWO"})
    for run, text in ((old, "one\ntwo"), (new, "one\nTWO")):
        workflow_step(run, "input", output={})
        workflow_step(run, "template0", output={"text": text}, cost=Decimal(1) if run == new else None)
    workflow_step(old, "output", StepStatus.FAILED, error_code="unexpected")
    workflow_step(new, "output", output={"result": "one\nTWO"})
    return old, new


def test_nodes_stand_in_their_order_and_say_what_differs(runs):
    pairs = compare(*runs).pairs
    assert [(pair.name, pair.is_same) for pair in pairs] == [("input", True), ("template0", False), ("output", False)]
    (change,) = pairs[1].changes
    assert change.lines == [(" ", "one"), ("-", "two"), ("+", "TWO")]
    assert (pairs[2].old.status, pairs[2].new.status) == ("failed", "done")


def test_what_went_in_and_came_out_is_compared(runs):
    found = compare(*runs)
    assert [change.label for change in found.changes] == ["Input", "Output"]
    assert ("-", "Tea") in found.changes[0].lines
    assert (found.old.cost, found.new.cost, found.cost) == (None, Decimal(1), None)


def test_nodes_of_one_graph_alone_are_told(runs):
    old, new = runs
    new.structure = {"nodes": old.structure["nodes"][:1], "edges": []}
    pairs = compare(old, new).pairs
    assert [(pair.name, pair.new is None) for pair in pairs] == [
        ("input", False),
        ("template0", True),
        ("output", True),
    ]
