"""Runs take turns in the loop: a few nodes of one, then whatever else there is to do, then the next."""

import asyncio
from collections.abc import Callable

from agents.runs import runtime

ASIDE = 0.002  # seconds for which runs stand aside after each turn while replies are written


class Turns:
    """One for all runs of a process. Without it a hundred of them would hold the loop for half a second."""

    def __init__(self) -> None:
        self._line: dict[object, Callable[[], None]] = {}
        self._loop = asyncio.get_running_loop()
        self._is_due = False

    def ask(self, run: object, act: Callable[[], None]) -> None:
        """Have `act` called when it is the run's turn; who stands in line stays where they are."""
        self._line.setdefault(run, act)
        self._go_on()

    def _go_on(self) -> None:
        if self._line and not self._is_due:
            self._is_due = True
            served = runtime.current()
            if served and served.streams:
                self._loop.call_later(ASIDE, self._next)
            else:
                self._loop.call_soon(self._next)

    def _next(self) -> None:
        self._is_due = False
        run = next(iter(self._line))
        act = self._line.pop(run)
        try:
            act()
        finally:
            self._go_on()
