"""What Dify exports: three whole files, each kind of node, and what is left to do."""

import json

import pytest

from sambung.lib.schema import Unreadable
from tests.workflows.formats import told
from workflows.formats import reading


def row(key: str, kind: str, **data) -> dict:
    more = {name: data.pop(name) for name in ("parentId", "width", "height") if name in data}
    return {
        "id": key,
        "type": "custom",
        "position": {"x": 0, "y": 0},
        "data": {"type": kind, "title": key} | data,
    } | more


def edge(source: str, target: str, handle: str = "source") -> dict:
    return {"id": f"{source}-{target}", "source": source, "target": target, "sourceHandle": handle}


def app(*nodes: dict, edges: tuple = (), mode: str = "workflow", **flow) -> dict:
    graph = {"nodes": list(nodes), "edges": list(edges)}
    return {"kind": "app", "version": "0.3.1", "app": {"name": "A", "mode": mode}, "workflow": {"graph": graph} | flow}


def read(*nodes: dict, edges: tuple = (), **more):
    return reading.read(json.dumps(app(*nodes, edges=edges, **more)))


def variable(name: str, kind: str = "text-input", **more) -> dict:
    return {"variable": name, "label": name.title(), "type": kind, "required": True} | more


START = row("in", "start", variables=[variable("q"), variable("n", "number", required=False)])


# ---- whole files ----------------------------------------------------------------------------------------
def test_structured_answers_branches_and_requests():
    found = told.read("dify/support_ticket.yml")
    assert (found.source, found.name) == ("dify", "Support desk")
    assert told.kinds(found) == {
        "Start": "input",
        "Sort": "llm",
        "Urgent bug?": "condition",
        "Open a ticket": "http",
        "Ticket": "output",
        "Answer": "template",
        "Answered": "output",
        "Note": "note",
    }
    assert ("Urgent bug?", "if", "Open a ticket") in told.edges(found)
    assert ("Urgent bug?", "else", "Answer") in told.edges(found)
    request = told.data(found, "Open a ticket")
    assert told.prompt(request["body"]["content"]) == '{"text": <Start.message>, "urgency": <Sort.answer.urgency>}'
    assert [(one["name"], told.prompt(one["value"])) for one in request["headers"]] == [
        ("X-Desk", "Jakarta"),
        ("Authorization", ""),
    ]
    assert request["retry"] == {"times": 2, "wait": 0.1, "on": []}
    assert told.data(found, "Note")["text"] == "Ask the desk for its key.\n- bugs\n- questions"
    assert told.said(found, "todo") == {("Open a ticket", "fill_in"), ("", "fill_in")}
    assert "sk-desk" not in json.dumps(found.structure)


def test_iterations_are_loops():
    found = told.read("dify/digest.yml")
    loop = told.data(found, "Each topic")
    assert loop == {
        "name": "Each topic",
        "over": {"ref": "Split.result.found"},
        "atOnce": 4,
        "sequential": False,
        "onItemError": "drop",
        "result": "Numbered.text",
    }
    assert told.parents(found) == {"Sentence": "Each topic", "Numbered": "Each topic"}
    assert told.prompt(told.data(found, "Numbered")["content"]) == "<Each topic.index>: <Sentence.answer>"
    assert told.edges(found) == {
        ("Start", None, "Split"),
        ("Split", None, "Each topic"),
        ("Sentence", None, "Numbered"),
        ("Each topic", None, "List"),
        ("List", None, "End"),
    }
    assert told.kinds(found)["List"] == "code"


def test_people_are_asked_in_a_chat():
    found = told.read("dify/review.yml")
    asked = told.data(found, "Read the reply")
    assert asked["prefill"] == {"reply": {"ref": "Write.answer"}}
    assert told.prompt(asked["text"]) == "They wrote: <Start.query>"
    assert [button["id"] for button in asked["buttons"]] == ["send", "throw_away", "timeout"]
    assert asked["deadline"] == {"seconds": 2 * 86_400, "button": "timeout"}
    assert told.data(found, "Start")["schema"]["required"] == ["query"]
    assert {edge for edge in told.edges(found) if edge[0] == "Read the reply"} == {
        ("Read the reply", "send", "Sent"),
        ("Read the reply", "throw_away", "Thrown away"),
        ("Read the reply", "timeout", "Thrown away"),
    }
    for name in ("Sent", "Thrown away"):
        assert [(value["name"], value["stream"]) for value in told.data(found, name)["values"]] == [("answer", True)]
    assert told.said(found, "changed") == {
        ("Write", "dify_memory"),
        ("Read the reply", "dify_timeout"),
        ("Read the reply", "dify_audience"),
        ("", "dify_chat"),
    }


