"""Agents as files: JSON without any key, which another server reads again."""

import jsonschema
from django.utils.text import slugify

from agents import validators
from agents.models import Agent
from sambung.lib.schema import FILLED, read_file

FORMAT, VERSION = "sambung.agent", 1
LARGEST = 1024 * 1024  # bytes of a file
_TEXT = {"type": "string", "pattern": "^[^\x00]*$"}
_LINE = {"type": "string", "pattern": "^[^\x00\n\r]*$"}


# ---- out ------------------------------------------------------------------------------------------------
def written(agent: Agent) -> dict:
    """Return the agent as a file holds it: its content, models by provider and name alone."""
    content = agent.content
    if model := content["chat_model"]:
        content["chat_model"] = _without_key(model)
        if "fallbacks" in model:
            content["chat_model"]["fallbacks"] = [_without_key(reference) for reference in model["fallbacks"]]
    return {"format": FORMAT, "version": VERSION} | content


def _without_key(named: dict) -> dict:
    return {name: value for name, value in named.items() if name != "api_key"}


def file_name(agent: Agent) -> str:
    """A name of plain letters, digits and hyphens."""
    return f"{slugify(agent.name)[:60].strip('-') or 'agent'}.agent.json"


# ---- in -------------------------------------------------------------------------------------------------
def read(text: str | bytes) -> dict:
    """Return the content of an agent, by the names of `Agent.CONTENT`. Raises Unreadable."""
    return _content(read_file(text, _FILE))


def _content(found: dict) -> dict:
    """What a file holds, with its models as agents name them: under no key."""
    content = {name: found[name] for name in Agent.CONTENT if name in found}
    if model := content.get("chat_model"):
        content["chat_model"] = _with_no_key(model)
        if "max_tokens" in model.get("settings", {}):
            content["chat_model"]["settings"] = model["settings"] | {"max_tokens": int(model["settings"]["max_tokens"])}
        if "fallbacks" in model:
            content["chat_model"]["fallbacks"] = [_with_no_key(reference) for reference in model["fallbacks"]]
    return content


def _with_no_key(named: dict) -> dict:
    return {"api_key": None} | named


def _of(schema: dict, **fields: dict) -> dict:
    """The schema of a model that names no key, with other `fields`."""
    properties = _without_key(schema["properties"]) | fields
    return schema | {"properties": properties | {"provider": _LINE | {"maxLength": 30}, "model": _MODEL}}


_MODEL = _LINE | {"minLength": 1, "maxLength": 200}
_REFERENCE = _of(validators.REFERENCE)
_FALLBACKS = validators.CHAT_MODEL["properties"]["fallbacks"] | {"items": _REFERENCE}
_STARTERS = validators.STARTERS | {"items": validators.STARTERS["items"] | _LINE}
_NAME = _LINE | {"minLength": 1, "maxLength": 100}
_NAMES = validators.NAMES | {"items": _NAME, "maxItems": 500}
_SERVER = validators.SERVERS["additionalProperties"]
_SERVER = _SERVER | {"properties": _SERVER["properties"] | {"enabledToolNames": _NAMES}}


def _or_null(schema: dict) -> dict:
    return schema | {"type": [schema["type"], "null"]}


_FILE = jsonschema.Draft202012Validator(
    {
        "type": "object",
        "required": ["format", "version", "name"],
        "properties": {
            "format": {"const": FORMAT},
            "version": {"const": VERSION},
            "name": _LINE | FILLED | {"maxLength": 100},
            "description": _TEXT | {"maxLength": 500},
            "instructions": _TEXT | {"maxLength": validators.INSTRUCTIONS_LENGTH},
            "icon_id": _LINE | {"maxLength": 50},
            "starters": _STARTERS,
            "chat_model": _or_null(_of(validators.CHAT_MODEL, fallbacks=_FALLBACKS)),
            "allowed_mcp_servers": _or_null(
                validators.SERVERS | {"additionalProperties": _SERVER, "propertyNames": _NAME, "maxProperties": 100}
            ),
            "allowed_app_default_toolkit": _or_null(_NAMES),
        },
        "additionalProperties": False,
    }
)
