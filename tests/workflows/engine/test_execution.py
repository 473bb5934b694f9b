"""Runs: who starts when, what is skipped, and how a run ends."""

import pytest

from tests.factories import Sketch, line

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
