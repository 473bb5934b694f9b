"""Our own files: they come back as they went, hold no secret, and are refused where they are not ours."""

import json
import uuid

import pytest

from sambung.lib.schema import Unreadable
from tests.workflows.formats import told
from workflows.formats import own, reading


def node(key: str, kind: str = "template", **more) -> dict:
    data = more.pop("data", {})
    return {"id": key, "type": kind, "position": {"x": 1, "y": 2.5}, "data": {"name": key} | data} | more


def edge(source: str, target: str, **more) -> dict:
    return {"id": f"{source}-{target}", "source": source, "target": target} | more


def file(*nodes: dict, edges: tuple = (), **more) -> dict:
    whole = {"format": own.FORMAT, "version": own.VERSION, "name": "Mine", "description": "What it does."}
    return whole | {"nodes": list(nodes), "edges": list(edges)} | more


def read(found: dict):
    return reading.read(json.dumps(found))


def again(found) -> str:
    """A workflow that was read, as the text of a file."""
    whole = {"name": found.name, "description": found.description, "icon": found.icon, "extra": found.extra}
    return own.text(own.written(structure=found.structure, **whole))


RICH = file(
    node("in", "input", data={"schema": {"type": "object", "properties": {"a": {"type": "string"}}}}),
    node(
        "loop",
        "loop",
        width=400,
        height=200,
        style={"border": "1px"},
        data={"over": {"ref": {"node": "in", "path": ["a"]}}, "result": {"node": "body", "path": ["text"]}},
    ),
    node("body", parentId="loop", data={"content": [{"ref": {"node": "loop", "path": ["item"]}, "as": "text"}]}),
    node(
        "say",
        data={"content": [{"text": "{{a}} "}, {"ref": {"node": "loop", "path": ["results", 0]}}], "new": {"k": [1]}},
    ),
    {"id": "n", "type": "note", "position": {"x": 0, "y": 0}, "data": {"text": "Hi"}, "zIndex": 3},
    edges=(
        edge("in", "loop", label="go", data={"x": 1}, animated=True, markerEnd={"type": "arrow"}),
        edge("loop", "say", sourceHandle=None, targetHandle=None),
    ),
    viewport={"x": 5, "y": -3.25, "zoom": 0.5},
    colours={"theme": "dark", "more": [{"deep": True}]},
    icon="mail",
)


def test_a_file_gives_the_same_bytes_after_one_pass():
    once = again(read(RICH))
    assert again(reading.read(once)) == once
    assert again(reading.read(again(reading.read(once)))) == once


def test_every_key_that_is_not_known_is_kept():
    back = json.loads(again(read(RICH)))
    nodes, edges = {one["id"]: one for one in back["nodes"]}, {one["id"]: one for one in back["edges"]}
    assert back["colours"] == RICH["colours"]
    assert back["viewport"] == RICH["viewport"]
    assert nodes["loop"]["style"] == {"border": "1px"}
    assert (nodes["loop"]["width"], nodes["n"]["zIndex"], nodes["body"]["parentId"]) == (400, 3, "loop")
    assert nodes["say"]["data"]["new"] == {"k": [1]}
    assert edges["in-loop"] == RICH["edges"][0]
    assert edges["loop-say"] == {"id": "loop-say", "source": "loop", "target": "say"}
    assert nodes["loop"]["data"]["result"] == {"node": "body", "path": ["text"]}
    assert nodes["say"]["data"]["content"] == RICH["nodes"][3]["data"]["content"]


def test_what_a_canvas_keeps_while_it_runs_is_dropped():
    running = dict.fromkeys(own.RUNTIME_OF_NODES, True)
    found = read(
        file(node("a", data={"runtime": {"x": 1}}) | running, node("b"), edges=(edge("a", "b", selected=True),))
    )
    text = again(found)
    assert not [name for name in (*own.RUNTIME_OF_NODES, "runtime") if f'"{name}"' in text]


def test_ids_are_new_and_references_follow():
    found = read(RICH)
    ids = {one["id"] for one in found.structure["nodes"]} | {one["id"] for one in found.structure["edges"]}
    assert {uuid.UUID(one).version for one in ids} == {7}
    assert len(ids) == 7
    assert told.data(found, "body")["content"] == [{"ref": "loop.item", "as": "text"}]
    assert told.data(found, "loop")["over"] == {"ref": "in.a"}
    assert told.parents(found) == {"body": "loop"}