# ---- kinds ----------------------------------------------------------------------------------------------
def test_fields_of_the_start():
    kinds = ("text-input", "paragraph", "select", "number", "checkbox", "file", "file-list", "json_object", "strange")
    fields = [variable(kind, kind, max_length=9, options=["a", "b"], default="") for kind in kinds]
    schema = told.data(read(row("in", "start", variables=fields)), "in")["schema"]["properties"]
    told_of = {name: (field["type"], field.get("format"), field.get("enum")) for name, field in schema.items()}
    assert told_of == {
        "text-input": ("string", None, None),
        "paragraph": ("string", "multiline", None),
        "select": ("string", None, ["a", "b"]),
        "number": ("number", None, None),
        "checkbox": ("boolean", None, None),
        "file": ("object", "file", None),
        "file-list": ("array", None, None),
        "json_object": ("object", None, None),
        "strange": ("string", None, None),
    }
    assert (schema["text-input"]["title"], schema["text-input"]["maxLength"]) == ("Text-Input", 9)


@pytest.mark.parametrize(
    ("said", "kind", "value", "wanted"),
    [
        ("contains", "string", "x", ("text", "contains", {"value": "x"})),
        ("start with", "string", "x", ("text", "starts_with", {"value": "x"})),
        ("is", "number", "2", ("number", "equals", {"value": 2})),
        ("≠", "number", "2.5", ("number", "not_equals", {"value": 2.5})),
        ("=", "boolean", True, ("boolean", "is_true", None)),
        ("is", "boolean", "false", ("boolean", "is_false", None)),
        ("not contains", "array[string]", "x", ("list", "not_contains", {"value": "x"})),
        ("empty", "string", "", ("any", "is_empty", None)),
        ("not null", "object", "", ("any", "is_not_empty", None)),
        ("is", "string", "{{#in.n#}}", ("text", "equals", {"ref": "in.n"})),
        (
            "is",
            "string",
            "a {{#in.n#}}",
            ("text", "equals", {"segments": [{"text": "a "}, {"ref": "in.n", "as": "text"}]}),
        ),
    ],
)
def test_comparisons(said, kind, value, wanted):
    rows = [{"comparison_operator": said, "varType": kind, "value": value, "variable_selector": ["in", "q"]}]
    found = read(START, row("if", "if-else", cases=[{"case_id": "c1", "logical_operator": "or", "conditions": rows}]))
    (branch,) = told.data(found, "if")["branches"]
    (rule,) = branch["rules"]["rules"]
    assert (branch["id"], branch["rules"]["join"]) == ("if", "or")
    assert (rule["type"], rule["op"], rule.get("right")) == wanted


def test_one_of_some_values_is_a_group():
    rows = [{"comparison_operator": "in", "varType": "string", "value": ["a", "b"], "variable_selector": ["in", "q"]}]
    found = read(START, row("if", "if-else", logical_operator="and", conditions=rows))
    (group,) = told.data(found, "if")["branches"][0]["rules"]["rules"]
    assert (group["join"], [one["right"]["value"] for one in group["rules"]]) == ("or", ["a", "b"])


def test_a_comparison_that_is_not_known_is_left_to_do():
    rows = [{"comparison_operator": "regex match", "varType": "string", "value": "x", "variable_selector": ["in", "q"]}]
    found = read(START, row("if", "if-else", cases=[{"case_id": "true", "conditions": rows}, {"case_id": "c2"}]))
    assert told.said(found, "todo") == {("if", "unknown_operator"), ("if", "no_rules")}


