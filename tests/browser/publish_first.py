"""The application with one thing wrong on purpose: frames go out before the log is written."""

from sambung.asgi import application  # isort: skip  sets Django up
from agents.runs.runtime import Runtime

__all__ = ["application"]


async def _flush(self, streams):
    """Publish what came, and write it one tick later: the last frame shown is never stored."""
    batches = [stream.cut() for stream in streams]
    for stream, (_, deltas) in zip(streams, batches, strict=True):
        self._publish(stream, deltas)
    late, self.late = getattr(self, "late", []), [entry for entry, _ in batches]
    if late:
        await self._writer.write(late)


Runtime._flush = _flush
