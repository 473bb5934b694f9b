"""Forms of tools: each type has its field, and what is filled in becomes the arguments."""

import jsonschema
import pytest

from agents.tools import forms
from tests.lib.test_markdown_payloads import PAYLOADS

SCHEMA = {
    "type": "object",
    "properties": {
        "text": {"type": "string", "description": "What <b>it</b> says"},
        "count": {"type": "integer", "minimum": 1, "maximum": 9, "default": 3},
        "share": {"type": "number"},
        "is_on": {"type": "boolean", "default": False},
        "unit": {"enum": ["kg", 5, None]},
        "list": {"type": "array"},
        "object": {"type": "object"},
        "any": {},
    },
    "required": ["text"],
}
FILLED = ["Hello", "4", "0.5", "true", "1", "[1, 2]", '{"a": 1}', '"x"']


def _form(schema: dict, values: list[str] | None = None):
    return forms.form_for(schema)({f"arg_{n}": value for n, value in enumerate(values)} if values is not None else None)


def test_everything_filled_in_is_an_argument_of_its_type():
    form = _form(SCHEMA, FILLED)
    assert form.is_valid(), form.errors
    found = forms.arguments(form)
    expected = {"text": "Hello", "count": 4, "share": 0.5, "is_on": True, "unit": 5, "list": [1, 2], "object": {"a": 1}}
    assert found == expected | {"any": "x"}
    jsonschema.validate(found, SCHEMA)


def test_what_is_left_empty_is_no_argument():
    form = _form(SCHEMA, ["Hello"] + [""] * 7)
    assert form.is_valid(), form.errors
    assert forms.arguments(form) == {"text": "Hello"}


@pytest.mark.parametrize(
    ("n", "value", "told"),
    [
        (0, "", "required"),
        (1, "10", "less than or equal to 9"),
        (1, "1.5", "whole number"),
        (2, "much", "number"),
        (4, "7", "valid choice"),
        (5, '{"a": 1}', "takes a list"),
        (6, "[1]", "takes an object"),
        (7, "{broken", "no JSON"),
        (7, "[" * 100_000, "no JSON"),
    ],
)
def test_what_does_not_fit_is_told_at_its_field(n, value, told):
    values = list(FILLED)
    values[n] = value
    assert told in str(_form(SCHEMA, values).errors[f"arg_{n}"])


def test_defaults_stand_in_the_form():
    form = _form(SCHEMA)
    assert form["arg_1"].value() == 3
    assert 'value="false" selected' in str(form["arg_3"])


@pytest.mark.parametrize("payload", PAYLOADS[::7])
def test_hostile_schemas_leave_no_mark(payload):
    one = {"type": "string", "title": payload, "description": payload, "default": payload}
    schema = {"properties": {payload: one, f"{payload}2": {"enum": [payload]}}, "required": [payload]}
    shown = str(_form(schema).as_p())
    assert "<script" not in shown
    assert "onerror=alert" not in shown or "&lt;" in shown


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"properties": None},
        {"properties": []},
        {"properties": {"a": True}},
        {"properties": {"a": {"type": ["string", "null"]}}},
        {"properties": {"a": {"type": "integer", "minimum": "1"}}, "required": None},
        {"properties": {"a": {"enum": "x", "default": [1]}}},
        {"properties": {"csrfmiddlewaretoken": {"type": "string"}, "tool": {"type": "string"}}},
    ],
)
def test_odd_schemas_give_a_form_all_the_same(schema):
    str(_form(schema).as_p())
