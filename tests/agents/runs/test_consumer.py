"""The watch over rights: whoever may no longer follow is out, whatever becomes of the others."""

import asyncio
from types import SimpleNamespace

import pytest
from psycopg_pool import PoolTimeout

from agents.runs import consumer, runtime


class Socket:
    """What the watch knows of a socket; `end` is what closing it does."""

    topics = frozenset()

    def __init__(self, end=None):
        self.end, self.code = end, None

    async def close(self, code):
        if isinstance(self.end, Exception):
            raise self.end
        if self.end:
            await self.end.wait()
        self.code = code


@pytest.mark.parametrize("error", [RuntimeError("gone"), OSError("broken")])
async def test_one_bad_socket_holds_up_no_other(monkeypatch, error):
    gone, stuck, good = Socket(error), Socket(asyncio.Event()), Socket()
    sockets = {gone, stuck, good}

    async def barred(function, found):
        return list(found)

    monkeypatch.setattr(consumer, "RECHECK", 0)
    monkeypatch.setattr(consumer, "CLOSING", 0.01)
    monkeypatch.setattr(consumer, "_open", sockets)
    monkeypatch.setattr(consumer, "in_vital_thread", barred)
    watch = asyncio.create_task(consumer.watch_rights())
    async with asyncio.timeout(10):
        while sockets or good.code is None:
            await asyncio.sleep(0)
    assert good.code == consumer.SIGNED_OUT
    assert not watch.done()
    watch.cancel()


@pytest.mark.parametrize("seconds", [consumer.RECHECK, runtime.HEARTBEAT])
def test_rights_are_looked_at_within_five_seconds(seconds):
    """Of open sockets, and of those for whom something runs."""
    assert 0 < seconds < 5


@pytest.mark.parametrize("act", ["connect", "receive"])
async def test_a_database_that_is_away_makes_the_page_try_again(monkeypatch, act):
    async def away(function, *args):
        raise PoolTimeout("none came free")

    codes = []

    async def close(code):
        codes.append(code)

    socket = consumer.FollowConsumer()
    socket.scope = {"session": SimpleNamespace(session_key="key")}
    monkeypatch.setattr(socket, "close", close)
    monkeypatch.setattr(consumer, "in_thread", away)
    await socket.connect()
    if act == "receive":
        await socket.receive('{"type": "join", "topic": "chat:x", "after": {}}')
    assert codes == [consumer.LATER] * (1 if act == "connect" else 2)
