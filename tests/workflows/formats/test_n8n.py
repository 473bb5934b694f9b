"""What n8n exports: three whole files, each kind of node, expressions, and what is left to do."""

import itertools
import json

import pytest

from sambung.lib.schema import Unreadable
from tests.workflows.formats import told
from workflows.formats import reading


def row(name: str, kind: str, more: dict | None = None, **parameters) -> dict:
    package = "" if "." in kind else "n8n-nodes-base."
    about = {"id": name, "name": name, "type": package + kind, "typeVersion": 3, "position": [0, 0]}
    return about | {"parameters": parameters} | (more or {})


def chain(*names: str) -> dict:
    """Connections from each to the next."""
    return {
        source: {"main": [[{"node": target, "type": "main", "index": 0}]]}
        for source, target in itertools.pairwise(names)
    }


def read(*nodes: dict, connections: dict | None = None):
    if connections is None:
        connections = chain(*(node["name"] for node in nodes))
    return reading.read(json.dumps({"name": "N", "nodes": list(nodes), "connections": connections}))


HOOK = row("hook", "webhook", path="x")
CHAT = row("chat", "@n8n/n8n-nodes-langchain.chatTrigger")


# ---- whole files ----------------------------------------------------------------------------------------
def test_a_webhook_a_condition_and_a_request():
    found = told.read("n8n/order.json")
    assert (found.source, found.name) == ("n8n", "Large orders")
    assert told.kinds(found) == {
        "Order": "input",
        "Large?": "condition",
        "Tell the CRM": "http",
        "Thank": "output",
        "Small": "output",
        "Sticky Note": "note",
    }
    assert told.edges(found) == {
        ("Order", None, "Large?"),
        ("Large?", "if", "Tell the CRM"),
        ("Large?", "else", "Small"),
        ("Tell the CRM", None, "Thank"),
    }
    schema = told.data(found, "Order")["schema"]
    assert schema["properties"] == {"total": {"type": "number"}, "customer": {"type": "object"}}
    request = told.data(found, "Tell the CRM")
    wanted = '{"customer": <Order.customer.name>, "total": <Order.total>, "kind": "large"}'
    assert told.prompt(request["body"]["content"]) == wanted
    assert {one["as"] for one in request["body"]["content"] if "ref" in one} == {"json"}
    assert (request["retry"]["times"], request["timeout"]) == (2, 5)
    thanks = told.data(found, "Thank")["values"][0]["value"]["segments"]
    assert told.prompt(thanks) == "Thank you, <Order.customer.name>: <Tell the CRM.body.number>"
    assert told.data(found, "Small")["values"] == [
        {"name": "kind", "value": {"value": "small"}},
        {"name": "total", "value": {"ref": "Order.total"}},
    ]
    assert told.said(found, "todo") == {("Order", "n8n_webhook"), ("Tell the CRM", "fill_in")}


def test_items_that_are_looped_over():
    found = told.read("n8n/prices.json")
    assert told.kinds(found) == {
        "Products": "input",
        "Loop Over Items": "loop",
        "Price": "http",
        "Row": "code",
        "Together": "code",
        "Sum": "code",
        "Sum output": "output",
    }
    assert told.parents(found) == {"Price": "Loop Over Items", "Row": "Loop Over Items"}
    assert told.edges(found) == {
        ("Products", None, "Loop Over Items"),
        ("Price", None, "Row"),
        ("Loop Over Items", None, "Together"),
        ("Together", None, "Sum"),
        ("Sum", None, "Sum output"),
    }
    loop = told.data(found, "Loop Over Items")
    assert (loop["over"], loop["result"]) == ({"ref": "Products.products"}, "Row.result")
    assert told.prompt(told.data(found, "Price")["url"]) == "https://shop.example.com/prices/<Loop Over Items.item.sku>"
    assert told.said(found, "todo") == set()
    inner = {node["data"]["name"]: node["position"] for node in found.structure["nodes"] if "parentId" in node}
    assert inner == {"Price": {"x": 24, "y": 64}, "Row": {"x": 354, "y": 64}}


def ran(program: str, **inputs) -> object:
    """What the last line of a program gives."""
    *before, last = program.strip().splitlines()
    exec("\n".join(before), inputs)
    return eval(last, inputs)


def test_its_programs_give_what_they_gave():
    found = told.read("n8n/prices.json")
    rows = [ran(told.data(found, "Row")["code"], name=name, price=price) for name, price in (("a", 1), ("b", 2))]
    together = ran(told.data(found, "Together")["code"], items=rows)
    assert ran(told.data(found, "Sum")["code"], item=together) == {
        "rows": [{"name": "a", "price": 1}, {"name": "b", "price": 2}],
        "total": 3,
    }