#: References of theirs, by the name of an output.
SELECTORS = {
    "text": ["ask", "text"],
    "shaped": ["ask", "structured_output", "a"],
    "run": ["run", "x", "y"],
    "say": ["say", "output"],
    "body": ["call", "body"],
    "status": ["call", "status_code"],
    "join": ["join", "output"],
    "look": ["look", "result"],
    "gone": ["nobody", "x"],
    "user": ["sys", "user_id"],
    "odd": "x",
}


def test_references_lead_to_what_ours_give():
    nodes = [
        START,
        row("ask", "llm", model={"provider": "openai", "name": "m"}, prompt_template=[{"role": "user", "text": "x"}]),
        row("run", "code", code_language="python3", code="def main():\n    return {}", variables=[], outputs={}),
        row("say", "template-transform", template="x", variables=[]),
        row("call", "http-request", method="GET", url="https://example.com", body={"type": "none"}),
        row("join", "variable-aggregator", variables=[["ask", "text"], ["run", "x"]]),
        row("look", "knowledge-retrieval", query_variable_selector=["in", "q"]),
        row(
            "out",
            "end",
            outputs=[{"variable": name, "value_selector": selector} for name, selector in SELECTORS.items()],
        ),
    ]
    found = read(*nodes)
    assert {one["name"]: one["value"]["ref"] for one in told.data(found, "out")["values"]} == {
        "text": "ask.answer",
        "shaped": "ask.answer.a",
        "run": "run.result.x.y",
        "say": "say.text",
        "body": "call.body",
        "status": "call.status",
        "join": "join.value",
        "look": "look.passages",
        "gone": "?.nobody.x",
        "user": "?.sys.user_id",
        "odd": "?.?",
    }
    assert told.data(found, "join")["values"] == ["ask.answer", "run.result.x"]
    assert told.said(found, "todo") == {("out", "reference_gone"), ("look", "choose_collection")}


def test_classifiers_are_two_nodes():
    classes = [{"id": "1", "name": "Sport"}, {"id": "2", "name": "Else"}]
    model = {"provider": "google", "name": "gemini"}
    nodes = [
        START,
        row("sort", "question-classifier", classes=classes, model=model, query_variable_selector=["in", "q"]),
    ]
    nodes += [row(key, "end", outputs=[]) for key in ("a", "b")]
    found = read(*nodes, edges=(edge("in", "sort"), edge("sort", "a", "1"), edge("sort", "b", "2")))
    assert told.edges(found) == {
        ("in", None, "sort"),
        ("sort", None, "sort 2"),
        ("sort 2", "if", "a"),
        ("sort 2", "2", "b"),
    }
    assert told.data(found, "sort")["answer"]["schema"]["properties"]["category"]["enum"] == ["Sport", "Else"]
    assert [branch["label"] for branch in told.data(found, "sort 2")["branches"]] == ["Sport", "Else"]


def test_parameters_are_taken_out_of_a_text():
    rows = [
        {"name": "a", "type": "string", "required": True, "description": "A"},
        {"name": "b", "type": "array[number]"},
    ]
    found = read(
        START, row("take", "parameter-extractor", parameters=rows, query=["in", "q"], instruction="Mind {{#in.n#}}")
    )
    assert told.data(found, "take")["answer"]["schema"]["properties"] == {
        "a": {"type": "string", "description": "A"},
        "b": {"type": "array", "items": {"type": "number"}},
    }
    assert "Mind <in.n>\n\n<in.q>" in told.prompt(told.data(found, "take")["messages"][0]["content"])


