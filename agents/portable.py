"""Agents as files: JSON without any key, which another server reads again."""

import json

import jsonschema
from django.utils.text import slugify
from django.utils.translation import gettext as _

from agents import validators
from agents.models import Agent

FORMAT, VERSION = "sambung.agent", 1
LARGEST = 1024 * 1024  # bytes of a file
_SHOWN = 80  # characters of a path in a sentence
_TEXT = {"type": "string", "pattern": "^[^\x00]*$"}
_LINE = {"type": "string", "pattern": "^[^\x00\n\r]*$"}


class Unreadable(Exception):
    """A text that is no agent; its sentence, for people, names the place."""


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
    """Return the content of an agent, by the names of `Agent.CONTENT`. Raises Unreadable.

    Nothing of it is trusted: what is not known, too large, too deep or no text that can be kept is refused.
    """
    try:
        found = json.loads(text, parse_constant=_refuse_constant)
        json.dumps(found, ensure_ascii=False).encode()  # half of a character cannot be stored
        error = jsonschema.exceptions.best_match(_FILE.iter_errors(found))
    except (ValueError, RecursionError):
        raise Unreadable(_("This is not JSON, or not as it should be.")) from None
    if error:
        raise Unreadable(_sentence(error))
    return _content(found)


def _refuse_constant(name: str):
    raise ValueError(name)


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


def _sentence(error: jsonschema.ValidationError) -> str:
    """What is wrong, and where."""
    place = error.json_path
    match error.validator:
        case "additionalProperties" if error.schema.get("properties"):
            unknown = min(set(error.instance) - set(error.schema["properties"]))
            return _("%(place)s is not known here.") % {"place": _short(f"{place}.{unknown}")}
        case "required":
            missing = min(set(error.validator_value) - set(error.instance))
            return _("%(place)s is missing.") % {"place": _short(f"{place}.{missing}")}
        case "maxLength" | "maxItems" | "maximum" | "maxProperties":
            words = {"place": _short(place), "most": error.validator_value}
            return _("%(place)s is too large: %(most)s at most.") % words
        case _:
            return _("%(place)s does not hold what it should.") % {"place": _short(place)}


def _short(place: str) -> str:
    return place if len(place) <= _SHOWN else f"{place[:_SHOWN]}…"


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
            "name": _LINE | {"pattern": r"^[^\x00\n\r]*\S[^\x00\n\r]*$", "maxLength": 100},
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
