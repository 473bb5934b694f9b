"""A process that is told to end, and a database that restarts, in the middle of replies."""

import asyncio
import signal

from agents.runs.consumer import SIGNED_OUT
from sambung.supervisor import postgres
from tests.agents.runs.page import Page, text_of
from tests.live import PATIENCE, Live, Tab, sign_in_on, wait_for

LONG = "fake-r50-n2000-plain"
#: Chat, status and html of replies.
REPLIES = "SELECT m.chat_id::text, run.status, m.html FROM messages m JOIN run ON run.id = m.run_id"


async def test_a_process_that_is_told_to_end_interrupts_its_replies_with_their_text(mortal):
    cookies = sign_in_on(mortal)
    async with Tab(mortal, cookies) as tab:
        chats = [await tab.begin("Hello", LONG) for _ in range(3)]
        seen = await asyncio.gather(*(_watch(tab, chat, "w3") for chat in chats))
        await asyncio.to_thread(mortal.stop, signal.SIGTERM)
    rows = mortal.sql(f"{REPLIES} WHERE m.chat_id = ANY(%s)", chats)
    assert [status for _, status, _ in rows] == ["interrupted"] * 3
    stored = {chat: text_of(html) for chat, _, html in rows}
    assert all(stored[chat].startswith(page.text) for chat, page in zip(chats, seen, strict=True))


async def test_a_queued_message_outlives_the_process(mortal):
    cookies = sign_in_on(mortal)
    async with Tab(mortal, cookies) as tab:
        chat = await tab.begin("Hello", LONG)
        await _watch(tab, chat, "w3")
        await tab.post(f"/app/chats/{chat}/messages/", text="And then?")
        await asyncio.to_thread(mortal.kill)
        await asyncio.to_thread(mortal.start)
        async with tab.http.get(f"/app/chats/{chat}/") as response:
            html = await response.text()
    assert "data-queued=" in html
    assert "And then?" in html
    assert "Retry" in html


async def _watch(tab: Tab, chat: str, word: str) -> Page:
    """Follow until a word is shown; give the page."""
    page = Page()
    async with tab.follow(chat) as receive:
        while word not in page.text:
            frame = await receive()
            if "run" in frame:
                page.apply(frame)
    return page


async def test_postgresql_restarted_in_the_middle_loses_nothing_that_was_shown(own):
    """The reply goes on or is interrupted; every seq that a viewer had is in the log, and its text in the message."""
    live, home = own
    cookies = sign_in_on(live)
    async with Tab(live, cookies) as tab:
        chats = [await tab.begin("Hello", LONG) for _ in range(3)]
        seen = await asyncio.gather(*(_watch(tab, chat, "w5") for chat in chats))
        await asyncio.to_thread(postgres.stop, home)
        await asyncio.to_thread(postgres.start, home, fsync=False)
        logged = dict(
            live.sql("SELECT m.chat_id::text, max(e.seq) FROM run_event e JOIN messages m USING (run_id) GROUP BY 1")
        )
        assert all(logged[chat] >= page.seq for chat, page in zip(chats, seen, strict=True))
        for chat in chats:
            await _stop(tab, chat)
        rows = await _ended(live)
        assert {status for _, status, _ in rows} <= {"stopped", "interrupted"}
        stored = {chat: text_of(html) for chat, _, html in rows}
        assert all(stored[chat].startswith(page.text) for chat, page in zip(chats, seen, strict=True))
        # and the process serves as before: replies, jobs, and the watch over rights
        await _watch(tab, await tab.begin("Hello", LONG), "w3")
        chat = await tab.begin("Hello", "fake-plain-n20")
        titled = "SELECT 1 FROM chats WHERE id = %s AND metadata ->> 'title_by' = 'model'"
        await asyncio.to_thread(wait_for, lambda: live.sql(titled, chat), "the title")
        async with tab.http.ws_connect("/ws/") as socket:
            live.sql("DELETE FROM django_session")
            assert (await socket.receive(PATIENCE)).data == SIGNED_OUT


async def _stop(tab: Tab, chat: str) -> None:
    """Stop the chat's reply, as soon as the process has found the database again."""
    ((message,),) = tab.live.sql("SELECT id::text FROM messages WHERE chat_id = %s AND role = 'assistant'", chat)
    async with asyncio.timeout(30):
        while (await tab.post(f"/app/messages/{message}/stop/"))[0] != 204:
            await asyncio.sleep(0.1)


async def _ended(live: Live) -> list[tuple[str, str, str]]:
    """Wait until no run is active; give the replies."""
    async with asyncio.timeout(60):
        while True:
            rows = live.sql(REPLIES)
            if not {"queued", "running"} & {status for _, status, _ in rows}:
                return rows
            await asyncio.sleep(0.1)
