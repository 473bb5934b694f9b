"""Operations on a draft: merged where they are about different things, else refused with both values, and done once."""

import pytest

from sambung.lib.errors import Refused
from sambung.lib.ids import uuid7
from tests.factories import workflows as factory
from workflows.editing import changes, draft, operations
from workflows.models import WorkflowNode

PLACE = {"x": 10, "y": 20}


@pytest.fixture
def sketch():
    drawn = factory.Sketch().node("in", "input").node("a", "template", content=[]).node("out", "output")
    return drawn.edge("in", "a", "out")


@pytest.fixture
def workflow(alice, sketch):
    return factory.workflow(alice, sketch=sketch)


def op(name: str, **fields) -> dict:
    return {"id": str(uuid7()), "op": name, **fields}


def apply(workflow, by, *asked):
    return operations.apply(by=by, workflow=workflow, operations=operations.checked(list(asked)))


def data(sketch, name: str) -> dict:
    return WorkflowNode.objects.get(pk=sketch.ids[name]).data


def ends(workflow) -> set[tuple]:
    edges = draft.structure_of(workflow)["edges"]
    return {(edge["source"], edge.get("sourceHandle"), edge["target"]) for edge in edges}


def node(kind: str = "template", **more) -> dict:
    return {"id": str(uuid7()), "type": kind, "position": PLACE, "data": {"name": "New"}, **more}


def test_each_act_is_done(workflow, sketch, alice):
    made, before = node(), workflow.draft_version
    ids = sketch.ids
    done = apply(
        workflow,
        alice,
        op("add", node=made),
        op("disconnect", source=ids["in"], target=ids["a"]),
        op("connect", source=ids["in"], target=made["id"]),
        op("connect", source=made["id"], sourceHandle=None, target=ids["a"]),
        op("move", node=ids["a"], position={"x": 1, "y": 2}, width=300),
        op("set", node=ids["a"], field="name", value="B", was="a"),
        op("delete", node=ids["out"]),
    )
    assert done.is_done
    assert done.version == before + 1
    assert ends(workflow) == {(ids["in"], None, made["id"]), (made["id"], None, ids["a"])}
    changed = next(one for one in draft.structure_of(workflow)["nodes"] if one["id"] == ids["a"])
    assert (changed["position"], changed["width"], changed["data"]["name"]) == ({"x": 1, "y": 2}, 300, "B")


def test_different_fields_of_a_node_come_together(workflow, sketch, alice, bob):
    a = sketch.ids["a"]
    assert apply(workflow, alice, op("set", node=a, field="name", value="Hers", was="a")).is_done
    assert apply(workflow, bob, op("set", node=a, field="description", value="His")).is_done
    assert data(sketch, "a") == {"name": "Hers", "description": "His", "content": []}


def test_the_same_field_is_a_choice_with_both_values(workflow, sketch, alice, bob):
    a = sketch.ids["a"]
    apply(workflow, alice, op("set", node=a, field="name", value="Hers", was="a"))
    answered = apply(workflow, bob, op("set", node=a, field="name", value="His", was="a"))
    (result,) = answered.results
    assert (result.state, result.theirs, result.by) == ("conflict", "Hers", str(alice))
    assert data(sketch, "a")["name"] == "Hers"
    assert apply(workflow, bob, op("set", node=a, field="name", value="His", was=result.theirs)).is_done
    assert data(sketch, "a")["name"] == "His"


def test_the_same_words_of_two_are_no_collision(workflow, sketch, alice, bob):
    a = sketch.ids["a"]
    for by in (alice, bob):
        assert apply(workflow, by, op("set", node=a, field="name", value="Both", was="a")).is_done


def test_what_collides_takes_nothing_else_along(workflow, sketch, alice, bob):
    a, made = sketch.ids["a"], node()
    apply(workflow, alice, op("set", node=a, field="name", value="Hers", was="a"))
    answered = apply(workflow, bob, op("set", node=a, field="name", value="His", was="a"), op("add", node=made))
    assert [result.state for result in answered.results] == ["conflict", "done"]
    assert WorkflowNode.objects.filter(pk=made["id"]).exists()


def test_an_operation_that_comes_again_is_done_once(workflow, sketch, alice):
    a = sketch.ids["a"]
    first = op("set", node=a, field="name", value="One", was="a")
    apply(workflow, alice, first)
    then = apply(workflow, alice, op("set", node=a, field="name", value="Two", was="One"))
    again = apply(workflow, alice, first)
    assert again.is_done
    assert again.version == then.version
    assert data(sketch, "a")["name"] == "Two"


def test_a_step_that_was_deleted_gives_the_change_back(workflow, sketch, alice, bob):
    a = sketch.ids["a"]
    apply(workflow, alice, op("delete", node=a, was=data(sketch, "a")))
    (result,) = apply(workflow, bob, op("set", node=a, field="name", value="His", was="a")).results
    assert (result.state, result.failure.code) == ("conflict", "workflow_edit_gone")


def test_what_somebody_has_changed_is_not_deleted_unseen(workflow, sketch, alice, bob):
    a, seen = sketch.ids["a"], data(sketch, "a")
    apply(workflow, alice, op("set", node=a, field="name", value="Hers", was="a"))
    (result,) = apply(workflow, bob, op("delete", node=a, was=seen)).results
    assert (result.state, result.by) == ("conflict", str(alice))
    assert apply(workflow, bob, op("delete", node=a, was=result.theirs)).is_done


