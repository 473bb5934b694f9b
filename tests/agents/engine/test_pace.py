"""Streams that are read in beats: fewer reads, and nothing else is different."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import pytest

from agents import engine
from agents.engine import exchange
from tests.agents.engine.conftest import Heard, Wire
from tests.agents.engine.test_faults import IMPATIENT, words


@contextlib.asynccontextmanager
async def beating(every: float, first: float | None = None) -> AsyncIterator[tuple[engine.Pace, list[int]]]:
    """A pace with a beat `every` few seconds, and the number of its beats."""
    loop, pace, count = asyncio.get_running_loop(), engine.Pace(), [0]

    def beat() -> None:
        nonlocal timer
        count[0] += 1
        pace.beat()
        timer = loop.call_later(every, beat)

    timer = loop.call_later(first or every, beat)
    yield pace, count
    timer.cancel()


@pytest.mark.parametrize(
    "model",
    [
        "fake-plain-n200",
        "fake-plain-n200-think",
        "fake-plain-n20-utf8",
        "fake-plain-n20-nodone",
        "fake-plain-n20-r200-cut7",
        "fake-plain-n20-r200-fin7",
        "fake-plain-n20-r200-eof7",
        "fake-plain-n20-r200-err7",
        "fake-plain-n20-r200-garbage7",
        "fake-plain-n20-r200-bigline7",
        "fake-plain-n20-r200-empty7",
    ],
)
async def test_what_is_heard_does_not_depend_on_it(wire: Wire, model):
    at_once = await wire.hear(model)
    async with beating(0.02) as (pace, _):
        in_beats = await wire.hear(model, pace=pace)

    assert at_once.text
    assert in_beats.text == at_once.text
    assert in_beats.reasoning == at_once.reasoning
    assert in_beats.ends == at_once.ends
    assert type(in_beats.error) is type(at_once.error)


@pytest.mark.parametrize("service", ["responses", "anthropic", "google"], indirect=True)
@pytest.mark.parametrize("model", ["fake-plain-n60-r400-think", "fake-plain-n20-r200-cut7", "fake-plain-n20-r200-eof7"])
async def test_services_are_read_in_beats_too(service: Wire, model):
    at_once = await service.hear(model)
    async with beating(0.02) as (pace, _):
        in_beats = await service.hear(model, pace=pace)

    assert at_once.text
    told = [[(part["type"], part["text"]) for part in heard.parts] for heard in (in_beats, at_once)]
    assert (told[0], in_beats.ends) == (told[1], at_once.ends)
    assert type(in_beats.error) is type(at_once.error)


async def test_one_read_for_each_beat(wire: Wire):
    async with beating(0.05) as (pace, beats):
        heard = await wire.hear("fake-plain-n60-r200", pace=pace)

    assert heard.text == words(60)
    assert len(heard.events) - len(heard.ends) <= beats[0] + 1


async def test_the_first_words_wait_for_no_beat(wire: Wire):
    said = asyncio.Event()

    def sink(event: engine.Event) -> None:
        if isinstance(event, engine.Text):
            said.set()

    task = asyncio.create_task(engine.reply(wire.ask("fake-plain-n9-hold3"), sink, pace=engine.Pace()))
    await asyncio.wait_for(said.wait(), 10)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_the_silence_between_beats_is_not_the_models(wire: Wire):
    limits = engine.Limits(idle=0.5)
    async with beating(0.02, first=3.5 * limits.idle) as (pace, _):
        heard = await wire.hear("fake-plain-n60-r600", limits, pace=pace)

    assert heard.error is None
    assert heard.text == words(60)


async def test_the_silence_counts_anew_from_the_beat(wire: Wire):
    limits, pace = engine.Limits(idle=0.5), engine.Pace()

    def beat_just_before_the_watch_looks() -> None:
        pace.beat()
        time.sleep(0.3 * limits.idle)  # the loop is busy, so the watch comes before what has arrived

    asyncio.get_running_loop().call_later(1.8 * limits.idle, beat_just_before_the_watch_looks)
    heard = await wire.hear("fake-plain-n2-r600", limits, pace=pace)

    assert heard.error is None
    assert heard.text == words(2)


async def test_a_process_that_stood_still_takes_that_for_no_silence(wire: Wire, monkeypatch):
    """The lid was closed, or all of it waited for something else: what came meanwhile lies in the kernel."""
    monkeypatch.setattr(exchange, "LATE", 0.1)
    asyncio.get_running_loop().call_later(0.3, time.sleep, 1.2)
    heard = await wire.hear("fake-plain-n600-r600", engine.Limits(idle=0.5))

    assert heard.error is None
    assert heard.text == words(600)


async def test_a_silent_model_is_noticed_between_beats(wire: Wire):
    async with beating(0.02) as (pace, _):
        heard = await wire.hear("fake-plain-n9-stall3", IMPATIENT, pace=pace)

    assert heard.error.phase == "idle"
    assert heard.text == words(3)


async def test_a_cancelled_stream_rests_no_more(wire: Wire):
    pace, heard, said = engine.Pace(), Heard(), asyncio.Event()

    def sink(event: engine.Event) -> None:
        heard.take(event)
        if heard.events:
            said.set()

    task = asyncio.create_task(engine.reply(wire.ask("fake-plain-n9-hold3"), sink, pace=pace))
    await said.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await wire.wait("aborted")

    pace.beat()  # reaches nobody
    assert heard.text


async def test_a_call_that_arrives_in_pieces_is_read_to_its_end(wire: Wire):
    """Nothing of it can be shown before it is whole; a stream that rests asks for the next beat itself."""
    loop, tools = asyncio.get_running_loop(), (engine.Tool("add", "Add.", {"type": "object"}),)
    pace = engine.Pace(lambda: loop.call_soon(pace.beat))
    async with asyncio.timeout(10):
        heard = await wire.hear("fake-tool-calls4-plain-n3", pace=pace, tools=tools)
    assert [event.name for event in heard.events if isinstance(event, engine.ToolCall)] == ["add"] * 4
