"""What is wrong with a graph: each fault made once."""

import pytest

from tests.factories import Sketch, line
from workflows.nodes import checking
from workflows.nodes.checking import Known


def codes(sketch: Sketch, known: Known | None = None) -> set[str]:
    """The codes of what is wrong."""
    return {fault.code for fault in checking.faults(sketch.structure, known or Known())}


def test_a_line_has_no_fault():
    assert checking.faults(line(("template", {"content": [{"text": "{{ x }}"}]})).structure) == []


def _rule(sketch: Sketch, **more) -> dict:
    return {"left": sketch.value("input"), "type": "any", "op": "is_empty"} | more


def _condition(sketch: Sketch, **branch) -> Sketch:
    return sketch.node("if", "condition", branches=[{"id": "if"} | branch]).edge("input", "if")


BROKEN = {
    "workflow_no_input": lambda s: s.nodes.pop(0),
    "workflow_no_output": lambda s: s.nodes.pop(),
    "workflow_second_input": lambda s: s.node("in2", "input", schema={}),
    "workflow_name_twice": lambda s: s.node("INPUT", "template", content=[]),
    "workflow_field_long": lambda s: s.node("x" * 81, "template", content=[]),
    "workflow_field_empty": lambda s: s.node(" ", "template", content=[]),
    "workflow_field_missing": lambda s: s.node("t", "template"),
    "workflow_field_type": lambda s: s.node("t", "template", content="{{ x }}"),
    "workflow_field_shape": lambda s: s.node("t", "template", content=[{}]),
    "workflow_field_choice": lambda s: s.node("t", "http", method="BREW", url=[{"text": "https://x.example"}]),
    "workflow_field_few": lambda s: s.node("t", "llm", messages=[]),
    "workflow_field_large": lambda s: s.node("t", "template", content=[], retry={"times": 6}),
    "workflow_field_small": lambda s: s.node("t", "template", content=[], retry={"times": -1}),
    "workflow_field_many": lambda s: s.node("t", "approval", title=[], buttons=[{"id": "x", "label": "y"}] * 6),
    "workflow_parent_unknown": lambda s: s.nodes[1].update(parentId="gone"),
    "workflow_id_twice": lambda s: s.nodes[1].update(id=s.nodes[0]["id"]),
    "workflow_edge_to_nothing": lambda s: s.edges.append({"id": "e", "source": s.ids["input"], "target": "gone"}),
    "workflow_edge_to_itself": lambda s: s.edge("template0", "template0"),
    "workflow_edge_twice": lambda s: s.edge("input", "template0"),
    "workflow_edge_of_note": lambda s: s.node("n", "note", text="").edge("input", "n"),
    "workflow_edge_into_input": lambda s: s.edge("template0", "input"),
    "workflow_edge_handle": lambda s: s.node("t", "template", content=[]).edge("template0", "t", handle="error"),
    "workflow_circle": lambda s: s.node("t", "template", content=[]).edge("template0", "t", "template0"),
    "workflow_not_reached": lambda s: s.node("t", "template", content=[]),
    "workflow_reference_gone": lambda s: s.node("t", "first", values=[{"node": "gone", "path": []}]),
    "workflow_reference_not_before": lambda s: s.node("t", "first", values=[s.ref("template0")]),
    "workflow_reference_path": lambda s: s.node("t", "first", values=[s.ref("template0", "no")]).edge("template0", "t"),
    "workflow_todo": lambda s: s.node("t", "todo", reason="No such thing here."),
    "workflow_branch_empty": lambda s: _condition(s),
    "workflow_branch_twice": lambda s: _condition(s, id="else", rules={"rules": [_rule(s)]}),
    "workflow_rule_operator": lambda s: _condition(s, rules={"rules": [_rule(s, op="contains")]}),
    "workflow_loop_empty": lambda s: s.node("l", "loop", over={"value": 3}, result=s.ref("input")),
    "workflow_loop_many": lambda s: s.node("l", "loop", over={"value": 10**6}, result=s.ref("input")),
    "workflow_loop_over": lambda s: s.node("l", "loop", over={"value": "x"}, result=s.ref("input")),
    "workflow_audience_nobody": lambda s: s.node("a", "approval", title=[], buttons=[{"id": "x", "label": "y"}]),
    "workflow_button_twice": lambda s: s.node("a", "approval", title=[], buttons=[{"id": "x", "label": "y"}] * 2),
    "workflow_http_address": lambda s: s.node("h", "http", method="GET", url=[{"text": "file:///etc/passwd"}]),
    "workflow_http_header": lambda s: s.node(
        *("h", "http"), method="GET", url=[{"text": "https://x.example"}], headers=[{"name": "a\r\nb", "value": []}]
    ),
    "workflow_schema_key": lambda s: s.nodes[0]["data"].update(schema={"$ref": "https://x.example"}),
    "workflow_schema_type": lambda s: s.nodes[0]["data"].update(schema={"type": "map"}),
    "workflow_schema_pattern": lambda s: s.nodes[0]["data"].update(schema={"pattern": "("}),
    "workflow_output_twice": lambda s: s.nodes[-1]["data"]["values"].append(s.nodes[-1]["data"]["values"][0]),
}


