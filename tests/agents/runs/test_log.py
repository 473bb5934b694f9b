"""The writer: one statement for all streams of a tick, and only for runs that are this process's to write."""

import uuid

import pytest
from django.db import connection

from agents.models import Run, RunEvent
from agents.runs import log
from tests.factories import ChatFactory, run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def running():
    """Make committed running runs."""

    def make(**given) -> Run:
        return run(ChatFactory(), **{"status": "running", "attempt": 1} | given)

    yield make
    connection.close()


def entry(given, seq: int = 1, text: str = "x", attempt: int = 1) -> log.Entry:
    pk = getattr(given, "pk", given)
    return log.Entry(pk, attempt, seq, "start", {"deltas": [{"type": "text", "text": text}]})


def written(*entries) -> set:
    """Write as a tick does."""
    import asyncio

    async def write():
        writer = log.Writer()
        try:
            return await writer.write(list(entries))
        finally:
            await writer.close()

    return asyncio.run(write())


def test_many_streams_in_one_write(running):
    runs = [running() for _ in range(5)]
    assert written(*map(entry, runs)) == {given.pk for given in runs}
    assert RunEvent.objects.count() == 5


def test_a_former_attempt_a_run_that_ended_and_an_unknown_run_write_nothing(running):
    taken, ended, held = running(attempt=2), running(status="queued"), running()
    assert written(entry(taken), entry(ended), entry(uuid.uuid4()), entry(held)) == {held.pk}
    assert list(RunEvent.objects.values_list("run_id", flat=True)) == [held.pk]


def test_a_line_that_was_stored_while_the_connection_broke_is_written_again(running):
    """It was committed, but the answer was lost: it comes again with more in it, under the same seq."""
    given = running()
    written(entry(given, text="one"))
    assert written(entry(given, text="one two")) == {given.pk}
    assert RunEvent.objects.get(run=given).data["deltas"][0]["text"] == "one two"


def test_texts_of_every_kind_come_back_as_they_were(running):
    given, text = running(), "quote ' \" \\ \n {} % é漢😀 \x01 \u2028"
    written(entry(given, text=text))
    reply, seq = log.replay(given.pk, "x")
    assert (reply.parts, seq) == ([{"type": "text", "text": text}], 1)


def test_the_last_line_of_a_lost_tick_is_written_again_with_the_end(running):
    given = running()
    written(entry(given, text="one"))
    log.append([entry(given, text="one two"), log.Entry(given.pk, 1, 2, "end", {"usage": {}, "finish_reason": "stop"})])
    reply, seq = log.replay(given.pk, "x")
    assert (reply.parts[0]["text"], seq) == ("one two", 2)
