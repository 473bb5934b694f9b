"""The schemas of what nodes hold, by their type. Names that are not told here are kept: later versions add some."""

from workflows.nodes.rules import OPERATORS
from workflows.validators import NAME_LENGTH

TEXT_LENGTH, CODE_LENGTH, BRANCHES = 100_000, 50_000, 20
SHORT = {"type": "string", "maxLength": 500}
NAME = {"type": "string", "maxLength": NAME_LENGTH, "pattern": r"\S"}
_LONG = {"type": "string", "maxLength": TEXT_LENGTH}
REF = {
    "type": "object",
    "required": ["node", "path"],
    "properties": {
        "node": {"type": "string", "maxLength": 100},
        "path": {"type": "array", "maxItems": 32, "items": {"type": ["string", "integer"]}},
    },
}
SEGMENT = {
    "type": "object",
    "anyOf": [
        {"required": ["ref"], "properties": {"ref": REF, "as": {"enum": ["text", "json", "lines"]}}},
        {"required": ["text"], "properties": {"text": _LONG}},
    ],
}
SEGMENTS = {"type": "array", "maxItems": 1_000, "items": SEGMENT}
VALUE = {
    "type": "object",
    "anyOf": [
        {"required": ["ref"], "properties": {"ref": REF}},
        {"required": ["segments"], "properties": {"segments": SEGMENTS}},
        {"required": ["value"]},
    ],
}
_RULE = {
    "type": "object",
    "required": ["left", "type", "op"],
    "properties": {
        "left": VALUE,
        "right": VALUE,
        "type": {"enum": list(OPERATORS)},
        "op": {"enum": sorted({op for ops in OPERATORS.values() for op in ops})},
        "matchCase": {"type": "boolean"},
    },
}


def _rules(*inner: dict) -> dict:
    items = {"type": "object", "anyOf": [*inner, _RULE]}
    return {
        "type": "object",
        "required": ["rules"],
        "properties": {
            "join": {"enum": ["and", "or"]},
            "rules": {"type": "array", "minItems": 1, "maxItems": 50, "items": items},
        },
    }


RULES = _rules(_rules())
_IDS = {"type": "array", "maxItems": 200, "items": {"type": "string", "maxLength": 100}}
AUDIENCE = {
    "type": "object",
    "properties": {
        "people": _IDS,
        "role": {"enum": ["", "members", "admins", "agent_admins"]},
        "starter": {"type": "boolean"},
    },
}
SCHEMA = {"type": "object", "format": "schema"}
ANSWER = {
    "type": "object",
    "required": ["type"],
    "properties": {"type": {"enum": ["text", "structured"]}, "schema": SCHEMA},
}
MODEL = {
    "type": "object",
    "required": ["provider", "model"],
    "properties": {
        "apiKey": {"type": ["string", "null"], "maxLength": 100},
        "provider": {"type": "string", "maxLength": 30},
        "model": {"type": "string", "maxLength": 200},
    },
}
_WHOLE = {"type": "integer", "minimum": 1}
COMMON = {
    "name": NAME,
    "description": _LONG,
    "disabled": {"type": "boolean"},
    "retry": {
        "type": "object",
        "properties": {
            "times": {"type": "integer", "minimum": 0, "maximum": 5},
            "wait": {"type": "number", "minimum": 0, "maximum": 3_600},
            "factor": {"type": "number", "minimum": 1, "maximum": 10},
            "on": {"type": "array", "maxItems": 50, "items": SHORT},
        },
    },
    "timeout": {"type": "number", "minimum": 0, "maximum": 3_600},
    "onError": {
        "type": "object",
        "required": ["mode"],
        "properties": {"mode": {"enum": ["stop", "branch", "value"]}},
    },
    "approvalBefore": {"type": "object", "properties": {"audience": AUDIENCE, "title": SHORT}},
}


def _named(**value: dict) -> dict:
    """A list of things with a name and a value."""
    one = {"type": "object", "required": ["name"], "properties": {"name": SHORT} | value}
    return {"type": "array", "maxItems": 100, "items": one}


def _data(*required: str, **properties: dict) -> dict:
    return {"type": "object", "required": ["name", *required], "properties": COMMON | properties}