SAYING_NOTHING = [
    ("llm", {"messages": [{"role": "system", "content": []}, {"role": "user", "content": [{"text": " \n"}]}]}),
    ("agent", {"agent": "a", "message": []}),
]
SAYING_SOMETHING = [
    ("llm", {"messages": [{"role": "system", "content": [{"text": "Sum up."}]}, {"role": "user", "content": []}]}),
    ("agent", {"agent": "a", "message": [{"ref": "input"}]}),
]


def _warned(kind: str, data: dict) -> list[tuple[str, str, str]]:
    sketch = line(("template", {"content": []}))
    told = {name: sketch.text(("input",)) if value == [{"ref": "input"}] else value for name, value in data.items()}
    sketch.node("n", kind, **told).edge("input", "n")
    found = checking.faults(sketch.structure)
    return [(one.field, one.code, one.level) for one in found if one.node == sketch.ids["n"]]


@pytest.mark.parametrize(("kind", "data"), SAYING_NOTHING)
def test_a_model_that_is_asked_nothing_is_warned_of(kind, data):
    field = {"llm": "messages.0.content", "agent": "message"}[kind]
    assert _warned(kind, data) == [(field, "workflow_prompt_empty", "warning")]


@pytest.mark.parametrize(("kind", "data"), SAYING_SOMETHING)
def test_a_text_that_says_or_refers_to_something_is_no_fault(kind, data):
    assert _warned(kind, data) == []


@pytest.mark.parametrize("code", BROKEN)
def test_each_fault_is_told(code):
    sketch = line(("template", {"content": []}))
    assert code not in codes(sketch)
    BROKEN[code](sketch)
    assert code in codes(sketch)


def test_types_of_rules_are_those_of_what_they_compare():
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
    sketch = line(("template", {"content": []}), schema=schema)
    rule = {"left": sketch.value("input", "n"), "type": "text", "op": "equals", "right": {"value": "1"}}
    assert "workflow_rule_type" in codes(_condition(sketch, rules={"rules": [rule]}))


def looped() -> Sketch:
    """A loop whose body has one node."""
    sketch = line(("template", {"content": []}))
    sketch.node("loop", "loop", over={"value": 2}).node("in it", "template", "loop", content=[])
    sketch.nodes[-2]["data"]["result"] = sketch.ref("in it", "text")
    return sketch.edge("input", "loop")


def test_a_loops_body_sees_its_item_and_nobody_outside_sees_the_body():
    sketch = looped()
    sketch.nodes[-1]["data"]["content"] = sketch.text(("loop", "item"), ("loop", "index"), ("input",))
    assert codes(sketch) == set()
    sketch.node("outside", "first", values=[sketch.ref("in it")]).edge("loop", "outside")
    assert codes(sketch) == {"workflow_reference_not_before"}


def test_a_loops_result_is_of_its_body_and_edges_do_not_cross():
    sketch = looped()
    sketch.nodes[-2]["data"]["result"] = sketch.ref("input")
    assert codes(sketch) == {"workflow_loop_result"}
    assert "workflow_edge_across" in codes(looped().edge("input", "in it"))


def test_loops_lie_three_deep():
    sketch, around = line(("template", {"content": []})), ""
    for n in range(4):
        sketch.node(f"l{n}", "loop", around, over={"value": 1}, result=sketch.ref("input"))
        around = f"l{n}"
    assert "workflow_loops_deep" in codes(sketch)


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        ("llm", {"messages": [{"role": "user", "content": []}], "model": {"provider": "x", "model": "m"}}, "model"),
        ("agent", {"agent": "a", "message": []}, "agent"),
        ("tool", {"tool": {"kind": "k", "source": "s", "name": "gone"}}, "tool"),
        ("document", {"action": "read", "document": {"value": "d"}}, "document"),
        ("document", {"action": "search", "query": [], "collection": {"value": "c"}}, "collection"),
        (
            "approval",
            {"title": [], "buttons": [{"id": "a", "label": "b"}], "audience": {"people": ["p"]}},
            "person",
        ),
    ],
)
def test_what_is_not_here_is_told(kind, data, code):
    nothing = Known(*[frozenset()] * 2, {}, *[frozenset()] * 3)
    sketch = line((kind, data))
    assert f"workflow_{code}_unknown" in codes(sketch, nothing)
    assert f"workflow_{code}_unknown" not in codes(sketch)


def test_a_request_names_no_key_and_needs_the_file_that_it_sends():
    url = {"method": "POST", "url": [{"text": "https://a.example/"}]}
    assert "workflow_secret_unknown" in codes(line(("http", url | {"headers": [{"name": "X-Key", "secret": "crm"}]})))
    assert "workflow_field_missing" in codes(line(("http", url | {"body": {"type": "file"}})))


def test_what_is_in_a_file_can_be_referred_to():
    schema = {"type": "object", "properties": {"paper": {"type": "string", "format": "file"}}}
    for name, is_there in (("text", True), ("name", True), ("other", False)):
        sketch = line(("template", {"content": []}), schema=schema)
        sketch.nodes[1]["data"]["content"] = sketch.text(("input", "paper", name))
        assert (not codes(sketch)) is is_there


def test_a_tool_that_has_changed_is_told():
    sketch = line(("tool", {"tool": {"kind": "k", "source": "s", "name": "t", "digest": "old"}}))
    assert "workflow_tool_drifted" in codes(sketch, Known(tools={"k:s:t": "new"}))
    assert "workflow_tool_drifted" not in codes(sketch, Known(tools={"k:s:t": "old"}))
