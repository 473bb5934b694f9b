"""Streams read in step: one read for all that has come since the last beat, not one for each token."""

import asyncio
from collections.abc import Callable


class Pace:
    """Lets streams rest after they were read, until the next `beat`; the kernel keeps what comes meanwhile.

    Whoever shows text in ticks beats once after each. `due` is called whenever a stream rests: what it brought may be
    nothing yet that can be shown, such as the beginning of a call.
    """

    def __init__(self, due: Callable[[], None] = lambda: None) -> None:
        self._due = due
        self._resting: dict[asyncio.ReadTransport, Callable[[], None]] = {}

    def rest(self, transport: asyncio.ReadTransport, woken: Callable[[], None]) -> None:
        """Read no more from it until the next beat, which calls `woken`."""
        if transport not in self._resting and not transport.is_closing():
            self._resting[transport] = woken
            transport.pause_reading()
            self._due()

    def is_resting(self, transport: asyncio.ReadTransport) -> bool:
        return transport in self._resting

    def leave(self, transport: asyncio.ReadTransport) -> None:
        """Read again and forget it: its request is over."""
        if self._resting.pop(transport, None):
            _wake(transport)

    def beat(self) -> None:
        """Read from all that rest."""
        resting, self._resting = self._resting, {}
        for transport, woken in resting.items():
            _wake(transport)
            woken()


def _wake(transport: asyncio.ReadTransport) -> None:
    if not transport.is_closing():
        transport.resume_reading()