def test_an_agent_with_its_model_and_tools():
    found = told.read("n8n/assistant.json")
    assert told.kinds(found) == {
        "When chat message received": "input",
        "AI Agent": "agent",
        "AI Agent output": "output",
    }
    agent = told.data(found, "AI Agent")
    said = "Calculate with the tool, never in your head.\n\nQuestion: <When chat message received.chatInput>"
    assert told.prompt(agent["message"]) == said
    assert (agent["agent"], agent["maxSteps"]) == (None, 4)
    assert told.data(found, "AI Agent output")["values"] == [{"name": "ai_agent", "value": {"ref": "AI Agent.answer"}}]
    assert told.said(found, "todo") == {("AI Agent", "choose_agent")}
    (line,) = (line for line in found.report.lines if line.code == "choose_agent")
    assert "Calculator" in line.sentence


# ---- expressions ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("plain {{ $json.x }}", "plain {{ $json.x }}"),
        ("=a {{ $json.body.x }} b", "a <hook.x> b"),
        ("={{ $json.body.x.y[0]['z w'] }}", "<hook.x.y.0.z w>"),
        ("={{ $json.body?.x }}", "<hook.x>"),
        ("={{ $('hook').item.json.body.x }}", "<hook.x>"),
        ('={{ $("hook").first().json.query.x }}', "<hook.x>"),
        ('={{ $node["hook"].json.body.x }}', "<hook.x>"),
        ("={{ $input.first().json.body.x }}", "<hook.x>"),
        ("={{ 5 }}{{ 'a' }}{{ true }}", "5aTrue"),
        ("={{ $json.headers.x }}", "<?.$json.headers.x>"),
        ("={{ $json.x }}", "<?.$json.x>"),
        ("={{ $('nobody').item.json.x }}", "<?.nobody.x>"),
        ("={{ $json.body.x.trim() }}", "<?.{{ $json.body.x.trim() }}>"),
        ("={{ $now.toISO() }}", "<?.{{ $now.toISO() }}>"),
        ("={{ $json.body.a + 1 }}", "<?.{{ $json.body.a + 1 }}>"),
        ("={{ }}", "<?.{{  }}>"),
        ("={{ $json.body.x", "{{ $json.body.x"),
    ],
)
def test_expressions(said, wanted):
    found = read(HOOK, row("call", "httpRequest", url=said))
    assert told.prompt(told.data(found, "call")["url"]) == wanted
    is_lost = "<?" in wanted
    assert bool({("call", "n8n_expression"), ("call", "reference_gone")} & told.said(found, "todo")) == is_lost


def test_values_as_json():
    body = '={"a": "{{ $json.body.a }}", "b": {{ JSON.stringify($json.body.b) }}, "c": "x {{ $json.body.c }}"}'
    found = read(HOOK, row("call", "httpRequest", sendBody=True, specifyBody="json", jsonBody=body, url="x"))
    content = told.data(found, "call")["body"]["content"]
    assert told.prompt(content) == '{"a": <hook.a>, "b": <hook.b>, "c": "x <hook.c>"}'
    assert [one["as"] for one in content if "ref" in one] == ["json", "json", "text"]
    assert ("call", "json_mixed") in told.said(found, "todo")


# ---- kinds ----------------------------------------------------------------------------------------------
def test_triggers_become_one_input():
    fields = [
        {"fieldLabel": "Name", "requiredField": True},
        {"fieldLabel": "Kind", "fieldType": "dropdown", "fieldOptions": {"values": [{"option": "a"}, {"option": "b"}]}},
        {"fieldLabel": "Text", "fieldType": "textarea"},
    ]
    nodes = [
        row("form", "formTrigger", formFields={"values": fields}),
        row("clock", "scheduleTrigger"),
        row("end", "set", assignments={"assignments": [{"name": "x", "value": "={{ $json.Name }}", "type": "string"}]}),
    ]
    found = read(*nodes, connections=chain("form", "end") | chain("clock", "end"))
    assert told.kinds(found) == {"form": "input", "end": "output"}
    assert told.data(found, "form")["schema"]["properties"] == {
        "Name": {"type": "string"},
        "Kind": {"type": "string", "enum": ["a", "b"]},
        "Text": {"type": "string", "format": "multiline"},
    }
    assert told.data(found, "form")["schema"]["required"] == ["Name"]
    assert told.edges(found) == {("form", None, "end")}
    assert {("form", "n8n_form"), ("form", "n8n_schedule")} <= told.said(found, "todo")


def test_a_workflow_without_a_trigger_gets_an_input():
    found = read(row("call", "httpRequest", url="https://example.com"))
    assert told.edges(found) == {("Input", None, "call"), ("call", None, "call output")}


