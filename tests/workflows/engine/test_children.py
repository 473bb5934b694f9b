"""Runs of other workflows that tool nodes and agents call: waited for, held by nobody, and gone on with."""

from collections.abc import Callable

import pytest

from agents import tools
from agents.models import Agent
from agents.tools import binding
from sambung.lib.threads import in_thread
from teams.workspace import Workspace
from tests.factories import Sketch, line, workflow
from tests.workflows.engine import scripts
from tests.workflows.engine.scripts import OBEYS, orders
from workflows.actions import calling
from workflows.engine import stopping
from workflows.history import approvals
from workflows.models import Approval, Workflow, WorkflowRun
from workflows.publishing import versions

pytestmark = pytest.mark.django_db(transaction=True)
ASKS = {"title": [{"text": "Well?"}], "buttons": [{"id": "yes", "label": "Yes"}], "audience": {"starter": True}}
FORM = {"type": "object", "properties": {"word": {"type": "string"}}}


@pytest.fixture
def child(alice) -> Workflow:
    """A published workflow of Alice's that asks her for a word and gives it."""
    sketch = Sketch().node("input", "input", schema={"type": "object", "properties": {}})
    sketch.node("ask", "approval", **ASKS, form=FORM)
    sketch.node("output", "output", values=[{"name": "word", "value": sketch.value("ask", "values", "word")}])
    made = workflow(alice, sketch=sketch.edge("input", "ask").edge("ask", "output", handle="yes"), name="Ask")
    told = {"name": "ask", "description": "Asks.", "when": ""}
    versions.publish(workflow=made, by=alice, draft_version=made.draft_version, tool=told)
    return made


@pytest.fixture
def sketch(child, alice) -> Sketch:
    """A workflow that calls it by a tool node."""
    found = binding.bind(Workspace(alice)).tools.values()
    tool: tools.Tool = next(one for one in found if one.source == str(child.pk))
    named = {"kind": tool.kind, "source": tool.source, "name": tool.name, "digest": tool.digest}
    return line(("tool", {"tool": named, "arguments": {}}))


@pytest.fixture
async def agents(settings, alice, child) -> Callable:
    """Draw a workflow with an agent that calls it twice at once."""
    async with scripts.model(settings) as model:
        told = {"user": alice, "chat_model": model.stored(OBEYS), "allowed_workflows": [str(child.pk)]}
        made = await in_thread(lambda: Agent.objects.create(name="Guide", **told))
        message = [{"text": orders([("ask", {}), ("ask", {})])}]
        yield line(("agent", {"agent": str(made.pk), "message": message}))


def of_child(child: Workflow) -> list[WorkflowRun]:
    return list(WorkflowRun.objects.filter(workflow=child).select_related("run").order_by("created_at"))


async def decide(play, child: Workflow, word: str, n: int = 0) -> None:
    """Answer what a run of the child asks, and tell whoever waits for it once it has ended."""
    run = (await in_thread(of_child, child))[n]
    await play.resting(run.pk, {"waiting"})
    approval = await in_thread(lambda: Approval.objects.get(step__workflow_run=run))
    given = {"approval": approval, "button": "yes", "values": {"word": word}}
    await in_thread(lambda: approvals.decide(**given, by=run.run.requested_by))
    await play.resting(run.pk, {"succeeded"})
    assert await in_thread(calling.wake) == 1


async def test_a_tool_node_waits_for_the_run_and_goes_on_with_its_outputs(play, sketch, child):
    played = await play(sketch)
    assert (played.status, played.statuses["tool0"]) == ("waiting", "waiting_child")
    (run,) = await in_thread(of_child, child)
    assert (run.trigger, run.parent_step_id) == ("child", played.steps["tool0"].pk)
    assert run.limits["steps"] < 1_000

    await decide(play, child, "Hi")

    again = await play.resting(played.row.pk, {"succeeded", "failed"})
    assert again.row.output == {"result": {"result": {"word": "Hi"}}}


async def test_who_stops_the_run_stops_the_one_that_it_waits_for(play, sketch, child):
    played = await play(sketch)
    (run,) = await in_thread(of_child, child)
    await play.resting(run.pk, {"waiting"})

    await in_thread(stopping.stop, played.row)

    assert (await play.resting(run.pk, {"stopped"})).status == "stopped"
    assert (await play.resting(played.row.pk, {"stopped"})).statuses["tool0"] == "stopped"


async def test_a_run_that_is_stopped_fails_the_step_that_waits_for_it(play, sketch, child):
    played = await play(sketch)
    (run,) = await in_thread(of_child, child)
    await play.resting(run.pk, {"waiting"})
    await in_thread(stopping.stop, run)

    assert await in_thread(calling.wake) == 1

    again = await play.resting(played.row.pk, {"succeeded", "failed"})
    assert (again.status, again.run.error_code) == ("failed", "workflow_run_stopped")


async def test_an_agent_waits_for_each_run_that_it_has_called(play, agents, child):
    played = await play(agents)
    assert (played.status, played.statuses["agent0"]) == ("waiting", "waiting_child"), played.run.error_code

    await decide(play, child, "one")
    await decide_second(play, played, child)

    again = await play.resting(played.row.pk, {"succeeded", "failed"})
    assert again.status == "succeeded", again.run.error_code
    calls = [step for step in again.rows if "#call" in step.path]
    assert [step.status for step in calls] == ["done", "done"]
    assert sorted(step.output["result"]["word"] for step in calls) == ["one", "two"]


async def decide_second(play, played, child) -> None:
    """Once it waits anew, for the other run alone."""
    again = await play.resting(played.row.pk, {"waiting"})
    assert again.statuses["agent0"] == "waiting_child"
    assert await in_thread(calling.wake) == 0
    await decide(play, child, "two", 1)


@pytest.mark.parametrize("limits", [{}, {"tokens": 100}], ids=["it goes on", "more than the run may take"])
async def test_what_the_run_has_spent_stands_on_the_step_and_the_meter(play, sketch, child, limits):
    played = await play(sketch, limits=limits)
    (run,) = await in_thread(of_child, child)
    await play.resting(run.pk, {"waiting"})
    spent = {"usage": {"inputTokens": 90, "outputTokens": 20}, "cost": "0.25"}
    await in_thread(lambda: run.steps.filter(node_type="input").update(**spent))
    await in_thread(lambda: WorkflowRun.objects.filter(pk=run.pk).update(limits={}))

    await decide(play, child, "Hi")

    again = await play.resting(played.row.pk, {"succeeded", "failed", "stopped"})
    assert (again.steps["tool0"].usage, str(again.steps["tool0"].cost.normalize())) == (spent["usage"], "0.25")
    if limits:
        assert (again.status, again.run.error_code) == ("stopped", "workflow_limit_tokens")
    else:
        assert again.status == "succeeded"
    assert (again.run.usage["tokens"], str(again.run.cost.normalize())) == (110, "0.25")
