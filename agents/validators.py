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
STARTERS = {
    "type": "array",
    "maxItems": MOST_STARTERS,
    "items": {"type": "string", "minLength": 1, "maxLength": STARTER_LENGTH},
}
NAMES = {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 100}, "uniqueItems": True}
SERVERS = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "properties": {"enabledToolNames": NAMES, "disableAll": {"type": "boolean"}},
        "additionalProperties": False,
    },
}


def validate_chat_model(value) -> None:
    """Who answers for an agent: {api_key, provider, model, settings, fallbacks}, the last two as they are needed."""
    check(value, CHAT_MODEL)


def validate_references(value) -> None:
    """Models in order: [{api_key, provider, model}]."""
    check(value, {"type": "array", "maxItems": MOST_FALLBACKS, "items": REFERENCE})


def validate_starters(value) -> None:
    """Conversation starters: a few short texts."""
    check(value, STARTERS)


def validate_allowed_mcp_servers(value) -> None:
    """{server id: {enabledToolNames?: [name], disableAll?: bool}}."""
    check(value, SERVERS)


def validate_allowed_toolkits(value) -> None:
    """[toolkit name]."""
    check(value, NAMES)
