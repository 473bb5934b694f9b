"""Slots of what people wait for, held by others."""

from collections.abc import Iterator
from contextlib import contextmanager

from sambung.lib.waiting import Act, asks_for


@contextmanager
def full(act: Act) -> Iterator[None]:
    """Every slot is held by others, and somebody else asks."""
    others, mine = {f"other {n}" for n in range(act.at_once)}, asks_for.set("somebody")
    act._held |= others
    try:
        yield
    finally:
        act._held -= others
        asks_for.reset(mine)
