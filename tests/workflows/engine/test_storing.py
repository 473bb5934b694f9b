"""What steps took and gave, where it cannot be stored: it is too deep, too much, or the disk is full."""

import asyncio
import errno

import pytest
from django.db import transaction

from agents.models import Run
from sambung.lib.files import store
from sambung.lib.threads import in_thread
from tests.agents.toolkits.places import Answer, serving
from tests.factories import Sketch, line
from tests.workflows.engine.conftest import resting
from tests.workflows.engine.test_http import asking
from tests.workflows.engine.test_recovery import done, left_behind, take, three
from workflows.engine import values
from workflows.models import WorkflowRun, WorkflowStep

pytestmark = pytest.mark.django_db(transaction=True)
JSON = {"Content-Type": "application/json"}
LARGE = b'"' + b"x" * 100_000 + b'"'
DEEP = b"[" * 300 + b"]" * 300


@pytest.fixture
def place(settings):
    """A server on loopback, which the operator allows."""
    with serving() as found:
        settings.EGRESS_ALLOW = frozenset({("127.0.0.1", found.server_port)})
        yield found


@pytest.fixture
def full(monkeypatch):
    """A disk without room for values."""

    def refuse(key: str, data: bytes) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    return lambda: monkeypatch.setattr(store, "save", refuse)


async def test_a_large_answer_that_is_an_error_is_kept_as_well(play, place):
    place.answers["/x"] = Answer(LARGE, 404, JSON)
    sketch = asking(place, onError={"mode": "branch"})
    sketch.node("told", "output", values=[{"name": "why", "value": sketch.value("http0", "output", "size")}])
    played = await play(sketch.edge("http0", "told", handle="error"))
    step = played.steps["http0"]
    assert (step.status, played.row.output) == ("failed", {"why": len(LARGE)})
    assert len((await in_thread(values.read, step.output_file, None))["body"]) == 100_000


async def test_a_large_request_that_fails_is_kept_as_well(play, place):
    body = {"type": "text", "content": [{"text": "y" * 100_000}]}
    step = (await play(asking(place, method="PUT", body=body))).steps["http0"]
    assert len((await in_thread(values.read, step.input_file, None))["body"]["content"]) == 100_000


@pytest.mark.parametrize("status", [200, 404])
async def test_an_answer_that_lies_too_deep_fails_with_a_sentence(play, place, status):
    place.answers["/x"] = Answer(DEEP, status, JSON)
    played = await play(asking(place))
    code = {200: "workflow_value_deep", 404: "workflow_http_status"}[status]
    assert (played.status, played.run.error_code) == ("failed", code)


async def test_what_becomes_too_deep_on_the_way_fails_with_a_sentence(play):
    sketch = Sketch().node("input", "input", schema={}).node("loop", "loop", over={"value": 1})
    deep = "x = []\nfor i in range(252):\n    x = [x]\nx"
    sketch.node("body", "code", "loop", code=deep, inputs=[])
    sketch.nodes[1]["data"]["result"] = sketch.ref("body", "result")
    sketch.node("output", "output", values=[{"name": "all", "value": sketch.value("loop", "results")}])
    played = await play(sketch.edge("input", "loop", "output"))
    assert played.statuses["loop[0]/body"] == "done", played.steps["loop[0]/body"].error_params
    assert (played.status, played.run.error_code) == ("failed", "workflow_value_deep")


async def test_a_limit_that_an_answer_reaches_is_told_by_its_name(play, place):
    place.answers["/x"] = Answer(b'"abc"', headers=JSON)
    played = await play(asking(place), limits={"bytes": 10})
    assert (played.status, played.run.error_code) == ("stopped", "workflow_limit_bytes")
    assert played.statuses["http0"] == "done"


async def test_and_one_that_the_end_of_a_loop_reaches(play):
    sketch = Sketch().node("input", "input", schema={}).node("loop", "loop", over={"value": []})
    sketch.node("body", "template", "loop", content=[{"text": "x"}])
    sketch.nodes[1]["data"]["result"] = sketch.ref("body", "text")
    sketch.node("output", "output", values=[{"name": "all", "value": sketch.value("loop", "results")}])
    played = await play(sketch.edge("input", "loop", "output"), limits={"bytes": 5})
    assert (played.status, played.run.error_code) == ("stopped", "workflow_limit_bytes")
    assert played.statuses["loop"] == "done"


async def test_and_one_that_the_end_of_a_wait_reaches(play):
    played = await play(line(("wait", {"mode": "for", "seconds": {"value": 0.1}})), limits={"bytes": 5})
    assert (played.status, played.run.error_code) == ("stopped", "workflow_limit_bytes")


# ---- a disk that is full --------------------------------------------------------------------------------
async def test_what_can_be_asked_for_again_fails(play, place, full):
    place.answers["/x"] = Answer(LARGE, headers=JSON)
    full()
    played = await play(asking(place))
    assert (played.status, played.run.error_code) == ("failed", "workflow_no_room")


async def test_what_has_been_done_is_asked_about(play, place, full):
    place.answers["/x"] = Answer(LARGE, headers=JSON)
    full()
    played = await play(asking(place, method="POST"))
    assert (played.status, played.statuses["http0"], len(place.asked)) == ("waiting", "unknown", 1)


async def test_what_cannot_be_noted_before_is_not_done(play, place, full):
    full()
    body = {"type": "text", "content": [{"text": "y" * 100_000}]}
    played = await play(asking(place, method="POST", body=body))
    assert (played.status, played.run.error_code, place.asked) == ("failed", "workflow_no_room", [])


async def test_texts_fail_and_the_rest_of_the_run_is_kept(play, full):
    full()
    played = await play(line(("template", {"content": [{"text": "y" * 100_000}]})))
    assert (played.status, played.run.error_code) == ("failed", "workflow_no_room")
    assert played.statuses["input"] == "done"


# ---- a value that is lost -------------------------------------------------------------------------------
async def test_a_run_whose_value_is_lost_ends_and_keeps_no_other_from_going_on(host, alice):
    lost = done("input", {"preview": "x"}, output_file="workflow-values/00/gone")
    made = [await in_thread(left_behind, alice, three(), step) for step in (lost, done("input", {}))]
    await take(made[0])
    ends = [await end_of(one) for one in made]
    assert ends == [("stopped", "workflow_value_lost"), ("succeeded", "")]


async def end_of(made) -> tuple[str, str]:
    run = (await resting(made.pk)).run
    return run.status, run.error_code


async def test_a_graph_that_cannot_be_read_ends_and_keeps_no_other_from_going_on(host, alice):
    @transaction.atomic
    def begin() -> list[WorkflowRun]:
        found = [left_behind(alice, three(), done("input", {})) for _n in range(2)]
        broken = found[0].structure | {"edges": [{"id": "e"}]}
        WorkflowRun.objects.filter(pk=found[0].pk).update(structure=broken)
        return found

    made = await in_thread(begin)
    await take(made[0])
    assert [await end_of(one) for one in made] == [("stopped", "workflow_unexpected"), ("succeeded", "")]


async def test_a_run_without_its_workflow_ends(host, alice):
    made = await in_thread(left_behind, alice, three(), done("input", {}))
    await in_thread(made.workflow.delete)
    await take(made)
    assert not await in_thread(WorkflowStep.objects.exists)

    def ended() -> bool:
        return Run.objects.get(pk=made.run_id).status == "stopped"

    async with asyncio.timeout(10):
        while not await in_thread(ended):
            await asyncio.sleep(0.02)
