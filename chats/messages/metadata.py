"""The metadata of a message: what each key holds, and which of them a copy and an export keep."""

from collections.abc import Mapping

from agents.generation.report import Report

_NAME = {"type": "string", "maxLength": 200}
_COUNT = {"type": "integer", "minimum": 0}
_SECONDS = {"type": "number", "minimum": 0}
_NAMES = {"type": "array", "items": {"type": "string"}}
_MISSING = {
    "type": "object",
    "required": ["title", "code", "params"],
    "properties": {"title": {"type": "string"}, "code": {"type": "string"}, "params": {"type": "object"}},
    "additionalProperties": False,
}
_PASSED_ON = {
    "type": "object",
    "required": ["model", "code", "params"],
    "properties": {"params": {"type": "object"}},
    "additionalProperties": {"type": ["string", "null"]},
}
#: What goes along in an export, and comes back with an import.
EXPORTED = {
    "model": _NAME,
    "provider": {"type": "string", "maxLength": 30},
    "label": _NAME,
    "finish_reason": {"type": "string", "maxLength": 50},
    "note": {"type": "string", "maxLength": 50},
    "edited_by": _NAME,
    "usage": {"type": "object", "additionalProperties": _COUNT},
    "cost": {"type": "string", "pattern": r"^[0-9]{1,9}(\.[0-9]{1,30})?(E[-+]?[0-9]{1,2})?$"},
    "cost_is_partial": {"type": "boolean"},
    "seconds": _SECONDS,
    "first_token_seconds": _SECONDS,
    "left_out": _COUNT,
    "tools_left_out": _COUNT,
}
#: What stands for rows of this server, or is of use here alone.
KEPT_HERE = {
    "agent": {"type": "object", "required": ["id", "name"], "properties": {"id": _NAME, "name": _NAME}},
    "author": _NAME,  # of an imported message
    "key": {"type": "string"},
    "mentions": _NAMES,  # references of tools that the message names
    "searched": _NAMES,  # references of collections and documents that it names
    "origin": {"type": "string"},
    "passed_on": {"type": "array", "items": _PASSED_ON},
    "tools_unseen": {"type": "boolean"},
    "tools_missing": {"type": "array", "items": _MISSING},
    "files_cut": _NAMES,
    "images_unseen": {"type": "boolean"},
    "learned": {"type": "array", "items": {"type": "object", "required": ["what", "value"]}},
}
SCHEMA = {"type": "object", "properties": EXPORTED | KEPT_HERE, "additionalProperties": False}
#: What a copied message keeps: who answered, not what it took.
COPIED = ("model", "provider", "label", "agent", "author", "edited_by", "finish_reason")
#: What an answer's report tells under the same name.
REPORTED = ("left_out", "tools_left_out", "tools_unseen", "tools_missing", "files_cut", "images_unseen", "learned")


def of_report(report: Report) -> dict:
    """Return what is kept of what was reported."""
    told = {name: getattr(report, name) for name in REPORTED}
    return {name: value for name, value in told.items() if value is not None and value is not False and value != []}


def copied(kept: Mapping) -> dict:
    """Return what a copy of a message keeps."""
    return {name: kept[name] for name in COPIED if name in kept}


def exported(kept: Mapping) -> dict:
    """Return what an export keeps."""
    return {name: kept[name] for name in EXPORTED if kept.get(name) is not None}
