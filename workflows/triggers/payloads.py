"""What webhooks bring: bodies read with limits, put into a workflow's input, and every misfit named by its place."""

from collections.abc import Mapping, Sequence
from itertools import islice
from urllib.parse import parse_qsl

import jsonschema
import orjson

from sambung.lib import jsonb
from sambung.lib.misfits import rule
from workflows.nodes import schemas

LARGEST = 1024 * 1024  # bytes of a body
_MOST_FIELDS = 1_000  # of a form
_MOST_PROBLEMS = 20  # that an answer names
_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"


class Unfit(Exception):
    """A message that starts nothing. `status` is the answer's; `problems` are (path, what is wrong) in English."""

    def __init__(self, status: int, code: str, problems: Sequence[tuple[str, str]] = ()):
        super().__init__(code)
        self.status, self.code, self.problems = status, code, list(problems)


def read(content_type: str, body: bytes) -> object:
    """Return what a body holds: JSON, or the fields of a form. Raises Unfit."""
    if len(body) > LARGEST:
        raise Unfit(413, "webhook_too_large")
    kind = content_type.partition(";")[0].strip().lower()
    if kind == _FORM:
        return _form(body)
    if kind != _JSON and not kind.endswith("+json"):
        raise Unfit(415, "webhook_type_unknown")
    try:
        found = orjson.loads(body)  # no NaN, no depth beyond what can be kept, no half of a character
    except orjson.JSONDecodeError:
        raise Unfit(400, "webhook_unreadable") from None
    if jsonb.clean_json(found) != found:
        raise Unfit(400, "webhook_unreadable")
    return found


def _form(body: bytes) -> dict:
    """The fields of a form; one that comes several times is a list."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:
        raise Unfit(400, "webhook_unreadable") from None
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            before = found[name]
            found[name] = [*before, value] if isinstance(before, list) else [before, value]
        else:
            found[name] = value
    if jsonb.clean_json(found) != found:
        raise Unfit(400, "webhook_unreadable")
    return found


def placed(payload: object, into: str, schema: Mapping) -> dict:
    """Return a payload as the input of a run, with its defaults: whole, or (`into`) as the value of one field.

    Raises Unfit, which names each place that does not fit the input's schema.
    """
    given = {into: payload} if into else payload
    if not isinstance(given, dict):
        raise Unfit(422, "webhook_misfit", [("$", "This must be an object.")])
    found = schemas.with_defaults(schema, given)
    if problems := misfits(schema, found):
        raise Unfit(422, "webhook_misfit", problems)
    return found


def misfits(schema: Mapping, value: object) -> list[tuple[str, str]]:
    """Each place of a value that does not fit a schema, and what is wrong there; the first ones of many."""
    checked = schemas.as_checked({"type": "object", "properties": {}, "additionalProperties": False} | dict(schema))
    found = jsonschema.Draft202012Validator(checked).iter_errors(value)
    return sorted((error.json_path, rule(error)) for error in islice(found, _MOST_PROBLEMS))