def test_an_id_of_another_workflow_never_becomes_one_of_this():
    own_id = str(uuid.uuid4())
    found = read(file(node(own_id)))
    assert found.structure["nodes"][0]["id"] != own_id


SECRET = "sk-very-secret"


def with_secrets() -> tuple[dict, list]:
    """A structure with a secret in every place that can hold one; and a value that only names where one comes from."""
    bearer = [{"text": f"Bearer {SECRET}"}]
    given = [{"text": "Bearer "}, {"ref": {"node": "in", "path": ["token"]}, "as": "text"}]
    http = {
        "method": "GET",
        "url": [{"text": f"https://me:{SECRET}@example.com/x?api_key={SECRET}&page=2"}],
        "headers": [
            {"name": "Authorization", "value": bearer},
            {"name": "X-Api-Key", "value": [{"text": SECRET}], "secret": "own:key"},
            {"name": "Cookie", "value": [{"text": SECRET}]},
            {"name": "X-Token", "value": given},
            {"name": "Accept", "value": [{"text": "text/plain"}]},
        ],
        "query": [{"name": "access_token", "value": [{"text": SECRET}]}],
        "body": {"type": "form", "fields": [{"name": "password", "value": [{"text": SECRET}]}]},
    }
    tool = {"tool": {"kind": "mcp", "source": "s", "name": "t"}, "arguments": {"secret": {"value": SECRET}}}
    asked = {"type": "object", "properties": {"api_key": {"type": "string", "default": SECRET}}}
    model = {"apiKey": str(uuid.uuid4()), "provider": "openai", "model": "m"}
    structure = {
        "nodes": [
            node("in", "input", data={"schema": asked}),
            node("call", "http", data=http),
            node("use", "tool", data=tool),
            node("ask", "llm", data={"model": model, "messages": []}),
        ],
        "edges": [],
    }
    return structure, given


def test_no_file_holds_a_secret_and_each_is_named():
    structure, given = with_secrets()
    out = own.written(name="x", description="", structure=structure)
    text = own.text(out)
    assert SECRET not in text
    assert "apiKey" not in text
    assert "own:key" not in text
    fields = {(row["node"], row["field"]) for row in out["toFillIn"]}
    wanted = {"@", "api_key", "Authorization", "X-Api-Key", "Cookie", "access_token", "password"}
    assert fields == {("call", name) for name in wanted} | {("use", "secret"), ("in", "api_key")}
    kept = next(one for one in out["nodes"] if one["id"] == "call")["data"]
    assert kept["url"] == [{"text": "https://example.com/x?api_key=&page=2"}]
    assert [row["value"] for row in kept["headers"]] == [[], [], [], given, [{"text": "text/plain"}]]
    back = reading.read(text)
    assert ("call", "fill_in") in told.said(back, "todo")
    assert again(back).count("toFillIn") == 0  # nothing is left that would have to be taken out


def test_a_file_with_secrets_is_stored_without_them():
    http = {
        "method": "GET",
        "url": [{"text": "https://example.com"}],
        "headers": [{"name": "Cookie", "value": [{"text": "a=b"}]}],
    }
    found = read(file(node("call", "http", data=http)))
    assert told.data(found, "call")["headers"] == [{"name": "Cookie", "value": []}]
    assert ("call", "fill_in") in told.said(found, "todo")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (file(node("a")) | {"version": 2}, "Update Sambung"),
        (file(node("a")) | {"version": 0}, "which version"),
        (file(node("a")) | {"version": True}, "which version"),
        (file(node("a")) | {"version": "1"}, "which version"),
        (file(node("a")) | {"format": "sambung.agent"}, "sambung.agent"),
        (file(), "no steps"),
        (file(*[node(f"n{n}") for n in range(2_001)]), "2000 steps"),
        (file(node("a"), edges=[edge("a", "a")] * 8_001), "8000 connections"),
        (file(node("a"), node("a")), "“a”"),
        (file({"type": "note"}), "Step 1"),
        (file(node("a"), node(5)), "Step 2"),
        (file(node("a"), "b"), "Step 2"),
        ({"nodes": "x", "edges": []}, "no workflow"),
        ([], "no workflow"),
        ([file(node("a")), file(node("b"))], "2 workflows"),
        ("x", "no workflow"),
    ],
)
def test_what_is_no_workflow_is_refused_with_a_sentence(found, said):
    with pytest.raises(Unreadable) as refused:
        read(found)
    assert said in str(refused.value)


