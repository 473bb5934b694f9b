"""What the JSON columns of a chat may hold. Errors name the path."""

from agents.validators import MAX_TOKENS, REASONING, TEMPERATURE
from sambung.lib.schema import check

_TEXT = {"type": "string"}
_PARTS = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["type"],
        "properties": {
            "type": {"enum": ["text", "reasoning"]},
            "text": _TEXT,
            "providerMetadata": {"type": "object"},
        },
        "dependentRequired": {"type": ["text"]},
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
    },
    "additionalProperties": False,
}


def validate_parts(value) -> None:
    """A message's parts: the kinds that this version makes."""
    check(value, _PARTS)


def validate_settings(value) -> None:
    """A chat's settings: temperature 0–2, max_tokens ≥ 1, system_prompt up to 20,000 characters."""
    check(value, _SETTINGS)
