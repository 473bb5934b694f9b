"""A database that is away, or takes nothing: replies wait for it, and nothing that was received is lost."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass

import psutil
import pytest

from sambung.home import Home
from sambung.supervisor import postgres
from tests.agents.runs.page import Page
from tests.live import Live, Tab, sign_in_on, wait_for

WORDS = [f"w{n}" for n in range(6)]
REPLY = "SELECT m.id::text, run.status, m.content FROM messages m JOIN run ON run.id = m.run_id WHERE m.chat_id = %s"


@contextlib.asynccontextmanager
async def stopped(live: Live, home: Home) -> AsyncIterator[None]:
    """The database is away."""
    await asyncio.to_thread(postgres.stop, home)
    try:
        yield
    finally:
        await asyncio.to_thread(postgres.start, home, fsync=False)


@contextlib.asynccontextmanager
async def read_only(live: Live, _home: Home) -> AsyncIterator[None]:
    """The database answers, and refuses to write."""
    with live.read_only():
        yield


@pytest.fixture(params=[stopped, read_only], ids=lambda stall: stall.__name__)
def stall(request):
    return request.param


async def _told(receive, page: Page, kind: str) -> dict:
    """Read frames into the page until one of this kind comes."""
    while (frame := await receive())["kind"] != kind:
        if "run" in frame:
            page.apply(frame)
    return frame


async def _shown(receive, page: Page, word: str) -> None:
    while word not in page.text:
        if "run" in (frame := await receive()):
            page.apply(frame)


@dataclass(frozen=True, slots=True)
class Answering:
    """A chat whose model holds still after three words, which are shown."""

    tab: Tab
    chat: str
    model: str
    page: Page
    receive: Callable[[], Awaitable[dict]]

    async def go_on(self, live: Live) -> dict:
        """Have the model say the rest; give the frame that tells that it is not saved."""
        live.model.post("/_release", {"model": self.model})
        return await _told(self.receive, self.page, "unsaved")


@contextlib.asynccontextmanager
async def answering(live: Live, model: str) -> AsyncIterator[Answering]:
    """Begin a chat and follow it until the model holds still."""
    async with Tab(live, sign_in_on(live)) as tab:
        chat = await tab.begin("Hello", model)
        async with tab.follow(chat) as receive:
            page = Page()
            await _shown(receive, page, "w2")
            yield Answering(tab, chat, model, page, receive)


async def test_a_reply_waits_for_the_database_and_says_so(own, stage, stall):
    """All that the model says while nothing is taken is there in the end; until then nothing of it is shown."""
    live, home = own
    async with answering(live, stage.hold()) as here:
        async with stall(live, home):
            told = await here.go_on(live)
            assert "w3" not in here.page.text
            async with here.tab.http.get("/readyz") as response:
                assert response.status == 503
        here.page.apply(await _told(here.receive, here.page, "end"))
        ((message, status, text),) = live.sql(REPLY, here.chat)
        assert told["subject"] == f"message:{message}"
        await asyncio.to_thread(wait_for, live._is_ready, "readiness")
    assert status == "succeeded"
    assert text.split()[:6] == WORDS
    assert here.page.text == " ".join(text.split())


async def test_a_kill_while_nothing_is_taken_loses_only_what_was_never_shown(own, stage):
    live, _ = own
    async with answering(live, stage.hold()) as here:
        with live.read_only():
            await here.go_on(live)
            await asyncio.to_thread(live.kill)
    await asyncio.to_thread(live.start)
    ((_, status, text),) = live.sql(REPLY, here.chat)
    assert (status, " ".join(text.split())) == ("interrupted", here.page.text)


async def test_sends_are_answered_503_and_pages_are_read_while_nothing_is_taken(own, stage):
    live, _ = own
    async with Tab(live, sign_in_on(live)) as tab:
        chat = await tab.begin("Hello", "fake-plain-n20")
        await asyncio.to_thread(wait_for, lambda: live.sql(REPLY, chat)[0][1] == "succeeded", "the reply")
        live.sql("UPDATE usersessions_usersession SET last_seen_at = now() - interval '1 day'")
        with live.read_only():
            for path in ("/app/", f"/app/chats/{chat}/", "/app/agents/", "/app/prompts/", "/accounts/profile/"):
                async with tab.http.get(path) as response:
                    assert (path, response.status) == (path, 200)
            status, _, headers = await tab.post(f"/app/chats/{chat}/messages/", text="And then?")
            assert (status, headers["Retry-After"]) == (503, "5")
            async with tab.http.post("/accounts/logout/", data={"csrfmiddlewaretoken": tab.csrf}) as response:
                assert (response.status, response.headers["Retry-After"]) == (503, "5")  # the session cannot be ended
            async with tab.http.get("/readyz") as response:
                assert (response.status, await response.text()) == (503, "the database is read-only")
        assert (await tab.post(f"/app/chats/{chat}/messages/", text="And then?"))[0] == 200


async def test_a_process_ends_though_the_database_takes_nothing(own, stage):
    """It does not wait for ever with what it cannot store."""
    live, _ = own
    async with Tab(live, sign_in_on(live)) as tab:
        chat = await tab.begin("Hello", model := stage.hold())
        page = Page()
        async with tab.follow(chat) as receive:
            await _shown(receive, page, "w2")
        with live.read_only():
            live.model.post("/_release", {"model": model})
            await asyncio.to_thread(live.stop)
    await asyncio.to_thread(live.start)
    assert live.sql(REPLY, chat)[0][1] == "interrupted"


async def test_a_database_that_stands_still_loses_nothing(own, stage):
    """It neither answers nor fails, as in a machine that is paused: the write under way waits, and so does the rest."""
    live, home = own
    async with answering(live, stage.hold()) as here:
        with _frozen(home):
            await here.go_on(live)
        here.page.apply(await _told(here.receive, here.page, "end"))
    ((_, status, text),) = live.sql(REPLY, here.chat)
    assert (status, " ".join(text.split())) == ("succeeded", here.page.text)
    assert text.split()[:6] == WORDS


@contextlib.contextmanager
def _frozen(home: Home) -> Iterator[None]:
    server = psutil.Process(postgres.pid(home))
    processes = [server, *server.children(recursive=True)]
    for process in processes:
        process.suspend()
    try:
        yield
    finally:
        for process in processes:
            process.resume()
