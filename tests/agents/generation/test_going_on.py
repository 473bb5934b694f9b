"""Going on with a text: how both pieces are joined, and what is handed on while they come."""

import asyncio
from types import SimpleNamespace

import pytest

from agents import catalog, engine
from agents.catalog import Model, Reached, Reference
from agents.generation import generate, going_on
from agents.generation.report import Report

HALF = "The ship left the harbour at dawn and turned to the nor"


@pytest.mark.parametrize(
    ("half", "more", "whole"),
    [
        (HALF, "turned to the north, where", "The ship left the harbour at dawn and turned to the north, where"),
        (HALF, "\n\nturned to the north, where", "The ship left the harbour at dawn and turned to the north, where"),
        (HALF, "…turned to the north", "The ship left the harbour at dawn and turned to the north"),
        ("It was cold.", "Then it rained.", "It was cold. Then it rained."),
        ("It was cold.", "It was cold. Then it rained.", "It was cold. Then it rained."),
        ("It was cold. ", "It was cold. Then", "It was cold. Then"),
        ("It was cold. ", "Then", "It was cold. Then"),
        ("It was cold.", "\n\nThen", "It was cold.\n\nThen"),
        ("I have a", "a cat", "I have a cat"),
        ("They ran", "and hid", "They ran and hid"),
        ("The sum is 4", "2 of them", "The sum is 4 2 of them"),
        ("The word (un", "un)", "The word (un)"),
        ("咖啡很", "好喝。", "咖啡很好喝。"),
        ("- one\n- tw", "- two\n- three", "- one\n- two\n- three"),
        ("```python\nx = 1\ny", "```python\ny = 2\n```", "```python\nx = 1\ny = 2\n```"),
        ("```\na\n```\nSo", "```\nb\n```", "```\na\n```\nSo```\nb\n```"),
        ("Half", "", "Half"),
        ("Half", "Half", "Half"),
        ("", "All", "All"),
    ],
)
def test_what_comes_is_joined_to_the_half(half, more, whole):
    assert half + going_on.joined(half, more) == whole


@pytest.mark.parametrize(
    ("half", "named"),
    [
        ("Short.", "Short."),
        ("Short. \n", "Short."),
        (HALF + " ", HALF),
        ("x " * 40, ("x " * 30)[:-1]),
        ("a" * 200, "a" * 60),
    ],
)
def test_the_last_words_begin_with_a_word(half, named):
    found = going_on.last_words(half)
    assert found == named
    assert going_on.asking(half).text.endswith(f"They are: {named}")


def heard(half: str, *events: engine.Event) -> list[engine.Event]:
    found: list[engine.Event] = []
    joint = going_on.Joint(half, found.append)
    for event in events:
        joint(event)
    joint.flush()
    return found


def texts(*said: str) -> list[engine.Text]:
    return [engine.Text(one) for one in said]


def test_words_are_held_back_until_it_is_known_what_they_repeat():
    rest = [f"word{n} " for n in range(60)]
    found = heard(HALF, *texts("turned ", "to the ", "north, ", *rest), engine.Finish("stop"))
    assert HALF + "".join(event.text for event in found[:-1]) == f"{HALF}th, {''.join(rest)}"
    assert len(found) > 40, "the rest streams as it comes"
    assert found[-1] == engine.Finish("stop")


def test_a_thought_does_not_part_the_text():
    found = heard(HALF, engine.Reasoning("They want more."), engine.Signature({"x": {}}), *texts("th"))
    assert found == texts(" th")


def test_what_was_a_thought_is_none_of_the_text():
    assert heard("Half", *texts("I think"), engine.Reconsidered(), *texts("of it.")) == texts(" of it.")


def test_a_call_comes_behind_what_was_said():
    call = engine.ToolCall("c", "look", {})
    assert heard("Half", *texts(" of it."), call) == [*texts(" of it."), call]


def test_tokens_are_noted_at_once():
    usage = engine.Usage(1, 1)
    assert heard("Half", *texts(" of it."), usage) == [usage, *texts(" of it.")]


def test_a_signed_half_goes_on_unsigned():
    cited = {"type": "source", "number": 1}
    half = {"type": "text", "text": "Half", "providerMetadata": {"google": {"thoughtSignature": "s"}}}
    assert going_on.base([half, cited]) == ({"type": "text", "text": "Half"},)
    call = {"type": "tool-call", "toolCallId": "c", "toolName": "t", "args": {}, "providerMetadata": {"google": {}}}
    assert going_on.base([call]) == (call,)


@pytest.mark.parametrize("can_continue", [True, False])
@pytest.mark.parametrize("error", [None, engine.CutOff()])
def test_a_model_is_given_the_half_as_it_takes_it(monkeypatch, can_continue, error):
    asked, said = [], []
    model = Model("openai_compatible", "m", "M", 8192, can_continue=can_continue)

    async def reach(reference, workspace):
        return Reached(model, engine.Endpoint("openai", "http://127.0.0.1:1/v1"))

    async def remember(*_):
        """Nothing was learned."""

    async def reply(ask, sink, limits=None, pace=None):
        asked.append(ask)
        sink(engine.Text(" so." if can_continue else "Half so."))
        if error:
            raise error

    monkeypatch.setattr(catalog, "reach", reach)
    monkeypatch.setattr(catalog, "remember", remember)
    monkeypatch.setattr(engine, "reply", reply)
    turns = (engine.Turn.of("user", "Well?"),)
    question = generate.Question((Reference(None, "openai_compatible", "m"),), None, {}, None, "", turns)
    work = SimpleNamespace(context=question, base=({"type": "text", "text": "Half"},), run_id=None, topic="")
    answering = generate.Answering(work, Report(), None)
    try:
        asyncio.run(answering.make(said.append))
    except engine.CutOff:
        assert error
    assert "".join(event.text for event in said) == " so.", "nothing that came is lost"
    (ask,) = asked
    assert ask.continue_last is can_continue
    assert [turn.role for turn in ask.turns][1:] == ["user", "assistant", *([] if can_continue else ["user"])]
