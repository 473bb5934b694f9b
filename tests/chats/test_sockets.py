"""Following a chat over the real wire: cut, resumed, polled, and talked to in nonsense."""

import asyncio
import random

import pytest

from tests.agents.runs.page import Page, text_of
from tests.chats.test_stack import finished


async def test_three_clients_whose_sockets_are_cut_at_random_end_with_the_same_text(stage):
    """Each goes on after the seq that it has: no gap, no repeat."""
    dice = random.Random(7)
    async with stage.tab() as tab:
        chat = await tab.begin("Hello", "fake-r200-n400-plain-p10")
        ((run,),) = stage.live.sql("SELECT run_id::text FROM messages WHERE id = %s", stage.last(chat))

        async def client() -> Page:
            page = Page()
            while page.state not in {"succeeded", "failed", "interrupted"}:
                async with tab.follow(chat, {run: page.seq}) as receive:
                    for _ in range(dice.randint(1, 4)):
                        frame = await receive()
                        if "run" in frame:
                            if frame["kind"] == "delta":
                                assert frame["seq"] == page.seq + 1
                            page.apply(frame)
                        if frame["kind"] == "end":
                            break
            return page

        pages = await asyncio.gather(*(client() for _ in range(3)))
    ((html, content),) = stage.live.sql("SELECT html, content FROM messages WHERE id = %s", stage.last(chat))
    assert {page.text for page in pages} == {text_of(html)}
    assert content.split() == [f"w{n}" for n in range(400)]
    assert all(page.seqs == sorted(set(page.seqs)) for page in pages)


async def test_a_viewer_who_leaves_does_not_stop_the_reply(stage):
    model = stage.hold()
    async with stage.tab() as tab:
        chat = await tab.begin("Hello", model)
        await stage.shown(tab, chat, "w2")
    stage.release(model)
    assert [status for status, _, _ in await stage.settled(chat)] == ["succeeded"]


async def test_polling_gives_the_same_text_as_the_socket(stage):
    model = stage.hold()
    async with stage.tab() as tab:
        chat = await tab.begin("Hello", model)
        message, _ = await stage.shown(tab, chat, "w2")
        url, page = f"/app/messages/{message}/frames/", Page()
        for frame in await (await tab.http.get(url, params={"after": "0"})).json():
            page.apply(frame)
        assert page.text == "w0 w1 w2"
        assert await (await tab.http.get(url, params={"after": str(page.seq)})).json() == []
        stage.release(model)
        await stage.settled(chat)
        for frame in await (await tab.http.get(url, params={"after": str(page.seq)})).json():
            page.apply(frame)
    assert page.state == "succeeded"
    assert page.text == stage.replies(chat)[0][2].strip()


async def test_a_tab_that_joins_late_is_told_what_other_tabs_did(stage):
    async with stage.tab() as one, stage.tab() as two:
        chat = await finished(stage, one, "fake-plain-n20")
        await one.post(f"/app/chats/{chat}/messages/", text="from the first tab")
        await stage.settled(chat)
        async with two.follow(chat) as receive:
            while (frame := await receive())["kind"] != "standing":
                pass
    assert (frame["current"], frame["queued"]) == (stage.last(chat), [])


@pytest.mark.parametrize(
    "event",
    [
        "not json",
        "[]",
        '{"type": 1}',
        '{"type": "dance"}',
        '{"type": "join", "topic": "chat:x", "after": {}}',
        '{"type": "join", "topic": 5, "after": {}}',
        '{"type": "join", "topic": "chat:x", "after": {"x": 1}}',
        '{"type": "join", "topic": "chat:x", "after": {"00000000-0000-0000-0000-000000000000": Infinity}}',
        "[" * 9000,
    ],
)
async def test_events_that_make_no_sense_are_answered_and_the_socket_lives(stage, event):
    async with stage.tab() as tab, tab.http.ws_connect("/ws/") as socket:
        await socket.send_str(event)
        assert (await socket.receive_json(timeout=30))["kind"] == "error"
        await socket.send_str('{"type": "ping"}')
        assert (await socket.receive_json(timeout=30))["kind"] == "pong"
