"""What the JSON columns of a chat may hold. Errors name the path."""

import jsonschema
from django.core.exceptions import ValidationError

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
        "temperature": {"type": "number", "minimum": 0, "maximum": 2},
        "max_tokens": {"type": "integer", "minimum": 1, "maximum": 1_000_000},
        "system_prompt": {"type": "string", "maxLength": 20_000},
    },
    "additionalProperties": False,
}


def _validate(value, schema: dict) -> None:
    error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schema).iter_errors(value))
    if error:
        raise ValidationError(f"{error.json_path}: {error.message}")


def validate_parts(value) -> None:
    """A message's parts: the kinds that this version makes."""
    _validate(value, _PARTS)


def validate_settings(value) -> None:
    """A chat's settings: temperature 0–2, max_tokens ≥ 1, system_prompt up to 20,000 characters."""
    _validate(value, _SETTINGS)