@pytest.mark.parametrize(
    ("operator", "right", "wanted"),
    [
        ({"type": "string", "operation": "startsWith"}, "x", ("text", "starts_with", {"value": "x"})),
        ({"type": "boolean", "operation": "true"}, "", ("boolean", "is_true", None)),
        ({"type": "array", "operation": "lengthGt"}, 2, ("list", "length_greater_than", {"value": 2})),
        ({"type": "object", "operation": "notEmpty"}, "", ("any", "is_not_empty", None)),
        ({"type": "dateTime", "operation": "after"}, "2026-01-01", ("date", "greater_than", {"value": "2026-01-01"})),
    ],
)
def test_comparisons(operator, right, wanted):
    one = {"leftValue": "={{ $json.body.x }}", "rightValue": right, "operator": operator}
    found = read(HOOK, row("if", "if", conditions={"conditions": [one], "combinator": "or"}))
    rules = told.data(found, "if")["branches"][0]["rules"]
    (rule,) = rules["rules"]
    assert (rules["join"], rule["left"]) == ("or", {"ref": "hook.x"})
    assert (rule["type"], rule["op"], rule.get("right")) == wanted


def test_comparisons_of_older_versions():
    older = {"string": [{"value1": "={{ $json.body.x }}", "operation": "contains", "value2": "a"}]}
    older |= {"number": [{"value1": "={{ $json.body.n }}", "operation": "larger", "value2": 3}]}
    found = read(HOOK, row("if", "if", conditions=older, combineOperation="any"))
    rules = told.data(found, "if")["branches"][0]["rules"]
    assert (rules["join"], [one["op"] for one in rules["rules"]]) == ("or", ["contains", "greater_than"])


def test_a_switch_and_what_leads_through_a_merge():
    def way(value: str) -> dict:
        one = {"leftValue": "={{ $json.body.x }}", "rightValue": value}
        return {
            "conditions": {"conditions": [one | {"operator": {"type": "string", "operation": "equals"}}]},
            "outputKey": value,
        }

    nodes = [
        HOOK,
        row("switch", "switch", rules={"values": [way("a"), way("b")]}, options={"fallbackOutput": "extra"}),
        row("one", "httpRequest", url="x"),
        row("join", "merge"),
        row("nothing", "noOp"),
        row("end", "respondToWebhook", respondWith="json", responseBody="={{ $json.y }}"),
    ]
    ways = {"main": [[{"node": name, "type": "main", "index": 0}] for name in ("one", "join", "nothing")]}
    connections = (
        chain("hook", "switch") | {"switch": ways} | chain("one", "join", "end") | chain("nothing", "join", "end")
    )
    found = read(*nodes, connections=connections)
    assert told.edges(found) == {
        ("hook", None, "switch"),
        ("switch", "if", "one"),
        ("switch", "way2", "end"),
        ("switch", "else", "end"),
        ("one", None, "end"),
    }
    assert [branch.get("label") for branch in told.data(found, "switch")["branches"]] == ["a", "b"]
    assert {("end", "n8n_many_before"), ("end", "reference_gone")} <= told.said(found, "todo")


def test_fields_that_are_set():
    values = [
        {"name": "n", "value": "5", "type": "number"},
        {"name": "deep.x", "value": "={{ $json.body.x }}", "type": "string"},
        {"name": "class", "value": "=[1, 2]", "type": "array"},
        {"name": "on", "value": "true", "type": "boolean"},
    ]
    nodes = [
        HOOK,
        row("set", "set", assignments={"assignments": values}, includeOtherFields=True),
        row("call", "httpRequest", url="={{ $json.deep.x }}"),
    ]
    found = read(*nodes)
    data = told.data(found, "set")
    given = {"given": {"old": 1}, "n": 5, "value2": "v", "value3": [1, 2], "on": True}
    assert {one["name"] for one in data["inputs"]} == given.keys()
    assert ran(data["code"], **given) == {"old": 1, "n": 5, "deep": {"x": "v"}, "class": [1, 2], "on": True}
    assert told.prompt(told.data(found, "call")["url"]) == "<set.result.deep.x>"


def test_models_and_chains():
    model = {"model": {"value": "claude"}, "options": {"temperature": 0.5, "maxTokensToSample": 100}}
    parser = {"jsonSchemaExample": '{"name": "x", "n": 1}'}
    nodes = [
        CHAT,
        row(
            "ask",
            "@n8n/n8n-nodes-langchain.chainLlm",
            text="={{ $json.chatInput }}",
            promptType="define",
            messages={"messageValues": [{"message": "Be short."}]},
        ),
        row("model", "@n8n/n8n-nodes-langchain.lmChatAnthropic", **model),
        row("parser", "@n8n/n8n-nodes-langchain.outputParserStructured", **parser),
        row(
            "end",
            "set",
            assignments={"assignments": [{"name": "n", "value": "={{ $json.output.n }}", "type": "number"}]},
        ),
    ]
    parts = {"model": {"ai_languageModel": [[{"node": "ask"}]]}, "parser": {"ai_outputParser": [[{"node": "ask"}]]}}
    found = read(*nodes, connections=chain("chat", "ask", "end") | parts)
    data = told.data(found, "ask")
    assert data["model"] == {"provider": "anthropic", "model": "claude"}
    assert (data["temperature"], data["maxTokens"]) == (0.5, 100)
    assert [(one["role"], told.prompt(one["content"])) for one in data["messages"]] == [
        ("system", "Be short."),
        ("user", "<chat.chatInput>"),
    ]
    assert data["answer"]["schema"]["properties"] == {"name": {"type": "string"}, "n": {"type": "integer"}}
    assert told.data(found, "end")["values"] == [{"name": "n", "value": {"ref": "ask.answer.n"}}]


