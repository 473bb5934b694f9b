"""Where synchronous work of an async process runs.

One pool of threads, each with a connection, does the work of pages, jobs and replies. Who must wait there stands aside:
the thread does not count meanwhile, its connection is given back, and another one is started in its place. What keeps
replies alive has threads of its own.
"""

import asyncio
import contextvars
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache, partial
from typing import Any

from django.conf import settings
from django.db import close_old_connections, connections

#: Threads, each with its connection, for heartbeats, rights and endings: two endings, and one that is always free.
VITAL = 3
#: More threads than ever stand aside: how many may is said in `waiting`.
_MOST = 1000

_here = threading.local()  # `turns`: what this thread holds one of; `is_vital`


class Misplaced(RuntimeError):
    """A mistake of ours: something waits where nothing may wait."""


class Turns:
    """So many at a time. The others stand in line, and whoever ends hands the turn to the next."""

    def __init__(self, size: int) -> None:
        self._free, self._line, self._lock = size, deque(), threading.Lock()

    def ask(self, begin: Callable[[], Any]) -> None:
        """Call `begin` as soon as there is a turn, in whatever thread that is."""
        with self._lock:
            if not self._free:
                self._line.append(begin)
                return
            self._free -= 1
        begin()

    def take(self) -> None:
        """Wait for a turn."""
        given = threading.Event()
        self.ask(given.set)
        given.wait()

    @property
    def has_line(self) -> bool:
        """Whether anybody waits for a turn."""
        return bool(self._line)

    def end(self) -> None:
        """Hand one's turn on."""
        with self._lock:
            if not self._line:
                self._free += 1
                return
            begin = self._line.popleft()
        begin()


class Pool(Executor):
    """`size` calls at a time, not counting those that stand aside."""

    def __init__(self, size: int, name: str) -> None:
        self._size, self._turns = size, Turns(size)
        self._threads = ThreadPoolExecutor(_MOST, thread_name_prefix=name)

    def submit(self, function: Callable, /, *args, **kwargs) -> Future:
        done, call = Future(), partial(function, *args, **kwargs)
        self._turns.ask(lambda: self._threads.submit(self._run, done, call))
        return done

    def _run(self, done: Future, call: Callable) -> None:
        _here.turns = self._turns
        try:
            if done.set_running_or_notify_cancel():
                done.set_result(call())
        except BaseException as error:
            done.set_exception(error)
        finally:
            self._turns.end()
            done = call = None  # else an error and this frame keep each other, and all that came with the call

    @property
    def is_crowded(self) -> bool:
        """Whether calls stand in line."""
        return self._turns.has_line

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the threads, after the calls that stand in line now."""
        for act in (self._turns.take, self._turns.end) if wait else ():
            for _ in range(self._size):
                act()
        self._threads.shutdown(wait, cancel_futures=cancel_futures)


@cache
def pool() -> Pool:
    """One thread for each connection that requests, jobs and replies may use."""
    return Pool(max(1, settings.DB_POOL_MAX - VITAL), "db")


@cache
def vital() -> ThreadPoolExecutor:
    """The threads of what keeps replies alive. Nothing may wait in them."""
    return ThreadPoolExecutor(VITAL, "vital", initializer=partial(setattr, _here, "is_vital", True))


async def in_thread(function: Callable, *args, **kwargs) -> Any:
    """Run `function` in the pool, its connection given back afterwards; return what it returns."""
    return await _run_in(pool(), function, *args, **kwargs)


async def in_vital_thread(function: Callable, *args, **kwargs) -> Any:
    """The same for heartbeats, rights and the endings of replies, which nothing else may hold up."""
    return await _run_in(vital(), function, *args, **kwargs)


async def _run_in(executor: Executor, function: Callable, *args, **kwargs) -> Any:
    call = partial(contextvars.Context().run, _work, partial(function, *args, **kwargs))
    return await asyncio.get_running_loop().run_in_executor(executor, call)


def _work(function: Callable) -> Any:
    close_old_connections()
    try:
        return function()
    finally:
        close_old_connections()


# ---- waiting --------------------------------------------------------------------------------------------
@contextmanager
def aside() -> Iterator[None]:
    """Wait in here: in a thread of the pool another call goes on instead. Raises Misplaced.

    In a transaction nothing may wait: its rows are held, and whoever wants them holds the turn that ends the wait.
    """
    check_may_wait()
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:  # else it is a test's
            connection.close()
    turns = getattr(_here, "turns", None)
    if turns is None:
        yield
        return
    _here.turns = None
    turns.end()
    try:
        yield
    finally:
        turns.take()
        _here.turns = turns


def check_may_wait() -> None:
    """Raise Misplaced in a vital thread, and in a transaction."""
    if getattr(_here, "is_vital", False):
        raise Misplaced("Nothing may wait in a thread for heartbeats, rights and endings.")
    if is_in_transaction():
        raise Misplaced("Nothing may wait in a transaction: do it before, or on commit.")


def is_in_transaction() -> bool:
    """Whether this thread is in a transaction, a test's own not counted."""
    return any(
        not block._from_testcase
        for connection in connections.all(initialized_only=True)
        for block in connection.atomic_blocks
    )
