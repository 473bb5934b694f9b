"""The writer: one statement for all streams of a tick, and only for runs that are this process's to write."""

import asyncio
import uuid

import orjson
import pytest
from django.db import connection

from agents import engine
from agents.generation.reply import Reply
from agents.models import Run, RunEvent
from agents.runs import log
from agents.runs.registry import Work
from agents.runs.stream import Stream
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
    reply = Reply("x")
    seq = log.replay(given.pk, reply)
    assert (reply.parts, seq) == ([{"type": "text", "text": text}], 1)


def test_the_last_line_of_a_lost_tick_is_written_again_with_the_end(running):
    given = running()
    written(entry(given, text="one"))
    log.append([entry(given, text="one two"), log.Entry(given.pk, 1, 2, "end", {"usage": {}, "finish_reason": "stop"})])
    reply = Reply("x")
    seq = log.replay(given.pk, reply)
    assert (reply.parts[0]["text"], seq) == ("one two", 2)


#: What a build of November 2026 wrote of a reply that went on, byte for byte. Logs outlive builds: this never changes.
FORMER = (
    (1, "start", '{"deltas":[{"type":"text","text":"Before. "}]}'),
    (2, "delta", '{"deltas":[{"type":"text","text":"I count."}]}'),
    (
        3,
        "delta",
        '{"deltas":[{"type":"reconsidered"},{"type":"reasoning","text":"Hm.","providerMetadata":{'
        '"anthropic":{"signature":"abc"}}}]}',
    ),
    (
        4,
        "delta",
        '{"deltas":[{"type":"text","text":"**So** "},{"type":"tool-call","toolCallId":"a","toolNa'
        'me":"look","args":{"n":1},"title":"Look","tool":"test/disk/look"}]}',
    ),
    (5, "delta", '{"deltas":[{"type":"tool-progress","toolCallId":"a","text":"half"}]}'),
    (6, "delta", '{"deltas":[{"type":"tool-result","toolCallId":"a","result":"seen","seconds":0.5}]}'),
    (7, "delta", '{"deltas":[{"type":"text","text":"four."}]}'),
    (
        8,
        "delta",
        '{"deltas":[{"type":"reasoning","text":"Hm. "},{"type":"reasoning","text":"Again.","begins":true}]}',
    ),
    (
        9,
        "end",
        '{"status":"succeeded","usage":{"input_tokens":3,"output_tokens":4,"cached_tokens":0,"rea'
        'soning_tokens":0,"cache_write_tokens":0},"finish_reason":"length"}',
    ),
)
PARTS = [
    {"type": "reasoning", "text": "Before. I count.Hm.", "providerMetadata": {"anthropic": {"signature": "abc"}}},
    {"type": "text", "text": "**So** "},
    {
        "type": "tool-call",
        "toolCallId": "a",
        "toolName": "look",
        "args": {"n": 1},
        "title": "Look",
        "tool": "test/disk/look",
    },
    {"type": "tool-result", "toolCallId": "a", "result": "seen", "seconds": 0.5},
    {"type": "text", "text": "four."},
    {"type": "reasoning", "text": "Hm. "},
    {"type": "reasoning", "text": "Again."},
]


def test_a_log_that_a_former_build_wrote_is_read(running):
    given = running()
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO run_event (run_id, seq, kind, data) VALUES (%s, %s, %s, %s::jsonb)",
            [(given.pk, *line) for line in FORMER],
        )
    reply = Reply("x")
    assert log.replay(given.pk, reply) == 9
    assert reply.parts == PARTS
    assert (reply.usage["output_tokens"], reply.finish_reason) == (4, "length")
    assert "<strong>So</strong>" in reply.html
    assert 'data-state="done" data-seconds="0.5"' in reply.html


def test_what_this_build_writes_a_former_one_reads():
    """The lines are the same, so a step back to the build before loses no reply that was on its way."""
    stream = Stream(Work(uuid.uuid4(), 1, "chat:x", "message:x", ({"type": "text", "text": "Before. "},)), lambda: None)
    told = [
        (),
        (engine.Text("I count."),),
        (engine.Reconsidered(), engine.Reasoning("Hm."), engine.Signature({"anthropic": {"signature": "abc"}})),
        (engine.Text("**So** "), engine.ToolCall("a", "look", {"n": 1}, tool="test/disk/look", title="Look")),
        (engine.ToolProgress("a", "half"),),
        (engine.ToolResult("a", "seen", seconds=0.5),),
        (engine.Text("four."),),
    ]
    lines = []
    for events in told:
        for event in events:
            stream.accept(event)
        entry, deltas = stream.cut()
        stream.stored(deltas)
        lines.append((entry.seq, entry.kind, orjson.dumps(entry.data).decode()))
    assert lines == list(FORMER[:7])
    stream.accept(engine.Usage(3, 4))
    stream.accept(engine.Finish("length"))
    assert orjson.dumps(stream.last_entries("succeeded")[-1].data).decode() == FORMER[-1][2]
