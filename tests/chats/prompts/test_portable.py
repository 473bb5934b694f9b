"""Prompts as files: what goes out comes in, and nothing else."""

import json

import pytest

from chats.models import Prompt
from chats.prompts import portable
from sambung.lib.schema import Unreadable

ONE = {"name": "Review", "content": "{code}", "category": "coding"}
MANY = " ".join(f"{{v{n}}}" for n in range(51))
FILE = {"format": "sambung.prompts", "version": 1, "prompts": [ONE]}


def refused(given) -> str:
    with pytest.raises(Unreadable) as raised:
        portable.read(given if isinstance(given, str | bytes) else json.dumps(given))
    return str(raised.value)


def test_what_goes_out_comes_in_again():
    prompts = [Prompt(name="Ä", content="<b>\n{x}", category="writing"), Prompt(name="B", content="b")]
    assert portable.read(json.dumps(portable.written(prompts))) == [
        {"name": "Ä", "content": "<b>\n{x}", "category": "writing"},
        {"name": "B", "content": "b", "category": "general"},
    ]


def test_a_category_can_be_missing():
    assert portable.read(json.dumps(FILE | {"prompts": [{"name": "A", "content": "a"}]}))[0]["category"] == "general"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"format": "other"}, "$.format does not hold what it should."),
        ({"version": 2}, "$.version does not hold what it should."),
        ({"prompts": {}}, "$.prompts does not hold what it should."),
        ({"prompts": [ONE] * 2001}, "$.prompts is too large: 2000 at most."),
        ({"more": 1}, "$.more is not known here."),
    ],
)
def test_what_is_no_file_of_prompts(fields, sentence):
    assert refused(FILE | fields) == sentence


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "$.prompts[1].name does not hold what it should."),
        ({"name": "a\nb"}, "$.prompts[1].name does not hold what it should."),
        ({"name": "a" * 101}, "$.prompts[1].name is too large: 100 at most."),
        ({"name": 7}, "$.prompts[1].name does not hold what it should."),
        ({"content": " \n"}, "$.prompts[1].content does not hold what it should."),
        ({"content": "a\x00"}, "$.prompts[1].content does not hold what it should."),
        ({"content": "a" * 100_001}, "$.prompts[1].content is too large: 100000 at most."),
        (
            {"content": " ".join(f"{{v{n}}}" for n in range(51))},
            "$.prompts[1].content has too many variables: 50 at most.",
        ),
        ({"category": "other"}, "$.prompts[1].category does not hold what it should."),
        ({"is_public": True}, "$.prompts[1].is_public is not known here."),
        ({"user": "x"}, "$.prompts[1].user is not known here."),
    ],
)
def test_one_bad_prompt_is_named(fields, sentence):
    assert refused(FILE | {"prompts": [ONE, ONE | fields]}) == sentence


@pytest.mark.parametrize(
    "text", ["", "{", "NaN", b"\xff\xfe\x00", "[" * 100_000, '{"format": "\\ud800"}'], ids=lambda text: repr(text[:9])
)
def test_what_is_no_json(text):
    assert refused(text) == "This is not JSON, or not as it should be."


def test_long_lines_take_no_time_by_their_square():
    """A text that ends with what is forbidden is read once."""
    blank = portable.LARGEST // 2
    assert "$.prompts[0].name" in refused(FILE | {"prompts": [ONE | {"name": "a" * blank + "\n"}]})


@pytest.mark.parametrize(("name", "file"), [("Code Review!", "code-review.prompt.json"), ("名前", "prompts.json")])
def test_file_names_are_plain(name, file):
    assert portable.file_name(Prompt(name=name)) == file
    assert portable.file_name() == "prompts.json"
