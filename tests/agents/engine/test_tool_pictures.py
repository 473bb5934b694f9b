"""Pictures that tools gave go to models that see, as each protocol wants them, and never to others."""

import base64

import pytest

from agents import engine
from agents.engine import Manners
from agents.engine.manners import applied
from tests.agents.engine.conftest import Wire
from tests.agents.engine.test_services import LOOK, NAMED, last

PNG = b"\x89PNG\r\n\x1a\n picture"
DATA = base64.b64encode(PNG).decode()
USER = engine.Turn.of("user", "Look.")
CALL = {"type": "tool-call", "toolCallId": "call00001", "toolName": "look_up", "args": {"word": "x"}}
SHOWN = {"type": "tool-result", "toolCallId": "call00001", "result": "A shot.", "images": ()}
SHOWN |= {"images": ({"type": "image", "image": PNG, "mimeType": "image/png", "name": "look_up 1"},)}
SEEN = engine.Turn("assistant", (CALL, SHOWN))
ANSWERED = engine.Turn("assistant", (CALL, SHOWN, {"type": "text", "text": "A cat."}))

every = pytest.mark.parametrize("service", ["openai", "groq", "ollama", *NAMED], indirect=True)


async def asked(service: Wire, *turns: engine.Turn, without: tuple[str, ...] = ()) -> dict:
    """What the service got; it has answered."""
    manners = Manners(frozenset(without))
    name = NAMED.get(service.provider, "") + "fake-plain-n3"
    heard = await service.hear(name, turns=turns, tools=(LOOK,), max_tokens=100, manners=manners)
    assert heard.error is None
    return (await last(service))["body"]


def places(value: object, path: str = "") -> list[str]:
    """Where in a body the picture lies."""
    if isinstance(value, dict):
        return [one for name, inner in value.items() for one in places(inner, f"{path}.{name}")]
    if isinstance(value, list):
        return [one for n, inner in enumerate(value) for one in places(inner, f"{path}.{n}")]
    return [path] if isinstance(value, str) and DATA.rstrip("=") in value.replace("_", "/").replace("-", "+") else []


@every
async def test_the_picture_goes_along_once(service: Wire):
    assert len(places(await asked(service, USER, SEEN))) == 1
    assert len(places(await asked(service, USER, ANSWERED, engine.Turn.of("user", "And now?")))) == 1


@every
async def test_a_model_that_sees_no_pictures_is_told_in_words(service: Wire):
    body = await asked(service, USER, SEEN, without=("images",))
    assert places(body) == []
    assert "The image “look_up 1” is not here: this model sees no images." in str(body)
    assert "A shot." in str(body)


@pytest.mark.parametrize("service", ["openai"], indirect=True)
async def test_chat_completions_get_it_as_a_question_behind_the_result(service: Wire):
    body = await asked(service, USER, SEEN)
    assert [message["role"] for message in body["messages"]] == ["user", "assistant", "tool", "user"]
    assert body["messages"][2]["content"] == "A shot."
    told, picture = body["messages"][3]["content"]
    assert told["text"] == "[Pictures of the result of look_up:]"
    assert picture["image_url"]["url"] == f"data:image/png;base64,{DATA}"


@pytest.mark.parametrize("service", ["anthropic"], indirect=True)
async def test_claude_gets_it_within_the_result(service: Wire):
    body = await asked(service, USER, SEEN)
    (block,) = body["messages"][-1]["content"]
    assert [part["type"] for part in block["content"]] == ["text", "image"]
    assert block["content"][1]["source"]["data"] == DATA


@pytest.mark.parametrize("service", ["responses"], indirect=True)
async def test_responses_get_it_within_the_output_of_the_call(service: Wire):
    (place,) = places(await asked(service, USER, SEEN))
    assert place.startswith(".input.")
    assert ".output." in place


def turns_of(ask: engine.Ask) -> list[tuple[str, list[str]]]:
    return [(turn.role, [part["type"] for part in turn.parts]) for turn in applied(ask).turns]


def of(provider: str, *turns: engine.Turn, **options) -> engine.Ask:
    endpoint = engine.Endpoint(engine.protocol_of(provider), "https://api.example.com/v1", provider=provider)
    return engine.Ask(endpoint, "m", turns, tools=(LOOK,), **options)


def test_several_results_and_what_was_said_behind_them_stay_in_order():
    twice = [CALL, CALL | {"toolCallId": "call00002"}, SHOWN, SHOWN | {"toolCallId": "call00002"}]
    said = engine.Turn("assistant", (*twice, {"type": "text", "text": "Two cats."}))
    assert turns_of(of("openai_compatible", USER, said, engine.Turn.of("user", "Sure?"))) == [
        ("user", ["text"]),
        ("assistant", ["tool-call", "tool-call", "tool-result", "tool-result"]),
        ("user", ["text", "image", "text", "image"]),
        ("assistant", ["text"]),
        ("user", ["text"]),
    ]


def test_a_reply_that_was_stopped_behind_its_pictures_goes_with_the_next_question():
    found = turns_of(of("openai_compatible", USER, SEEN, engine.Turn.of("user", "Well?")))
    assert found[2:] == [("user", ["text", "image", "text"])]


def test_where_turns_must_alternate_the_pictures_are_announced():
    ask = of("openai_compatible", USER, SEEN, manners=Manners(frozenset({"turns"})))
    assert applied(ask).turns[1].parts[-1]["text"] == "[The pictures of the result follow.]"


def test_pictures_of_tools_count_among_those_that_a_model_takes():
    other = engine.Turn("user", ({"type": "image", "image": PNG, "mimeType": "image/png", "name": "mine"},))
    found = applied(of("anthropic", other, SEEN, manners=Manners(most_images=1)))
    assert "mine" in found.turns[0].text
    assert len(found.turns[-1].parts[-1]["images"]) == 1
    assert "image " in SEEN.weight


def test_a_model_without_tools_is_told_that_there_were_pictures():
    found = applied(of("anthropic", USER, SEEN, manners=Manners(frozenset({"tools"}))))
    assert "[1 of its pictures cannot go along.]" in found.turns[-1].text
