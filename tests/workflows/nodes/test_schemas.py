"""Schemas that people write, and values by them."""

import pytest

from sambung.lib.failures import Failed
from workflows.nodes import schemas

PEOPLE = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "age": {"type": "integer", "default": 0},
        "at": {"type": "string", "format": "date"},
        "file": {"type": "string", "format": "file"},
        "inner": {"type": "object", "properties": {"x": {"type": "number", "default": 1.5}}},
    },
    "required": ["name"],
    "order": ["name", "age"],
}


def test_what_people_write_is_checked():
    assert list(schemas.faults(PEOPLE, "schema")) == []
    deep = {"type": "object"}
    for _ in range(schemas.DEEPEST + 1):
        deep = {"type": "object", "properties": {"x": deep}}
    assert [fault.code for fault in schemas.faults(deep, "")] == ["workflow_schema_deep"]
    assert [fault.code for fault in schemas.faults({"format": "uri"}, "")] == ["workflow_schema_format"]
    assert [fault.code for fault in schemas.faults([], "")] == ["workflow_schema_shape"]


def test_defaults_are_given_and_others_refused():
    assert schemas.taken(PEOPLE, {"name": "A", "inner": {}}) == {"name": "A", "age": 0, "inner": {"x": 1.5}}
    for wrong in ({}, {"name": ""}, {"name": "A", "age": "1"}, {"name": "A", "more": 1}, {"name": "A", "file": "x"}):
        with pytest.raises(Failed, match="does not fit"):
            schemas.taken(PEOPLE, wrong)


def test_a_file_is_what_files_are():
    assert schemas.misfit(PEOPLE, {"name": "A", "file": {"file": "1", "name": "a.txt"}}) == ""


def test_a_pattern_is_tried_for_a_moment():
    evil = {"type": "string", "pattern": "^(a|aa)+$"}
    assert "too long" in schemas.misfit(evil, "a" * 40 + "!")
    assert schemas.misfit({"type": "string", "pattern": "^[0-9]+$"}, "12") == ""
    assert "does not match" in schemas.misfit({"type": "string", "pattern": "^[0-9]+$"}, "x")
