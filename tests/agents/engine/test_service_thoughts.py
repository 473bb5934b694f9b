"""Thoughts among the text of services that are asked by the model library, and what is signed."""

import pytest

from agents import engine
from agents.engine.partial import PartialReply
from agents.engine.values import Limits, Reasoning, Reconsidered, Text
from tests.agents.engine.conftest import Wire
from tests.agents.engine.test_bodies import answered, events
from tests.agents.engine.test_faults import words
from tests.agents.engine.test_services import ADD, library, name

TAGS = ("think", "lone", "close", "mistral", "thought", "reasoning")


@library
@pytest.mark.parametrize("tags", TAGS)
async def test_a_thought_among_the_text(service: Wire, tags):
    heard = await service.hear(name(service, f"fake-plain-n8-think-thoughts_{tags}"))

    assert heard.error is None
    assert (heard.reasoning.split(), heard.text.split()) == (words(4).split(), words(8, first=4).split())


@library
@pytest.mark.parametrize("tags", ["close", "think", "unclosed"])
async def test_a_thought_among_the_text_right_before_a_call(service: Wire, tags):
    script = name(service, f"fake-plain-n8-think-thoughts_{tags}-tool")

    heard = await service.hear(script, tools=(ADD,))

    assert (heard.error, len(heard.calls)) == (None, 1)
    assert (heard.reasoning.split(), heard.text) == (words(4).split(), "")
    assert [part["type"] for part in heard.parts] == ["reasoning", "tool-call"]


@library
async def test_a_thought_alone_is_no_answer(service: Wire):
    await service.post("/_script", {"model": name(service, "told"), "text": "<think>Hm."})

    heard = await service.hear(name(service, "told"))

    assert (heard.reasoning, heard.text, type(heard.error)) == ("Hm.", "", engine.ThoughtOnly)


@library
@pytest.mark.parametrize(
    "text",
    ["A thought ends with `</think>`. It is a tag.", "see <think>this</think>\n", "One [link](a), a < b and [/THI"],
)
async def test_tags_that_are_talked_about_stay_text(service: Wire, text):
    await service.post("/_script", {"model": name(service, "told"), "text": text})

    heard = await service.hear(name(service, "told"))

    assert (heard.error, heard.reasoning, heard.text) == (None, "", text)


@library
async def test_a_service_that_sends_thoughts_apart_may_talk_about_tags(service: Wire):
    text = "It ends so:\n</think>\nThat is all."
    await service.post("/_script", {"model": name(service, "told"), "reasoning": "Hm.", "text": text})

    heard = await service.hear(name(service, "told"), reasoning="low")

    assert (heard.error, heard.reasoning, heard.text) == (None, "Hm.", text)


@library
async def test_what_was_held_back_is_there_when_the_answer_breaks_off(service: Wire):
    script = {"model": name(service, "told"), "text": "So </thixx", "piece": 2, "like": "fake-eof4"}
    await service.post("/_script", script)

    heard = await service.hear(name(service, "told"))

    assert (heard.text, type(heard.error)) == ("So </thi", engine.CutOff)


def test_what_is_held_back_of_the_text_comes_before_a_thought():
    heard = []
    partial = PartialReply(heard.append, Limits())

    partial.take(Text, "<thi")
    partial.take(Reasoning, "Hm.")
    partial.take(Text, "So.")

    assert heard == [Text("<thi"), Reasoning("Hm."), Text("So.")]


def test_what_follows_a_call_is_read_anew():
    heard = []
    partial = PartialReply(heard.append, Limits(), "Two and")

    partial.take(Text, " two.\n</think>\nFour.")
    partial.leave(goes_on=True)
    partial.take(Text, "</think>\nFive.")

    assert heard == [Text(" two.\n"), Reconsidered(), Text("Four."), Text("Five.")]


# ---- signatures ------------------------------------------------------------------------------------------
async def test_a_signature_without_end_is_stopped():
    """It comes in pieces, and is kept with the reply."""
    begun = {"index": 0, "content_block": {"type": "thinking", "thinking": "", "signature": ""}}
    piece = {"index": 0, "delta": {"type": "signature_delta", "signature": "c2ln" * 1000}}
    usage = {"input_tokens": 3, "output_tokens": 1}
    message = {"id": "m", "type": "message", "role": "assistant", "model": "c", "content": [], "usage": usage}
    stream = [("message_start", {"message": message | {"stop_reason": None, "stop_sequence": None}})]
    stream += [("content_block_start", begun), *[("content_block_delta", piece)] * 300]

    heard = await answered("anthropic", events(*stream), "text/event-stream")

    assert type(heard.error) is engine.TooLong
