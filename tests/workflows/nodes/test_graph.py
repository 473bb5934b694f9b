"""The graph: order, ancestors, bodies of loops, circles; and that large ones take no time."""

from tests.factories import Sketch
from workflows.nodes.graph import Graph, only


def drawn() -> tuple[Sketch, Graph]:
    """An input, a loop with a body of two, a group around one of them, an output."""
    sketch = Sketch().node("in", "input").node("loop", "loop").node("box", "group", "loop")
    sketch.node("a", "template", "box").node("b", "template", "loop").node("out", "output").node("note", "note")
    return sketch, Graph(sketch.edge("in", "loop", "out").edge("a", "b").edge("in", "note").structure)


def test_bodies_are_those_of_the_nearest_loop_and_groups_change_nothing():
    sketch, graph = drawn()
    assert graph.body(sketch.ids["loop"]) == [sketch.ids["a"], sketch.ids["b"]]
    assert graph.roots(sketch.ids["loop"]) == [sketch.ids["a"]]
    assert graph.roots() == [sketch.ids["in"]]
    assert sketch.ids["note"] not in graph.nodes


def test_ancestors_are_those_before_and_those_around():
    sketch, graph = drawn()
    names = {key: name for name, key in sketch.ids.items()}
    before = {
        name: [names[one] for one in graph.ancestors(key)] for name, key in sketch.ids.items() if key in graph.nodes
    }
    assert before["in"] == []
    assert before["loop"] == ["in"]
    assert set(before["b"]) == {"in", "loop", "a"}
    assert set(before["out"]) == {"in", "loop"}


def test_edges_across_a_loop_and_to_nothing_are_none():
    sketch, _graph = drawn()
    edges = sketch.edge("in", "a").structure["edges"] + [{"id": "x", "source": "gone", "target": sketch.ids["a"]}]
    assert len(Graph(sketch.structure | {"edges": edges}).edges) == 3


def test_a_circle_is_told_and_stands_behind_the_others():
    sketch = Sketch().node("in", "input").node("a", "template").node("b", "template").edge("in", "a", "b", "a")
    graph = Graph(sketch.structure)
    assert set(graph.circle) == {sketch.ids["a"], sketch.ids["b"]}
    assert graph.order[0] == sketch.ids["in"]


def test_a_part_keeps_what_stands_around():
    sketch, _graph = drawn()
    part = only(sketch.structure, [sketch.ids["a"], sketch.ids["in"]])
    assert [node["data"]["name"] for node in part["nodes"]] == ["in", "loop", "box", "a"]
    assert len(part["edges"]) == 1
