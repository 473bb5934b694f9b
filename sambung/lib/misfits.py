"""What does not fit a JSON schema, for models and whoever writes programs: the place, the rule and its limit."""

import json
from collections.abc import Iterable

import jsonschema

LONGEST, _VALUE, _PLACE = 500, 60, 120  # characters: of a sentence, of a value in it, of its place
_MOST_NAMES = 200  # characters of a list of what is allowed
#: What is counted by which rules, and how far it may go.
_COUNTED = {
    "maxItems": "entries, {} at most",
    "minItems": "entries, {} at least",
    "maxLength": "characters, {} at most",
    "minLength": "characters, {} at least",
    "maxProperties": "names, {} at most",
    "minProperties": "names, {} at least",
}


def best(faults: Iterable[jsonschema.ValidationError]) -> str:
    """Return a sentence about the fault that tells most, at most LONGEST characters; "" where there is none."""
    fault = jsonschema.exceptions.best_match(faults)
    return f"{_cut(fault.json_path, _PLACE)}: {rule(fault)}"[:LONGEST] if fault else ""


def rule(fault: jsonschema.ValidationError) -> str:
    """Return which rule a value breaks, with the limit, and no more than the beginning of the value."""
    match fault.validator:
        case counted if counted in _COUNTED:
            return f"{len(fault.instance)} {_COUNTED[counted].format(fault.validator_value)}"
        case "enum":
            return f"{_short(fault.instance)} is not one of {_listed(map(_short, fault.validator_value))}"
        case "additionalProperties" if isinstance(fault.instance, dict) and fault.validator_value is False:
            return _unknown(fault)
        case "uniqueItems":
            return f"the entries must differ, {_short(_twice(fault.instance))} is there twice"
        case _:
            return _cut(fault.message.replace(repr(fault.instance), _short(fault.instance)), LONGEST)


def _unknown(fault: jsonschema.ValidationError) -> str:
    """Which names there are not, beside those that there are."""
    if fault.schema.get("patternProperties"):  # names by a rule, which jsonschema's own sentence tells
        return _cut(fault.message, LONGEST)
    known = fault.schema.get("properties", {})
    names = _listed(repr(_cut(name, _VALUE)) for name in fault.instance if name not in known)
    return f"there is no {names}, there is {_listed(map(repr, known)) or 'nothing to name'}"


def _twice(entries: list) -> object:
    """The first entry that stands there once more. True and 1 are two things in JSON."""
    seen = set()
    for entry in entries:
        if (key := json.dumps(entry, sort_keys=True)) in seen:
            return entry
        seen.add(key)
    return entries  # 1 and 1.0


def _listed(names: Iterable[str]) -> str:
    return _cut(", ".join(names), _MOST_NAMES)


def _short(value: object) -> str:
    return _cut(repr(value), _VALUE)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
