"""A reply from the request to the last event, over a real connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from agents import engine
from tests.agents.engine.conftest import Heard, Wire
from tests.agents.engine.test_faults import words

USER = engine.Turn.of("user", "Count.")


@asynccontextmanager
async def server(answer, method: str = "POST", path: str = "/v1/chat/completions") -> AsyncIterator[engine.Endpoint]:
    """Serve one handler, for chat completions."""
    app = web.Application()
    app.router.add_route(method, path, answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield engine.Endpoint("openai", f"http://127.0.0.1:{runner.addresses[0][1]}/v1", "secret123", True)
    finally:
        await engine.close()
        await runner.cleanup()


async def test_events_in_order(wire: Wire):
    heard = await wire.hear("fake-plain-n10-think")

    assert heard.reasoning == words(5)
    assert heard.text == words(10, first=5)
    assert heard.ends == [engine.Usage(input_tokens=1, output_tokens=10), engine.Finish("stop")]
    kinds = [type(event) for event in heard.events]
    assert kinds.index(engine.Reasoning) < kinds.index(engine.Text) < kinds.index(engine.Usage)


async def test_deltas_are_handed_over_on_arrival(wire: Wire):
    heard, has_three = Heard(), asyncio.Event()

    def sink(event: engine.Event) -> None:
        heard.take(event)
        if heard.text == words(3):
            has_three.set()

    task = asyncio.create_task(engine.reply(wire.ask("fake-plain-n6-hold3"), sink))
    await has_three.wait()  # while the server still holds the rest back
    await wire.post("/_release", {})
    await task

    assert heard.text == words(6)


async def test_think_tags_are_reasoning(wire: Wire):
    heard = await wire.hear("fake-plain-n10-think-tags-r500")

    assert heard.reasoning == words(5)
    assert heard.text == words(10, first=5)


async def test_the_token_limit_is_a_reason(wire: Wire):
    heard = await wire.hear("fake-plain-n10", max_tokens=4)

    assert heard.text == words(4)
    assert heard.ends[-1] == engine.Finish("length")


async def test_what_is_sent(wire: Wire):
    turns = (
        engine.Turn.of("system", "Be brief."),
        engine.Turn.of("user", "Hi."),
        engine.Turn("assistant", ({"type": "reasoning", "text": "Hm."}, {"type": "text", "text": "Hello."})),
        engine.Turn.of("user", "Count."),
    )
    ask = wire.ask("fake-n1", *turns, temperature=0.2, max_tokens=7, extra={"top_k": 3})

    await engine.reply(ask, print)

    (body,) = await wire.get("/_requests")
    assert body == {
        "model": "fake-n1",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hi."},
            {"role": "assistant", "content": "Hello."},
            {"role": "user", "content": "Count."},
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.2,
        "max_tokens": 7,
        "top_k": 3,
    }


async def test_an_unfinished_text_is_continued(wire: Wire):
    ask = wire.ask("fake-plain-n9-continues", USER, engine.Turn.of("assistant", words(4)), continue_last=True)
    heard = Heard()

    await engine.reply(ask, heard.take)

    assert heard.text == words(9, first=4)
    (body,) = await wire.get("/_requests")
    assert body["messages"][-1] == {"role": "assistant", "content": words(4)}
    assert body["continue_final_message"] is True
    assert body["add_generation_prompt"] is False


async def test_a_part_that_cannot_be_sent(wire: Wire):
    ask = wire.ask("fake-n1", engine.Turn("user", ({"type": "hologram"},)))

    with pytest.raises(engine.UnsupportedPart):
        await engine.reply(ask, print)

    assert (await wire.get("/_stats"))["requests"] == 0


async def test_given_text_arrives_as_it_is(wire: Wire):
    text = '# Tïtle\n\n| a | b |\n|---|---|\n| "1" | \\2 |\n\n```py\nprint("<think>")\n```\n'
    await wire.post("/_script", {"model": "told", "text": text, "reasoning": "Let me see.", "piece": 3})

    heard = await wire.hear("told")

    assert heard.text == text
    assert heard.reasoning == "Let me see."


async def test_cancelling_closes_the_request_at_once(wire: Wire):
    heard = Heard()
    task = asyncio.create_task(engine.reply(wire.ask("fake-plain-n9-hold3"), heard.take))
    await wire.wait("held")

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    stats = await wire.wait("aborted")
    assert stats["now"] == 0
    assert heard.text == words(3)


async def test_cancelling_before_the_answer(wire: Wire):
    task = asyncio.create_task(engine.reply(wire.ask("fake-t600000"), print))
    await wire.wait("now")

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    await wire.wait("aborted")


async def test_retry_waits_at_least_as_long_as_asked(wire: Wire, naps: list[float]):
    heard = await wire.hear("fake-plain-n3-e429x2")

    assert heard.error is None
    assert heard.text == words(3)
    assert len(naps) == 2
    assert all(1 <= nap <= 1.5 for nap in naps)


async def test_a_server_that_asks_for_too_long_a_wait(wire: Wire, naps: list[float]):
    heard = await wire.hear("fake-e429", engine.Limits(longest_wait=0.5))

    assert isinstance(heard.error, engine.RateLimited)
    assert heard.error.retry_after == 1
    assert naps == []


async def test_retry_by_itself_is_spread(wire: Wire, naps: list[float]):
    heard = await wire.hear("fake-plain-n3-html502x2")

    assert heard.text == words(3)
    assert [0 <= nap <= limit for nap, limit in zip(naps, (0.5, 1), strict=True)] == [True, True]


async def test_no_retries_when_none_are_allowed(wire: Wire, naps: list[float]):
    await wire.hear("fake-e500", engine.Limits(retries=0))

    assert naps == []
    assert (await wire.get("/_stats"))["requests"] == 1


async def test_complete_gives_the_answer_alone(wire: Wire):
    assert await engine.complete(wire.ask("fake-plain-n6-think")) == words(6, first=3)


async def test_many_at_once_keep_apart(wire: Wire):
    heard = await asyncio.gather(*(wire.hear(f"fake-plain-n{n}") for n in range(1, 61)))

    assert [one.text for one in heard] == [words(n) for n in range(1, 61)]


async def test_an_address_inside_needs_the_operators_word(wire: Wire):
    endpoint = engine.Endpoint("openai", f"{wire.url}/v1", "key", trusted=False)

    with pytest.raises(engine.AddressRefused) as caught:
        await engine.reply(engine.Ask(endpoint, "fake-n1", (USER,)), print)

    assert "127.0.0.1" not in f"{caught.value} {caught.value.params}"
    assert (await wire.get("/_stats"))["requests"] == 0


async def test_each_key_goes_with_its_own_endpoint():
    seen = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Authorization"))
        return web.Response(text="data: [DONE]\n\n", content_type="text/event-stream")

    async with server(answer) as endpoint:
        for key in ("one", "two", "", "one"):
            mine = engine.Endpoint("openai", endpoint.base_url, key, True)
            with pytest.raises(engine.EmptyReply):
                await engine.reply(engine.Ask(mine, "m", (USER,)), print)

    assert seen == ["Bearer one", "Bearer two", None, "Bearer one"]


async def test_connections_are_used_again(wire: Wire):
    peers = []

    async def answer(request: web.Request) -> web.StreamResponse:
        peers.append(request.transport.get_extra_info("peername"))
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b'data: {"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}\n\n')
        await response.write(b"data: [DONE]\n\n")
        return response

    async with server(answer) as endpoint:
        for _ in range(3):
            assert await engine.complete(engine.Ask(endpoint, "m", (USER,))) == "a"

    assert len(set(peers)) == 1


async def _streamed(request: web.Request, *lines: str, pause: float = 0) -> web.StreamResponse:
    """A whole answer, then `lines` after a pause."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    await response.write(b'data: {"choices": [{"delta": {"content": "whole"}, "finish_reason": "stop"}]}\n\n')
    if pause:
        await asyncio.sleep(pause)
    for line in lines:
        await response.write(f"data: {line}\n\n".encode())
    return response


