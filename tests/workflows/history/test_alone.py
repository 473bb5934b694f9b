"""One node alone: a small graph around it, with what it refers to as its input."""

import pytest

from tests import factories
from tests.factories.workflow_runs import workflow_run, workflow_step
from workflows.history import alone
from workflows.nodes import checking
from workflows.nodes.graph import Graph
from workflows.nodes.references import references_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def sketch():
    made = factories.Sketch().node("input", "input", schema={"type": "object", "properties": {"topic": {}}})
    made.node("ask", "template", content=made.text("About ", ("input", "topic"), " and ", ("input", "topic")))
    made.node("end", "template", content=made.text(("ask", "text"), ("input", "topic")))
    made.node("output", "output", values=[{"name": "result", "value": made.value("end", "text")}])
    return made.edge("input", "ask", "end", "output")


def test_what_it_refers_to_is_asked_for_once_with_what_it_was(alice, sketch):
    run = workflow_run(alice, factories.published(alice, sketch=sketch))
    workflow_step(run, "input", output={"topic": "Coffee"})
    workflow_step(run, "ask", output={"text": "About Coffee"})
    found = alone.wanted(sketch.structure, sketch.ids["end"], run)
    assert [(one.name, one.label, one.value) for one in found] == [
        ("value_0", "ask.text", "About Coffee"),
        ("value_1", "input.topic", "Coffee"),
    ]
    assert [one.value for one in alone.wanted(sketch.structure, sketch.ids["end"], None)] == [None, None]


def test_the_graph_around_it_can_run(sketch):
    made = alone.around(sketch.structure, sketch.ids["end"])
    graph = Graph(made)
    assert [graph.nodes[key]["type"] for key in graph.order] == ["input", "template", "output"]
    assert not [fault for fault in checking.faults(made) if fault.level == "error"]
    refs = list(references_in(graph.nodes[sketch.ids["end"]]["data"]))
    assert [ref["path"] for ref in refs] == [["value_0"], ["value_1"]]
    assert {ref["node"] for ref in refs} == {graph.roots()[0]}
    assert sketch.nodes[2]["data"]["content"][0]["ref"]["node"] == sketch.ids["ask"]  # the draft is as it was


def test_a_loop_takes_its_body_along_and_keeps_what_refers_to_it(sketch):
    sketch = factories.Sketch().node("input", "input", schema={"type": "object", "properties": {"list": {}}})
    sketch.node("loop", "loop", over=sketch.value("input", "list"))
    sketch.node("inner", "template", "loop", content=sketch.text(("loop", "item"), ("input", "list", 0)))
    sketch.nodes[1]["data"]["result"] = sketch.ref("inner", "text")
    sketch.node("output", "output", values=[{"name": "result", "value": sketch.value("loop", "results")}])
    sketch.edge("input", "loop", "output")
    made = alone.around(sketch.structure, sketch.ids["loop"])
    graph = Graph(made)
    assert graph.body(sketch.ids["loop"]) == [sketch.ids["inner"]]
    item, first = references_in(graph.nodes[sketch.ids["inner"]]["data"])
    assert item == sketch.ref("loop", "item")
    assert first["path"] == ["value_1"]


def test_each_way_out_leads_to_the_end(sketch):
    sketch = factories.Sketch().node("input", "input", schema={})
    sketch.node("which", "condition", branches=[{"id": "if", "rules": None}])
    sketch.node("output", "output", values=[]).edge("input", "which").edge("which", "output", handle="if")
    made = alone.around(sketch.structure, sketch.ids["which"])
    assert [edge.get("sourceHandle") for edge in made["edges"] if edge["source"] == sketch.ids["which"]] == [
        "if",
        "else",
    ]
