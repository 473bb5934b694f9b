"""Processes that are gone: another one goes on, nothing is done twice unseen, and rows of the past write nothing."""

import asyncio
import uuid

import pytest
from django.utils import timezone

from agents import tasks
from agents.models import Run
from agents.runs import lifecycle
from sambung.lib.threads import in_thread
from tests.factories import Sketch, line, workflow
from tests.workflows.engine.conftest import resting
from workflows.engine import carrier, deciding, recovery, starting
from workflows.models import WorkflowRun, WorkflowStep

pytestmark = pytest.mark.django_db(transaction=True)
ANYWHERE = [{"text": "http://127.0.0.1:9/"}]


def three() -> Sketch:
    """Three texts in a row."""
    return line(*[("template", {"content": [{"text": str(n)}]}) for n in range(3)])


def left_behind(alice, sketch: Sketch, *steps: dict, status: str = "running") -> WorkflowRun:
    """A run that a process was at which is gone, with these steps."""
    made = starting.start(workflow=workflow(alice, sketch=sketch), structure=sketch.structure, input={}, by=alice)
    gone = {"owner": "gone", "attempt": 1, "lease_until": timezone.now()} if status == "running" else {}
    Run.objects.filter(pk=made.run_id).update(status=status, **gone)
    for step in steps:
        name = step.pop("name")
        node = next(node for node in sketch.nodes if node["data"]["name"] == name)
        told = {"node_id": node["id"], "node_type": node["type"], "path": node["id"], "run_attempt": 1} | step
        WorkflowStep.objects.create(workflow_run=made, started_at=timezone.now(), **told)
    return made


async def take(made: WorkflowRun) -> None:
    """Have this test's host look for what nobody is at."""
    for run, workspace in await in_thread(recovery.find, []):
        carrier.host().add(run, workspace)


def done(name: str, output: object, **more) -> dict:
    return {"name": name, "status": "done", "output": output, "finished_at": timezone.now()} | more


async def test_a_run_whose_holder_is_gone_goes_on_after_its_last_step(host, alice):
    steps = (done("input", {}), done("template0", {"text": "kept"}))
    made = await in_thread(left_behind, alice, three(), *steps)
    await take(made)
    ended = await resting(made.pk)
    assert (ended.status, ended.run.attempt) == ("succeeded", 2)
    assert ended.steps["template0"].output == {"text": "kept"}
    assert {name: step.run_attempt for name, step in ended.steps.items()} == {
        "input": 1,
        "template0": 1,
        "template1": 2,
        "template2": 2,
        "output": 2,
    }


async def test_a_run_that_is_queued_without_a_job_is_found(host, alice):
    made = await in_thread(left_behind, alice, three(), status="queued")
    await in_thread(lambda: Run.objects.filter(pk=made.run_id).update(heartbeat_at=timezone.now() - recovery.LATE))
    await take(made)
    assert (await resting(made.pk)).status == "succeeded"


async def test_a_node_without_effect_that_was_cut_off_is_done_again(host, alice):
    made = await in_thread(left_behind, alice, three(), done("input", {}), {"name": "template0", "status": "running"})
    await take(made)
    ended = await resting(made.pk)
    mine = [step for step in ended.rows if step.path == ended.steps["template0"].path]
    tries = [(step.attempt, step.status, step.error_code) for step in mine]
    assert sorted(tries) == [(1, "stopped", "workflow_cut_off"), (2, "done", "")]


def posting(**data) -> Sketch:
    """A request with an effect."""
    return line(("http", {"method": "POST", "url": ANYWHERE} | data))


async def test_an_effect_that_was_cut_off_is_not_done_again_but_asked_about(host, alice):
    cut = {"name": "http0", "status": "running", "effect": "unsafe", "input": {"url": "x"}}
    made = await in_thread(left_behind, alice, posting(), done("input", {}), cut)
    await take(made)
    asking = await resting(made.pk)
    assert (asking.status, asking.statuses["http0"]) == ("waiting", "unknown")
    step = asking.steps["http0"]
    assert (step.attempt, step.input) == (1, {"url": "x"})
    await in_thread(deciding.answer_step, step, output={"status": 200})
    ended = await resting(made.pk, {"succeeded", "failed"})
    assert ended.row.output == {"result": {"status": 200}}


async def test_or_done_again_when_a_person_says_so(host, alice):
    cut = {"name": "http0", "status": "unknown", "effect": "unsafe"}
    made = await in_thread(left_behind, alice, posting(), done("input", {}), cut, status="waiting")
    await in_thread(deciding.repeat_step, await in_thread(made.steps.get, status="unknown"))
    ended = await resting(made.pk, {"failed"})
    assert ended.run.error_code == "workflow_http_blocked"
    assert [step.attempt for step in ended.rows if step.node_type == "http"] == [1, 2]


