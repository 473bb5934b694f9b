"""What people decide, with the real engine: runs go on from there, and end as they should."""

from decimal import Decimal

import pytest

from agents.models import Run, RunStatus
from sambung.lib.errors import Refused
from sambung.lib.threads import in_thread
from teams.models import Notification
from tests import factories
from tests.factories.workflow_runs import BUTTONS, FORM
from tests.workflows.engine.conftest import host, resting  # noqa: F401  a fixture, and how to wait
from workflows.editing import draft
from workflows.engine import starting, stopping
from workflows.history import alone, approvals, changing, replay, telling, unknown
from workflows.models import Approval, StepStatus, WorkflowRun, WorkflowStep

pytestmark = pytest.mark.django_db(transaction=True)
SCHEMA = {"type": "object", "properties": {"topic": {"type": "string"}}}


def asking(**data):
    """input → approval → output of what was sent, by either button."""
    sketch = factories.Sketch().node("input", "input", schema=SCHEMA)
    given = {"title": sketch.text("About ", ("input", "topic")), "text": [], "form": FORM, "buttons": BUTTONS}
    given |= {"audience": {"starter": True}, "prefill": {"text": sketch.value("input", "topic")}}
    sketch.node("ask", "approval", **given | data)
    value = {"name": "result", "value": sketch.value("ask", "values", "text")}
    sketch.node("output", "output", values=[value]).edge("input", "ask")
    return sketch.edge("ask", "output", handle="yes").edge("ask", "output", handle="no")


async def started(alice, sketch, **input):
    workflow = await in_thread(factories.workflow, alice, None, sketch)
    structure = await in_thread(draft.structure_of, workflow)
    made = await in_thread(_start, workflow, structure, input, alice)
    return workflow, await resting(made.pk)


def _start(workflow, structure, input, by):
    return starting.start(workflow=workflow, structure=structure, input=input, by=by)


async def test_a_decision_lets_the_run_go_on_with_what_was_sent(host, alice):  # noqa: F811
    _workflow, played = await started(alice, asking(), topic="Coffee")
    assert played.status == RunStatus.WAITING
    asked = await in_thread(approvals.ROWS.get)
    assert (asked.title, asked.values) == ("About Coffee", {"text": "Coffee"})
    assert await in_thread(Notification.objects.filter(user=alice, kind=telling.KIND).count) == 1
    given = {"button": "yes", "values": {"text": "Tea"}}
    await in_thread(lambda: approvals.decide(approval=asked, by=alice, **given))
    played = await resting(played.row.pk, {RunStatus.SUCCEEDED, RunStatus.FAILED})
    assert (played.status, played.row.output) == (RunStatus.SUCCEEDED, {"result": "Tea"})
    assert (played.steps["ask"].handle, played.steps["ask"].output["decidedBy"]) == ("yes", "Alice Owner")


async def test_a_node_asks_before_it_runs(host, alice):  # noqa: F811
    before = {"audience": {"starter": True}}
    sketch = factories.line(("template", {"content": [{"text": "Sent"}], "approvalBefore": before}))
    _workflow, played = await started(alice, sketch)
    asked = await in_thread(approvals.ROWS.get)
    await in_thread(lambda: approvals.decide(approval=asked, by=alice, button="approve", values={}))
    played = await resting(played.row.pk, {RunStatus.SUCCEEDED, RunStatus.FAILED})
    assert played.row.output == {"result": {"text": "Sent"}}


async def test_what_was_cut_off_goes_on_with_what_a_person_says(host, alice):  # noqa: F811
    _workflow, played = await started(alice, asking(), topic="Coffee")
    step = played.steps["ask"]
    await in_thread(WorkflowStep.objects.filter(pk=step.pk).update, status=StepStatus.UNKNOWN)
    output = {"button": "yes", "values": {"text": "It was there."}}
    await in_thread(lambda: unknown.fail(step=step, by=alice))
    played = await resting(played.row.pk, {RunStatus.SUCCEEDED, RunStatus.FAILED})
    assert played.run.error_code == "workflow_given_up"
    assert "Alice Owner" in played.run.problem
    with pytest.raises(Refused):
        await in_thread(lambda: unknown.done(step=step, by=alice, output=output))


