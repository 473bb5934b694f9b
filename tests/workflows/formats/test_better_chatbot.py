"""What better-chatbot's server and canvas give: each kind, each reference, and what is said of the differences."""

import json

import pytest

from tests.workflows.formats import told
from workflows.formats import reading


def mention(node: str, *path: str) -> dict:
    return {
        "type": "mention",
        "attrs": {"id": "x", "label": json.dumps({"nodeId": node, "path": path, "nodeName": "N"})},
    }


def text(said: str) -> dict:
    return {"type": "text", "text": said}


def paragraph(*inner: dict) -> dict:
    return {"type": "paragraph", "content": list(inner)}


def doc(*blocks: dict) -> dict:
    return {"type": "doc", "content": list(blocks)}


def row(key: str, kind: str, **config) -> dict:
    schema = config.pop("outputSchema", {"type": "object", "properties": {}})
    about = {"id": key, "name": key, "kind": kind, "workflowId": "w", "description": config.pop("description", None)}
    place = {"uiConfig": {"position": {"x": 10, "y": 20}, "type": "default"}}
    return about | place | {"nodeConfig": {"kind": kind, "outputSchema": schema} | config}


def edge(source: str, target: str, handle: str | None = "right") -> dict:
    ui = {"targetHandle": "left", "label": "scratch"} | ({"sourceHandle": handle} if handle else {})
    return {"id": f"{source}{target}", "source": source, "target": target, "uiConfig": ui}


def workflow(*nodes: dict, edges: tuple = ()) -> dict:
    about = {"id": "w", "name": "W", "version": "0.1.0", "visibility": "private", "isPublished": False}
    return about | {"nodes": list(nodes), "edges": list(edges)}


def read(*nodes: dict, edges: tuple = ()):
    return reading.read(json.dumps(workflow(*nodes, edges=edges)))


ASKED = {
    "type": "object",
    "properties": {"n": {"type": "number", "default": 3}, "q": {"type": "string"}},
    "required": ["q"],
}
START = row("in", "input", outputSchema=ASKED)


def source(node: str, *path: str) -> dict:
    return {"nodeId": node, "path": list(path), "nodeName": "N", "type": "string"}


def condition(**branches) -> dict:
    last = {"id": "else", "type": "else", "conditions": [], "logicalOperator": "AND"}
    return row("if", "condition", branches={"else": last} | branches)


def rules(*conditions: dict, key: str = "if", join: str = "AND") -> dict:
    return {"id": key, "type": "if", "conditions": list(conditions), "logicalOperator": join}


def test_both_shapes_give_the_same():
    rows = [START, row("say", "template", template={"type": "tiptap", "tiptap": doc(paragraph(mention("in", "q")))})]
    canvas = [
        {
            "id": one["id"],
            "type": "default",
            "position": one["uiConfig"]["position"],
            "data": one["nodeConfig"] | {"id": one["id"], "name": one["name"], "runtime": {"status": "x"}},
        }
        for one in rows
    ]
    lines = [{"id": "e", "source": "in", "target": "say", "sourceHandle": "right", "targetHandle": "left"}]
    first = read(*rows, edges=(edge("in", "say"),))
    second = reading.read(json.dumps({"nodes": canvas, "edges": lines}))
    for found in (first, second):
        assert found.source == "better-chatbot"
        assert told.kinds(found) == {"in": "input", "say": "template"}
        assert told.edges(found) == {("in", None, "say")}
        assert told.data(found, "say")["content"] == [{"ref": "in.q", "as": "text"}]
        assert told.data(found, "in")["schema"] == ASKED | {"order": ["n", "q"]}