@pytest.mark.parametrize("usage", ["[1]", '"many"', '{"prompt_tokens": "x", "prompt_tokens_details": "y"}'])
async def test_figures_that_make_no_sense_spoil_no_answer(usage):
    async with server(lambda request: _streamed(request, f'{{"usage": {usage}}}', "[DONE]")) as endpoint:
        assert await engine.complete(engine.Ask(endpoint, "m", (USER,))) == "whole"


async def test_figures_that_come_late_spoil_no_answer():
    """A server may count for longer than it may be silent in the middle of an answer."""
    counted = '{"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 1}}'
    heard = Heard()
    async with server(lambda request: _streamed(request, counted, "[DONE]", pause=0.4)) as endpoint:
        await engine.reply(engine.Ask(endpoint, "m", (USER,)), heard.take, engine.Limits(idle=0.1))
    assert heard.ends == [engine.Usage(input_tokens=3, output_tokens=1), engine.Finish("stop")]


async def test_a_server_that_does_not_stream():
    async def answer(request: web.Request) -> web.Response:
        message = {"role": "assistant", "content": "whole"}
        return web.json_response({"choices": [{"message": message, "finish_reason": "stop"}]})

    async with server(answer) as endpoint:
        assert await engine.complete(engine.Ask(endpoint, "m", (USER,))) == "whole"


