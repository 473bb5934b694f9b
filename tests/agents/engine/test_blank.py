"""Blank text goes nowhere: one such block makes a service refuse a whole conversation, and every one after it."""

import contextlib
import importlib
import json
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents import engine
from agents.engine import chat, services
from agents.engine.parts import spoken
from bench import scripted_anthropic
from bench.scripted_google import SIGNATURE, check_contents
from bench.scripted_openai import check_messages
from bench.scripted_responses import check_input, encrypted
from tests.agents.engine.conftest import Wire
from tests.agents.engine.test_faults import words

MODELS = {
    "openai": "some-model",
    "responses": "gpt-5.6-terra",
    "anthropic": "claude-sonnet-4-5",
    "google": "gemini-2.5-flash",
}
BLANKS = ("", " ", "\n\n", "\n \n", "\t\u00a0\u3000")
TEXTS = st.sampled_from([*BLANKS, "words", " words\n"])
SIGNED = {
    "openai": {"itemId": "rs_1", "reasoningEncryptedContent": encrypted("rs_1"), "phase": "commentary"},
    "google": {"thoughtSignature": SIGNATURE},
}
#: Who refuses which conversation, of the scripted services.
CHECKS = {
    "openai": lambda body: check_messages(body["messages"]),
    "responses": lambda body: check_input(body["input"], is_kept=body["store"]),
    "anthropic": lambda body: scripted_anthropic.check_messages(body["messages"], thinks=False),
    "google": lambda body: check_contents(body["contents"]),
}


def part(kind: str, text: str, *, is_signed: bool) -> dict:
    said = text if text.strip() else ""
    signed = SIGNED | {"anthropic": {"signature": scripted_anthropic.signature_of(said)}}
    return {"type": kind, "text": text} | ({"providerMetadata": signed} if is_signed else {})


SAID = st.builds(part, st.just("text"), TEXTS, is_signed=st.booleans())
THOUGHT = st.builds(part, st.just("reasoning"), TEXTS, is_signed=st.booleans())
IMAGE = st.just({"type": "image", "image": b"\x89PNG\r\n\x1a\n", "mimeType": "image/png"})
RESULTS = st.one_of(TEXTS, st.none(), st.lists(TEXTS, max_size=2), st.dictionaries(st.just("a"), TEXTS), st.integers())


def called(n: int, result: object, *, is_error: bool) -> list[dict]:
    call = {"type": "tool-call", "toolCallId": f"c{n}", "toolName": "look", "args": {}}
    return [call, {"type": "tool-result", "toolCallId": f"c{n}", "result": result, "isError": is_error}]


STEP = st.tuples(st.lists(st.one_of(SAID, THOUGHT), max_size=3), st.none() | st.tuples(RESULTS, st.booleans()))


@st.composite
def answers(draw) -> engine.Turn:
    parts: list[dict] = []
    for n, (said, result) in enumerate(draw(st.lists(STEP, max_size=3))):
        parts += said + (called(n, result[0], is_error=result[1]) if result else [])
    return engine.Turn("assistant", tuple(parts))


QUESTIONS = st.lists(st.one_of(SAID, IMAGE), max_size=3).map(lambda parts: engine.Turn("user", tuple(parts)))
SYSTEM = TEXTS.map(lambda text: engine.Turn.of("system", text))
CONVERSATIONS = st.tuples(SYSTEM, st.lists(st.one_of(QUESTIONS, answers()), max_size=4)).map(
    lambda found: (found[0], engine.Turn.of("user", "Begin."), *found[1], engine.Turn.of("user", "Go on."))
)


class Recorder:
    """A line that takes a request instead of a server."""

    body: dict

    def __init__(self) -> None:
        partial = services.Speech(print, engine.Limits())
        self.exchange = SimpleNamespace(partial=partial, watch=contextlib.nullcontext(), close=lambda: None)

    async def send(self, request):
        self.body = json.loads(await request.aread())
        raise ConnectionError


async def body_of(protocol: str, turns: tuple[engine.Turn, ...]) -> dict:
    ask = engine.Ask(engine.Endpoint(protocol, "http://127.0.0.1/v1", "key"), MODELS[protocol], spoken(turns))
    if protocol == "openai":
        return chat.body_of(ask)
    service, recorder = importlib.import_module(f"agents.engine.{protocol}_service"), Recorder()
    with contextlib.suppress(Exception):
        await services._play(services._question(ask, service), recorder)
    return recorder.body


def texts(found: object, key: str = "") -> Iterator[str]:
    """Every text of a body that stands as a block or as a content of its own."""
    if isinstance(found, str) and key in ("text", "content", "output"):
        yield found
    elif isinstance(found, list):
        for one in found:
            yield from texts(one, key)
    elif isinstance(found, dict) and not (found.get("thought") or "functionResponse" in found):
        for name, value in found.items():
            yield from texts(value, name)


