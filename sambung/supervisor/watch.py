"""Watching a process: when to start it again, and when to give up. And waiting that a signal ends."""

import os
import select
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

DELAYS = (0.0, 1.0, 2.0, 4.0, 8.0)  # seconds before each new start; then it gives up
STEADY = 60.0  # seconds; who lived that long begins anew


@dataclass
class Watched:
    """A process that is started again when it dies.

    `start` begins it and may raise one of `errors`; `is_alive` tells; where `may_return` says no, a death is
    the last. `farewell` is the sentence for having given up, and `is_vital` whether all else then ends.
    """

    name: str
    start: Callable[[], object]
    is_alive: Callable[[], bool]
    farewell: str
    is_vital: bool = True
    errors: tuple[type[Exception], ...] = ()
    may_return: Callable[[], bool] = lambda: True
    clock: Callable[[], float] = time.monotonic
    has_given_up: bool = False
    _deaths: int = 0
    _started_at: float = 0.0
    _due_at: float | None = None

    def begin(self) -> None:
        """Start it. Raises what `start` raises."""
        self._started_at = self.clock()
        self.start()

    def tend(self, say: Callable[[str], None]) -> None:
        """Look after it once: notice a death, start it again when that is due. `say` gets what happened."""
        if self.has_given_up or (self._due_at is None and self.is_alive()):
            return
        now = self.clock()
        if self._due_at is None:
            self._plan(now, say)
        if self._due_at is not None and now >= self._due_at:
            self._due_at = None
            try:
                self.begin()
            except self.errors as error:
                say(str(error))

    def _plan(self, now: float, say: Callable[[str], None]) -> None:
        if now - self._started_at > STEADY:
            self._deaths = 0
        if self._deaths == len(DELAYS) or not self.may_return():
            self.has_given_up = True
            return
        say(f"{self.name} stopped; starting it again.")
        self._due_at = now + DELAYS[self._deaths]
        self._deaths += 1


class Signals:
    """SIGTERM, SIGINT and SIGHUP ask for the end; those and a child's death cut a wait short."""

    def __init__(self) -> None:
        self.is_end_asked = False
        self._read, write = os.pipe()
        for handle in (self._read, write):
            os.set_blocking(handle, False)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._ask_end)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def wait(self, seconds: float) -> None:
        """Sleep for at most `seconds`."""
        if select.select([self._read], [], [], seconds)[0]:
            os.read(self._read, 4096)

    def _ask_end(self, *_: object) -> None:
        self.is_end_asked = True
