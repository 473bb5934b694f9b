"""The part of a graph that leads to a node: all before it, nothing beside it, and an output behind it."""

import pytest

from tests.factories import Sketch
from workflows.nodes import checking
from workflows.nodes.upto import upto

RULE = {"left": {"value": 1}, "type": "number", "op": "equals", "right": {"value": 1}}
BRANCH = {"id": "if", "rules": {"rules": [RULE]}}


@pytest.fixture
def sketch() -> Sketch:
    made = Sketch().node("in", "input", schema={"type": "object", "properties": {}})
    made.node("a", "template", content=[]).node("choice", "condition", branches=[BRANCH])
    made.node("loop", "loop", over={"value": [1]}).node("inner", "template", "loop", content=[])
    made.nodes[3]["data"]["result"] = made.ref("inner", "text")
    made.node("beside", "template", content=[]).node("out", "output", values=[])
    made.edge("in", "a", "choice", "out").edge("a", "loop", "out").edge("in", "beside", "out")
    made.edges[2]["sourceHandle"] = "if"
    return made


def names(part: dict) -> set[str]:
    return {node["data"]["name"] for node in part["nodes"]}


@pytest.mark.parametrize(
    ("node", "kept"),
    [
        ("in", {"in", "="}),
        ("a", {"in", "a", "="}),
        ("choice", {"in", "a", "choice", "="}),
        ("loop", {"in", "a", "loop", "inner", "="}),
        ("inner", {"in", "a", "loop", "inner", "="}),
        ("out", {"in", "a", "choice", "loop", "inner", "beside", "out"}),
    ],
)
def test_a_part_holds_what_leads_to_the_node_and_can_run(sketch, node, kept):
    part = upto(sketch.structure, sketch.ids[node])
    assert names(part) == kept
    assert [fault for fault in checking.faults(part) if fault.is_error] == []


def test_every_way_out_of_the_node_leads_to_the_output(sketch):
    part = upto(sketch.structure, sketch.ids["choice"])
    assert {edge["sourceHandle"] for edge in part["edges"] if edge["source"] == sketch.ids["choice"]} == {"if", "else"}


def test_there_must_be_such_a_node(sketch):
    with pytest.raises(KeyError):
        upto(sketch.structure, "nowhere")
