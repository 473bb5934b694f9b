"""Checks of JSON by a schema."""

import json

import jsonschema
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_SHOWN = 80  # characters of a path in a sentence
#: A text with more than blanks, beside a pattern of its own: both in one would take time by the square of its length.
FILLED = {"allOf": [{"pattern": r"\S"}]}


class Unreadable(Exception):
    """A file that is not what it should be; its sentence, for people, names the place."""


def check(value, schema: dict) -> None:
    """Raise ValidationError, which names the path, where the value does not follow the JSON schema."""
    error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schema).iter_errors(value))
    if error:
        raise ValidationError(f"{error.json_path}: {error.message}")


def read_file(text: str | bytes, validator: jsonschema.Draft202012Validator):
    """Return what the JSON of a file holds. Raises Unreadable.

    Nothing of it is trusted: what the schema does not allow, is too deep or no text that can be kept is refused.
    """
    try:
        found = json.loads(text, parse_constant=_refuse_constant)
        json.dumps(found, ensure_ascii=False).encode()  # half of a character cannot be stored
        error = jsonschema.exceptions.best_match(validator.iter_errors(found))
    except (ValueError, RecursionError):
        raise Unreadable(_("This is not JSON, or not as it should be.")) from None
    if error:
        raise Unreadable(_sentence(error))
    return found


def _refuse_constant(name: str):
    raise ValueError(name)


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
