"""The watch over rights: whoever may no longer follow is out, whatever becomes of the others."""

import asyncio

import pytest

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
