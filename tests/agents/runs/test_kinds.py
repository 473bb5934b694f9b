"""Whatever runs goes through the same log, tick, hub and follow: here a kind that counts, beside answers."""

import json
import uuid

import orjson
import pytest

from agents import engine
from agents.models import Run, RunEvent
from agents.runs import lifecycle, log, registry, stored
from agents.runs.registry import UnknownEvent, UnknownKind, Work
from agents.runs.runtime import Runtime
from agents.runs.stream import Stream
from chats.messages import presenter
from chats.messages.permissions import reader
from tests.agents.runs.counting import NAME, Count, Counting, Number, Spent
from tests.agents.runs.page import Page
from tests.factories import message, run
from tests.live import Live, Tab, live_server, sign_in_on

APP = "tests.agents.runs.counting_app:application"


@pytest.fixture(autouse=True)
def counting(monkeypatch):
    monkeypatch.setitem(registry._kinds, NAME, kind := Counting())
    return kind


def counted(run_id: uuid.UUID | None = None) -> Stream:
    """The stream of a count that goes on from one."""
    run_id = run_id or uuid.uuid4()
    base = ({"from": 1, "to": 1},)
    return Stream(Work(run_id, 1, f"{NAME}:{run_id}", f"run:{run_id}", base), lambda: None)


class Writer(log.Writer):
    """Takes everything; `lines` are the log as the database would keep it."""

    def __init__(self):
        super().__init__()
        self.lines: list[tuple[uuid.UUID, str, dict]] = []

    async def write(self, entries: list[log.Entry]) -> set[uuid.UUID]:
        self.lines += [(entry.run, entry.kind, orjson.loads(orjson.dumps(entry.data))) for entry in entries]
        return {entry.run for entry in entries}


async def test_two_kinds_go_through_one_tick():
    """Each viewer's page shows what its run's log holds, folded by its own kind."""
    served, count = Runtime(), counted()
    served._writer = Writer()
    reply = Stream(Work(uuid.uuid4(), 1, "chat:x", f"message:{uuid.uuid4()}"), lambda: None)
    pages = {stream: Page() for stream in (count, reply)}
    with served.hub.subscribe(count.work.topic) as counts, served.hub.subscribe("chat:x") as replies:
        for n in range(2, 6):
            count.accept(Number(n))
            reply.accept(engine.Text(f"w{n} "))
            if n % 2:
                await served._flush([count, reply])
        for stream, viewer in ((count, counts), (reply, replies)):
            told = [json.loads(frame.text) for frame in await viewer.take()]
            assert [(one["kind"], one["subject"]) for one in told] == [
                ("snapshot", stream.work.subject),
                ("delta", stream.work.subject),
            ]
            for one in told:
                pages[stream].apply(one)
    assert pages[count].text == "1 2 3 4 5 so far: 5"
    assert pages[reply].text == "w2 w3 w4 w5"
    kept = Count()
    for run_id, kind, data in served._writer.lines:
        if run_id == count.work.run_id:
            log.fold(kept, kind, data)
    assert kept.html == count.state.html


def test_what_a_tick_could_not_store_comes_again():
    count = counted()
    count.cut()
    count.accept(Number(2))
    count.uncut()
    entry, _ = count.cut()
    assert (entry.seq, entry.kind) == (1, "start")
    assert entry.data == {"deltas": [{"from": 1, "to": 1}, {"from": 2, "to": 2}]}
    assert count.state.numbers == []


def test_the_last_lines_and_the_result_are_the_kinds_own():
    count = counted()
    count.stored(count.cut()[1])
    count.accept(Number(2))
    count.accept(Spent(7))
    entries = count.last_entries("succeeded")
    assert entries[-1].data == {"status": "succeeded", "reached": 2, "usage": {"tokens": 7}}
    assert (count.result(entries).numbers, count.state.numbers) == ([1, 2], [1])


def test_of_an_event_that_no_delta_tells_nothing_is_stored():
    count = counted()
    count.stored(count.cut()[1])
    count.accept(Spent(7))
    assert not count.has_pending
    assert not count.is_unsaved
    assert count.first_token_seconds is None


# ---- with the database ---------------------------------------------------------------------------------------
@pytest.fixture
def begun(alice) -> Run:
    """A count of Alice's that a process was at, and its log."""
    made = lifecycle.begin("gone", kind=NAME, requested_by=alice)
    write(made, ("start", {"from": 1, "to": 3}), ("delta", {"from": 4, "to": 9}))
    return made


def write(made: Run, *lines: tuple[str, dict]) -> None:
    log.append([log.Entry(made.pk, 1, n, kind, {"deltas": [delta]}) for n, (kind, delta) in enumerate(lines, 1)])


def read(made: Run, after: int) -> list[dict]:
    found = stored.read(f"{NAME}:{made.pk}", [str(made.pk)], {str(made.pk): after})
    return [json.loads(frame.text) for frame in found]


@pytest.mark.django_db
def test_whoever_joins_a_count_of_another_process_reads_its_log(begun):
    (told,) = read(begun, after=1)
    assert (told["kind"], told["seq"], told["subject"]) == ("snapshot", 2, f"run:{begun.pk}")
    page = Page()
    page.apply(told)
    assert page.text == "1 2 3 4 5 6 7 8 9 so far: 9"
    assert read(begun, after=2) == []


