"""A run again: what is used again, what runs, what it is likely to cost, and what is never repeated."""

from decimal import Decimal

import pytest

from agents.models import RunStatus
from sambung.lib.errors import Refused
from tests import factories
from tests.factories.workflow_runs import workflow_run, workflow_step
from workflows.editing import draft
from workflows.engine import starting
from workflows.history import replay
from workflows.models import StepStatus, WorkflowRun

pytestmark = pytest.mark.django_db

URL = {"method": "POST", "url": [{"text": "https://crm.example.org/leads"}]}


@pytest.fixture
def sketch():
    """input → a → b → output, and beside them input → send → output."""
    made = factories.Sketch().node("input", "input", schema={"type": "object", "properties": {"topic": {}}})
    made.node("a", "llm", messages=[]).node("b", "llm", messages=[]).node("send", "http", **URL)
    made.node("output", "output", values=[]).edge("input", "a", "b", "output").edge("input", "send", "output")
    return made


@pytest.fixture
def run(alice, sketch) -> WorkflowRun:
    made = workflow_run(alice, factories.published(alice, sketch=sketch), RunStatus.FAILED, input={"topic": "Tea"})
    workflow_step(made, "input", output={"topic": "Tea"})
    workflow_step(made, "a", cost=Decimal("0.25"))
    workflow_step(made, "send", output={"status": 201})
    workflow_step(made, "b", StepStatus.FAILED, cost=Decimal("0.5"))
    return made


@pytest.fixture
def started(monkeypatch) -> list[dict]:
    """What the engine was asked to start."""
    found = []
    monkeypatch.setattr(starting, "start", lambda **given: found.append(given))
    return found


def names(sketch, reuse) -> set[str]:
    ids = {key: name for name, key in sketch.ids.items()}
    return {ids[path] for path in reuse}


def test_all_but_the_node_and_what_follows_is_used_again(run, sketch):
    plan = replay.plan(run, sketch.ids["b"], is_draft=False)
    assert plan.reused == ["input", "a", "send"]
    assert plan.again == ["b", "output"]
    assert (plan.effects, plan.unfinished, plan.differences) == ([], [], [])
    assert (plan.cost, plan.is_partial) == (Decimal("0.5"), False)


def test_from_the_start_everything_runs_and_effects_are_named(run):
    plan = replay.plan(run, "", is_draft=False)
    assert plan.reused == []
    assert set(plan.again) == {"input", "a", "b", "send", "output"}
    assert plan.effects == ["send"]
    assert plan.cost == Decimal("0.75")


def test_what_has_no_result_runs_as_well(run, sketch):
    run.steps.filter(path=sketch.ids["send"]).delete()
    plan = replay.plan(run, sketch.ids["b"], is_draft=False)
    assert (plan.unfinished, plan.effects) == (["send"], ["send"])


def test_the_cost_of_what_did_not_run_is_that_of_other_runs(run, sketch, alice):
    run.steps.filter(path=sketch.ids["b"]).update(cost=None)
    assert replay.plan(run, sketch.ids["b"], is_draft=False).cost is None
    assert replay.plan(run, sketch.ids["a"], is_draft=False).is_partial
    for cost in (1, 3):
        workflow_step(workflow_run(alice, run.workflow), "b", cost=Decimal(cost))
    assert replay.plan(run, sketch.ids["b"], is_draft=False).cost == Decimal(2)


def test_nodes_without_models_cost_nothing(run, sketch):
    run.steps.filter(path=sketch.ids["b"]).update(status=StepStatus.DONE)
    plan = replay.plan(run, sketch.ids["output"], is_draft=False)
    assert (plan.cost, plan.is_partial) == (Decimal(0), False)


def test_the_draft_is_compared_with_what_ran(run, sketch):
    changed = draft.structure_of(run.workflow)
    nodes = {node["data"]["name"]: node for node in changed["nodes"]}
    nodes["a"]["data"]["description"] = "Says more."
    nodes["b"]["position"] = {"x": 1, "y": 1}
    changed["nodes"].remove(nodes["send"])
    added = factories.Sketch().node("new", "template", content=[]).nodes
    draft.write(run.workflow, changed | {"nodes": [*changed["nodes"], *added]})
    plan = replay.plan(run, sketch.ids["b"], is_draft=True)
    assert [(one.name, one.what) for one in plan.differences] == [("new", "new"), ("send", "gone"), ("a", "changed")]
    assert "send" not in plan.reused


def test_a_node_that_is_not_there_is_refused(run):
    with pytest.raises(Refused) as refused:
        replay.plan(run, "0198b5a0-0000-7000-8000-000000000000", is_draft=False)
    assert refused.value.code == "gone"


def test_it_starts_with_the_steps_that_are_used_again(run, sketch, alice, started):
    replay.replay(run=run, by=alice, path=sketch.ids["b"], is_draft=False, input={"topic": "Tea"})
    (given,) = started
    assert (given["replay_of"], given["version"], given["trigger"]) == (run, run.version, "replay")
    assert names(sketch, given["reuse"]) == {"input", "a", "send"}


def test_another_input_makes_the_input_run_again(run, sketch, alice, started):
    replay.replay(run=run, by=alice, path=sketch.ids["b"], is_draft=True, input={"topic": "Coffee"})
    (given,) = started
    assert (given["version"], given["input"]) == (None, {"topic": "Coffee"})
    assert names(sketch, given["reuse"]) == {"a", "send"}


def test_a_node_inside_of_a_loop_runs_with_the_whole_loop(alice):
    sketch = factories.Sketch().node("input", "input", schema={}).node("loop", "loop", over={"value": 2})
    sketch.node("inner", "llm", "loop", messages=[]).node("output", "output", values=[])
    sketch.edge("input", "loop", "output")
    run = workflow_run(alice, factories.published(alice, sketch=sketch))
    workflow_step(run, "input")
    workflow_step(run, "loop")
    for n in range(2):
        workflow_step(run, "inner", path=f"{sketch.ids['loop']}[{n}]/{sketch.ids['inner']}", cost=Decimal(1))
    plan = replay.plan(run, f"{sketch.ids['loop']}[1]/{sketch.ids['inner']}", is_draft=False)
    assert (plan.again, plan.cost) == (["loop", "output"], Decimal(2))