async def test_a_replay_uses_results_again_and_pays_for_the_rest_alone(host, alice):  # noqa: F811
    texts = [("template", {"content": [{"text": word}]}) for word in ("one", "two")]
    sketch = factories.line(*texts)
    _workflow, first = await started(alice, sketch)
    path = first.steps["template1"].path
    await in_thread(WorkflowStep.objects.filter(node_type="template").update, cost=Decimal(1), output={"text": "old"})
    again = await in_thread(lambda: replay.replay(run=first.row, by=alice, path=path, is_draft=True, input={}))
    played = await resting(again.pk)
    assert played.row.output == {"result": {"text": "two"}}
    assert {name: step.reused_from_id is not None for name, step in played.steps.items()} == {
        "input": True,
        "template0": True,
        "template1": False,
        "output": False,
    }
    assert played.steps["template0"].output == {"text": "old"}
    assert (played.row.replay_of_id, played.row.trigger) == (first.row.pk, "replay")


async def test_one_node_runs_alone_with_what_is_given(host, alice):  # noqa: F811
    sketch = factories.Sketch().node("input", "input", schema=SCHEMA)
    sketch.node("text", "template", content=sketch.text("About ", ("input", "topic")))
    value = {"name": "result", "value": sketch.value("text", "text")}
    sketch.node("output", "output", values=[value]).edge("input", "text", "output")
    workflow = await in_thread(factories.workflow, alice, None, sketch)
    structure = await in_thread(draft.structure_of, workflow)
    told = {"workflow": workflow, "structure": structure, "key": sketch.ids["text"], "by": alice}
    made = await in_thread(lambda: alone.run(**told, given={"value_0": "Tea"}))
    played = await resting(made.pk)
    assert played.row.output == {"result": {"text": "About Tea"}}


async def test_a_run_that_has_reached_a_limit_goes_on_with_more(host, alice):  # noqa: F811
    texts = [("template", {"content": [{"text": "x"}]}) for _n in range(4)]
    workflow = await in_thread(factories.workflow, alice, None, factories.line(*texts))
    structure = await in_thread(draft.structure_of, workflow)
    told = {"workflow": workflow, "structure": structure, "input": {}, "by": alice}
    made = await in_thread(lambda: starting.start(**told, limits={"steps": 3}))
    played = await resting(made.pk)
    limit = changing.limit_reached(played.row)
    assert (played.status, limit.name, limit.most) == (RunStatus.STOPPED, "steps", 3)
    await in_thread(lambda: changing.go_on(run=played.row, by=alice, most={"steps": 20}))
    played = await resting(made.pk, {RunStatus.SUCCEEDED, RunStatus.FAILED})
    assert (played.status, played.row.limits, played.run.error_code) == (RunStatus.SUCCEEDED, {"steps": 20}, "")
    with pytest.raises(Refused):
        await in_thread(lambda: changing.go_on(run=played.row, by=alice, most={"steps": 40}))


async def test_what_was_asked_is_forgotten_once_the_run_was_stopped(host, alice):  # noqa: F811
    _workflow, played = await started(alice, asking(), topic="Coffee")
    await in_thread(stopping.stop, played.row)
    assert await in_thread(telling.clean_up) == 1
    assert await in_thread(Run.objects.get) is not None
    asked = await in_thread(approvals.ROWS.get)
    assert not approvals.is_open(asked)
    with pytest.raises(Refused):
        await in_thread(lambda: approvals.decide(approval=asked, by=alice, button="yes", values={"text": "x"}))
    assert await in_thread(Approval.objects.filter(decision="").count) == 1
    assert await in_thread(WorkflowRun.objects.get) == played.row