_MESSAGE = {
    "type": "object",
    "required": ["role", "content"],
    "properties": {
        "role": {"enum": ["system", "user", "assistant"]},
        "content": SEGMENTS,
        "images": {"type": "array", "maxItems": 20, "items": REF},
    },
}
_ARGUMENT = {
    "type": "object",
    "anyOf": [{"required": ["model"], "properties": {"model": _LONG}}, *VALUE["anyOf"]],
}
_BUTTON = {
    "type": "object",
    "required": ["id", "label"],
    "properties": {"id": SHORT, "label": NAME, "style": {"enum": ["", "primary", "danger"]}},
}
_BODY = {
    "type": "object",
    "required": ["type"],
    "properties": {
        "type": {"enum": ["none", "json", "text", "form", "file"]},
        "content": SEGMENTS,
        "fields": _named(value=SEGMENTS),
        "file": REF,
    },
}
_BRANCH = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string", "maxLength": 100, "pattern": r"\S"},
        "label": SHORT,
        "rules": RULES,
        "advanced": {"type": "string", "maxLength": 5_000},
    },
}
_TOOL = {
    "type": "object",
    "required": ["kind", "source", "name"],
    "properties": dict.fromkeys(("kind", "source", "name", "title", "digest"), SHORT)
    | {"effect": {"enum": ["none", "keyed", "unsafe"]}},
}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_DEADLINE = {
    "type": "object",
    "required": ["seconds", "button"],
    "properties": {"seconds": {"type": "number", "minimum": 60, "maximum": 31_536_000}, "button": SHORT},
}
DATA: dict[str, dict] = {
    "input": _data("schema", schema=SCHEMA),
    "output": _data("values", values=_named(value=VALUE, stream={"type": "boolean"})),
    "llm": _data(
        "messages",
        model=MODEL,
        messages={"type": "array", "minItems": 1, "maxItems": 100, "items": _MESSAGE},
        answer=ANSWER,
        maxTokens=_WHOLE | {"maximum": 1_000_000},
        temperature={"type": "number", "minimum": 0, "maximum": 2},
    ),
    "agent": _data("agent", "message", agent=SHORT, message=SEGMENTS, answer=ANSWER, maxSteps=_WHOLE | {"maximum": 50}),
    "tool": _data(
        "tool",
        tool=_TOOL,
        arguments={"type": "object", "additionalProperties": _ARGUMENT},
        instruction=SEGMENTS,
        model=MODEL,
        effect={"enum": ["none", "keyed", "unsafe"]},
    ),
    "http": _data(
        "method",
        "url",
        method={"enum": list(METHODS)},
        url=SEGMENTS | {"minItems": 1},
        query=_named(value=SEGMENTS),
        headers=_named(value=SEGMENTS),
        body=_BODY,
        okStatuses={"type": "array", "maxItems": 50, "items": {"type": "integer", "minimum": 100, "maximum": 599}},
        keyHeader={"type": "string", "maxLength": 100},
    ),
    "template": _data("content", content=SEGMENTS),
    "condition": _data("branches", branches={"type": "array", "minItems": 1, "maxItems": BRANCHES, "items": _BRANCH}),
    "code": _data(
        "code",
        inputs=_named(value=VALUE),
        code={"type": "string", "maxLength": CODE_LENGTH, "pattern": r"\S"},
        outputSchema=SCHEMA,
    ),
    "loop": _data(
        "over",
        "result",
        over=VALUE,
        atOnce=_WHOLE | {"maximum": 10},
        sequential={"type": "boolean"},
        result=REF,
        onItemError={"enum": ["stop", "null", "drop"]},
        until=RULES,
        maxItems=_WHOLE | {"maximum": 10_000},
    ),
    "approval": _data(
        "title",
        "buttons",
        title=SEGMENTS,
        text=SEGMENTS,
        form=SCHEMA,
        prefill={"type": "object", "additionalProperties": VALUE},
        buttons={"type": "array", "minItems": 1, "maxItems": 5, "items": _BUTTON},
        audience=AUDIENCE,
        needed=_WHOLE | {"maximum": 100},
        deadline=_DEADLINE,
        reminder={"type": "number", "minimum": 60, "maximum": 31_536_000},
    ),
    "wait": _data(
        "mode",
        mode={"enum": ["until", "for", "webhook"]},
        until=VALUE,
        seconds=VALUE,
        timeout={"type": "number", "minimum": 0, "maximum": 31_536_000},
    ),
    "document": _data(
        "action",
        action={"enum": ["read", "write", "search"]},
        document=VALUE,
        title=SEGMENTS,
        content=SEGMENTS,
        collection=VALUE,
        query=SEGMENTS,
        limit=_WHOLE | {"maximum": 50},
    ),
    "first": _data("values", values={"type": "array", "minItems": 1, "maxItems": 50, "items": REF}),
    "note": {"type": "object", "properties": {"text": _LONG}},
    "group": {"type": "object", "properties": {"title": SHORT, "collapsed": {"type": "boolean"}, "color": SHORT}},
    "todo": {"type": "object", "properties": {"name": NAME, "reason": SHORT}},
}
