"""Runs: who starts when, what is skipped, and how a run ends."""

import pytest

from agents.models import Run
from sambung.lib.errors import Refused
from sambung.lib.files import store
from sambung.lib.threads import in_thread
from tests.factories import Sketch, line
from tests.workflows.engine.conftest import resting
from workflows.engine import values

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


def _text(*pieces) -> dict:
    return {"content": [{"text": one} if isinstance(one, str) else one for one in pieces]}


def is_more(sketch: Sketch, n: int) -> dict:
    """A rule: the input's n is more than this."""
    left = sketch.value("input", "n")
    return {"rules": [{"left": left, "type": "number", "op": "greater_than", "right": {"value": n}}]}


async def test_a_line_runs_to_its_end(play):
    sketch = line(("template", {"content": [{"text": "Hello"}]}))
    sketch.nodes[-1]["data"]["values"] = [{"name": "said", "value": sketch.value("template0", "text")}]
    played = await play(sketch)
    assert (played.status, played.row.output) == ("succeeded", {"said": "Hello"})
    assert played.statuses == {"input": "done", "template0": "done", "output": "done"}
    assert played.run.attempt == 1
    assert all(step.started_at and step.finished_at for step in played.rows)


def forked() -> Sketch:
    """`if` forks into two that meet `else` again in one node."""
    sketch = Sketch().node("input", "input", schema=NUMBER)
    sketch.node("if", "condition", branches=[{"id": "if", "rules": is_more(sketch, 5)}])
    for name in ("a", "b", "c"):
        sketch.node(name, "template", **_text(name))
    pieces = [{"ref": sketch.ref(name, "text")} for name in ("a", "b", "c")]
    sketch.node("join", "template", content=pieces)
    sketch.node("output", "output", values=[{"name": "text", "value": sketch.value("join", "text")}])
    sketch.edge("input", "if").edge("if", "a", handle="if").edge("if", "b", handle="if").edge("if", "c", handle="else")
    return sketch.edge("a", "join").edge("b", "join").edge("c", "join", "output")


@pytest.mark.parametrize(("n", "text", "skipped"), [(9, "ab", {"c"}), (1, "c", {"a", "b"})])
async def test_a_join_starts_once_when_all_that_leads_there_is_decided(play, n, text, skipped):
    played = await play(forked(), {"n": n})
    assert played.row.output == {"text": text}
    assert {name for name, status in played.statuses.items() if status == "skipped"} == skipped
    assert len(played.rows) == 7


async def test_a_run_that_reaches_no_output_says_so(play):
    sketch = Sketch().node("input", "input", schema=NUMBER)
    sketch.node("if", "condition", branches=[{"id": "if", "rules": is_more(sketch, 5)}])
    sketch.node("output", "output", values=[]).edge("input", "if").edge("if", "output", handle="if")
    played = await play(sketch, {"n": 1})
    assert (played.status, played.run.error_code) == ("failed", "workflow_no_output_reached")
    assert played.statuses["output"] == "skipped"


async def test_a_disabled_node_is_passed_over(play):
    sketch = line(("template", _text("x")), ("template", _text("y")))
    sketch.nodes[1]["data"]["disabled"] = True
    played = await play(sketch)
    assert (played.status, played.statuses["template0"], played.statuses["template1"]) == (
        "succeeded",
        "skipped",
        "done",
    )


def failing(**data) -> Sketch:
    """A rule that compares a text as a number, and an output behind it."""
    sketch = Sketch().node("input", "input", schema=NUMBER)
    left = {"segments": [{"text": "x"}]}
    rule = {"left": left, "type": "number", "op": "equals", "right": {"value": 1}}
    sketch.node("if", "condition", branches=[{"id": "if", "rules": {"rules": [rule]}}], **data)
    sketch.node("beside", "template", **_text("y"))
    sketch.node("output", "output", values=[])
    return sketch.edge("input", "if").edge("input", "beside").edge("if", "output", handle="else")


async def test_a_failure_that_nobody_handles_ends_the_run_and_names_the_node(play):
    played = await play(failing(), {"n": 1})
    assert (played.status, played.run.error_code) == ("failed", "workflow_rule_type")
    assert played.run.error_params["node"] == "if"
    assert played.statuses == {"input": "done", "if": "failed"}


async def test_what_an_input_does_not_fit_is_refused_at_the_start(play):
    with pytest.raises(Refused, match="does not fit"):
        await play(forked(), {"n": "nine"})


def looped(over, **data) -> Sketch:
    """A loop that makes a text of each item."""
    sketch = Sketch().node("input", "input", schema={}).node("loop", "loop", over={"value": over}, **data)
    sketch.node("body", "template", "loop", content=sketch.text("<", ("loop", "item"), ":", ("loop", "index"), ">"))
    sketch.nodes[1]["data"]["result"] = sketch.ref("body", "text")
    sketch.node("output", "output", values=[{"name": "all", "value": sketch.value("loop", "results")}])
    return sketch.edge("input", "loop", "output")


