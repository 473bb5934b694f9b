"""Arguments as a schema plainly means them, and what is told of those that do not fit."""

import pytest

from agents.toolkits import chart
from agents.tools import Tool, meant, misfit

CHART = chart.toolkit._tool(chart.toolkit.members["make_chart"])
DRAWN = {"type": "line", "labels": ["a"], "series": [{"values": [1]}]}
PLACE = {
    "type": "object",
    "properties": {"lat": {"type": "number"}},
    "required": ["lat"],
    "additionalProperties": False,
}
#: A value, the schema of its field, and what it means.
MEANT = [
    ("2.5", {"type": "number"}, 2.5),
    (" 3 ", {"type": "integer"}, 3),
    ("3.0", {"type": "integer"}, 3),
    ("12345678901234567890", {"type": "integer"}, 12345678901234567890),
    ("1e3", {"type": ["number", "null"]}, 1000.0),
    ("null", {"type": ["number", "null"]}, None),
    (2020, {"type": "string"}, "2020"),
    (2.5, {"type": "string"}, "2.5"),
    (True, {"type": "string"}, "true"),
    ("True", {"type": "boolean"}, True),
    ("false", {"type": ["boolean", "null"]}, False),
    ('["a", "b"]', {"type": "array", "items": {"type": "string"}}, ["a", "b"]),
    ("[1, 2]", {"type": "array", "items": {"type": "string"}}, ["1", "2"]),
    ('{"lat": "2.5"}', PLACE, {"lat": 2.5}),
    ({"lat": "2.5"}, PLACE, {"lat": 2.5}),
    ([{"lat": "1"}, {"lat": 2}], {"type": "array", "items": PLACE}, [{"lat": 1}, {"lat": 2}]),
    ("2", {"anyOf": [{"type": "number"}, {"type": "null"}]}, 2),
    ("2", {"oneOf": [{"type": "integer", "minimum": 5}, {"type": "integer", "maximum": 4}]}, 2),
    ({"lat": "2.5"}, {"anyOf": [{"type": "array"}, PLACE]}, {"lat": 2.5}),
    ("2", {"$ref": "#/$defs/count"}, 2),
    ({"n": "2"}, {"anyOf": [{"$ref": "#/$defs/counted"}, {"type": "null"}]}, {"n": 2}),
    ("2", {"enum": [1, 2]}, 2),
    (2, {"type": "string", "enum": ["1", "2"]}, "2"),
    ("Line", {"type": "string", "enum": ["bar", "line"]}, "line"),
    ("get", {"const": "GET"}, "GET"),
]
#: A value and the schema of its field that stay: they fit, or nothing is plain.
STAYS = [
    ("2.5", {"type": "string"}),
    ("2.5", {"type": ["string", "number"]}),
    ("true", {"anyOf": [{"type": "string"}, {"type": "boolean"}]}),
    ('["a"]', {}),
    ("two", {"type": "number"}),
    ("1,250", {"type": "number"}),
    ("2.5", {"type": "integer"}),
    ("NaN", {"type": "number"}),
    ("1e999", {"type": "number"}),
    ("9" * 5000, {"type": "integer"}),
    ("1", {"type": "boolean"}),
    (1, {"type": "boolean"}),
    (True, {"type": "number"}),
    ("[" * 100_000, {"type": "array"}),
    ("a", {"type": "array", "items": {"type": "string"}}),
    ("A", {"enum": ["a", "a "]}),
    (None, {"type": ["string", "null"]}),
]


def tool(schema: dict, **more) -> Tool:
    defs = {"count": {"type": "integer"}, "counted": {"type": "object", "properties": {"n": {"$ref": "#/$defs/count"}}}}
    parameters = {"type": "object", "properties": {"it": schema}, "$defs": defs} | more
    return Tool("mcp", "s", "t", "", "", parameters)


@pytest.mark.parametrize(("value", "schema", "means"), MEANT)
def test_what_is_plainly_meant(value, schema, means):
    found = meant(tool(schema), {"it": value})
    assert (found, type(found["it"])) == ({"it": means}, type(means))
    assert misfit(tool(schema), found) is None


@pytest.mark.parametrize(("value", "schema"), STAYS)
def test_what_fits_or_is_not_plain_stays(value, schema):
    assert meant(tool(schema), {"it": value}) == {"it": value}


def test_what_a_model_gave_is_not_changed_under_it():
    given = {"it": {"lat": "2.5"}}
    meant(tool(PLACE), given)
    assert given == {"it": {"lat": "2.5"}}


def test_a_null_of_what_need_not_be_given_is_left_out():
    strict = {"type": "object", "properties": {"it": PLACE | {"properties": {"lat": {}, "name": {"type": "string"}}}}}
    asked = Tool("mcp", "s", "t", "", "", strict | {"properties": strict["properties"] | {"n": {"type": "integer"}}})
    assert meant(asked, {"it": {"lat": 1, "name": None}, "n": None}) == {"it": {"lat": 1}}


def test_a_null_of_what_must_be_given_is_told_as_that():
    asked = tool({"type": "number"}, required=["it"])
    assert meant(asked, {"it": None}) == {"it": None}
    assert misfit(asked, {"it": None}).params["problem"] == "$.it: None is not of type 'number'"


def test_a_chart_of_quoted_numbers_and_of_years():
    quoted = {"type": "line", "labels": [2020, 2021], "series": '[{"values": ["1", "2.5"]}]', "title": None}
    found = meant(CHART, quoted)
    assert found == {"type": "line", "labels": ["2020", "2021"], "series": [{"values": [1, 2.5]}]}


# ---- what is told ---------------------------------------------------------------------------------------
def problem(asked: Tool, args: dict) -> str:
    return misfit(asked, args).params["problem"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"labels": [str(n) for n in range(1000)]}, "$.labels: 1000 entries, 300 at most"),
        ({"series": []}, "$.series: 0 entries, 1 at least"),
        ({"title": "x" * 5000}, "$.title: 5000 characters, 200 at most"),
        ({"type": "radar"}, "$.type: 'radar' is not one of 'bar', 'line', 'pie', 'scatter'"),
        ({"labels": "x" * 5000}, f"$.labels: '{'x' * 58}… is not of type 'array'"),
        ({"series": [{"values": [1], "colour": 1}]}, "$.series[0]: there is no 'colour', there is 'name', 'values'"),
    ],
)
def test_the_place_the_rule_and_its_limit_are_told(changes, told):
    assert problem(CHART, DRAWN | changes) == told


@pytest.mark.parametrize(
    ("schema", "value", "told"),
    [
        ({"pattern": "^a+$"}, "b" * 900, f"'{'b' * 58}… does not match '^a+$'"),
        ({"uniqueItems": True}, [*range(500), 7], "the entries must differ, 7 is there twice"),
        ({"uniqueItems": True}, ["a" * 900, "a" * 900], f"the entries must differ, '{'a' * 58}… is there twice"),
        ({"maximum": 10}, 12, "12 is greater than the maximum of 10"),
        ({"enum": ["a" * 50] * 90}, "b", f"'b' is not one of '{'a' * 50}', '"),
        ({"maxProperties": 1}, {"a": 1, "b": 2}, "2 names, 1 at most"),
    ],
)
def test_values_are_told_by_their_beginning(schema, value, told):
    assert problem(tool(schema), {"it": value}).startswith(f"$.it: {told}")
    assert len(problem(tool(schema), {"it": value})) <= 300