@pytest.mark.parametrize(
    ("kind", "text", "error"),
    [
        ("text/html", "<html>Welcome</html>", engine.Garbled),
        ("application/json", "{not json", engine.Garbled),
        ("application/json", '{"error": {"message": "no"}}', engine.UpstreamError),
        ("text/event-stream", 'error: {"message": "no", "type": "server_error"}\n', engine.UpstreamError),
        ("text/event-stream", 'data: {"error": "overloaded"}\n\n', engine.UpstreamError),
        ("text/event-stream", 'data: {"error": {"type": "rate_limit_error"}}\n\n', engine.RateLimited),
        (
            "text/event-stream",
            'data: {"error": {"code": "context_length_exceeded"}}\n\n',
            engine.ContextTooLong,
        ),
        ("text/event-stream", 'data: {"choices": "x"}\n\n', engine.Garbled),
        ("text/event-stream", "data: [1]\n\n", engine.Garbled),
    ],
)
async def test_answers_of_200_that_are_none(naps, kind, text, error):
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=text, content_type=kind)

    async with server(answer) as endpoint:
        with pytest.raises(error) as caught:
            await engine.reply(engine.Ask(endpoint, "m", (USER,)), print)

    assert type(caught.value) is error


async def test_a_passing_fault_after_the_first_token_is_not_tried_again(naps):
    hits, heard = [], Heard()

    async def answer(request: web.Request) -> web.Response:
        hits.append(1)
        text = 'data: {"choices":[{"delta":{"content":"a"}}]}\n\n'
        text += 'data: {"error": {"type": "rate_limit_error"}}\n\n'
        return web.Response(text=text, content_type="text/event-stream")

    async with server(answer) as endpoint:
        with pytest.raises(engine.RateLimited):
            await engine.reply(engine.Ask(endpoint, "m", (USER,)), heard.take)

    assert (len(hits), naps, heard.text) == (1, [], "a")


async def test_a_redirect_is_not_followed():
    hits = []

    async def answer(request: web.Request) -> web.Response:
        hits.append(request.path)
        raise web.HTTPTemporaryRedirect("/v1/chat/completions?again")

    async with server(answer) as endpoint:
        with pytest.raises(engine.AddressRefused):
            await engine.reply(engine.Ask(endpoint, "m", (USER,)), print)

    assert len(hits) == 1


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
async def test_a_key_that_the_server_repeats_is_not_shown(naps, status):
    async def answer(request: web.Request) -> web.Response:
        text = f"Incorrect API key provided: secret123, see https://inside.example/{request.headers['Authorization']}"
        return web.json_response({"error": {"message": text}}, status=status)

    async with server(answer) as endpoint:
        with pytest.raises(engine.EngineError) as caught:
            await engine.reply(engine.Ask(endpoint, "m", (USER,)), print)

    for shown in (
        str(caught.value.params),
        caught.value.detail,
        str(caught.value),
        repr(caught.value),
        repr(endpoint),
    ):
        assert "secret123" not in shown
        assert "inside.example" not in shown


async def test_warm_up_leaves_the_engine_working(wire: Wire):
    await engine.warm_up()

    assert (await wire.hear("fake-plain-n2")).text == words(2)
