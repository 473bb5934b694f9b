"""What is queued by another process is answered here: told of by the database, found by a look otherwise."""

import asyncio
import uuid
from types import SimpleNamespace

import pytest
from django.db import OperationalError

from agents.runs import follow, lifecycle, queue, runtime
from sambung.lib import database
from tests.live import Tab, live_server, sign_in_on, wait_for

WELL, HELD = "fake-plain-n20", "fake-hold3-plain-n5"
ASK = """
from uuid import uuid4
from agents.catalog import Model
from chats.actions import sending
from teams.models import User
from teams.workspace import Workspace
alice = User.objects.latest("created_at")
model = Model("openai_compatible", {model!r}, "", 8192, has_tokenizer=False, can_continue=False)
print(sending.start_chat(by=alice, workspace=Workspace(alice), model=model, text="Hello", client_id=uuid4()).pk)
"""
STOP = """
from agents.models import Run
from agents.runs.stop import stop
stop(run=Run.objects.latest("created_at"))
"""
PUSH = """
from chats.actions import sending
from chats.models import Message
(waiting,) = Message.objects.filter(queued_at__isnull=False)
assert waiting.metadata == {"held": True}
sending.push(message=waiting, by=waiting.user)
"""
REPLIES = """
SELECT run.status, m.content FROM messages m JOIN run ON run.id = m.run_id WHERE m.chat_id = %s ORDER BY m.created_at
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory, scripted):
    """A web process whose jobs are done elsewhere, and somebody signed in."""
    with live_server(tmp_path_factory.mktemp("home"), scripted, SAMBUNG_EMBEDDED_WORKER="off") as live:
        yield live, sign_in_on(live)


def _has_ended(live, chat: str) -> list | None:
    replies = live.sql(REPLIES, chat)
    return replies if all(status not in {"queued", "running"} for status, _ in replies) else None


@pytest.mark.parametrize("is_deaf", [False, True])
async def test_a_message_sent_by_a_command_is_answered(served, is_deaf):
    live, _ = served
    if is_deaf:  # whoever listens has lost the line, and finds what is queued by looking
        live.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN runs%%'")
    chat = live.manage(ASK.format(model=WELL)).strip()
    ((status, text),) = wait_for(lambda: _has_ended(live, chat), "the answer")
    assert (status, text.split()) == ("succeeded", [f"w{n}" for n in range(20)])


async def test_what_waits_behind_a_dead_reply_is_held_and_sent_by_another_process(served):
    """Its process died after somebody had pressed Stop, and a worker ends it: the next message waits for a person."""
    live, cookies = served
    async with Tab(live, cookies) as tab:
        chat = await tab.begin("Hello", HELD)
        await tab.post(f"/app/chats/{chat}/model/", model=f"openai_compatible:{WELL}")
        await tab.post(f"/app/chats/{chat}/messages/", text="And then?")
        dead = "UPDATE run SET owner = 'dead', stop_requested_at = now(), lease_until = now() - interval '1 minute'"
        live.sql(f"{dead} WHERE status = 'running'")
        async with tab.follow(chat) as receive:
            await asyncio.to_thread(live.manage, "from agents.runs import lifecycle; assert lifecycle.rescue()")
            assert [status for status, _ in live.sql(REPLIES, chat)] == ["stopped"]
            await asyncio.to_thread(live.manage, PUSH)
            shown = live.sql("SELECT current_message_id::text FROM chats WHERE id = %s", chat)[0][0]
            async with asyncio.timeout(30):  # the page learns what it should show now, though another process sent it
                while (await receive()).get("current") != shown:
                    pass
        replies = await asyncio.to_thread(wait_for, lambda: _has_ended(live, chat), "the answer")
    assert [status for status, _ in replies] == ["stopped", "succeeded"]


async def test_what_was_stopped_while_it_was_queued_asks_no_model(served, scripted):
    """The web process was away when a command sent it, and somebody thought better of it."""
    live, _ = served
    live.stop()
    before = scripted.get("/_stats")["asked"].get(WELL, 0)
    chat = live.manage(ASK.format(model=WELL)).strip()
    live.manage(STOP)
    assert live.sql(REPLIES, chat) == [("queued", "")]
    live.start()
    assert wait_for(lambda: _has_ended(live, chat), "the end") == [("stopped", "")]
    assert scripted.get("/_stats")["asked"].get(WELL, 0) == before


async def test_what_was_queued_while_no_process_served_is_answered_at_its_start(served):
    live, _ = served
    live.stop()
    chat = live.manage(ASK.format(model=WELL)).strip()
    live.start()
    ((status, _text),) = wait_for(lambda: _has_ended(live, chat), "the answer")
    assert status == "succeeded"


async def test_what_was_claimed_is_started_though_the_database_goes_away_just_then(monkeypatch):
    work, started = SimpleNamespace(run_id=uuid.uuid4(), topic="chat:1"), asyncio.Event()
    refusals = [OperationalError("away"), OperationalError("away")]

    def beat(owner: str, run_ids: list) -> set:
        if refusals:
            raise refusals.pop()
        return set()

    async def standing(topic: str) -> None:
        await asyncio.Event().wait()

    served = SimpleNamespace(owner="here", start=lambda given: given is work and started.set())
    for place, name, stand_in in (
        (runtime, "current", lambda: served),
        (lifecycle, "claim", lambda owner: [work]),
        (lifecycle, "beat", beat),
        (follow, "standing", standing),
        (database, "AGAIN", 0),
    ):
        monkeypatch.setattr(place, name, stand_in)
    serving = asyncio.create_task(queue.serve())

    async with asyncio.timeout(10):
        await asyncio.wait({serving, asyncio.create_task(started.wait())}, return_when=asyncio.FIRST_COMPLETED)

    assert started.is_set()
    serving.cancel()
