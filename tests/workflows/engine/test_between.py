"""Between two acts: a process that is gone in the middle of asking, a body that fails while others in it wait."""

import asyncio
import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from agents.models import Run
from sambung.lib.threads import in_thread
from tests.factories import Sketch
from tests.workflows.engine.conftest import resting
from tests.workflows.engine.test_recovery import done, left_behind, take
from tests.workflows.engine.test_waiting import asking
from workflows.engine import carrier, deciding, execution, recovery, starting
from workflows.models import Approval, WorkflowRun, WorkflowStep

pytestmark = pytest.mark.django_db(transaction=True)
BUTTONS = [{"id": "yes", "label": "Yes"}]


def unasked(name: str, **more) -> dict:
    """A step that waits for people; the process was gone before it had asked them."""
    return {"name": name, "status": "waiting_person"} | more


async def test_people_who_were_not_asked_are_asked(host, alice):
    made = await in_thread(left_behind, alice, asking(), done("input", {}), unasked("ask"))
    await take(made)
    played = await resting(made.pk)
    assert (played.status, played.statuses["ask"]) == ("waiting", "waiting_person")
    assert (await in_thread(Approval.objects.get)).step_id == played.steps["ask"].pk


async def test_also_whether_a_node_may_run(host, alice):
    sketch = Sketch().node("input", "input", schema={})
    sketch.node(
        "text", "template", content=[{"text": "x"}], approvalBefore={"title": "May it?", "audience": {"starter": True}}
    )
    sketch.node("output", "output", values=[{"name": "x", "value": sketch.value("text", "text")}])
    before = unasked("text", path=f"{sketch.ids['text']}#approval")
    made = await in_thread(left_behind, alice, sketch.edge("input", "text", "output"), done("input", {}), before)
    await take(made)
    await resting(made.pk)
    approval = await in_thread(Approval.objects.select_related("step").get)
    await in_thread(deciding.answer_step, approval.step, output={}, handle="approve")
    assert (await resting(made.pk, {"succeeded", "failed"})).row.output == {"x": "x"}


async def test_what_may_have_acted_before_it_asked_is_unknown(host, alice):
    steps = (done("input", {}), unasked("ask", effect="unsafe"))
    made = await in_thread(left_behind, alice, asking(), *steps)
    await take(made)
    assert (await resting(made.pk)).statuses["ask"] == "unknown"


def failing_beside_a_wait() -> Sketch:
    """A loop over one item, in which a node fails while somebody is asked; then somebody is asked."""
    sketch = Sketch().node("input", "input", schema={}).node("loop", "loop", over={"value": 1}, onItemError="null")
    given = {"title": [{"text": "?"}], "buttons": BUTTONS, "audience": {"starter": True}}
    sketch.node("inner", "approval", "loop", **given)
    sketch.node("fails", "code", "loop", code="1 / 0", inputs=[])
    sketch.nodes[1]["data"]["result"] = sketch.ref("inner", "button")
    sketch.node("after", "approval", **given)
    sketch.node("output", "output", values=[{"name": "all", "value": sketch.value("loop", "results")}])
    return sketch.edge("input", "loop", "after").edge("after", "output", handle="yes")


async def test_what_waits_in_a_body_that_has_failed_asks_nobody_any_more(play):
    played = await play(failing_beside_a_wait())
    assert (played.status, played.statuses["after"]) == ("waiting", "waiting_person")
    assert played.statuses["loop[0]/inner"] == "stopped"
    await in_thread(deciding.answer_step, played.steps["after"], output={"button": "yes"}, handle="yes")
    ended = await resting(played.row.pk, {"succeeded", "failed"})
    assert (ended.status, ended.row.output) == ("succeeded", {"all": [None]})


async def test_people_decide_inside_of_loops_over_restarts(play, host, alice):
    sketch = Sketch().node("input", "input", schema={}).node("loop", "loop", over={"value": 3}, sequential=True)
    given = {"title": sketch.text(("loop", "index")), "buttons": BUTTONS, "audience": {"starter": True}}
    sketch.node("ask", "approval", "loop", **given)
    sketch.nodes[1]["data"]["result"] = sketch.ref("ask", "values", "n")
    sketch.node("output", "output", values=[{"name": "all", "value": sketch.value("loop", "results")}])
    played = await play(sketch.edge("input", "loop", "output"))
    for n in range(3):  # each time nobody holds it, and it begins from its rows
        (open_,) = [step for step in played.rows if step.status == "waiting_person"]
        assert open_.path.startswith(f"{sketch.ids['loop']}[{n}]/")
        output = {"button": "yes", "values": {"n": n}}
        await in_thread(deciding.answer_step, open_, output=output, handle="yes")
        played = await _changed(played)
    assert (played.status, played.row.output) == ("succeeded", {"all": [0, 1, 2]})
    assert [step.attempt for step in played.rows if step.node_type == "approval"] == [1, 1, 1]