def test_what_lies_in_a_deleted_loop_stays_where_it_stood(alice):
    sketch = factory.Sketch().node("loop", "loop").node("in", "template", "loop")
    workflow = factory.workflow(alice, sketch=sketch)
    WorkflowNode.objects.filter(pk=sketch.ids["loop"]).update(position={"x": 100, "y": 50})
    apply(workflow, alice, op("delete", node=sketch.ids["loop"]))
    inner = WorkflowNode.objects.get(pk=sketch.ids["in"])
    assert inner.position == {"x": 300, "y": 50}
    assert "parentId" not in inner.extra


def test_a_step_can_be_put_back_with_its_edges(workflow, sketch, alice):
    ids, before = sketch.ids, ends(workflow)
    put_back = {"id": ids["a"], "type": "template", "position": PLACE, "data": {"name": "a", "content": []}}
    again = [op("add", node=put_back), op("connect", source=ids["in"], target=ids["a"])]
    again.append(op("connect", source=ids["a"], target=ids["out"]))
    assert apply(workflow, alice, op("delete", node=ids["a"]), *again).is_done
    assert ends(workflow) == before


@pytest.mark.parametrize(
    ("source", "target", "code"),
    [
        ("a", "a", "workflow_edge_to_itself"),
        ("out", "a", "workflow_edge_from_output"),
        ("a", "in", "workflow_edge_into_input"),
        ("b", "a", "workflow_circle"),
        ("note", "a", "workflow_edge_of_note"),
        ("a", "inner", "workflow_edge_across"),
    ],
)
def test_an_edge_that_cannot_be_says_why(alice, source, target, code):
    sketch = factory.Sketch().node("in", "input").node("a", "template").node("b", "template").node("out", "output")
    sketch.node("note", "note").node("loop", "loop").node("inner", "template", "loop").edge("in", "a", "b", "out")
    workflow = factory.workflow(alice, sketch=sketch)
    before = workflow.draft_version
    answered = apply(workflow, alice, op("connect", source=sketch.ids[source], target=sketch.ids[target]))
    assert [(result.state, result.failure.code) for result in answered.results] == [("refused", code)]
    assert answered.version == before


def test_an_edge_is_drawn_once_under_an_id_of_the_server(workflow, sketch, alice, bob):
    ids = sketch.ids
    for by in (alice, bob):
        assert apply(workflow, by, op("connect", source=ids["in"], target=ids["out"])).is_done
    assert workflow.edges.filter(source=ids["in"], target=ids["out"]).count() == 1


def test_another_workflow_cannot_be_reached_by_ids(workflow, sketch, bob):
    foreign = factory.Sketch().node("theirs", "template")
    factory.workflow(bob, sketch=foreign)
    theirs = foreign.ids["theirs"]
    answered = apply(
        workflow,
        bob,
        op("add", node=node(id=theirs)),
        op("set", node=theirs, field="name", value="Mine"),
        op("move", node=theirs, position=PLACE),
        op("connect", source=sketch.ids["a"], target=theirs),
        op("delete", node=theirs),
    )
    assert [result.state for result in answered.results] == ["refused", "conflict", "moot", "refused", "moot"]
    assert data(foreign, "theirs") == {"name": "theirs"}


def test_a_loop_cannot_lie_in_itself(alice):
    sketch = factory.Sketch().node("outer", "loop").node("inner", "loop", "outer")
    workflow = factory.workflow(alice, sketch=sketch)
    moved = op("move", node=sketch.ids["outer"], position=PLACE, parentId=sketch.ids["inner"])
    (result,) = apply(workflow, alice, moved).results
    assert (result.state, result.failure.code) == ("refused", "workflow_parent_itself")


def deep(layers: int) -> object:
    value: object = 1
    for _n in range(layers):
        value = [value]
    return value


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"op": "set"},
        op("nothing"),
        op("set", node="1", field="name"),
        op("set", node=str(uuid7()), field="__proto__", value={}),
        op("set", node=str(uuid7()), field="x" * 65),
        op("set", node=str(uuid7()), field="name", value=deep(10_000)),
        op("add", node=node(kind="virus")),
        op("move", node=str(uuid7()), position={"x": 1e300, "y": 0}),
    ],
    ids=["empty", "bare", "act", "id", "proto", "field", "deep", "kind", "far"],
)
def test_what_cannot_be_read_is_refused(broken):
    with pytest.raises(Refused) as refused:
        operations.checked([broken])
    assert refused.value.status == 422


def test_what_jsonb_cannot_hold_is_taken_out(workflow, sketch, alice):
    a = sketch.ids["a"]
    apply(workflow, alice, op("set", node=a, field="name", value="a\0b\ud800", was="a"))
    assert data(sketch, "a")["name"] == "ab?"


def test_a_workflow_does_not_grow_for_ever(workflow, alice, monkeypatch):
    monkeypatch.setattr("workflows.validators.NODES", 4)
    answered = apply(workflow, alice, op("add", node=node()), op("add", node=node()))
    assert [result.state for result in answered.results] == ["done", "refused"]


def test_changes_tell_what_was_done_and_by_whom(workflow, sketch, alice, bob):
    before = workflow.draft_version
    apply(workflow, alice, op("set", node=sketch.ids["a"], field="name", value="Hers", was="a"))
    apply(workflow, bob, op("move", node=sketch.ids["a"], position=PLACE))
    told = [(one.act, one.field, one.user) for one in changes.since(workflow, before)]
    assert told == [("set", "name", alice), ("move", "", bob)]
    assert [one.act for one in changes.since(workflow, before + 1)] == ["move"]


def test_one_move_of_many_takes_few_queries(alice, django_assert_max_num_queries):
    sketch = factory.Sketch()
    for n in range(60):
        sketch.node(f"n{n}", "template")
    workflow = factory.workflow(alice, sketch=sketch)
    with django_assert_max_num_queries(9):
        assert apply(workflow, alice, op("move", node=sketch.ids["n7"], position=PLACE)).is_done
