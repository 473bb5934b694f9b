"""Fan-out inside the process: frames by topic, to bounded queues. Used from the event loop alone."""

import asyncio
from collections import defaultdict, deque

from agents.runs.frames import Frame

#: Frames that a viewer may be behind; then they are dropped, and it reads again from what is stored.
LIMIT = 64


class Subscription:
    """One viewer's queue on one topic."""

    def __init__(self, hub: "Hub", topic: str):
        self._hub, self._topic = hub, topic
        self._frames: deque[Frame] = deque()
        self._ready = asyncio.Event()
        self._lagged = False

    def __enter__(self) -> "Subscription":
        self._hub._topics[self._topic].add(self)
        return self

    def __exit__(self, *exc) -> None:
        viewers = self._hub._topics[self._topic]
        viewers.discard(self)
        if not viewers:
            del self._hub._topics[self._topic]

    def put(self, frame: Frame) -> None:
        if len(self._frames) >= LIMIT:
            self._frames.clear()
            self._lagged = True
        if not self._lagged:
            self._frames.append(frame)
        self._ready.set()

    async def take(self) -> list[Frame] | None:
        """Wait for frames and return them all; None means that some were dropped: read again what is stored."""
        await self._ready.wait()
        self._ready.clear()
        if self._lagged:
            self._lagged = False
            return None
        frames = list(self._frames)
        self._frames.clear()
        return frames


class Hub:
    """Topics and who follows them."""

    def __init__(self) -> None:
        self._topics: defaultdict[str, set[Subscription]] = defaultdict(set)

    def subscribe(self, topic: str) -> Subscription:
        return Subscription(self, topic)

    def is_followed(self, topic: str) -> bool:
        """Whether anybody here follows a topic."""
        return topic in self._topics

    def publish(self, frame: Frame) -> None:
        for viewer in self._topics.get(frame.topic, ()):
            viewer.put(frame)