async def _changed(played):
    async with asyncio.timeout(20):
        while (again := await resting(played.row.pk)).run.attempt == played.run.attempt:
            await asyncio.sleep(0.02)
    return again


# ---- clocks ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("hours", [-5, 5], ids=["back", "forward"])
async def test_a_time_comes_by_the_clock_of_the_database(host, alice, monkeypatch, hours):
    sketch = Sketch().node("input", "input", schema={}).node("wait", "wait", mode="for", seconds={"value": 3_600})
    sketch.node("output", "output", values=[{"name": "x", "value": {"value": 1}}])
    come = {"name": "wait", "status": "waiting_time", "wake_at": timezone.now() - timedelta(seconds=1)}
    monkeypatch.setattr(execution, "time", lambda real=execution.time: real() + hours * 3_600)
    shifted = timezone.now() + timedelta(hours=hours)
    monkeypatch.setattr(recovery, "timezone", SimpleNamespace(now=lambda: shifted))
    made = await in_thread(left_behind, alice, sketch.edge("input", "wait", "output"), done("input", {}), come)
    await take(made)
    ended = await resting(made.pk, {"succeeded", "failed", "waiting"})
    assert (ended.status, ended.run.attempt) == ("succeeded", 2)


async def test_a_host_whose_clock_is_late_does_not_take_what_still_waits(alice, transactional_db):
    sketch = Sketch().node("input", "input", schema={}).node("wait", "wait", mode="for", seconds={"value": 3_600})
    sketch.node("output", "output", values=[{"name": "x", "value": {"value": 1}}])
    later = {"name": "wait", "status": "waiting_time", "wake_at": timezone.now() + timedelta(hours=1)}
    await in_thread(left_behind, alice, sketch.edge("input", "wait", "output"), later, status="waiting")
    assert await in_thread(recovery.find, []) == []
    await in_thread(lambda: WorkflowStep.objects.update(wake_at=timezone.now() - timedelta(seconds=1)))
    found = await in_thread(recovery.find, [])
    assert [run for run, _workspace in found] == [await in_thread(lambda: WorkflowRun.objects.get().run_id)]


# ---- other graphs, other hosts --------------------------------------------------------------------------
async def test_what_another_graph_has_skipped_runs_where_it_is_reached(play, alice):
    sketch = Sketch().node("input", "input", schema={})
    sketch.node("if", "condition", branches=[{"id": "if", "advanced": "False"}])
    sketch.node("text", "template", content=[{"text": "x"}])
    sketch.node("output", "output", values=[{"name": "x", "value": sketch.value("text", "text")}])
    sketch.edge("input", "if").edge("if", "text", handle="if").edge("text", "output").edge(
        "if", "output", handle="else"
    )
    first = await play(sketch)
    assert (first.row.output, first.statuses["text"]) == ({"x": None}, "skipped")
    sketch.edges[1]["sourceHandle"] = "else"
    reuse = {step.path: step for name, step in first.steps.items() if name in {"input", "if", "text"}}

    def again() -> WorkflowRun:
        return starting.start(workflow=first.row.workflow, structure=sketch.structure, input={}, by=alice, reuse=reuse)

    ended = await resting((await in_thread(again)).pk)
    assert (ended.row.output, ended.statuses["text"]) == ({"x": "x"}, "done")


async def test_a_host_that_ends_while_it_takes_a_run_lets_it_go(host, play, monkeypatch):
    is_free, real = threading.Event(), recovery.claim

    def claim(*given):
        found = real(*given)
        is_free.wait(20)
        return found

    monkeypatch.setattr(recovery, "claim", claim)
    made = await in_thread(play.begin, asking())
    async with asyncio.timeout(10):
        while not host._taking:
            await asyncio.sleep(0.01)
    closing = asyncio.create_task(carrier.close())
    await asyncio.sleep(0.1)
    is_free.set()
    await closing
    run = await in_thread(Run.objects.get, pk=made.run_id)
    assert (run.status, run.owner, host.executions) == ("queued", "", {})