@pytest.mark.django_db
def test_a_count_whose_process_is_gone_ends_as_its_kind_ends(begun):
    assert lifecycle.rescue(sole_owner="new") == [begun.pk]
    begun.refresh_from_db()
    assert begun.status == "interrupted"
    last = RunEvent.objects.filter(run=begun).latest("seq")
    assert (last.kind, last.data) == ("end", {"status": "interrupted", "reached": 9, "usage": {}})
    (told,) = read(begun, after=2)
    assert (told["kind"], told["state"]) == ("end", "interrupted")
    assert "<b>9</b> </div><p>interrupted after all</p>" in told["html"]


@pytest.mark.django_db
def test_a_count_that_died_before_its_first_line_keeps_what_it_goes_on_from(alice):
    made = lifecycle.begin("gone", kind=NAME, requested_by=alice)
    lifecycle.rescue(sole_owner="new")
    assert RunEvent.objects.get(run=made).data["reached"] == 1


@pytest.mark.django_db
def test_a_queued_count_is_claimed_beside_a_reply(alice, chat):
    reply = message(chat, "assistant", "", run=run(chat, lock_key="x"))
    made = lifecycle.begin("", kind=NAME, requested_by=alice)
    assert {work.topic for work in lifecycle.claim("one")} == {f"{NAME}:{made.pk}", f"chat:{reply.chat_id}"}


@pytest.mark.django_db
def test_only_who_may_follow_it_does(begun, alice, bob):
    topic = f"{NAME}:{begun.pk}"
    assert registry.may_follow({alice: {topic}, bob: {topic}}) == {alice: {topic}, bob: set()}


# ---- what nobody here knows ----------------------------------------------------------------------------------
def test_a_kind_that_nobody_knows_is_told():
    with pytest.raises(UnknownKind, match="No app here knows runs of the kind 'dream'"):
        registry.kind("dream")


@pytest.mark.django_db
def test_a_log_that_cannot_be_read_hides_no_other_run_of_its_topic(chat, alice):
    odd, well = (
        message(chat, "assistant", "", run=run(chat, status="running", attempt=1, lock_key=key)) for key in "ab"
    )
    write(odd.run, ("start", {"type": "dance"}))
    write(well.run, ("start", {"type": "text", "text": "seen"}))
    with pytest.raises(UnknownEvent, match="delta of unknown type 'dance'"):
        log.replay(odd.run_id, registry.kind("chat").state(Work(odd.run_id, 1, chat.topic, odd.subject)))
    (told,) = stored.read(chat.topic, [str(odd.run_id), str(well.run_id)], {})
    assert json.loads(told.text)["subject"] == well.subject
    shown = presenter.views([odd, well], reader(chat, alice))
    assert ["seen" in view.html for view in shown] == [False, True]


@pytest.mark.django_db
def test_runs_that_cannot_be_read_hold_up_no_other_at_a_start(begun, chat, monkeypatch, alice):
    write(begun, ("start", {"never": "seen"}))
    monkeypatch.setattr(registry, "_kinds", {"chat": registry.kind("chat"), NAME: Counting()})
    well = message(chat, "assistant", "", run=run(chat, status="running", attempt=1, owner="gone"))
    write(well.run, ("start", {"type": "text", "text": "seen"}))
    assert lifecycle.rescue(sole_owner="new") == [well.run_id]
    registry._kinds.pop(NAME)
    assert lifecycle.rescue(sole_owner="new") == []


# ---- killed and followed -------------------------------------------------------------------------------------
@pytest.fixture
def served(tmp_path, scripted):
    """A web process that knows how to count."""
    with live_server(tmp_path / "home", scripted, app=APP) as live:
        yield live


async def _until(receive, page: Page, is_enough) -> dict:
    """Show frames of the run until one is enough; return it."""
    while True:
        frame = await receive()
        if frame.get("run"):
            assert page.seq == 0 or frame["seq"] == page.seq + 1 or frame["kind"] == "end"
            page.apply(frame)
            if is_enough(frame):
                return frame


async def test_a_count_is_followed_by_two_killed_and_followed_again(served: Live):
    cookies = sign_in_on(served, email="counts@example.org")
    ((alice,),) = served.sql("SELECT id FROM users WHERE email = 'counts@example.org'")
    made = Run(kind=NAME, requested_by_id=alice)
    served.insert(made)
    topic, first, second = f"{NAME}:{made.pk}", Page(), Page()
    async with Tab(served, cookies) as tab, tab.join(topic) as one:
        await _until(one, first, lambda frame: frame["seq"] >= 3)
        async with tab.join(topic) as two:  # comes later: a snapshot, then the rest
            joined = await _until(two, second, lambda frame: True)
            assert (joined["kind"], joined["subject"]) == ("snapshot", f"run:{made.pk}")
            await _until(two, second, lambda frame: frame["seq"] >= joined["seq"] + 3)
            served.kill()
    shown = max(first.text, second.text, key=len).rpartition(" so far")[0]
    assert shown.startswith("1 2 3 4 5")
    served.start()
    async with Tab(served, cookies) as tab, tab.join(topic, {str(made.pk): second.seq}) as again:
        end = await _until(again, second, lambda frame: True)
    assert (end["kind"], end["state"]) == ("end", "interrupted")
    assert second.text.startswith(shown)
    numbers = second.text.removesuffix("interrupted after all").split()
    assert numbers == [str(n) for n in range(1, len(numbers) + 1)]
