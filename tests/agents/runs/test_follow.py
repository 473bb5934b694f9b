"""The one way to watch: stored first, then live, no gap and no repeat; a slow viewer reads again."""

import asyncio
import json
import uuid

import pytest
from django.utils import timezone

from agents import engine
from agents.models import Run
from agents.runs import follow, frames, hub, log, registry, runtime, stored, stream
from agents.runs.registry import Work
from agents.runs.stream import Stream
from tests.agents.runs.page import Page
from tests.factories import exchange, message, run

TOPIC = "chat:x"


class Stage:
    """A runtime without a database: streams that are stored as they are ticked."""

    def __init__(self) -> None:
        self.hub, self.streams = hub.Hub(), {}

    def begin(self) -> Stream:
        work = Work(uuid.uuid4(), 1, TOPIC, f"message:{uuid.uuid4()}")
        stream = self.streams[work.run_id] = Stream(work, lambda: None)
        return stream

    def tick(self, stream: Stream, text: str) -> None:
        stream.accept(engine.Text(text))
        _, deltas = stream.cut()
        self.hub.publish(stream.stored(deltas))

    def end(self, stream: Stream) -> None:
        del self.streams[stream.work.run_id]
        work, seq = stream.work, stream.seq + 1
        self.hub.publish(frames.end(TOPIC, work.run_id, work.subject, 1, seq, "succeeded", "<p>all</p>"))


