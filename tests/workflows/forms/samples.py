"""Nodes of every kind, with all that their forms can hold."""

from uuid import UUID

INPUT, MODEL, LOOP = "input-1", "model-1", "loop-1"
REF = {"node": INPUT, "path": ["city"]}
TEXT = [
    {"text": "In "},
    {"ref": REF, "as": "text"},
    {"text": "\n"},
    {"ref": {"node": MODEL, "path": ["answer"]}, "as": "json"},
]
LINE = [{"text": "In "}, {"ref": REF, "as": "lines"}]
LITERAL = [{"text": "{{Input.city}} and {{Nobody}} and \\"}]
AUDIENCE = {"people": ["somebody"], "role": "admins", "starter": True}
SCHEMA = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "title": "City", "description": "Where", "default": "Bandung", "maxLength": 80},
        "note": {"type": "string", "format": "multiline", "default": " two\nlines"},
        "count": {"type": "integer", "default": 3, "minimum": 1},
        "share": {"type": "number", "default": 0.5},
        "is_on": {"type": "boolean", "default": False},
        "unit": {"type": "string", "enum": ["kg", "lb"], "default": "kg"},
        "day": {"type": "string", "format": "date", "default": "2026-11-30"},
        "file": {"type": "string", "format": "file"},
        "names": {"type": "array", "items": {"type": "string"}, "default": ["Ayu", "Budi"]},
        "sizes": {"type": "array", "items": {"type": "number"}, "default": [1, 2.5]},
        "some": {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}, "default": ["b"]},
        "files": {"type": "array", "items": {"type": "string", "format": "file"}},
        "place": {
            "type": "object",
            "properties": {"x": {"type": "number"}, "y": {"type": "number"}},
            "required": ["x"],
            "order": ["y", "x"],
        },
        "lines": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "what": {"type": "string"},
                    "deep": {
                        "type": "object",
                        "properties": {"deeper": {"type": "object", "properties": {"x": {}}}},
                        "order": ["deeper"],
                    },
                },
                "order": ["what", "deep"],
            },
        },
        "odd": {"type": "array", "items": {"type": "integer", "minimum": 3}, "minItems": 2},
        "any": {"default": {"a": [1]}},
    },
    "required": ["city", "lines"],
    "additionalProperties": False,
}
SCHEMA["order"] = list(SCHEMA["properties"])
RULES = {
    "join": "or",
    "rules": [
        {"left": {"ref": REF}, "type": "text", "op": "contains", "right": {"value": "ung"}, "matchCase": True},
        {"left": {"ref": REF}, "type": "text", "op": "equals", "right": {"value": "5"}},
        {"left": {"ref": REF}, "type": "number", "op": "less_than", "right": {"value": 2.5}},
        {"left": {"ref": REF}, "type": "number", "op": "equals", "right": {"ref": {"node": MODEL, "path": ["usage"]}}},
        {"left": {"ref": REF}, "type": "boolean", "op": "is_true"},
        {"left": {"ref": REF}, "type": "date", "op": "greater_than", "right": {"value": "2026-11-30"}},
        {"left": {"ref": REF}, "type": "list", "op": "contains", "right": {"value": "5"}},
        {"left": {"ref": REF}, "type": "list", "op": "contains", "right": {"value": 5}},
        {"left": {"ref": REF}, "type": "list", "op": "not_contains", "right": {"value": "five"}},
        {"left": {"ref": REF}, "type": "list", "op": "any_of", "right": {"value": ["a", "b"]}},
        {"left": {"ref": REF}, "type": "list", "op": "length_equals", "right": {"value": 3}},
        {"left": {"segments": LINE}, "type": "any", "op": "is_empty"},
        {
            "join": "and",
            "rules": [{"left": {"ref": REF}, "type": "text", "op": "matches", "right": {"value": "a*"}}],
        },
    ],
}
KEY = str(UUID(int=7))
LLM = {"apiKey": KEY, "provider": "openai", "model": "gpt-5"}
COMMON = {
    "description": "What it is for.\nIn lines.",
    "disabled": True,
    "approvalBefore": {"audience": AUDIENCE, "title": "May it?"},
}
FAILING = {
    "retry": {"times": 3, "wait": 90, "factor": 1.5, "on": ["model_overloaded"]},
    "timeout": 120,
    "onError": {"mode": "value", "value": {"answer": 0}},
}
DATA: dict[str, dict] = {
    "input": {"schema": SCHEMA},
    "output": {
        "values": [
            {"name": "a", "value": {"ref": REF}, "stream": True},
            {"name": "b", "value": {"segments": TEXT}},
            {"name": "c", "value": {"value": {"x": [1, None, True]}}},
            {"name": "d", "value": {"value": 5}},
            {"name": "e", "value": {"value": "5"}},
            {"name": "f", "value": {"value": "{{Input.city}}"}},
        ]
    },
    "llm": {
        "model": LLM,
        "messages": [
            {"role": "system", "content": LITERAL},
            {"role": "user", "content": TEXT, "images": [REF, {"node": INPUT, "path": ["files", 0]}]},
        ],
        "answer": {"type": "structured", "schema": SCHEMA},
        "maxTokens": 500,
        "temperature": 0.7,
    },
    "agent": {"agent": "some-agent", "message": TEXT, "answer": {"type": "text"}, "maxSteps": 7},
    "tool": {
        "tool": {
            "kind": "mcp",
            "source": "s",
            "name": "find:all",
            "title": "Find",
            "digest": "d" * 64,
            "effect": "none",
        },
        "arguments": {"query": {"ref": REF}, "limit": {"value": 5}, "words": {"model": "as it says"}},
        "instruction": TEXT,
        "model": LLM,
        "effect": "keyed",
    },
    "http": {
        "method": "POST",
        "url": LINE,
        "query": [{"name": "q", "value": LINE}, {"name": "empty"}],
        "headers": [{"name": "X-Key", "value": TEXT}, {"name": "Accept", "value": [{"text": "application/json"}]}],
        "body": {"type": "form", "fields": [{"name": "a", "value": LINE}]},
        "okStatuses": [404, 409],
        "keyHeader": "Idempotency-Key",
    },
    "template": {"content": TEXT},
    "condition": {
        "branches": [
            {"id": "if", "label": "First", "rules": RULES},
            {"id": "b2", "advanced": "count > 3\nor True"},
            {"id": "b3"},
        ]
    },
    "code": {
        "inputs": [{"name": "a", "value": {"ref": REF}}, {"name": "b", "value": {"value": [1]}}],
        "code": "x = 1\n\nx + 1\n",
        "outputSchema": SCHEMA,
    },
    "loop": {
        "over": {"value": [1, "a"]},
        "atOnce": 4,
        "sequential": True,
        "result": {"node": MODEL, "path": ["answer"]},
        "onItemError": "drop",
        "until": RULES,
        "maxItems": 10,
    },
    "approval": {
        "title": LINE,
        "text": TEXT,
        "form": SCHEMA,
        "prefill": {"city": {"ref": REF}, "note": {"segments": TEXT}, "count": {"value": 3}},
        "buttons": [{"id": "yes", "label": "Yes", "style": "primary"}, {"id": "no", "label": "No"}],
        "audience": AUDIENCE,
        "needed": 2,
        "deadline": {"seconds": 86400, "button": "no"},
        "reminder": 5400,
    },
    "wait": {"mode": "until", "until": {"value": "2026-12-31T08:00+07:00"}},
    "document": {
        "action": "write",
        "document": {"value": KEY},
        "title": LINE,
        "content": TEXT,
    },
    "first": {"values": [REF, {"node": MODEL, "path": ["answer"]}]},
    "note": {"text": "# Note\n\ntext"},
    "group": {"title": "Group", "collapsed": True},
    "todo": {"was": {"type": "foreign", "x": [1]}, "reason": "No such node here."},
}
MAY_FAIL = ("llm", "agent", "tool", "http", "code", "loop", "wait", "document")
MAY_ASK = (*MAY_FAIL, "template", "condition", "first", "approval")


def node(kind: str, **data) -> dict:
    """A node of a kind, with everything that its form knows."""
    whole = dict(DATA[kind]) | data
    if kind not in ("note", "group"):
        whole = {"name": f"The {kind}"} | whole | {"description": COMMON["description"], "disabled": True}
    if kind in MAY_ASK:
        whole["approvalBefore"] = COMMON["approvalBefore"]
    if kind in MAY_FAIL:
        whole |= FAILING
    return {"id": f"{kind}-0", "type": kind, "position": {"x": 0, "y": 0}, "data": whole | data}


def structure(one: dict) -> dict:
    """A workflow in which an input and a model come before the node."""
    schema = {"type": "object", "properties": {"city": {"type": "string"}, "files": {"type": "array"}}}
    place = {"x": 0, "y": 0}
    nodes = [
        {"id": INPUT, "type": "input", "position": place, "data": {"name": "Input", "schema": schema}},
        {"id": MODEL, "type": "llm", "position": place, "data": {"name": "Model", "messages": []}},
        one,
    ]
    edges = [{"id": "e1", "source": INPUT, "target": MODEL}, {"id": "e2", "source": MODEL, "target": one["id"]}]
    return {"nodes": nodes, "edges": edges}
