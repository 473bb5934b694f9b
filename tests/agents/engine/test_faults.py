"""Every fault that a server can play, over a real connection: one clear error, and exactly the text that was
sent.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest
import uvloop

from agents import engine
from agents.engine import errors
from agents.engine.exchange import Exchange
from tests.agents.engine.conftest import Heard, Wire

IMPATIENT = engine.Limits(idle=0.3)  # only for models that fall silent, or a busy machine would fail the rest


def words(count: int, first: int = 0) -> str:
    return "".join(f"w{i} " for i in range(first, count))


def limits_for(model: str) -> engine.Limits:
    return IMPATIENT if "stall" in model else engine.Limits()


# model, error, requests that the server saw
BEFORE_THE_FIRST_TOKEN = [
    ("fake-e429", errors.RateLimited, 3),
    ("fake-e500", errors.ServerFailed, 3),
    ("fake-e503", errors.Overloaded, 3),
    ("fake-e529", errors.Overloaded, 3),
    ("fake-html502", errors.ServerFailed, 3),
    ("fake-cut0", errors.ConnectFailed, 3),
    ("fake-eof0", errors.NothingCame, 3),
    ("fake-e400", errors.BadRequest, 1),
    ("fake-e401", errors.AuthFailed, 1),
    ("fake-e403", errors.NotAllowed, 1),
    ("fake-e402", errors.QuotaExceeded, 1),
    ("no-such-model", errors.ModelGone, 1),
    ("fake-full", errors.ContextTooLong, 1),
    ("fake-empty", errors.EmptyReply, 1),
    ("fake-garbage0", errors.Garbled, 1),
    ("fake-err0", errors.UpstreamError, 1),
]

# model, error, tokens sent before it
IN_THE_MIDDLE = [
    ("fake-plain-n30-cut10", errors.CutOff, 10),
    ("fake-plain-n30-r200-cut10", errors.CutOff, 10),
    ("fake-plain-n30-fin10", errors.CutOff, 10),
    ("fake-plain-n30-eof10", errors.CutOff, 10),
    ("fake-plain-n30-stall10", errors.TimedOut, 10),
    ("fake-plain-n30-garbage10", errors.Garbled, 10),
    ("fake-plain-n30-bigline10", errors.Garbled, 10),
    ("fake-plain-n30-err10", errors.UpstreamError, 10),
]


@pytest.mark.parametrize(("model", "kind", "requests"), BEFORE_THE_FIRST_TOKEN)
async def test_before_the_first_token(wire: Wire, naps: list[float], model, kind, requests):
    heard = await wire.hear(model)

    assert type(heard.error) is kind
    assert heard.events == []
    assert not heard.error.is_interruption
    assert (await wire.get("/_stats"))["asked"] == {model: requests}
    assert len(naps) == requests - 1


@pytest.mark.parametrize(("model", "kind", "tokens"), IN_THE_MIDDLE)
async def test_in_the_middle_keeps_the_text_and_is_not_tried_again(wire, naps, model, kind, tokens):
    heard = await wire.hear(model, limits_for(model))

    assert type(heard.error) is kind
    assert heard.text == words(tokens)
    assert heard.ends == []
    assert heard.error.is_interruption is (kind in (errors.CutOff, errors.TimedOut))
    assert (await wire.get("/_stats"))["asked"] == {model: 1}
    assert naps == []


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
@pytest.mark.parametrize("is_reset", [False, True])
async def test_nothing_is_lost_when_the_end_comes_with_the_first_bytes(run, is_reset):
    # head, text and the broken end arrive together, so that the error is there before anything was read;
    # uvloop, which serves people, reports data and end in one go
    body = b'data: {"choices":[{"delta":{"content":"all of it"}}]}\n\n'
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head + b"%x\r\n%b\r\n" % (len(body), body))
        writer.transport.abort() if is_reset else writer.close()

    async def hear() -> list:
        heard = Heard()
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with server:
            host, port = server.sockets[0].getsockname()
            endpoint = engine.Endpoint("openai", f"http://{host}:{port}/v1", trusted=True)
            with pytest.raises(engine.CutOff):
                await engine.reply(engine.Ask(endpoint, "m", (engine.Turn.of("user", "Hello"),)), heard.take)
            await engine.close()
        return heard.events

    assert await asyncio.to_thread(run, hear()) == [engine.Text("all of it")]


@pytest.mark.parametrize("model", ["fake-plain-n30-cut10", "fake-plain-n30-fin10"])
async def test_nothing_is_lost_when_the_reader_comes_late(wire: Wire, monkeypatch, model):
    # whatever comes to lie between the answer's head and the first read: what has arrived is still handed over
    read = Exchange.pieces

    async def late(self: Exchange) -> AsyncIterator[bytes]:
        while self._response.content.exception() is None:
            await asyncio.sleep(0)
        async for data in read(self):
            yield data

    monkeypatch.setattr(Exchange, "pieces", late)

    heard = await wire.hear(model)

    assert type(heard.error) is errors.CutOff
    assert heard.text == words(10)


async def test_slow_first_token(wire: Wire, naps):
    heard = await wire.hear("fake-t60000-n3", engine.Limits(first_token=0.3))

    assert isinstance(heard.error, errors.TimedOut)
    assert heard.error.phase == "first token"
    assert not heard.error.is_interruption
    assert naps == []
    await wire.wait("aborted")


async def test_silence_in_the_middle_closes_the_connection(wire: Wire):
    heard = await wire.hear("fake-plain-n9-stall3", IMPATIENT)

    assert heard.error.phase == "idle"
    assert heard.text == words(3)
    await wire.wait("aborted")


async def test_a_reply_that_never_ends_by_time(wire: Wire):
    heard = await wire.hear("fake-plain-r50-endless", engine.Limits(total=0.3))

    assert isinstance(heard.error, errors.TimedOut)
    assert heard.error.phase == "total"
    assert heard.text == words(len(heard.text.split()))
    await wire.wait("aborted")


async def test_a_reply_that_never_ends_by_size(wire: Wire):
    heard = await wire.hear("fake-plain-endless", engine.Limits(text_chars=5000))

    assert isinstance(heard.error, errors.TooLong)
    assert heard.text == words(len(heard.text.split()))
    assert 5000 < len(heard.text) < 500_000
    await wire.wait("aborted")


async def test_a_pause_within_the_limit_is_waited_for(wire: Wire):
    heard = await wire.hear("fake-plain-n6-stall3x50", engine.Limits(idle=20))

    assert heard.error is None
    assert heard.text == words(6)


async def test_characters_cut_in_the_middle(wire: Wire):
    heard = await wire.hear("fake-plain-utf8-n20")

    assert heard.error is None
    assert heard.text == "".join(f"é漢😀w{i} " for i in range(20))


async def test_a_chunk_without_choices_is_passed_over(wire: Wire):
    heard = await wire.hear("fake-plain-n6-empty3")

    assert heard.error is None
    assert heard.text == words(6)


@pytest.mark.parametrize("model", ["fake-plain-n4-nodone", "fake-plain-n4-nousage", "fake-plain-n4-nodone-nousage"])
async def test_a_finish_reason_or_done_is_enough(wire: Wire, model):
    heard = await wire.hear(model)

    assert heard.error is None
    assert heard.text == words(4)
    assert heard.ends[-1] == engine.Finish("stop")


async def test_nobody_listens(unused_tcp_port: int, naps):
    endpoint = engine.Endpoint("openai", f"http://127.0.0.1:{unused_tcp_port}/v1", trusted=True)

    with pytest.raises(engine.ConnectFailed):
        await engine.reply(engine.Ask(endpoint, "m", (engine.Turn.of("user", "Hello"),)), print)

    assert len(naps) == 2
    await engine.close()


async def test_a_fault_harms_no_other_stream(wire: Wire):
    good = [wire.hear(f"fake-plain-n50-r200-p{i + 2}") for i in range(8)]
    bad = [wire.hear(model, limits_for(model)) for model, _, _ in IN_THE_MIDDLE]

    heard = await asyncio.gather(*good, *bad)

    assert [len(one.text.split()) for one in heard[:8]] == [50] * 8
    assert all(one.error is None for one in heard[:8])
    assert all(one.error is not None for one in heard[8:])
