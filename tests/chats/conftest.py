"""A stage for chats: somebody signed in on the web process, and the scripted model server that it talks to."""

import asyncio
import itertools
import os
import shutil
import tempfile
import time
from dataclasses import dataclass, field

import pytest

from agents import engine, tools
from agents.catalog import Model, servers
from agents.generation.reply import Reply
from agents.runs import lifecycle
from agents.runs.registry import Outcome
from chats.models import Message
from sambung.home import Home
from sambung.lib.failures import Failure
from sambung.supervisor import postgres
from tests.chats.disk import Disk
from tests.factories import begin
from tests.live import Live, Scripted, Tab, sign_in_on
from tests.scripts import HOLDS, HOLDS_CONTINUED

WITHIN = 30.0  # seconds after which a wait is a failure


@dataclass
class Stage:
    """A web process with its model server, and one signed-in person."""

    live: Live
    model: Scripted
    cookies: dict[str, str]
    _holds: itertools.chain = field(default_factory=lambda: iter(HOLDS))
    _continued: itertools.chain = field(default_factory=lambda: iter(HOLDS_CONTINUED))

    def tab(self) -> Tab:
        return Tab(self.live, self.cookies)

    def hold(self, continues: bool = False) -> str:
        """Give a model of one's own that waits after three words until `release`."""
        return next(self._continued if continues else self._holds)

    def release(self, model: str) -> None:
        self.model.post("/_release", {"model": model})

    def asked(self, model: str) -> int:
        """How often the model was asked."""
        return self.model.get("/_stats")["asked"].get(model, 0)

    def requests(self, model: str) -> list[dict]:
        """The bodies of the requests for a model, without those for a title."""
        found = [body for body in self.model.get("/_requests?last=200") if body.get("model") == model]
        return [body for body in found if "title of two to six words" not in str(body["messages"][0])]

    def replies(self, chat: str) -> list[tuple[str, str, str]]:
        """Give (status, error, text) of a chat's replies, oldest first."""
        found = self.live.sql(
            "SELECT run.status, run.error_code, run.error_params, m.content FROM messages m "
            "JOIN run ON run.id = m.run_id WHERE m.chat_id = %s ORDER BY m.created_at",
            chat,
        )
        return [(status, Failure(*why).sentence if why[0] else "", text) for status, *why, text in found]

    def last(self, chat: str, role: str = "assistant") -> str:
        """The id of the newest message of that role."""
        query = "SELECT id::text FROM messages WHERE chat_id = %s AND role = %s ORDER BY created_at DESC LIMIT 1"
        return self.live.sql(query, chat, role)[0][0]

    async def until(self, condition, what: str = "the condition"):
        """Wait for a condition; give what it gives."""
        ends = time.monotonic() + WITHIN
        while not (found := condition()):
            assert time.monotonic() < ends, f"waited in vain for {what}"
            await asyncio.sleep(0.02)
        return found

    async def settled(self, chat: str) -> list[tuple[str, str, str]]:
        """Wait until nothing runs in the chat; give its replies."""
        ended = {"succeeded", "failed", "stopped", "interrupted"}
        return await self.until(
            lambda: (found := self.replies(chat)) and {status for status, _, _ in found} <= ended and found,
            "the end of the replies",
        )

    async def shown(self, tab: Tab, chat: str, word: str) -> tuple[str, str]:
        """Follow the chat until a word is shown; give (message, run)."""
        async with tab.follow(chat) as receive:
            while True:
                frame = await receive()
                parts = (part.get("html") or part["done"] + part["tail"] for part in frame.get("parts", ()))
                if word in frame.get("html", "") + "".join(parts):
                    return frame["subject"].removeprefix("message:"), frame["run"]


@pytest.fixture(scope="session")
def stage(live, scripted) -> Stage:
    """One stage for all tests of this worker."""
    return Stage(live, scripted, sign_in_on(live))


@pytest.fixture
def answer():
    """Play the run of a reply to its end, as the runtime would."""

    def play(message: Message, text: str = "An answer", status: str = "succeeded", **given) -> Message:
        message.refresh_from_db()
        work = begin(message.run_id, "here")
        reply = Reply(str(message.pk), usage=given.pop("usage", {}), finish_reason=given.pop("finish_reason", "stop"))
        reply.apply([*work.base, *([{"type": "text", "text": text}] if text else [])])
        lifecycle.finish(message.run_id, work.attempt, Outcome(status, reply, **given))
        message.refresh_from_db()
        return message

    return play


@pytest.fixture(scope="module")
def own(scripted):
    """A web process over a PostgreSQL of its own, which may be restarted."""
    folder = tempfile.mkdtemp(prefix="sbt-", dir="/tmp")
    os.chmod(folder, 0o711)
    home = Home.open(f"{folder}/home")
    postgres.start(home, fsync=False)
    live = Live(home.root, home.database_url, scripted)
    try:
        live.start()
        yield live, home
    finally:
        live.stop()
        postgres.stop(home)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def kind(monkeypatch):
    """The one kind of tools: a disk."""
    monkeypatch.setattr(tools.registry, "_kinds", {"test": (made := Disk())})
    return made


@pytest.fixture
def model(monkeypatch):
    """A model that says what `says` holds, an answer for each time it is asked; `asked` keeps the asks."""

    async def reply(ask, sink, limits=None, pace=None):
        reply.asked.append(ask)
        for event in reply.says.pop(0):
            sink(event)
        sink(engine.Usage(10, 5))
        sink(engine.Finish("stop"))

    reply.asked, reply.says = [], []
    monkeypatch.setattr(engine, "reply", reply)
    monkeypatch.setattr(servers, "models", lambda: [Model("openai_compatible", "fake-plain", "Fake", 8192)])
    monkeypatch.setattr(servers, "endpoint", lambda provider: engine.Endpoint("openai", "http://127.0.0.1:1/v1"))
    return reply
