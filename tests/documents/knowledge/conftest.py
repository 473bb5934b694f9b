"""Coroutines in tests that hold a transaction: what they do in threads is done where its rows are."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue

import pytest


class Beside:
    """Runs a coroutine in another thread; calls that it makes by `in_thread` come back to the test's."""

    def __init__(self) -> None:
        self._calls: SimpleQueue = SimpleQueue()

    async def in_thread(self, function, *args, **kwargs):
        done = Future()
        self._calls.put((done, partial(function, *args, **kwargs)))
        return await asyncio.wrap_future(done)

    def run(self, coroutine: Coroutine):
        """Return what it returns."""
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(asyncio.run, coroutine)
            running.add_done_callback(lambda _future: self._calls.put(None))
            while (call := self._calls.get()) is not None:
                done, act = call
                try:
                    done.set_result(act())
                except BaseException as error:
                    done.set_exception(error)
            return running.result()


@pytest.fixture
def beside(monkeypatch) -> Beside:
    found = Beside()
    for module in ("indexing", "tool"):
        monkeypatch.setattr(f"documents.knowledge.{module}.in_thread", found.in_thread)
    return found
