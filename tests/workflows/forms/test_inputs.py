"""The form of a run's input: each type has its field, and what is filled in is held to the schema."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict

from tests.lib.test_markdown_payloads import PAYLOADS
from workflows.forms import inputs

SCHEMA = {
    "type": "object",
    "order": ["place", "long"],
    "properties": {
        "long": {"type": "string", "format": "multiline"},
        "place": {"type": "string", "title": "Where", "maxLength": 20},
        "count": {"type": "integer", "minimum": 1, "maximum": 9, "default": 3},
        "share": {"type": "number"},
        "is_on": {"type": "boolean", "default": True},
        "unit": {"type": "string", "enum": ["kg", "lb"], "default": "lb"},
        "day": {"type": "string", "format": "date"},
        "names": {"type": "array", "items": {"type": "string"}, "maxItems": 3},
        "sizes": {"type": "array", "items": {"type": "integer"}},
        "some": {"type": "array", "items": {"enum": ["a", "b", "c"]}},
        "more": {"type": "object"},
        "any": {},
    },
    "required": ["place", "count"],
}
FILLED = {
    "place": "Bandung",
    "long": " Two\nlines ",
    "count": "4",
    "share": "0.5",
    "is_on": "on",
    "unit": "0",
    "day": "2026-11-30",
    "names": "Ayu\n\nBudi\n",
    "sizes": "1\n2",
    "some": ["0", "2"],
    "more": '{"a": [1]}',
    "any": "null",
}
ORDER = ["place", "long", *[name for name in SCHEMA["properties"] if name not in ("place", "long")]]


def _form(schema: dict = SCHEMA, files: dict | None = None, **filled):
    """The form of the schema, filled in by the names of its properties."""
    form = inputs.form_for(schema)
    names = {field.argument: name for name, field in form.base_fields.items()}
    data = MultiValueDict()
    for name, value in filled.items():
        data.setlist(names[name], value if isinstance(value, list) else [value])
    given = MultiValueDict({names[name]: value for name, value in (files or {}).items()})
    return form(data, given)


def _of(one: dict, value) -> inputs.forms.Form:
    return _form({"properties": {"x": one}}, x=value)


def test_everything_filled_in_has_its_type():
    form = _form(**FILLED)
    assert form.is_valid(), form.errors
    assert inputs.values(form) == {
        "place": "Bandung",
        "long": " Two\nlines ",
        "count": 4,
        "share": 0.5,
        "is_on": True,
        "unit": "kg",
        "day": "2026-11-30",
        "names": ["Ayu", "Budi"],
        "sizes": [1, 2],
        "some": ["a", "c"],
        "more": {"a": [1]},
    }


def test_what_is_left_empty_is_not_there_and_no_tick_says_no():
    form = _form(place="Bandung", count="1")
    assert form.is_valid(), form.errors
    assert inputs.values(form) == {"place": "Bandung", "count": 1, "is_on": False}


def test_the_order_is_the_one_that_people_see():
    assert [field.argument for field in inputs.form_for(SCHEMA).base_fields.values()] == ORDER


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("place", "", "required"),
        ("place", "x" * 21, "20 characters"),
        ("place", "a\0b", "Null characters"),
        ("count", "10", "less than or equal to 9"),
        ("count", "1.5", "whole number"),
        ("count", "9" * 5000, "whole number"),
        ("share", "much", "number"),
        ("share", "1e400", "number"),
        ("share", "NaN", "number"),
        ("unit", "7", "valid choice"),
        ("unit", "kg", "valid choice"),
        ("day", "30.11.2026", "valid date"),
        ("day", "2026-02-30", "valid date"),
        ("names", "a\nb\nc\nd", "3 at most"),
        ("sizes", "1\ntwo", "Line 2"),
        ("some", ["9"], "valid choice"),
        ("more", "[1]", "takes an object"),
        ("any", "{broken", "no JSON"),
        ("any", "[" * 100_000, "no JSON"),
        ("any", "NaN", "cannot be kept"),
        ("any", "1e999", "cannot be kept"),
        ("any", str(10**30), "cannot be kept"),
        ("any", '"\\ud800"', "cannot be kept"),
        ("any", '"\\u0000"', "cannot be kept"),
    ],
)
def test_what_does_not_fit_is_told_at_its_field(name, value, told):
    form = _form(**FILLED | {name: value})
    at = next(field for field, one in form.fields.items() if one.argument == name)
    assert told in " ".join(form.errors[at])
    assert list(form.errors) == [at]


@pytest.mark.parametrize(
    ("one", "value", "told"),
    [
        ({"type": "string", "pattern": "^[A-Z]+$"}, "abc", "pattern ^[A-Z]+$"),
        ({"type": "string", "pattern": "^(a+)+$"}, "a" * 60 + "!", "pattern ^(a+)+$"),
        ({"type": "object", "properties": {"a": {"type": "integer"}}}, '{"a": "x"}', "at .a does not"),
        ({"type": "object", "properties": {"a": {}}, "required": ["a"]}, "{}", "what is asked for"),
        ({"type": "array", "items": {"type": "object"}}, "[1]", "at [0] does not"),
    ],
)
def test_what_only_the_schema_asks_is_told_at_its_field(one, value, told):
    form = _of(one, value)
    assert told in " ".join(form.errors["in_0"])


@pytest.mark.parametrize(
    ("typed", "value"),
    [("5", 5), ("5.0", 5.0), ("-3", -3), ("1e3", 1000), ("0", 0)],
)
def test_a_number_without_a_point_is_whole(typed, value):
    form = _of({"type": "number"}, typed)
    assert form.is_valid()
    found = inputs.values(form)["x"]
    assert (found, type(found)) == (value, type(value))


def test_defaults_and_what_is_begun_with_stand_in_the_fields():
    form = inputs.form_for(SCHEMA, initial={"count": 7, "names": ["Ayu", "Budi"], "some": ["b"]})()
    shown = {field.field.argument: field.value() for field in form}
    assert shown["count"] == 7
    assert shown["names"] == "Ayu\nBudi"
    assert shown["some"] == ["1"]
    assert shown["unit"] == "1"
    assert shown["is_on"] is True
    assert shown["place"] is None


def test_what_was_begun_with_and_emptied_is_empty():
    form = _form(place="Bandung", count="1", unit="")
    assert form.is_valid()
    assert "unit" not in inputs.values(form)


def test_texts_of_several_lines_are_a_list_as_json():
    one = {"type": "array", "items": {"type": "string"}}
    form = inputs.form_for({"properties": {"x": one}}, initial={"x": ["a\nb", "c"]})()
    assert form["in_0"].value() == '[\n "a\\nb",\n "c"\n]'


def test_files_are_kept_by_the_caller():
    schema = {
        "properties": {
            "one": {"type": "string", "format": "file"},
            "many": {"type": "array", "items": {"type": "string", "format": "file"}},
        },
        "required": ["one"],
    }
    files = [SimpleUploadedFile(name, b"text") for name in ("a.txt", "b.txt", "c.txt")]
    form = _form(schema, {"one": files[:1], "many": files[1:]})
    assert inputs.has_files(form)
    assert form.is_multipart()
    assert form.is_valid(), form.errors
    kept = inputs.values(form, keep=lambda file: {"name": file.name})
    assert kept == {"one": {"name": "a.txt"}, "many": [{"name": "b.txt"}, {"name": "c.txt"}]}


def test_files_are_as_large_and_as_many_as_they_may_be(settings):
    settings.ATTACHMENT_MAX_BYTES = 3
    schema = {"properties": {"one": {"format": "file", "type": "string"}}}
    form = _form(schema, {"one": [SimpleUploadedFile("a.txt", b"text")]})
    assert "larger than" in " ".join(form.errors["in_0"])
    many = {"properties": {"x": {"type": "array", "items": {"type": "string", "format": "file"}}}}
    given = [SimpleUploadedFile(f"{n}.txt", b"t") for n in range(inputs.MOST_FILES + 1)]
    assert "at most" in " ".join(_form(many, {"x": given}).errors["in_0"])


def test_a_missing_file_is_told():
    form = _form({"properties": {"one": {"type": "string", "format": "file"}}, "required": ["one"]})
    assert "required" in " ".join(form.errors["in_0"])


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"properties": []},
        {"properties": {"x": 5}},
        {"properties": {"x": {"type": 7}}},
    ],
)
def test_any_schema_makes_a_form(schema):
    assert inputs.values(_valid(inputs.form_for(schema)({}))) == {}
    given = inputs.values(_valid(inputs.form_for(schema)({"in_0": '"' + "a" * 60 + '!"'})))
    assert len(given) == len(inputs.form_for(schema).base_fields)


def _valid(form):
    assert form.is_valid(), form.errors
    return form


@pytest.mark.parametrize("payload", PAYLOADS[::7])
def test_what_a_schema_says_is_text(payload):
    one = {"type": "string", "title": payload, "description": payload, "enum": [payload], "default": payload}
    many = {"type": "array", "title": payload, "items": {"enum": [payload]}}
    form = inputs.form_for({"properties": {payload: one, "many": many}})()
    html = render_to_string("workflows/_inputs.html", {"form": form})
    assert "<script" not in html
    assert "onerror=alert" not in html or "&lt;" in html
