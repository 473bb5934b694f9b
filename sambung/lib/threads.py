"""Where synchronous database work of an async process runs: one pool of threads, each with its own connection."""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import Any

from django.conf import settings
from django.db import close_old_connections

#: Connections kept for others: the log's own, the lock's own, and a job's.
_RESERVED = 3


@cache
def pool() -> ThreadPoolExecutor:
    """One thread for each connection that requests and replies may use."""
    return ThreadPoolExecutor(max(1, settings.DB_POOL_MAX - _RESERVED), thread_name_prefix="db")


def _work(function: Callable, *args) -> Any:
    close_old_connections()
    try:
        return function(*args)
    finally:
        close_old_connections()


async def in_thread(function: Callable, *args, **kwargs) -> Any:
    """Run `function` in the pool, its connection given back afterwards; return what it returns."""
    call = partial(contextvars.Context().run, _work, partial(function, *args, **kwargs))
    return await asyncio.get_running_loop().run_in_executor(pool(), call)