def test_a_kind_that_is_not_known_is_left_to_do():
    found = read(file(node("a"), node("b", "teleport", data={"to": "Mars", "api_key": SECRET})))
    assert told.kinds(found) == {"a": "template", "b": "todo"}
    assert told.data(found, "b")["was"] == {"type": "teleport", "data": {"name": "b", "to": "Mars", "api_key": ""}}
    assert found.report.counts == {"todo": 1, "changed": 0, "kept": 1}


def test_names_that_stand_twice_get_a_number():
    long = "x" * 90
    found = read(
        file(node("a", data={"name": "Same"}), node("b", data={"name": "same"}), node("c", data={"name": long}))
    )
    assert list(told.kinds(found)) == ["Same", "same 2", "x" * 80]
    assert ("same 2", "renamed") in told.said(found, "changed")


def test_a_name_that_is_none_becomes_one():
    found = read(
        file(node("a", data={"name": {"x": 1}}), node("b", data={"name": "  \u2028 "}), node("c", data={"name": 7}))
    )
    assert list(told.kinds(found)) == ["Text", "Text 2", "Text 3"]


def test_edges_that_cannot_be_are_told():
    nodes = [node(key) for key in "abc"]
    many = [
        edge("a", "b"),
        edge("a", "b") | {"id": "x"},
        edge("a", "gone"),
        edge("b", "c"),
        edge("c", "a"),
        edge("b", "b"),
    ]
    found = read(file(*nodes, edges=many))
    assert told.edges(found) == {("a", None, "b"), ("b", None, "c")}
    assert told.said(found, "changed") == {("", "edge_nowhere"), ("a", "edge_twice")}
    assert told.said(found, "todo") == {("c", "edge_back"), ("b", "edge_back")}


def test_parents_stand_first_and_hold_nodes():
    nodes = [
        node("deep", parentId="mid"),
        node("mid", "loop", parentId="top"),
        node("top", "group"),
        node("lost", parentId="gone"),
        node("odd", parentId="lost"),
        node("x", "loop", parentId="y"),
        node("y", "loop", parentId="x"),
    ]
    found = read(file(*nodes))
    assert told.parents(found) == {"deep": "mid", "mid": "top", "y": "x"}
    order = list(told.kinds(found))
    assert order.index("top") < order.index("mid") < order.index("deep")
    assert told.said(found, "changed") == {(name, "parent_gone") for name in ("lost", "odd", "x")}


def test_nodes_without_a_place_are_laid_out():
    bare = [{"id": key, "type": "template", "data": {"name": key}} for key in "abcd"]
    bare[3]["position"] = {"x": "7", "y": float("1e300")}
    found = read(file(*bare, edges=(edge("a", "b"), edge("b", "c"), edge("a", "c"))))
    places = {one["data"]["name"]: one["position"] for one in found.structure["nodes"]}
    assert places["a"]["x"] < places["b"]["x"] < places["c"]["x"]
    assert places["d"] == {"x": 7, "y": 0}


def test_a_canvas_without_a_heading_is_ours_as_well():
    found = read({"nodes": [node("a")], "edges": []})
    assert (found.source, found.name) == ("sambung", "")


def test_text_that_looks_like_a_template_stays_as_it_is():
    said = "{{ 7*7 }} {% for x in y %} ${HOME} {0.__globals__} =1+1"
    found = read(file(node("a", data={"content": [{"text": said}]})))
    assert told.data(found, "a")["content"] == [{"text": said}]


def test_a_file_has_a_plain_name():
    assert own.file_name("Ringkasan/../berita") == "Ringkasan .. berita.workflow.json"
    assert own.file_name("") == "workflow.workflow.json"
