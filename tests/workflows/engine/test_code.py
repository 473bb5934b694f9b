"""Code nodes, and conditions with an expression."""

import pytest

from tests.factories import Sketch, line

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.stack]


def coded(code: str, **data) -> Sketch:
    """A code node that is given the input, and what it gives."""
    sketch = line(("code", {"code": code} | data), schema={"properties": {"items": {"type": "array"}}})
    sketch.nodes[1]["data"]["inputs"] = [{"name": "items", "value": sketch.value("input", "items")}]
    sketch.nodes[2]["data"]["values"] = [{"name": "x", "value": sketch.value("code0", "result")}]
    return sketch


async def test_json_comes_in_and_json_goes_out(play):
    played = await play(coded("print('hi')\n{'n': sum(items), 'pair': (1, None)}"), {"items": [1, 2.5]})
    assert played.row.output == {"x": {"n": 3.5, "pair": [1, None]}}
    assert played.steps["code0"].output["prints"] == "hi\n"


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("1 / 0", "workflow_code_failed"),
        ("def", "workflow_code_failed"),
        ("{1, 2}", "code_no_json"),
        ("2 ** 100", "code_no_json"),
        ("float('nan')", "code_no_json"),
        ("for i in range(10 ** 8):\n    print('x' * 1000)", "workflow_code_failed"),
        ("import subprocess\nsubprocess.run(['true'])", "workflow_code_failed"),
        ("while True: pass", "code_too_long"),
        ("'x' * 10 ** 9", "workflow_code_failed"),
        ("import os\nos.environ", "workflow_code_failed"),
        ("open('/etc/passwd').read()", "workflow_code_failed"),
        ("().__class__.__base__.__subclasses__()", "workflow_code_failed"),
    ],
)
async def test_what_code_may_not_fails_with_a_word(play, code, why):
    played = await play(coded(code), {"items": []})
    assert (played.status, played.run.error_code) == ("failed", why)


async def test_what_it_gives_is_checked(play):
    played = await play(coded("'x'", outputSchema={"type": "integer"}), {"items": []})
    assert played.run.error_code == "workflow_code_result"
    assert played.steps["code0"].output["result"] == "x"


@pytest.mark.parametrize(("items", "branch"), [([1, 2], "if"), ([], "else")])
async def test_a_condition_may_ask_an_expression(play, items, branch):
    sketch = Sketch().node("input", "input", schema={"properties": {"items": {"type": "array"}}})
    sketch.node("if", "condition", branches=[{"id": "if", "advanced": "len(nodes['input']['items']) > 1"}])
    sketch.node("output", "output", values=[{"name": "branch", "value": sketch.value("if", "branch")}])
    sketch.edge("input", "if").edge("if", "output", handle="if").edge("if", "output", handle="else")
    assert (await play(sketch, {"items": items})).row.output == {"branch": branch}


async def test_an_expression_must_give_yes_or_no(play):
    sketch = Sketch().node("input", "input", schema={})
    sketch.node("if", "condition", branches=[{"id": "if", "advanced": "1"}]).node("output", "output", values=[])
    played = await play(sketch.edge("input", "if").edge("if", "output", handle="if"))
    assert played.run.error_code == "workflow_rule_type"