def test_errors_take_their_way():
    nodes = [
        START,
        row(
            "call",
            "http-request",
            method="post",
            url="https://example.com",
            error_strategy="fail-branch",
            body={
                "type": "form-data",
                "data": [
                    {"key": "a", "type": "text", "value": "{{#in.q#}}"},
                    {"key": "f", "type": "file", "file": ["in", "x"]},
                ],
            },
        ),
        row(
            "run",
            "code",
            code_language="python3",
            code="def main():\n    return {}",
            error_strategy="default-value",
            default_value=[{"key": "x", "type": "string", "value": "none"}],
        ),
        row("out", "end", outputs=[]),
    ]
    found = read(*nodes, edges=(edge("call", "run"), edge("call", "out", "fail-branch")))
    assert told.data(found, "call")["onError"] == {"mode": "branch"}
    assert told.data(found, "call")["body"]["fields"] == [{"name": "a", "value": [{"ref": "in.q", "as": "text"}]}]
    assert told.data(found, "run")["onError"] == {"mode": "value", "value": {"result": {"x": "none"}}}
    assert told.edges(found) == {("call", None, "run"), ("call", "error", "out")}
    assert ("call", "dify_form_file") in told.said(found, "todo")


def test_a_request_goes_on_at_any_status_as_there():
    found = read(START, row("call", "http-request", method="GET", url="https://example.com"))
    assert 404 in told.data(found, "call")["okStatuses"]
    assert ("call", "dify_statuses") in told.said(found, "changed")


def test_what_is_not_here_is_left_to_do_and_keeps_what_it_was():
    nodes = [
        START,
        row("tool", "tool", provider_id="x", tool_parameters={"api_key": "secret"}),
        row("again", "loop", loop_count=3),
        row("inside", "assigner", parentId="again"),
        row("againstart", "loop-start", parentId="again"),
    ]
    found = read(*nodes, edges=(edge("in", "tool"), edge("tool", "again"), edge("againstart", "inside")))
    assert told.kinds(found) == {"in": "input", "tool": "todo", "again": "todo"}
    assert told.data(found, "tool")["was"]["tool_parameters"] == {"api_key": ""}
    assert [one["id"] for one in told.data(found, "again")["was"]["body"]] == ["inside", "againstart"]
    assert told.edges(found) == {("in", None, "tool"), ("tool", None, "again")}


def test_more_buttons_than_fit():
    actions = [{"id": f"b{n}", "title": "x"} for n in range(5)]
    found = read(START, row("ask", "human-input", user_actions=actions, form_content="x"))
    assert told.kinds(found)["ask"] == "todo"
    assert told.said(found, "todo") == {("ask", "dify_buttons")}


def test_secrets_of_the_environment_are_named_and_others_written_out():
    environment = [
        {"name": "host", "value": "https://example.com", "value_type": "string"},
        {"name": "key", "value": "abc", "value_type": "secret"},
    ]
    node = row("call", "http-request", method="GET", url="{{#env.host#}}/x?k={{#env.key#}}")
    found = read(START, node, environment_variables=environment, conversation_variables=[{"name": "x"}])
    assert told.prompt(told.data(found, "call")["url"]) == "https://example.com/x?k=<?.env.key>"
    assert told.said(found, "todo") == {("", "fill_in"), ("", "dify_conversation"), ("call", "reference_gone")}


def test_answers_one_after_another_have_names_of_their_own():
    nodes = [row("in", "start"), row("a", "answer", answer="1"), row("b", "answer", answer="{{#sys.query#}}")]
    found = read(*nodes, edges=(edge("in", "a"), edge("a", "b")), mode="advanced-chat")
    assert told.data(found, "a")["values"][0]["name"] == "answer"
    assert told.data(found, "b")["values"][0]["name"] == "answer_2"


def test_apps_without_a_workflow_and_twice_the_same_id_are_refused():
    with pytest.raises(Unreadable, match="agent-chat"):
        read(START, mode="agent-chat")
    with pytest.raises(Unreadable, match="same id"):
        read(START, START)
    with pytest.raises(Unreadable, match="no steps"):
        read()


def test_odd_shapes_break_nothing():
    nodes = [row("a", kind) for kind in ("start", "end")] + [
        {"id": n, "data": {"type": kind}}
        for n, kind in enumerate(
            "llm if-else code template-transform http-request iteration variable-aggregator human-input "
            "knowledge-retrieval document-extractor question-classifier parameter-extractor answer end x".split()
        )
    ]
    nodes[1]["id"] = "b"
    found = read(*nodes, edges=({"source": None}, {}, {"source": "0", "target": "1"}))
    assert len(found.structure["nodes"]) >= len(nodes)