async def test_an_effect_under_a_key_is_sent_again_under_the_same_key(host, alice):
    cut = {"name": "http0", "status": "running", "effect": "keyed", "idempotency_key": "k"}
    made = await in_thread(left_behind, alice, posting(keyHeader="X-Key"), done("input", {}), cut)
    await take(made)
    ended = await resting(made.pk)
    step = ended.steps["http0"]
    assert (step.attempt, step.idempotency_key) == (2, f"{made.pk}:{step.path}")
    assert ["X-Key", step.idempotency_key] in step.input["headers"]


async def test_loops_go_on_after_the_items_that_are_done(host, alice):
    sketch = Sketch().node("input", "input", schema={}).node("loop", "loop", over={"value": 3})
    sketch.node("body", "template", "loop", content=sketch.text("new ", ("loop", "item")))
    sketch.nodes[1]["data"]["result"] = sketch.ref("body", "text")
    sketch.node("output", "output", values=[{"name": "all", "value": sketch.value("loop", "results")}])
    sketch.edge("input", "loop", "output")
    item = {"path": f"{sketch.ids['loop']}[0]/{sketch.ids['body']}"}
    steps = (done("input", {}), {"name": "loop", "status": "running"}, done("body", {"text": "old 1"}, **item))
    made = await in_thread(left_behind, alice, sketch, *steps)
    await take(made)
    ended = await resting(made.pk)
    assert ended.row.output == {"all": ["old 1", "new 2", "new 3"]}
    assert [step.attempt for step in ended.rows if step.node_type == "loop"] == [1]


async def test_whoever_was_replaced_writes_nothing_more(host, alice, play):
    sketch = line(("code", {"code": "while True: pass", "inputs": []}))
    made = await in_thread(play.begin, sketch)
    execution = await _held(host, made)
    await in_thread(lambda: Run.objects.filter(pk=made.run_id).update(attempt=7, owner="another"))
    execution.stop()
    await _let_go(host, made)
    row = await in_thread(Run.objects.get, pk=made.run_id)
    assert (row.status, row.attempt) == ("running", 7)
    assert not await in_thread(WorkflowStep.objects.filter(workflow_run=made, node_type="code").exists)


async def _held(host, made):
    async with asyncio.timeout(20):
        while made.run_id not in host.executions:
            await asyncio.sleep(0.01)
    return host.executions[made.run_id]


async def _let_go(host, made) -> None:
    async with asyncio.timeout(20):
        while made.run_id in host.executions:
            await asyncio.sleep(0.01)


async def test_a_process_that_ends_lets_go_and_the_next_one_goes_on(host, alice, play):
    sketch = line(("code", {"code": "sum(range(10 ** 5))", "inputs": []}), ("wait", {"mode": "webhook"}))
    made = await in_thread(play.begin, sketch)
    await _held(host, made)
    await carrier.close()
    assert (await in_thread(Run.objects.get, pk=made.run_id)).status in {"queued", "waiting"}
    await in_thread(lambda: Run.objects.filter(pk=made.run_id).update(heartbeat_at=timezone.now() - recovery.LATE))
    await take(made)
    assert (await resting(made.pk, {"waiting"})).statuses["wait1"] == "waiting_time"


# ---- what the runtime of replies must leave alone ---------------------------------------------------------
async def test_the_runtime_neither_takes_nor_rescues_nor_stops_them(alice, transactional_db):
    queued = await in_thread(left_behind, alice, three(), status="queued")
    held = await in_thread(left_behind, alice, three())
    assert await in_thread(lifecycle.claim, "web") == []
    assert await in_thread(lifecycle.rescue, sole_owner="web") == []
    assert await in_thread(lifecycle.rescue) == []
    assert not await in_thread(lifecycle.any_dead)
    await tasks.rescue(0)
    statuses = dict(await in_thread(lambda: list(Run.objects.values_list("pk", "status"))))
    assert statuses == {queued.run_id: "queued", held.run_id: "running"}


async def test_two_hosts_never_take_the_same_run(alice, transactional_db):
    made = await in_thread(left_behind, alice, three(), status="queued")
    one = await in_thread(recovery.claim, [made.run_id], "one")
    other = await in_thread(recovery.claim, [made.run_id], "other")
    assert ([order.attempt for order in one], other) == ([1], [])


async def test_workspaces_take_turns(host, monkeypatch):
    taken = []
    monkeypatch.setattr(host, "_take", _noting(host, taken))
    monkeypatch.setattr(carrier, "CLAIMED", 1)
    monkeypatch.setattr(carrier, "AT_ONCE", 1)
    many, few = uuid.uuid4(), uuid.uuid4()
    runs = [uuid.uuid4() for _ in range(4)]
    for run, workspace in zip(runs, (many, many, many, few), strict=True):
        host.add(run, workspace)
    async with asyncio.timeout(5):
        while len(taken) < 4:
            await asyncio.sleep(0.01)
    assert taken == [runs[0], runs[3], runs[1], runs[2]]


def _noting(host, taken: list):
    async def take(runs: list) -> None:
        taken.extend(runs)
        host._taking -= len(runs)
        host._fill()

    return take
