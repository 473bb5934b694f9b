"""Arguments as a schema plainly means them: models that write "2.5" for a number often cannot write it otherwise.

Only what does not fit is touched, and only where one thing can be meant: a text stays where text is allowed.
"""

import json
import math
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

import jsonschema
import referencing

_NO_SCHEMAS = referencing.Registry()  # a reference to another place is never fetched
_LONGEST = 1_000_000  # characters of a text that is read as JSON
_WORDS = {"true": True, "false": False, "null": None, "none": None}  # as JSON and Python write them
_NOTHING = object()

Validator = jsonschema.Draft202012Validator


def validator(schema: Mapping) -> Validator:
    """Return what judges arguments by a tool's schema."""
    return Validator(schema, registry=_NO_SCHEMAS)


def as_meant(schema: Mapping, args: Mapping) -> dict:
    """Return the arguments as the schema plainly means them; what nothing can be made of stays as it is.

    Numbers, truth values, lists and objects that are written as text are read; numbers and truth values are written
    out where only text fits; a choice is found whatever its capitals; an optional null is left out.
    """
    return _mended(validator(schema), dict(args))


def _mended(judge: Validator, value: Any) -> Any:
    faults = sorted(judge.iter_errors(value), key=lambda fault: fault.validator == "type")  # choices are sharper
    if not faults:
        return value
    held, done = {"": deepcopy(value)}, set()  # in a box, so that the whole has a place as well
    for fault in faults:
        path = ("", *fault.path)
        is_new = not any(path[:n] in done for n in range(1, len(path) + 1))
        if is_new and _at(held, path) == fault.instance and (meant := _meant(judge, fault)) is not _NOTHING:
            _at(held, path[:-1])[path[-1]] = meant
            done.add(path)
    return _without_nulls(judge, held[""])


def _meant(judge: Validator, fault: jsonschema.ValidationError) -> Any:
    """What is meant by the value that a fault is about; _NOTHING where that is not plain."""
    ruled = fault.validator_value
    match fault.validator:
        case "type":
            found = _as_type(judge, [ruled] if isinstance(ruled, str) else ruled, fault.instance)
            return _mended(judge.evolve(schema=fault.schema), found) if isinstance(found, list | dict) else found
        case "enum" | "const":
            return _as_choice([ruled] if fault.validator == "const" else ruled, fault.instance)
        case "anyOf" | "oneOf":
            whole = judge.evolve(schema={fault.validator: ruled})
            tried = (_mended(judge.evolve(schema=one), fault.instance) for one in ruled)
            return next((one for one in tried if whole.is_valid(one)), _NOTHING)
    return _NOTHING


def _as_type(judge: Validator, types: list[str], value: Any) -> Any:
    """The value as one of these types."""
    if isinstance(value, str):
        read = _read(value)
        if not any(judge.is_type(read, one) for one in types):
            return _NOTHING
        return int(read) if isinstance(read, float) and "number" not in types else read
    if "string" in types and isinstance(value, bool | int | float):
        return json.dumps(value)
    return _NOTHING


def _read(text: str) -> Any:
    """What a text says in JSON; a text that says nothing so is itself."""
    text = text.strip()
    if text.casefold() in _WORDS:
        return _WORDS[text.casefold()]
    try:
        read = json.loads(text) if len(text) <= _LONGEST else text
    except (ValueError, RecursionError):
        return text
    return text if isinstance(read, float) and not math.isfinite(read) else read


def _as_choice(choices: list, value: Any) -> Any:
    """The one choice that is written like the value."""
    written = _written(value)
    found = [one for one in choices if written is not None and _written(one) == written]
    return found[0] if len(found) == 1 else _NOTHING


def _written(value: Any) -> str | None:
    if isinstance(value, str):
        return value.strip().casefold()
    return json.dumps(value) if isinstance(value, bool | int | float) else None


def _without_nulls(judge: Validator, value: Any) -> Any:
    """The value without the nulls that do not fit and are not asked for: models say so that they give nothing."""
    dropped: dict[tuple, list[str]] = {}
    for fault in list(judge.iter_errors(value)):
        *before, name = fault.path or [None]
        if fault.instance is None and isinstance(name, str) and _at(value, before).get(name, _NOTHING) is None:
            del _at(value, before)[name]
            dropped.setdefault(tuple(before), []).append(name)
    missed = [fault for fault in judge.iter_errors(value) if fault.validator == "required"] if dropped else []
    for fault in missed:
        for name in dropped.get(tuple(fault.path), ()):
            if name in fault.validator_value:
                _at(value, fault.path)[name] = None
    return value


def _at(value: Any, path: Iterable) -> Any:
    for step in path:
        value = value[step]
    return value