@pytest.mark.parametrize("protocol", MODELS)
@given(turns=CONVERSATIONS)
@settings(max_examples=25, deadline=None)
async def test_no_body_holds_a_blank_text_or_is_refused(protocol, turns):
    body = await body_of(protocol, turns)

    found = list(texts(body))
    assert found
    assert [text for text in found if not text.strip()] == []
    CHECKS[protocol](body)


@pytest.mark.parametrize("protocol", MODELS)
async def test_what_a_model_said_before_a_call(protocol):
    """Most models say two line ends before they call a tool."""
    said = engine.Turn("assistant", ({"type": "text", "text": "\n\n"}, *called(1, "", is_error=False)))

    body = await body_of(protocol, (engine.Turn.of("user", "Look."), said))

    assert [text for text in texts(body) if not text.strip()] == []
    assert "(nothing)" in json.dumps(body)
    assert "look" in json.dumps(body)


@pytest.mark.parametrize("protocol", MODELS)
async def test_blanks_between_words_and_beside_a_picture(protocol):
    asked = ({"type": "text", "text": "One"}, {"type": "text", "text": "\n"}, {"type": "text", "text": "two"})
    picture = {"type": "image", "image": b"\x89PNG\r\n\x1a\n", "mimeType": "image/png"}
    beside = engine.Turn("user", ({"type": "text", "text": "   "}, picture))

    body = await body_of(protocol, (engine.Turn("user", asked), beside))

    assert [text for text in texts(body) if not text.strip()] == []
    if protocol == "openai":
        assert body["messages"][0]["content"] == "One\ntwo"  # as they were written
        assert [piece["type"] for piece in body["messages"][1]["content"]] == ["image_url"]


@pytest.mark.parametrize("protocol", MODELS)
async def test_an_answer_that_says_nothing_is_left_out(protocol):
    turns = (engine.Turn.of("user", "One?"), engine.Turn.of("assistant", "\n \n"), engine.Turn.of("user", "Two?"))

    body = await body_of(protocol, turns)

    told = json.dumps(body.get("messages") or body.get("input") or body.get("contents"))
    assert not [role for role in ('"assistant"', '"model"') if role in told]
    assert told.index("One?") < told.index("Two?")


@pytest.mark.parametrize("protocol", MODELS)
async def test_a_thought_that_led_to_nothing_is_left_out(protocol):
    """A reply that was stopped while it thought; services refuse an answer that ends with its thought."""
    thought = part("reasoning", "Hm.", is_signed=True)
    said = engine.Turn("assistant", (*called(1, "found", is_error=False), thought))

    body = await body_of(protocol, (engine.Turn.of("user", "Look."), said, engine.Turn.of("user", "Well?")))

    assert "Hm." not in json.dumps(body)
    assert "found" in json.dumps(body)


@pytest.mark.parametrize("service", ["responses", "anthropic", "google", "openai"], indirect=True)
async def test_a_conversation_goes_on_with_another_model(service: Wire):
    """As it came from one that says line ends before calls, was empty once, and was stopped once while it thought."""
    turns = [engine.Turn.of("system", " "), engine.Turn.of("user", "Look.")]
    turns += [engine.Turn("assistant", ({"type": "text", "text": "\n\n"}, *called(1, "", is_error=True)))]
    turns += [engine.Turn.of("user", "Well?"), engine.Turn.of("assistant", "\n \n"), engine.Turn.of("user", "And?")]
    turns += [engine.Turn("assistant", ({"type": "reasoning", "text": "Hm."},)), engine.Turn.of("user", "Go on.")]

    heard = await service.hear(f"{MODELS[service.provider]}/fake-plain-n2", turns=tuple(turns))

    assert (heard.error, heard.text) == (None, words(2))


@pytest.mark.parametrize(
    ("parts", "left"),
    [
        ([("text", "a"), ("text", "\n"), ("text", "b")], [("text", "a\n"), ("text", "b")]),
        ([("text", " "), ("reasoning", "\n"), ("text", "b")], [("text", "b")]),
        ([("reasoning", "Hm."), ("text", "\n")], []),
        ([("text", "")], []),
    ],
)
def test_what_is_left_of_an_answer(parts, left):
    turn = engine.Turn("assistant", tuple({"type": kind, "text": text} for kind, text in parts))

    found = [(part["type"], part["text"]) for turn in spoken([turn]) for part in turn.parts]

    assert found == left


@pytest.mark.parametrize(("text", "is_continued"), [("One ", True), ("\n\n", False)])
async def test_there_is_no_going_on_with_blanks(wire: Wire, text, is_continued):
    """A reply that was stopped behind its tool, when it had said a line end."""
    said = engine.Turn("assistant", (*called(1, "found", is_error=False), {"type": "text", "text": text}))

    heard = await wire.hear(
        "fake-plain-n2-continues", turns=(engine.Turn.of("user", "Look."), said), continue_last=True
    )

    (body,) = await wire.get("/_requests")
    assert heard.error is None
    assert body.get("continue_final_message", False) is is_continued