class Viewer:
    """Follows in a task; `got` are its frames."""

    def __init__(self, after=None):
        self.got: list[dict] = []
        self._task = asyncio.create_task(self._run(after or {}))

    async def _run(self, after) -> None:
        async for frame in follow.follow(TOPIC, after):
            self.got.append(json.loads(frame.text))

    async def until(self, condition) -> list[dict]:
        """Wait until the frames of runs meet a condition; give them."""
        async with asyncio.timeout(10):
            while not condition(self.runs):
                await asyncio.sleep(0)
        return self.runs

    @property
    def runs(self) -> list[dict]:
        return [frame for frame in self.got if "run" in frame]

    async def leave(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


@pytest.fixture
def stage(monkeypatch):
    made = Stage()

    async def here(function, *args):
        return function(*args)

    monkeypatch.setattr(registry.kind("chat"), "standing", lambda subject: {"current": "m", "queued": []})
    monkeypatch.setattr(runtime, "current", lambda: made)
    monkeypatch.setattr(follow, "in_thread", here)
    return made


async def test_joining_in_the_middle_is_a_snapshot_then_deltas(stage):
    stream = stage.begin()
    for n in range(3):
        stage.tick(stream, f"w{n} ")
    viewer = Viewer()
    await viewer.until(lambda got: got)
    stage.tick(stream, "w3 ")
    got = await viewer.until(lambda got: got[-1]["seq"] == 4)
    assert [(frame["kind"], frame["seq"]) for frame in got] == [("snapshot", 3), ("delta", 4)]
    page = Page()
    for frame in got:
        page.apply(frame)
    assert page.text == "w0 w1 w2 w3"
    await viewer.leave()


async def test_a_viewer_who_has_all_of_it_gets_only_what_is_new(stage):
    stream = stage.begin()
    stage.tick(stream, "w0 ")
    stage.tick(stream, "w1 ")
    viewer = Viewer(after={str(stream.work.run_id): 2})
    await viewer.until(lambda got: viewer.got)
    stage.tick(stream, "w2 ")
    got = await viewer.until(lambda got: got)
    assert [(frame["kind"], frame["seq"]) for frame in got] == [("delta", 3)]
    await viewer.leave()


async def test_frames_that_come_while_the_store_is_read_are_neither_lost_nor_repeated(stage, monkeypatch):
    """Published after the subscription and before the snapshot, and between the snapshot and its delivery."""
    stream = stage.begin()
    stage.tick(stream, "w0 ")
    stored = follow.stored

    async def slow(topic, after):
        stage.tick(stream, "w1 ")
        found = await stored(topic, after)
        stage.tick(stream, "w2 ")
        return found

    monkeypatch.setattr(follow, "stored", slow)
    viewer = Viewer()
    got = await viewer.until(lambda got: len(got) == 2)
    assert [(frame["kind"], frame["seq"]) for frame in got] == [("snapshot", 2), ("delta", 3)]
    await viewer.leave()


async def test_whoever_joins_is_told_what_to_show(stage):
    """Hints may have been missed while the page had no socket."""
    viewer = Viewer()
    await viewer.until(lambda got: viewer.got)
    assert viewer.got == [{"v": 2, "kind": "standing", "topic": TOPIC, "current": "m", "queued": []}]
    await viewer.leave()


async def test_a_slow_viewer_is_dropped_to_a_snapshot(stage, monkeypatch):
    monkeypatch.setattr(hub, "LIMIT", 4)
    stream = stage.begin()
    stage.tick(stream, "w0 ")
    viewer = Viewer()
    await viewer.until(lambda got: got)
    for n in range(1, 20):
        stage.tick(stream, f"w{n} ")  # the loop is not given back: the viewer cannot keep up
    got = await viewer.until(lambda got: got[-1]["seq"] == 20)
    assert [(frame["kind"], frame["seq"]) for frame in got] == [("snapshot", 1), ("snapshot", 20)]
    assert "w19" in got[-1]["html"]
    assert viewer.got[-1]["kind"] == "standing"
    stage.tick(stream, "w20 ")
    got = await viewer.until(lambda got: got[-1]["seq"] == 21)
    assert got[-1]["kind"] == "delta"
    await viewer.leave()


async def test_a_slow_viewer_holds_a_bounded_number_of_frames(stage):
    stream = stage.begin()
    with stage.hub.subscribe(TOPIC) as slow:
        for _ in range(hub.LIMIT * 3):
            stage.tick(stream, "w ")
        assert len(slow._frames) <= hub.LIMIT
        assert await slow.take() is None


async def test_a_slow_viewer_does_not_hold_up_another(stage, monkeypatch):
    monkeypatch.setattr(hub, "LIMIT", 4)
    stream = stage.begin()
    quick = Viewer()
    await quick.until(lambda got: quick.got)
    with stage.hub.subscribe(TOPIC):
        for n in range(12):
            stage.tick(stream, f"w{n} ")
            await quick.until(lambda got, seq=n + 1: got and got[-1]["seq"] == seq)
    assert [frame["seq"] for frame in quick.runs] == list(range(1, 13))
    await quick.leave()


async def test_viewers_of_one_topic_get_the_same_frames_and_those_of_another_none(stage):
    stream = stage.begin()
    one, two = Viewer(), Viewer()
    with stage.hub.subscribe("chat:other") as other:
        await one.until(lambda got: one.got and two.got)
        stage.tick(stream, "w0 ")
        stage.end(stream)
        await one.until(lambda got: got and got[-1]["kind"] == "end")
        await two.until(lambda got: got and got[-1]["kind"] == "end")
        assert one.runs == two.runs
        assert not other._frames
    await one.leave()
    await two.leave()


async def test_the_hub_forgets_topics_that_nobody_follows(stage):
    viewer = Viewer()
    await viewer.until(lambda got: viewer.got)
    await viewer.leave()
    assert not stage.hub._topics


# ---- what the database alone gives: polling, and runs of another process ---------------------------------------
def write(given: Run, *texts: str) -> None:
    log.append(
        log.Entry(given.pk, 1, n, "delta" if n > 1 else "start", {"deltas": [{"type": "text", "text": text}]})
        for n, text in enumerate(texts, 1)
    )


@pytest.mark.django_db
def test_a_running_reply_reads_as_a_snapshot_of_its_log(chat):
    given = run(chat, status="running", attempt=1)
    reply = message(chat, "assistant", "", run=given)
    write(given, "one ", "two ")
    (found,) = stored.read(f"chat:{chat.pk}", [str(given.pk)], {str(given.pk): 1})
    body = json.loads(found.text)
    assert (body["kind"], body["seq"], body["subject"]) == ("snapshot", 2, f"message:{reply.pk}")
    assert "one two" in body["html"]
    assert stored.read(f"chat:{chat.pk}", [str(given.pk)], {str(given.pk): 2}) == []


@pytest.mark.django_db
def test_an_ended_reply_reads_as_its_end(chat):
    given = run(chat, status="stopped", finished_at=timezone.now())
    reply = message(chat, "assistant", "half", run=given)
    (found,) = stored.read(f"chat:{chat.pk}", [str(given.pk)], {str(given.pk): 17})
    body = json.loads(found.text)
    assert (body["kind"], body["state"], body["html"]) == ("end", "stopped", reply.html)
    assert body["seq"] > 17


@pytest.mark.django_db
def test_a_run_of_another_topic_is_not_read(chat, alice):
    given = run(chat, status="running", attempt=1)
    message(chat, "assistant", "", run=given)
    write(given, "secret")
    assert stored.read(f"chat:{uuid.uuid4()}", [str(given.pk)], {}) == []


@pytest.mark.django_db
def test_polling_gives_the_text_that_the_page_shows(alice, chat, sign_in):
    asked = message(chat)
    given = run(chat, status="running", attempt=1, lock_key="x")
    reply = message(chat, "assistant", "", parent=asked, run=given)
    write(given, "one ", "**two**")
    client = sign_in(alice)
    (frame,) = client.get(f"/app/messages/{reply.pk}/frames/?after=0").json()
    assert "<strong>two</strong>" in frame["html"]
    page = client.get(f"/app/chats/{chat.pk}/").content.decode()
    assert frame["html"] in page
    assert 'data-seq="2"' in page


@pytest.mark.django_db
def test_polling_is_for_those_who_may_read(carol, chat, sign_in):
    reply = message(chat, "assistant", "", run=run(chat, status="running", attempt=1))
    assert sign_in(carol).get(f"/app/messages/{reply.pk}/frames/").status_code == 404


@pytest.mark.django_db
def test_who_may_follow(alice, bob, carol, team, chat, django_assert_num_queries):
    shared = exchange(type(chat).objects.create(user=alice, team=team, updated_at=timezone.now())).chat
    topics = {f"chat:{chat.pk}", f"chat:{shared.pk}", "chat:nonsense", f"chat:{uuid.uuid4()}", "other:1", "chat"}
    with django_assert_num_queries(1):
        held = registry.may_follow(dict.fromkeys((alice, bob, carol), topics))
    assert {person.name: found for person, found in held.items()} == {
        "Alice Owner": {f"chat:{chat.pk}", f"chat:{shared.pk}"},
        "Bob Member": {f"chat:{shared.pk}"},
        "Carol Stranger": set(),
    }


@pytest.mark.django_db
def test_the_end_of_a_run_that_another_ended_can_be_told(chat):
    ended = run(chat, status="interrupted", finished_at=timezone.now())
    reply = message(chat, "assistant", "Half a", run=ended)
    (frame,) = stored.ends([ended.pk, uuid.uuid4()])
    assert (frame.topic, frame.kind) == (f"chat:{chat.pk}", "end")
    told = json.loads(frame.text)
    assert (told["subject"], told["state"]) == (f"message:{reply.pk}", "interrupted")
    assert "Half a" in told["html"]


# ---- what is not stored yet ------------------------------------------------------------------------------
def test_what_waits_for_the_database_is_told_until_it_is_stored(monkeypatch):
    stage = Stage()
    monkeypatch.setattr(runtime, "current", lambda: stage)
    reply = stage.begin()
    assert follow.unsaved(reply.work.run_id) == []
    reply.accept(engine.Text("one"))
    assert follow.unsaved(reply.work.run_id) == []  # it has only come
    monkeypatch.setattr(stream, "UNSAVED", -1)
    (told,) = follow.unsaved(reply.work.run_id)
    assert json.loads(told.text) == {"v": 2, "kind": "unsaved", "topic": TOPIC, "subject": reply.work.subject}
    reply.cut()
    reply.uncut()
    assert reply.is_unsaved
    _, deltas = reply.cut()
    reply.stored(deltas)
    assert not reply.is_unsaved
    reply.last_entries("succeeded")  # the end waits, too
    assert reply.is_unsaved
    assert follow.unsaved(uuid.uuid4()) == []