@pytest.mark.parametrize(
    ("node", "reason"),
    [
        (row("x", "code", jsCode="return items"), "rewrite_code"),
        (row("x", "code", language="python", pythonCode="return _input.all()"), "rewrite_code"),
        (row("x", "code", language="python", pythonCode="import os\nreturn _items"), "code_imports"),
        (row("x", "code", language="python", pythonCode="return ("), "code_broken"),
        (row("x", "slack", text="hi"), "n8n_kind"),
        (row("x", "splitOut", fieldToSplitOut="a"), "n8n_split"),
        (row("x", "switch", mode="expression"), "n8n_switch"),
        (row("x", "wait", resume="form"), "n8n_wait"),
        (row("x", "set", mode="raw", jsonOutput="={{ $json }}"), "n8n_raw"),
    ],
)
def test_what_is_not_here_does_not_publish(node, reason):
    found = read(HOOK, node, row("call", "httpRequest", url="x"))
    assert told.kinds(found)["x"] == "todo"
    assert ("x", reason) in told.said(found, "todo")
    assert told.data(found, "x")["was"]["parameters"] == node["parameters"]


def test_waits_errors_and_switched_off_nodes():
    failing = {"onError": "continueErrorOutput", "disabled": True, "notes": "Careful"}
    nodes = [
        HOOK,
        row("wait", "wait", amount=2, unit="minutes"),
        row("call", "httpRequest", failing, url="x"),
        row("good", "noOp"),
        row("bad", "noOp"),
    ]
    ways = {"main": [[{"node": "good"}], [{"node": "bad"}]]}
    found = read(*nodes, connections=chain("hook", "wait", "call") | {"call": ways})
    assert told.data(found, "wait") == {"name": "wait", "mode": "for", "seconds": {"value": 120}}
    data = told.data(found, "call")
    assert (data["onError"], data["disabled"], data["description"]) == ({"mode": "branch"}, True, "Careful")
    assert {("call", None, "good"), ("call", "error", "bad")} <= told.edges(found)


def test_a_loop_in_a_loop():
    nodes = [
        HOOK,
        row("outer", "splitInBatches"),
        row("inner", "splitInBatches"),
        row("work", "httpRequest", url="={{ $('outer').item.json.a }}/{{ $json.b }}"),
        row("end", "noOp"),
    ]
    outer = {"main": [[{"node": "end"}], [{"node": "inner"}]]}
    inner = {"main": [[{"node": "outer"}], [{"node": "work"}]]}
    found = read(*nodes, connections=chain("hook", "outer") | {"outer": outer, "inner": inner} | chain("work", "inner"))
    assert told.parents(found) == {"inner": "outer", "work": "inner"}
    assert told.prompt(told.data(found, "work")["url"]) == "<outer.item.a>/<inner.item.b>"
    assert told.data(found, "outer")["result"] == "inner.results"
    assert told.edges(found) == {("hook", None, "outer"), ("outer", None, "end")}


def test_refused_ones():
    with pytest.raises(Unreadable, match="same name"):
        read(HOOK, HOOK)
    with pytest.raises(Unreadable, match="100 loops"):
        read(HOOK, *(row(f"l{n}", "splitInBatches") for n in range(101)))


def test_odd_shapes_break_nothing():
    kinds = (
        "httpRequest if filter switch set code splitInBatches splitOut aggregate wait stickyNote noOp merge x".split()
    )
    kinds += ["@n8n/n8n-nodes-langchain." + kind for kind in ("agent", "chainLlm", "openAi")]
    bare = [
        {"name": f"n{n}", "type": kind if "." in kind else f"n8n-nodes-base.{kind}"} for n, kind in enumerate(kinds)
    ]
    odd = {"n0": {"main": [None, [None, {"node": 5}, {"node": "gone"}]], "x": 3}, "gone": {"main": [[]]}, "n1": []}
    found = read(*bare, {"type": "n8n-nodes-base.if", "parameters": [], "position": "x"}, connections=odd)
    assert len(found.structure["nodes"]) > len(kinds)