@pytest.mark.parametrize(
    ("over", "data", "results"),
    [
        (["a", 0], {}, ["<a:0>", "<0:1>"]),
        (3, {"atOnce": 10}, ["<1:0>", "<2:1>", "<3:2>"]),
        ([], {}, []),
    ],
)
async def test_a_loop_gives_its_results_in_the_order_of_the_items(play, over, data, results):
    played = await play(looped(over, **data))
    assert played.row.output == {"all": results}
    assert sum(step.path.startswith(f"{step.path.split('[')[0]}[") for step in played.rows) == len(results)


async def test_a_loop_over_too_much_is_refused_before_it_begins(play):
    sketch = looped([1, 2, 3], maxItems=3)
    sketch.nodes[1]["data"]["over"] = sketch.value("input", "many")
    sketch.nodes[0]["data"]["schema"] = {"properties": {"many": {"type": "array"}}}
    played = await play(sketch, {"many": [0] * 4})
    assert (played.run.error_code, played.run.error_params["n"]) == ("workflow_loop_many", 4)


@pytest.mark.parametrize(
    ("mode", "status", "output"),
    [("stop", "failed", None), ("null", "succeeded", {"all": ["ok", None]}), ("drop", "succeeded", {"all": ["ok"]})],
)
async def test_an_item_that_fails(play, mode, status, output):
    sketch = Sketch().node("input", "input", schema={}).node("loop", "loop", over={"value": [1, "x"]}, onItemError=mode)
    rule = {"left": sketch.value("loop", "item"), "type": "number", "op": "equals", "right": {"value": 1}}
    sketch.node("if", "condition", "loop", branches=[{"id": "if", "rules": {"rules": [rule]}}])
    sketch.node("ok", "template", "loop", **_text("ok")).edge("if", "ok", handle="if")
    sketch.nodes[1]["data"]["result"] = sketch.ref("ok", "text")
    sketch.node("output", "output", values=[{"name": "all", "value": sketch.value("loop", "results")}])
    played = await play(sketch.edge("input", "loop", "output"))
    assert (played.status, played.row.output) == (status, output)


async def test_a_loop_in_a_loop_that_ends_when_it_is_enough(play):
    sketch = Sketch().node("input", "input", schema={}).node("outer", "loop", over={"value": 3})
    sketch.node("inner", "loop", "outer", over={"value": 5}, sequential=True)
    content = sketch.text(("outer", "item"), ".", ("inner", "item"))
    sketch.node("body", "template", "inner", content=content)
    rule = {"left": sketch.value("inner", "item"), "type": "number", "op": "equals", "right": {"value": 2}}
    sketch.nodes[2]["data"] |= {"until": {"rules": [rule]}, "result": sketch.ref("body", "text")}
    sketch.nodes[1]["data"]["result"] = sketch.ref("inner", "results")
    sketch.node("output", "output", values=[{"name": "all", "value": sketch.value("outer", "results")}])
    played = await play(sketch.edge("input", "outer", "output"))
    assert played.row.output == {"all": [["1.1", "1.2"], ["2.1", "2.2"], ["3.1", "3.2"]]}


async def test_limits_stop_a_run_and_keep_what_is_done(play):
    played = await play(looped(100), limits={"steps": 20})
    assert (played.status, played.run.error_code) == ("stopped", "workflow_limit_steps")
    assert sum(step.status == "done" for step in played.rows) >= 15


async def test_values_of_any_size_are_passed_on_whole(play):
    sketch = line(("template", {}), ("code", {"code": "len(text)", "inputs": []}))
    sketch.nodes[0]["data"]["schema"] = {"properties": {"text": {"type": "string"}}}
    sketch.nodes[1]["data"]["content"] = sketch.text(("input", "text"), "é")
    sketch.nodes[2]["data"]["inputs"] = [{"name": "text", "value": sketch.value("template0", "text")}]
    sketch.nodes[3]["data"]["values"] = [{"name": "n", "value": sketch.value("code1", "result")}]
    played = await play(sketch, {"text": "x" * 200_000})
    assert played.row.output == {"n": 200_001}
    step = played.steps["template0"]
    assert step.output_file
    assert (step.size, step.output["size"], len(step.output["preview"])) == (200_013, 200_013, 2_000)
    assert values.read(step.output_file, step.output)["text"].endswith("xé")
    await in_thread(lambda: Run.objects.filter(pk=played.run.pk).delete())
    assert await in_thread(store.stored_in, f"{values.FOLDER}/{played.row.pk.hex}") == []


async def test_what_jsonb_cannot_hold_is_taken_out(play):
    sketch = line(("code", {"code": "'a' + chr(0) + 'b'"}))
    sketch.nodes[-1]["data"]["values"] = [{"name": "x", "value": sketch.value("code0", "result")}]
    assert (await play(sketch)).row.output == {"x": "ab"}


async def test_many_runs_share_their_commits(play, host):
    def long_line() -> Sketch:
        return line(*[("template", _text(str(n))) for n in range(20)])

    before = host.writer.commits
    made = [await in_thread(play.begin, long_line()) for _ in range(10)]
    for one in made:
        assert (await resting(one.pk)).status == "succeeded"
    assert host.writer.commits - before < 10 * 22 / 4
