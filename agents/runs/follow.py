"""The one way to watch runs: what is stored first, then live, without gap or repeat."""

import uuid
from collections.abc import AsyncIterator, Mapping

from agents.runs import frames, registry, runtime
from agents.runs import stored as stored_runs
from agents.runs.frames import Frame
from agents.runs.stored import AFTER_ALL
from sambung.lib.threads import in_thread


async def follow(topic: str, after: Mapping[str, int]) -> AsyncIterator[Frame]:
    """Yield the frames of a topic's runs. `after` maps a run's id to the last seq that the viewer has of it.

    A run whose log has gone on since begins with one snapshot, one that has ended with its end; then comes what the
    page should show by now (hints may have been missed), then live frames.
    The caller has made sure that the viewer may follow the topic.
    """
    seen = dict(after)
    with runtime.current().hub.subscribe(topic) as live:
        batch = [*await stored(topic, seen), await standing(topic)]
        while True:
            for frame in batch:
                if frame.run and not _is_news(frame, seen.get(frame.run, 0)):
                    continue
                if frame.run:
                    seen[frame.run] = frame.seq
                yield frame
            batch = await live.take()
            if batch is None:  # too slow: some were dropped
                batch = [*await stored(topic, seen), await standing(topic)]


def _is_news(frame: Frame, had: int) -> bool:
    """Whether a viewer who has `had` lacks this frame.

    The log's last line is stored just before the end is told: who joins in between has its seq, but not the end.
    """
    return frame.seq > had or (frame.kind == "end" and frame.seq == had != AFTER_ALL)


async def standing(topic: str) -> Frame:
    """Return the hint that says what the page should show now."""
    kind, _, subject = topic.partition(":")
    return frames.hint(topic, "standing", **await in_thread(registry.followed(kind).standing, subject))


async def stored(topic: str, after: Mapping[str, int]) -> list[Frame]:
    """Return a frame for each active run of the topic, and for each in `after`, that has more than the viewer has."""
    streams = [s for s in runtime.current().streams.values() if s.work.topic == topic]
    here = {str(s.work.run_id) for s in streams}
    shown = [s.snapshot() for s in streams if s.seq > after.get(str(s.work.run_id), 0)]
    elsewhere = [run for run in after if run not in here]
    return shown + (await in_thread(stored_runs.read, topic, elsewhere, after) if elsewhere else [])


def unsaved(run_id: uuid.UUID) -> list[Frame]:
    """Return what tells that a reply of this process goes on, but is not stored yet. Called from any thread."""
    stream = runtime.current() and runtime.current().streams.get(run_id)
    return [stream.unsaved()] if stream and stream.is_unsaved else []