def test_lists_in_texts_are_kept_and_that_is_said():
    nested = {"type": "bulletList", "content": [{"type": "listItem", "content": [paragraph(text("inner"))]}]}
    written = doc(
        {"type": "heading", "attrs": {"level": 2}, "content": [text("Head")]},
        paragraph(text("a"), {"type": "hardBreak"}, text("b")),
        {
            "type": "bulletList",
            "content": [{"type": "listItem", "content": [paragraph(text("x "), mention("in", "q")), nested]}],
        },
        {
            "type": "orderedList",
            "attrs": {"start": 3},
            "content": [{"type": "listItem", "content": [paragraph(text("three"))]}, {"type": "listItem"}],
        },
        {"type": "blockquote", "content": [paragraph(text("said"))]},
        {"type": "codeBlock", "content": [text("x = 1")]},
        {"type": "horizontalRule"},
        paragraph(),
        paragraph(text("end")),
    )
    found = read(START, row("say", "template", template={"tiptap": written}))
    wanted = "## Head\na\nb\n- x <in.q>\n  - inner\n3. three\n4. \n> said\n```\nx = 1\n```\n---\n\nend"
    assert told.prompt(told.data(found, "say")["content"]) == wanted
    assert ("say", "bc_lists") in told.said(found, "changed")
    assert ("", "bc_zero") in told.said(found, "changed")


#: References of theirs, by the name of an output.
SOURCES = {
    "answer": source("ask", "answer", "x"),
    "tokens": source("ask", "totalTokens"),
    "body": source("call", "response", "body"),
    "status": source("call", "response", "status"),
    "all": source("call", "response"),
    "tool": source("use", "tool_result"),
    "inner": source("use", "tool_result", "content"),
    "text": source("say", "template"),
    "gone": source("nobody", "x"),
}


def test_references_lead_to_what_ours_give():
    nodes = [
        START,
        row(
            "ask",
            "llm",
            model={"provider": "anthropic", "model": "m"},
            messages=[{"role": "system", "content": doc(paragraph(text("x")))}],
        ),
        row("call", "http", url="https://example.com", method="GET"),
        row("use", "tool", tool={"type": "mcp-tool", "id": "t", "serverName": "S"}),
        row("say", "template", template={"tiptap": doc(paragraph(text("y")))}),
        row(
            "out",
            "output",
            outputData=[*({"key": key, "source": one} for key, one in SOURCES.items()), {"key": "none"}],
        ),
    ]
    found = read(*nodes)
    given = {one["name"]: one["value"].get("ref", one["value"]) for one in told.data(found, "out")["values"]}
    assert given == {
        "answer": "ask.answer.x",
        "tokens": "ask.usage",
        "body": "call.body",
        "status": "call.status",
        "all": "call",
        "tool": "use.result",
        "inner": "use.result.content",
        "text": "say.text",
        "gone": "?.N.x",
        "none": {"value": None},
    }
    assert {("out", "reference_gone"), ("out", "bc_tool_result")} <= told.said(found, "todo")
    assert ("out", "body_by_type") in told.said(found, "changed")


def test_tools_are_ours_or_to_be_chosen():
    nodes = [
        row("web", "tool", tool={"type": "app-tool", "id": "webSearch"}, message=doc(paragraph(text("Find it")))),
        row("page", "tool", tool={"type": "app-tool", "id": "webContent"}),
        row(
            "mcp",
            "tool",
            tool={"type": "mcp-tool", "id": "t", "serverName": "S", "parameterSchema": {"required": ["a"]}},
        ),
        row("none", "tool"),
    ]
    found = read(*nodes)
    assert told.data(found, "web")["tool"] == {
        "kind": "toolkit",
        "source": "web_search",
        "name": "search_web",
        "title": "webSearch",
    }
    assert told.data(found, "web")["arguments"] == {"query": {"model": ""}}
    assert told.data(found, "web")["instruction"] == [{"text": "Find it"}]
    assert told.data(found, "page")["tool"]["name"] == "read_page"
    assert told.data(found, "mcp")["tool"] == {"kind": "mcp", "source": "", "name": "t", "title": "t", "server": "S"}
    assert told.data(found, "mcp")["arguments"] == {"a": {"model": ""}}
    assert ("none", "choose_tool") in told.said(found, "todo")


def test_a_request_keeps_the_order_of_its_values():
    node = row(
        "call",
        "http",
        url="https://example.com",
        method="post",
        query=[{"key": "b", "value": "1"}, {"key": "a", "value": source("in", "q")}, {"key": "c"}],
        headers=[{"key": "Authorization", "value": "Bearer x"}, {"key": "Accept", "value": "text/plain"}],
        body='{"a": 1}',
        timeout=12_000,
    )
    found = read(START, node)
    data = told.data(found, "call")
    assert [(one["name"], told.prompt(one["value"])) for one in data["query"]] == [
        ("b", "1"),
        ("a", "<in.q>"),
        ("c", ""),
    ]
    assert (data["method"], data["timeout"], data["body"]["type"]) == ("POST", 12, "json")
    assert data["headers"][0] == {"name": "Authorization", "value": []}
    assert ("call", "fill_in") in told.said(found, "todo")


