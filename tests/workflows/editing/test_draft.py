"""The draft as rows: read as a structure, written from one, and never another's."""

import pytest

from sambung.lib.errors import Refused
from sambung.lib.ids import uuid7
from tests import factories
from tests.factories import Sketch, line
from workflows.editing import draft
from workflows.models import WorkflowEdge, WorkflowNode

pytestmark = pytest.mark.django_db


@pytest.fixture
def workflow(alice):
    return factories.workflow(alice)


def test_what_is_written_is_read(workflow):
    sketch = line(("template", {"content": [{"text": "x"}]}))
    structure = sketch.structure | {"viewport": {"x": 1, "y": 2, "zoom": 0.5}, "later": [1]}
    structure["nodes"][1] |= {"width": 10, "unknown": {"kept": True}}
    structure["edges"][0] |= {"label": "kept", "sourceHandle": None}
    assert draft.write(workflow, structure) == 2
    workflow.refresh_from_db()
    assert workflow.draft_version == 2
    read = draft.structure_of(workflow)
    structure["edges"][0].pop("sourceHandle")
    assert read == structure


def test_a_second_time_gives_the_same(workflow):
    first = draft.structure_of(workflow)
    draft.write(workflow, first)
    workflow.refresh_from_db()
    assert draft.structure_of(workflow) == first


def test_what_a_page_keeps_for_itself_is_dropped(workflow):
    structure = draft.structure_of(workflow)
    structure["nodes"][0] |= {"selected": True, "measured": {"width": 1}, "dragging": False}
    structure["nodes"][0]["data"]["runtime"] = {"status": "x"}
    draft.write(workflow, structure)
    node = draft.structure_of(workflow)["nodes"][0]
    assert {"selected", "measured", "dragging"}.isdisjoint(node)
    assert "runtime" not in node["data"]


def test_nodes_stand_behind_what_they_lie_in(workflow):
    sketch = Sketch().node("in", "input").node("a", "template").node("loop", "loop")
    sketch.nodes[1]["parentId"] = sketch.ids["loop"]
    draft.write(workflow, sketch.structure)
    assert [node["data"]["name"] for node in draft.structure_of(workflow)["nodes"]] == ["in", "loop", "a"]


def test_rows_of_another_workflow_are_not_touched(workflow, bob):
    other = factories.workflow(bob)
    before = draft.structure_of(other)
    for name in ("nodes", "edges"):
        stolen = draft.structure_of(workflow)
        stolen[name][0] = stolen[name][0] | {"id": before[name][0]["id"]}
        if name == "nodes":
            stolen["edges"] = []
        with pytest.raises(Refused):
            draft.write(workflow, stolen)
    assert draft.structure_of(other) == before


def test_edges_to_nothing_and_those_alike_are_left_out(workflow):
    structure = draft.structure_of(workflow)
    edge = structure["edges"][0]
    structure["edges"] += [dict(edge), edge | {"target": str(uuid7())}, edge | {"target": edge["source"]}]
    draft.write(workflow, structure)
    assert WorkflowEdge.objects.filter(workflow=workflow).count() == 1


def _deep() -> dict:
    value = {}
    for _ in range(40):
        value = {"x": value}
    return value


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"nodes": [], "edges": [{}]},
        {"nodes": [{"id": "1", "type": "input", "position": {"x": 0, "y": 0}, "data": {}}], "edges": []},
        {"nodes": [{"id": str(uuid7()), "type": "rocket", "position": {"x": 0, "y": 0}, "data": {}}], "edges": []},
        {"nodes": [{"id": str(uuid7()), "type": "input", "position": {"x": 1e99, "y": 0}, "data": {}}], "edges": []},
        {"nodes": [], "edges": [], "viewport": _deep()},
        {"nodes": [{}] * 2_001, "edges": []},
    ],
)
def test_what_is_no_workflow_is_refused_and_nothing_is_lost(workflow, wrong):
    before = draft.structure_of(workflow)
    with pytest.raises(Refused):
        draft.write(workflow, wrong)
    assert draft.structure_of(workflow) == before


def test_what_cannot_be_stored_is_cleaned(workflow):
    structure = draft.structure_of(workflow)
    structure["nodes"][0]["data"]["name"] = "a\0b\ud800"
    draft.write(workflow, structure)
    assert WorkflowNode.objects.get(pk=structure["nodes"][0]["id"]).data["name"] == "ab?"
