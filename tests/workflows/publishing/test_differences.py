"""What differs between two structures, as people read it."""

from tests.factories.workflows import Sketch, line
from workflows.publishing import differences


def _sketch() -> Sketch:
    sketch = line(("template", {}))
    sketch.nodes[1]["data"]["content"] = sketch.text("Dear ", ("input", "name"), ",\nhello.")
    return sketch


def _changed(structure: dict, n: int, **node) -> dict:
    nodes = [dict(one) for one in structure["nodes"]]
    nodes[n] |= node
    return structure | {"nodes": nodes}


def test_the_same_is_no_difference():
    structure = _sketch().structure
    assert not differences.between(structure, structure)


def test_a_text_is_compared_line_by_line_with_its_references():
    before = _sketch().structure
    data = dict(before["nodes"][1]["data"])
    data["content"] = [*data["content"][:2], {"text": ",\ngood evening."}]

    found = differences.between(before, _changed(before, 1, data=data))

    (node,) = found.nodes
    assert (node.name, node.how) == ("template0", "changed")
    (field,) = node.fields
    assert field.label == "content"
    assert field.lines == [(" ", "Dear {input.name},"), ("-", "hello."), ("+", "good evening.")]


def test_nodes_and_edges_that_come_and_go():
    before = _sketch().structure
    after = {"nodes": before["nodes"][:2], "edges": before["edges"][:1]}

    gone, came = differences.between(before, after), differences.between(after, before)

    assert [(node.name, node.how) for node in gone.nodes] == [("output", "removed")]
    assert [(edge.source, edge.target, edge.how) for edge in gone.edges] == [("template0", "output", "removed")]
    assert [(node.name, node.how) for node in came.nodes] == [("output", "added")]
    assert came.count == 2


def test_what_only_lies_elsewhere_changes_nothing():
    before = _sketch().structure
    found = differences.between(before, _changed(before, 1, position={"x": 5, "y": 5}, width=300))

    assert (bool(found), found.moved) == (False, 1)


def test_another_container_is_told_by_its_name():
    sketch = Sketch().node("Each", "loop").node("Inner", "template", "Each", content=[])
    before = sketch.structure
    after = _changed(before, 1, parentId=None)

    (node,) = differences.between(before, after).nodes
    assert [(field.label, field.lines) for field in node.fields] == [("parentId", [("-", "Each")])]


def test_an_edge_with_another_id_is_the_same():
    before = _sketch().structure
    after = before | {"edges": [edge | {"id": f"other-{n}"} for n, edge in enumerate(before["edges"])]}
    assert not differences.between(before, after)


def test_handles_are_told():
    before = _sketch().structure
    edges = [before["edges"][0], before["edges"][1] | {"sourceHandle": "error"}]
    found = differences.between(before, before | {"edges": edges})
    assert {(edge.handle, edge.how) for edge in found.edges} == {("error", "added"), ("", "removed")}


def test_ways_on_are_told_by_the_words_on_them():
    ask = {"id": "a", "type": "approval", "data": {"name": "Ask", "buttons": [{"id": "b1", "label": "Send"}]}}
    end = {"id": "e", "type": "output", "data": {"name": "End"}}
    edge = {"id": "1", "source": "a", "sourceHandle": "b1", "target": "e"}
    found = differences.between({"nodes": [], "edges": []}, {"nodes": [ask, end], "edges": [edge]})
    assert [(one.source, one.handle, one.target) for one in found.edges] == [("Ask", "Send", "End")]
