"""What servers count: figures that cannot be spoil neither an answer nor its cost."""

import json

import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st

from agents import engine
from agents.engine import chat
from agents.engine.usage import MOST_TOKENS
from tests.agents.engine.conftest import Heard, Wire
from tests.agents.engine.test_reply import server

USER = engine.Turn.of("user", "Hello")
FIGURES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3), st.just([1]))
ODD = [-5, None, True, 2**70]


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ((100, 7, 60, 3, 30), engine.Usage(100, 7, 60, 3, 30)),
        ((100.0, 7, None, None, None), engine.Usage(100, 7)),
        ((10, 7, 60), engine.Usage(10, 7, 60, adds_up=False)),
        ((100, 7, 60, 0, 60), engine.Usage(100, 7, 60, 0, 60, adds_up=False)),
        ((100, 7, 0, 8), engine.Usage(100, 7, 0, 8, adds_up=False)),
        ((0, 7), engine.Usage(0, 7, adds_up=False)),
        ((-5, 7), engine.Usage(0, 7, adds_up=False)),
        ((100, None), engine.Usage(100, 0, adds_up=False)),
        ((True, 7), engine.Usage(0, 7, adds_up=False)),
        ((2**70, 7), engine.Usage(0, 7, adds_up=False)),
        ((100, 7, -1), engine.Usage(100, 7, adds_up=False)),
    ],
)
def test_what_is_made_of_figures(figures, expected):
    assert engine.Usage.of(*figures) == expected


@pytest.mark.parametrize(("total", "written"), [(399, 387), (13, 1), (None, 1), ("399", 1)])
def test_thoughts_that_are_counted_beside_the_answer_are_written_too(total, written):
    told = {"prompt_tokens": 12, "completion_tokens": 1, "total_tokens": total}
    usage = chat.usage_of(told | {"completion_tokens_details": {"reasoning_tokens": 386}})
    assert (usage.output_tokens, usage.reasoning_tokens, usage.adds_up) == (written, 386, written == 387)


@given(st.lists(FIGURES, min_size=2, max_size=5))
@settings(deadline=None)
def test_whatever_is_counted_can_be_stored_and_asked_for_its_price(figures):
    usage = engine.Usage.of(*figures)
    assert all(type(count) is int and 0 <= count <= MOST_TOKENS for count in usage.as_dict().values())
    price = engine.cost("https://api.openai.com/v1", "gpt-4o-mini", usage)
    assert (price is None) == (not usage.adds_up)


async def _lines(request: web.Request, *lines: str) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    for line in lines:
        await response.write(f"{line}\n\n".encode())
    return response


def _openai(odd) -> list[str]:
    usage = {"prompt_tokens": odd, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 900}}
    chunks = [{"choices": [{"delta": {"content": "whole"}, "finish_reason": "stop"}]}, {"choices": [], "usage": usage}]
    return [f"data: {json.dumps(chunk)}" for chunk in chunks]


def _anthropic(odd) -> list[str]:
    usage = {"input_tokens": odd, "output_tokens": 1, "cache_read_input_tokens": -900}
    message = {"id": "m", "type": "message", "role": "assistant", "model": "claude-sonnet-4-5", "content": []}
    start = message | {"stop_reason": None, "stop_sequence": None, "usage": usage}
    events = [
        {"type": "message_start", "message": start},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "whole"}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": odd}},
        {"type": "message_stop"},
    ]
    return [f"event: {event['type']}\ndata: {json.dumps(event)}" for event in events]


def _google(odd) -> list[str]:
    counted = {"promptTokenCount": odd, "candidatesTokenCount": 3, "cachedContentTokenCount": 900}
    content = {"role": "model", "parts": [{"text": "whole"}]}
    chunk = {"candidates": [{"content": content, "finishReason": "STOP"}], "usageMetadata": counted}
    return [f"data: {json.dumps(chunk)}"]


SERVICES = {
    "openai": ("/v1/chat/completions", "m", _openai),
    "anthropic": ("/v1/messages", "claude-sonnet-4-5", _anthropic),
    "google": ("/v1beta/models/gemini-2.5-flash:streamGenerateContent", "gemini-2.5-flash", _google),
}


@pytest.mark.parametrize("protocol", SERVICES)
async def test_that_a_request_was_taken_is_told_once(protocol):
    path, model, lines = SERVICES[protocol]
    heard = Heard()
    async with server(lambda request: _lines(request, *lines(7)), path=path) as place:
        base = place.base_url if protocol == "openai" else place.base_url.removesuffix("/v1")
        endpoint = engine.Endpoint(protocol, base, "secret123", True)
        await engine.reply(engine.Ask(endpoint, model, (USER,), max_tokens=100), heard.take)
    assert heard.accepted == 1


async def test_a_request_that_was_refused_was_not_taken(wire: Wire, naps):
    heard = await wire.hear("fake-e503")
    assert (type(heard.error), heard.accepted) == (engine.Overloaded, 0)


async def test_an_empty_answer_tells_what_it_took():
    heard = Heard()
    lines = (
        'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}',
        'data: {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 3}}',
        "data: [DONE]",
    )
    async with server(lambda request: _lines(request, *lines)) as place:
        with pytest.raises(engine.EmptyReply) as caught:
            await engine.reply(engine.Ask(place, "m", (USER,)), heard.take)
    assert caught.value.usage == engine.Usage(7, 3)
    assert (heard.events, heard.accepted) == ([], 1)


@pytest.mark.parametrize("protocol", SERVICES)
@pytest.mark.parametrize("odd", ODD, ids=repr)
async def test_an_answer_stays_whole_whatever_is_counted(protocol, odd):
    path, model, lines = SERVICES[protocol]
    heard = Heard()
    async with server(lambda request: _lines(request, *lines(odd)), path=path) as place:
        base = place.base_url if protocol == "openai" else place.base_url.removesuffix("/v1")
        endpoint = engine.Endpoint(protocol, base, "secret123", True)
        await engine.reply(engine.Ask(endpoint, model, (USER,), max_tokens=100), heard.take)
    assert heard.text == "whole"
    assert heard.ends[-1] == engine.Finish("stop")
    assert heard.usage is None or engine.cost(base, "gpt-4o", heard.usage, "openai") is None
