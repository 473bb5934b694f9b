"""The ticks of a process: what one reply cannot have stored holds up none of the others."""

import asyncio
import threading
import uuid

import psycopg
import pytest

from agents import engine
from agents.runs import log, runtime
from agents.runs.registry import Work
from agents.runs.runtime import Runtime
from agents.runs.stream import Stream
from sambung.lib.threads import Pool

WORSE = [psycopg.errors.UntranslatableCharacter("unsupported Unicode escape sequence"), TypeError("Recursion limit")]


class Writer(log.Writer):
    """Takes all entries, or none where one of them holds a word."""

    def __init__(self, refusal: Exception):
        super().__init__()
        self.refusal = refusal
        self.written: list[str] = []

    async def write(self, entries: list[log.Entry]) -> set[uuid.UUID]:
        texts = [entry.data["deltas"][0]["text"] for entry in entries]
        if "odd" in texts:
            raise self.refusal
        self.written += texts
        return {entry.run for entry in entries}


def stream(served: Runtime, text: str) -> Stream:
    made = Stream(Work(uuid.uuid4(), 1, "chat:x", f"message:{uuid.uuid4()}"), lambda: None)
    made.accept(engine.Text(text))
    served.streams[made.work.run_id] = made
    return made


@pytest.fixture
async def served(monkeypatch):
    served = Runtime()
    served.cancelled = []
    monkeypatch.setattr(served, "_cancel", served.cancelled.append)
    return served


@pytest.mark.parametrize("refusal", WORSE, ids=lambda refusal: type(refusal).__name__)
async def test_what_can_never_be_stored_ends_its_own_reply_alone(served, refusal):
    served._writer = Writer(refusal)
    one, odd, other = (stream(served, text) for text in ("one", "odd", "other"))

    await served._flush([one, odd, other])

    assert served._writer.written == ["one", "other"]
    assert [each.seq for each in (one, odd, other)] == [1, 0, 1]
    assert served.cancelled == [odd.work.run_id]


async def test_what_may_be_stored_later_ends_none(served):
    served._writer = Writer(psycopg.errors.ReadOnlySqlTransaction("read-only"))
    one, odd = stream(served, "one"), stream(served, "odd")

    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        await served._flush([one, odd])

    assert (one.has_pending, odd.has_pending, served.cancelled) == (True, True, [])


async def test_a_stream_that_cannot_be_cut_holds_up_none(served, monkeypatch):
    served._writer = Writer(TypeError())
    one, other = stream(served, "one"), stream(served, "other")
    monkeypatch.setattr(other, "cut", lambda: 1 / 0)

    await served._flush([one, other])

    assert (served._writer.written, served.cancelled) == (["one"], [other.work.run_id])


@pytest.fixture
def crowded(monkeypatch):
    """A pool whose only thread is at something until the event, and that something else stands in line for."""
    pool, done = Pool(1, "crowded"), threading.Event()
    monkeypatch.setattr(runtime, "pool", lambda: pool)
    for act in (done.wait, int):
        pool.submit(act)
    yield done
    done.set()
    pool.shutdown()


async def test_an_end_stands_in_line_with_what_begins(served, crowded, monkeypatch):
    monkeypatch.setattr(runtime, "PATIENCE", 60.0)
    ending = asyncio.create_task(served._give_way())
    await asyncio.sleep(0)
    assert not ending.done()

    crowded.set()
    await ending


async def test_an_end_does_not_wait_for_what_never_ends(served, crowded, monkeypatch):
    monkeypatch.setattr(runtime, "PATIENCE", 0.0)
    await served._give_way()
    assert not crowded.is_set()


async def test_an_end_waits_for_nobody_where_nothing_stands_in_line(served, crowded, monkeypatch):
    monkeypatch.setattr(runtime, "PATIENCE", 60.0)
    monkeypatch.setattr(runtime, "pool", lambda: Pool(1, "empty"))
    await served._give_way()
    assert not crowded.is_set()