@pytest.mark.parametrize(
    ("place", "op", "value", "wanted"),
    [
        ("q", "equals", "a", {"type": "text", "op": "equals", "right": {"value": "a"}, "matchCase": True}),
        ("n", "equals", "5", {"type": "number", "op": "equals", "right": {"value": 5}}),
        ("n", "greater_than", "2.5", {"type": "number", "op": "greater_than", "right": {"value": 2.5}}),
        ("n", "less_than", "x", {"type": "number", "op": "less_than", "right": {"value": "x"}}),
        ("q", "is_empty", None, {"type": "any", "op": "is_empty"}),
        ("q", "is_true", None, {"type": "boolean", "op": "is_true"}),
        (
            "q",
            "contains",
            source("in", "q"),
            {"type": "text", "op": "contains", "right": {"ref": "in.q"}, "matchCase": True},
        ),
    ],
)
def test_comparisons_have_types(place, op, value, wanted):
    given = {"source": source("in", place), "operator": op} | ({} if value is None else {"value": value})
    found = read(START, condition(**{"if": rules(given)}))
    assert told.data(found, "if")["branches"] == [
        {"id": "if", "rules": {"join": "and", "rules": [{"left": {"ref": f"in.{place}"}} | wanted]}}
    ]


def test_branches_keep_their_handles():
    rule = {"source": source("in", "q"), "operator": "is_empty"}
    node = condition(**{"if": rules(rule, key="first", join="OR"), "elseIf": [rules(rule, key="b3")]})
    ends = [row(key, "template", template={"tiptap": doc()}) for key in ("x", "y", "z")]
    lines = (edge("in", "if", None), edge("if", "x", "first"), edge("if", "y", "b3"), edge("if", "z", "else"))
    found = read(START, node, *ends, edges=lines)
    assert told.edges(found) == {("in", None, "if"), ("if", "if", "x"), ("if", "b3", "y"), ("if", "else", "z")}
    assert [branch["id"] for branch in told.data(found, "if")["branches"]] == ["if", "b3"]
    assert told.data(found, "if")["branches"][0]["rules"]["join"] == "or"


def test_an_if_without_rules_is_left_to_do():
    found = read(START, condition(**{"if": rules()}))
    assert ("if", "no_rules") in told.said(found, "todo")


def test_code_and_notes_and_models_that_are_not_here():
    nodes = [
        row("code", "code", code="1"),
        row("note", "note", description="# Read me"),
        row("ask", "llm", model={"provider": "xai", "model": "grok"}, messages=[]),
        row(
            "shaped",
            "llm",
            model={"provider": "openai", "model": "gpt"},
            messages=[{"role": "wizard", "content": doc()}],
            outputSchema={"properties": {"answer": {"type": "object", "properties": {"x": {"type": "integer"}}}}},
        ),
    ]
    found = read(*nodes)
    assert told.kinds(found)["code"] == "todo"
    assert told.data(found, "note")["text"] == "# Read me"
    assert told.data(found, "ask")["model"] is None
    assert told.data(found, "shaped")["messages"][0]["role"] == "user"
    assert told.data(found, "shaped")["answer"]["schema"]["properties"] == {"x": {"type": "integer"}}
    assert ("code", "bc_code") in told.said(found, "todo")
    assert ("ask", "model_of_run") in told.said(found, "changed")


def test_joins_are_said_to_be_complete_here():
    nodes = [
        START,
        *(row(key, "template", template={"tiptap": doc()}) for key in "ab"),
        row("out", "output", outputData=[]),
    ]
    alone = read(*nodes, edges=(edge("in", "a"), edge("a", "out")))
    joined = read(*nodes, edges=(edge("in", "a"), edge("in", "b"), edge("a", "out"), edge("b", "out")))
    assert ("", "bc_joins") not in told.said(alone, "changed")
    assert ("", "bc_joins") in told.said(joined, "changed")
