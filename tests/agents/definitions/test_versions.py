"""What changed between two states of an agent, in lines."""

import pytest

from agents.definitions import versions
from agents.models import Agent

MODEL = {"api_key": "a", "provider": "openai", "model": "gpt-5-mini"}


def lines(name: str, before, after) -> list[tuple[str, str]]:
    """The lines of one field that changed."""
    content = Agent(name="Editor").content
    (change,) = versions.changed(content | {name: before}, content | {name: after})
    return change.lines


@pytest.mark.parametrize(
    ("name", "before", "after", "expected"),
    [
        ("name", "Editor", "Reader", [("-", "Editor"), ("+", "Reader")]),
        ("instructions", "a\nb", "a\nc", [(" ", "a"), ("-", "b"), ("+", "c")]),
        ("instructions", "", "a", [("+", "a")]),
        ("instructions", "--- a", "", [("-", "--- a")]),
        ("starters", ["a", "b"], ["b"], [("-", "a"), (" ", "b")]),
        ("chat_model", None, MODEL, [("+", "openai · gpt-5-mini")]),
        ("chat_model", MODEL, MODEL | {"api_key": None}, [("@", "The same model under another key.")]),
        (
            "chat_model",
            MODEL,
            MODEL | {"settings": {"temperature": 1}, "fallbacks": [MODEL]},
            [(" ", "openai · gpt-5-mini"), ("+", "Temperature: 1"), ("+", "Then openai · gpt-5-mini")],
        ),
        ("allowed_app_default_toolkit", None, ["search"], [("+", "search")]),
    ],
    ids=lambda value: str(value)[:20],
)
def test_lines(name, before, after, expected):
    assert lines(name, before, after) == expected


def test_far_lines_are_left_out():
    text = [str(number) for number in range(40)]
    found = lines("instructions", "\n".join(text), "\n".join(["x", *text[1:30], "y", *text[31:]]))
    assert found.count(("@", "")) == 1
    assert [line for line in found if line[0] in "+-"] == [("-", "0"), ("+", "x"), ("-", "30"), ("+", "y")]


def test_texts_that_are_too_long_are_not_compared():
    ((kind, _said),) = lines("instructions", "a\n" * 3000, "b\n" * 3000)
    assert kind == "@"


def test_nothing_changed():
    content = Agent(name="Editor").content
    assert versions.changed(content, content) == []
