"""What the JSON columns of an agent may hold. Errors name the path."""

from sambung.lib.schema import check

MOST_STARTERS, STARTER_LENGTH, MOST_FALLBACKS = 6, 200, 5
INSTRUCTIONS_LENGTH = 20_000  # characters
TEMPERATURE = {"type": "number", "minimum": 0, "maximum": 2}
MAX_TOKENS = {"type": "integer", "minimum": 1, "maximum": 1_000_000}
REASONING = {"enum": ["off", "low", "medium", "high"]}
#: One model under one key; null = the environment's, or the bundled one.
REFERENCE = {
    "type": "object",
    "required": ["provider", "model"],
    "properties": {
        "api_key": {"type": ["string", "null"], "format": "uuid"},
        "provider": {"type": "string", "maxLength": 30},
        "model": {"type": "string", "minLength": 1, "maxLength": 200},
    },
    "additionalProperties": False,
}
CHAT_MODEL = REFERENCE | {
    "properties": REFERENCE["properties"]
    | {
        "settings": {
            "type": "object",
            "properties": {"temperature": TEMPERATURE, "max_tokens": MAX_TOKENS, "reasoning": REASONING},
            "additionalProperties": False,
        },
        "fallbacks": {"type": "array", "maxItems": MOST_FALLBACKS, "items": REFERENCE},
    }
}
MOST_ADDED, LONGEST_MODEL = 100, 200  # names of models at a key, characters of one
ADDED_MODELS = {
    "type": "array",
    "maxItems": MOST_ADDED,
    "items": {"type": "string", "minLength": 1, "maxLength": LONGEST_MODEL},
    "uniqueItems": True,
}
STARTERS = {
    "type": "array",
    "maxItems": MOST_STARTERS,
    "items": {"type": "string", "minLength": 1, "maxLength": STARTER_LENGTH},
}
NAMES = {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 100}, "uniqueItems": True}
WORKFLOWS = {
    "type": "array",
    "maxItems": 100,
    "items": {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
    "uniqueItems": True,
}
SERVERS = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "properties": {"enabledToolNames": NAMES, "disableAll": {"type": "boolean"}},
        "additionalProperties": False,
    },
}

#: Tools by reference: one, or all of a source ("toolkit:calculator", "mcp:<server id>:<tool>").
TOOLS = {
    "type": "array",
    "maxItems": 500,
    "items": {"type": "string", "pattern": "^[a-z]+:[^:]+(:.+)?$", "maxLength": 300},
    "uniqueItems": True,
}
_TRANSPORTS = ("stdio", "sse", "streamable-http")
MCP_CONFIG = {
    "type": "object",
    "required": ["transport"],
    "properties": {
        "transport": {"enum": list(_TRANSPORTS)},
        "command": {"type": "string", "maxLength": 60},
        "url": {"type": "string", "maxLength": 500},
        "headers": {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 100}, "maxItems": 20},
    },
    "if": {"properties": {"transport": {"const": "stdio"}}},
    "then": {"required": ["command"], "not": {"required": ["url"]}},
    "else": {"required": ["url"], "not": {"required": ["command"]}},
    "additionalProperties": False,
}


def validate_chat_model(value) -> None:
    """Who answers for an agent: {api_key, provider, model, settings, fallbacks}, the last two as they are needed."""
    check(value, CHAT_MODEL)


def validate_references(value) -> None:
    """Models in order: [{api_key, provider, model}]."""
    check(value, {"type": "array", "maxItems": MOST_FALLBACKS, "items": REFERENCE})


def validate_model_names(value) -> None:
    """Names of models."""
    check(ADDED_MODELS, value)


def validate_starters(value) -> None:
    """Conversation starters: a few short texts."""
    check(value, STARTERS)


def validate_allowed_mcp_servers(value) -> None:
    """{server id: {enabledToolNames?: [name], disableAll?: bool}}."""
    check(value, SERVERS)


def validate_allowed_toolkits(value) -> None:
    """[toolkit name]."""
    check(value, NAMES)


def validate_allowed_workflows(value) -> None:
    """[id of a workflow]."""
    check(value, WORKFLOWS)


def validate_tools(value) -> None:
    """[reference of a tool, or of all tools of a source]; null is for all."""
    if value is not None:
        check(value, TOOLS)


def validate_mcp_config(value) -> None:
    """How an MCP server is reached; the commands of stdio servers stand in the operator's file, under that name."""
    check(value, MCP_CONFIG)
