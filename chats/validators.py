"""What the JSON columns of a chat may hold. Errors name the path."""

from agents.validators import MAX_TOKENS, REASONING, TEMPERATURE, TOOLS
from sambung.lib.schema import check

_TEXT = {"type": "string"}
_PARTS = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["type"],
        "properties": {
            "type": {"enum": ["text", "reasoning", "tool-call", "tool-result"]},
            "text": _TEXT,
            "providerMetadata": {"type": "object"},
            "toolCallId": _TEXT,
            "toolName": _TEXT,
            "args": {"type": "object"},
            "tool": _TEXT,
            "title": _TEXT,
            "problem": _TEXT,
            "result": True,
            "isError": {"type": "boolean"},
            "show": {"type": "object"},
            "seconds": {"type": "number"},
        },
        "allOf": [
            {"if": {"properties": {"type": {"enum": kinds}}}, "then": {"required": names}}
            for kinds, names in (
                (["text", "reasoning"], ["text"]),
                (["tool-call"], ["toolCallId", "toolName", "args"]),
                (["tool-result"], ["toolCallId", "result"]),
            )
        ],
        "additionalProperties": False,
    },
}
_SETTINGS = {
    "type": "object",
    "properties": {
        "temperature": TEMPERATURE,
        "max_tokens": MAX_TOKENS,
        "reasoning": REASONING,
        "system_prompt": {"type": "string", "maxLength": 20_000},
        "tool_choice": {"enum": ["auto", "manual", "none"]},
        "tools": TOOLS,
    },
    "additionalProperties": False,
}


def validate_parts(value) -> None:
    """A message's parts: the kinds that this version makes."""
    check(value, _PARTS)


def validate_settings(value) -> None:
    """A chat's settings: temperature 0–2, max_tokens ≥ 1, system_prompt up to 20,000 characters."""
    check(value, _SETTINGS)
