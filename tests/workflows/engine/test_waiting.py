"""Runs that wait: nobody is at them, people and times end their steps, and a stop ends them."""

import asyncio
from datetime import timedelta

import pytest
from django.utils import timezone

from agents.models import Run
from sambung.lib.errors import Refused
from sambung.lib.failures import Failure
from sambung.lib.threads import in_thread
from tests.factories import Sketch, line
from tests.workflows.engine.conftest import resting
from workflows.engine import deciding, recovery, stopping
from workflows.models import Approval, WorkflowStep

pytestmark = pytest.mark.django_db(transaction=True)
BUTTONS = [{"id": "yes", "label": "Yes"}, {"id": "no", "label": "No"}]


def asking(**data) -> Sketch:
    """An approval with two ways, and a text beside it."""
    sketch = Sketch().node("input", "input", schema={})
    given = {"title": [{"text": "Send?"}], "buttons": BUTTONS, "audience": {"starter": True}}
    sketch.node("ask", "approval", **given | data).node("beside", "template", content=[{"text": "b"}])
    sketch.node("sent", "output", values=[{"name": "said", "value": sketch.value("ask", "values")}])
    sketch.node("kept", "output", values=[{"name": "why", "value": sketch.value("ask", "comment")}])
    sketch.edge("input", "ask").edge("input", "beside")
    return sketch.edge("ask", "sent", handle="yes").edge("ask", "kept", handle="no")


async def test_a_person_is_asked_and_nobody_is_at_it(play, host, alice):
    prefill = {"text": {"value": "Dear"}}
    played = await play(asking(prefill=prefill, form={"properties": {"text": {"type": "string"}}}))
    assert (played.status, played.statuses["ask"], played.statuses["beside"]) == ("waiting", "waiting_person", "done")
    assert host.executions == {}
    approval = await in_thread(Approval.objects.get)
    assert (approval.title, approval.values, approval.audience["people"]) == ("Send?", prefill_of(), [str(alice.pk)])


def prefill_of() -> dict:
    return {"text": "Dear"}


async def test_what_was_decided_goes_on_by_its_way_and_only_once(play):
    played = await play(asking())
    step = played.steps["ask"]
    output = {"button": "yes", "values": {"text": "Hi"}, "comment": ""}
    await in_thread(deciding.answer_step, step, output=output, handle="yes")
    ended = await resting(played.row.pk, {"succeeded", "failed"})
    assert (ended.status, ended.row.output) == ("succeeded", {"said": {"text": "Hi"}})
    assert ended.statuses["kept"] == "skipped"
    assert ended.run.attempt == 2
    assert len([one for one in ended.rows if one.path == ended.steps["beside"].path]) == 1
    with pytest.raises(Refused):
        await in_thread(deciding.answer_step, step, output=output, handle="no")


async def test_a_step_that_waits_may_fail_instead(play):
    played = await play(asking())
    await in_thread(deciding.fail_step, played.steps["ask"], Failure("workflow_not_approved"))
    ended = await resting(played.row.pk, {"succeeded", "failed"})
    assert (ended.status, ended.run.error_code) == ("failed", "workflow_not_approved")


async def test_a_decision_while_the_run_still_works_is_taken_up(play, host):
    sketch = asking()
    sketch.node("long", "wait", mode="for", seconds={"value": 0}).edge("input", "long")
    slow = sketch.node("code", "code", code="import asyncio\nsum(range(10 ** 6))", inputs=[]).edge("input", "code")
    played = await play(slow)
    await in_thread(deciding.answer_step, played.steps["ask"], output={"values": {}}, handle="yes")
    assert (await resting(played.row.pk, {"succeeded", "failed"})).row.output == {"said": {}}


async def test_a_time_ends_a_wait(play):
    played = await play(line(("wait", {"mode": "for", "seconds": {"value": 2}})))
    assert (played.status, played.statuses["wait0"]) == ("waiting", "waiting_time")
    assert played.steps["wait0"].wake_at > played.steps["wait0"].started_at
    ended = await resting(played.row.pk, {"succeeded", "failed"})
    assert ended.status == "succeeded"
    assert ended.row.output["result"]["resumedAt"]


async def test_a_time_that_is_none_or_too_far_fails(play):
    for until, code in (({"value": "soon"}, "workflow_rule_type"), ({"value": "9999-01-01"}, "workflow_wait_long")):
        played = await play(line(("wait", {"mode": "until", "until": until})))
        assert played.run.error_code == code
    gone = await play(line(("wait", {"mode": "until", "until": {"value": "2020-01-01"}})))
    assert gone.status == "succeeded"


