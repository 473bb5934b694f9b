"""What the JSON columns of a workflow may hold. Errors name the path."""

from sambung.lib.schema import check

NAME_LENGTH = 80  # characters of a node's name
NODES, EDGES = 2_000, 8_000  # of one workflow
DEEPEST = 32  # layers of a node's data
#: What a node can be; what each is and does says `workflows.nodes.kinds`. `todo`: what an import could not map.
NODE_TYPES = (
    *("input", "output", "llm", "agent", "tool", "http", "template", "condition", "code", "loop"),
    *("approval", "wait", "document", "first", "note", "group", "todo"),
)
_NUMBER = {"type": "number", "minimum": -1e7, "maximum": 1e7}
POSITION = {
    "type": "object",
    "required": ["x", "y"],
    "properties": {"x": _NUMBER, "y": _NUMBER},
    "additionalProperties": False,
}
STRUCTURE = {
    "type": "object",
    "required": ["nodes", "edges"],
    "properties": {
        "nodes": {
            "type": "array",
            "maxItems": NODES,
            "items": {
                "type": "object",
                "required": ["id", "type", "position", "data"],
                "properties": {
                    "id": {"type": "string", "minLength": 1, "maxLength": 100},
                    "type": {"enum": list(NODE_TYPES)},
                    "position": POSITION,
                    "data": {"type": "object"},
                    "parentId": {"type": "string", "maxLength": 100},
                },
            },
        },
        "edges": {
            "type": "array",
            "maxItems": EDGES,
            "items": {
                "type": "object",
                "required": ["id", "source", "target"],
                "properties": {
                    "id": {"type": "string", "minLength": 1, "maxLength": 100},
                    "source": {"type": "string", "maxLength": 100},
                    "target": {"type": "string", "maxLength": 100},
                    "sourceHandle": {"type": ["string", "null"], "maxLength": 100},
                    "targetHandle": {"type": ["string", "null"], "maxLength": 100},
                },
            },
        },
        "viewport": {
            "type": "object",
            "required": ["x", "y", "zoom"],
            "properties": {"x": _NUMBER, "y": _NUMBER, "zoom": {"type": "number", "exclusiveMinimum": 0}},
        },
    },
}
TOOL_CONFIG = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z0-9_-]{1,64}$"},
        "description": {"type": "string", "maxLength": 2_000},
        "when": {"type": "string", "maxLength": 2_000},
        "parameters": {"type": "object"},
    },
    "additionalProperties": False,
}
_POSITIVE = {"type": "number", "minimum": 0}
#: What a run may take at most: nodes that it executes, seconds of running, tokens, US dollars, bytes of its values.
LIMITS = {
    "type": "object",
    "properties": dict.fromkeys(("steps", "seconds", "tokens", "money", "bytes"), _POSITIVE),
    "additionalProperties": False,
}


def validate_position(value) -> None:
    """Where a node stands on the canvas: {x, y}."""
    check(value, POSITION)


def validate_structure(value) -> None:
    """A graph as XYFlow holds it: {nodes, edges, viewport?}; keys that are not known are kept."""
    check(value, STRUCTURE)


def validate_tool_config(value) -> None:
    """How a workflow is offered as a tool: {name, description?, when?, parameters?}."""
    check(value, TOOL_CONFIG)


def validate_limits(value) -> None:
    """What a run may take at most: {steps?, seconds?, tokens?, money?, bytes?}."""
    check(value, LIMITS)
