"""What the JSON columns of a chat may hold. Errors name the path."""

from agents.validators import MAX_TOKENS, REASONING, REFERENCE, TEMPERATURE, TOOLS
from sambung.lib.schema import check

_TEXT = {"type": "string"}
_ID = {"type": "string", "format": "uuid"}
#: Where a cited passage stands: in a version of a text, or in a file with this SHA-256.
ANCHOR = {
    "type": "object",
    "required": ["document", "start", "end", "quote"],
    "properties": {
        "document": _ID,
        "version": {"type": "integer"},
        "sha256": _TEXT,
        "start": {"type": "integer"},
        "end": {"type": "integer"},
        "quote": {"type": "string", "maxLength": 300},
        "page": {"type": "integer"},
        "last_page": {"type": "integer"},
        "slide": {"type": "integer"},
        "sheet": _TEXT,
        "path": _TEXT,
        "heading": {"type": "array", "items": _TEXT},
    },
    "additionalProperties": False,
}
_WRITTEN = {
    "type": "object",
    "required": ["documentId", "version"],
    "properties": {"documentId": _ID, "version": {"type": "integer", "minimum": 1}},
    "additionalProperties": False,
}
PARTS = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["type"],
        "properties": {
            "type": {"enum": ["text", "reasoning", "image", "file", "source", "tool-call", "tool-result"]},
            "text": _TEXT,
            "image": _ID,
            "data": _ID,
            "mimeType": _TEXT,
            "name": _TEXT,
            "url": _TEXT,
            "documentId": _ID,
            "quote": _TEXT,
            "number": {"type": "integer", "minimum": 1},
            "anchor": ANCHOR,
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
            "documents": {"type": "array", "items": _WRITTEN},
        },
        "allOf": [
            {"if": {"properties": {"type": {"enum": kinds}}}, "then": {"required": names}}
            for kinds, names in (
                (["text", "reasoning"], ["text"]),
                (["image"], ["image", "mimeType"]),
                (["file"], ["data", "mimeType", "name"]),
                (["source"], ["title"]),
                (["tool-call"], ["toolCallId", "toolName", "args"]),
                (["tool-result"], ["toolCallId", "result"]),
            )
        ],
        "additionalProperties": False,
    },
}
_SYSTEM_PROMPT = {"type": "string", "maxLength": 20_000}
SETTINGS = {
    "type": "object",
    "properties": {
        "temperature": TEMPERATURE,
        "max_tokens": MAX_TOKENS,
        "reasoning": REASONING,
        "system_prompt": _SYSTEM_PROMPT,
        "tool_choice": {"enum": ["auto", "manual", "none"]},
        "tools": TOOLS,
    },
    "additionalProperties": False,
}
_FOLDER_SETTINGS = {
    "type": "object",
    "properties": {"system_prompt": _SYSTEM_PROMPT, "model": REFERENCE},
    "additionalProperties": False,
}
_VARIABLES = {
    "type": "array",
    "items": {"type": "string", "pattern": r"^[^\W\d]\w*$", "maxLength": 50},
    "uniqueItems": True,
}


def validate_parts(value) -> None:
    """A message's parts: the kinds that this version makes."""
    check(value, PARTS)


def validate_settings(value) -> None:
    """A chat's settings: temperature 0–2, max_tokens ≥ 1, system_prompt up to 20,000 characters."""
    check(value, SETTINGS)


def validate_folder_settings(value) -> None:
    """What chats of a folder begin with: {system_prompt, model}, each as it is needed."""
    check(value, _FOLDER_SETTINGS)


def validate_variables(value) -> None:
    """The names of a prompt's variables, each once."""
    check(value, _VARIABLES)