async def test_a_wait_for_a_call_has_an_end(play):
    played = await play(line(("wait", {"mode": "webhook", "timeout": 2})))
    ended = await resting(played.row.pk, {"succeeded", "failed"})
    assert ended.run.error_code == "workflow_wait_timeout"
    again = await play(line(("wait", {"mode": "webhook"})))
    await in_thread(deciding.answer_step, again.steps["wait0"], output={"resumedAt": "now", "payload": {"a": 1}})
    assert (await resting(again.row.pk, {"succeeded"})).row.output["result"]["payload"] == {"a": 1}


async def test_any_node_may_need_approval_before(play):
    sketch = line(("template", {"content": [{"text": "x"}], "approvalBefore": {"audience": {"starter": True}}}))
    played = await play(sketch)
    assert played.statuses == {"input": "done", "template0#approval": "waiting_person"}
    asked = await in_thread(lambda: Approval.objects.get())
    assert [button["id"] for button in asked.buttons] == ["approve", "reject"]
    await in_thread(deciding.answer_step, played.steps["template0#approval"], output={}, handle="approve")
    assert (await resting(played.row.pk, {"succeeded", "failed"})).status == "succeeded"


async def test_and_fails_where_it_is_refused(play):
    sketch = line(("template", {"content": [{"text": "x"}], "approvalBefore": {"audience": {"starter": True}}}))
    played = await play(sketch)
    await in_thread(deciding.answer_step, played.steps["template0#approval"], output={}, handle="reject")
    ended = await resting(played.row.pk, {"succeeded", "failed"})
    assert (ended.run.error_code, ended.statuses["template0"]) == ("workflow_not_approved", "failed")


async def test_people_are_asked_in_loops(play):
    sketch = Sketch().node("input", "input", schema={}).node("loop", "loop", over={"value": ["a", "b"]}, atOnce=2)
    title = sketch.text("Item ", ("loop", "item"))
    sketch.node("ask", "approval", "loop", title=title, buttons=BUTTONS, audience={"starter": True})
    sketch.nodes[1]["data"]["result"] = sketch.ref("ask", "button")
    sketch.node("output", "output", values=[{"name": "all", "value": sketch.value("loop", "results")}])
    played = await play(sketch.edge("input", "loop", "output"))
    titles = await in_thread(lambda: sorted(Approval.objects.values_list("title", flat=True)))
    assert titles == ["Item a", "Item b"]
    for name, button in (("loop[1]/ask", "no"), ("loop[0]/ask", "yes")):
        await in_thread(deciding.answer_step, played.steps[name], output={"button": button}, handle=button)
    assert (await resting(played.row.pk, {"succeeded"})).row.output == {"all": ["yes", "no"]}


async def test_stop_ends_a_run_that_waits(play):
    played = await play(asking())
    assert await in_thread(stopping.stop, played.row)
    ended = await resting(played.row.pk, {"stopped"})
    assert (ended.statuses["ask"], ended.statuses["beside"]) == ("stopped", "done")
    assert not await in_thread(stopping.stop, played.row)


async def test_stop_ends_one_that_works_within_a_moment(play, host):
    sketch = line(("code", {"code": "while True: pass", "inputs": []}))
    made = await in_thread(play.begin, sketch)
    async with asyncio.timeout(30):
        while not await in_thread(lambda: WorkflowStep.objects.filter(node_type="code", status="running").exists()):
            await asyncio.sleep(0.02)
    await in_thread(stopping.stop, made)
    async with asyncio.timeout(3):
        ended = await resting(made.pk, {"stopped"})
    assert ended.statuses["code0"] == "stopped"


async def test_whoever_has_left_is_worked_for_no_more(play, host, alice):
    played = await play(asking())
    alice.is_active = False
    await in_thread(alice.save)
    await in_thread(deciding.answer_step, played.steps["ask"], output={}, handle="yes")
    ended = await resting(played.row.pk, {"stopped"})
    assert ended.run.error_code == "workflow_rights_lost"


async def test_what_nothing_keeps_waiting_is_found_again(play, host):
    played = await play(asking())
    done = {"status": "done", "handle": "no", "output": {"comment": "x"}, "finished_at": timezone.now()}
    await in_thread(lambda: WorkflowStep.objects.filter(pk=played.steps["ask"].pk).update(**done))
    found = await in_thread(recovery.find, [])
    assert [run for run, _workspace in found] == [played.run.pk]
    host.add(*found[0])
    assert (await resting(played.row.pk, {"succeeded"})).row.output == {"why": "x"}


async def test_a_thousand_that_wait_would_hold_nothing(play, host):
    played = await play(asking())
    before = timezone.now() - timedelta(days=9)
    await in_thread(lambda: Run.objects.filter(pk=played.run.pk).update(heartbeat_at=before))
    assert await in_thread(recovery.find, []) == []
    assert (host.executions, host.held) == ({}, [])
