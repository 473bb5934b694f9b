"""The clocks of one run: what comes later, by what it is for."""

import asyncio
from collections.abc import Callable


class Timers:
    """A run's clocks. Tries are kept by where they are made, waits by their step."""

    def __init__(self) -> None:
        self._handles: dict[object, asyncio.TimerHandle] = {}

    def later(self, key: object, seconds: float, act: Callable[[], None]) -> None:
        """Have `act` called so many seconds from now, unless it is cancelled before."""
        self._handles[key] = asyncio.get_running_loop().call_later(max(0.0, seconds), self._ring, key, act)

    def _ring(self, key: object, act: Callable[[], None]) -> None:
        self._handles.pop(key, None)
        act()

    def cancel(self, key: object) -> None:
        """Forget one."""
        if handle := self._handles.pop(key, None):
            handle.cancel()

    def clear(self) -> None:
        """Forget all."""
        for key in list(self._handles):
            self.cancel(key)

    @property
    def has_tries(self) -> bool:
        """Whether a node waits for its next try."""
        return any(isinstance(key, tuple) for key in self._handles)
