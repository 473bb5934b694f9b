"""Runs that were queued where none are served, such as by a worker or a command: a process that serves takes them."""

import asyncio
from functools import partial

import psycopg

from agents.runs import follow, lifecycle, log, runtime
from sambung.lib.database import patiently
from sambung.lib.threads import in_thread

AGAIN = 1.5  # seconds until a look that nobody called for


async def serve() -> None:
    """Start what is queued: at once where the database tells of it, and always within two seconds."""
    served, line = runtime.current(), Line()
    try:
        while True:
            if not (claimed := await in_thread(lifecycle.claim, served.owner)):
                await line.wait(AGAIN)
                continue
            beat = partial(lifecycle.beat, served.owner, [work.run_id for work in claimed])
            unwanted = await patiently(partial(in_thread, beat))  # what is claimed is nobody else's to start
            for work in claimed:
                served.start(work)
                if work.run_id in unwanted:  # stopped, or its person lost the right, while it was queued
                    served.stop(work.run_id)
            for topic in {work.topic for work in claimed}:  # open pages do not know of what was sent elsewhere
                served.hub.publish(await follow.standing(topic))
    finally:
        await line.close()


class Line:
    """Hears that runs are queued, over a connection of its own."""

    def __init__(self) -> None:
        self._connection: psycopg.AsyncConnection | None = None

    async def wait(self, seconds: float) -> None:
        """Wait until a run may be queued, at most so long. Where nothing can be heard, the look in between finds it."""
        try:
            if self._connection is None or self._connection.closed:
                self._connection = await log.connect()
                await self._connection.execute(f"LISTEN {lifecycle.CHANNEL}")
                return  # what was queued before this is found by a look
            async for _told in self._connection.notifies(timeout=seconds, stop_after=1):
                pass
        except psycopg.OperationalError:
            await self.close()
            await asyncio.sleep(seconds)

    async def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None
