"""The application with one thing wrong on purpose: frames go out before the log is written."""

import asyncio

from sambung.asgi import application  # isort: skip  sets Django up
from agents.runs.runtime import Runtime

__all__ = ["application"]


async def _flush(self, streams):
    batches = [stream.cut() for stream in streams]
    for stream, (_, deltas) in zip(streams, batches, strict=True):
        self._publish(stream, deltas)
    await asyncio.sleep(0.2)
    if batches:
        await self._writer.write([entry for entry, _ in batches])


Runtime._flush = _flush
