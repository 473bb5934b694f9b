"""Slots of what people wait for, held by others or by the same person."""

from collections.abc import Iterator
from contextlib import contextmanager

from sambung.lib.waiting import Act, asks_for


@contextmanager
def full(act: Act) -> Iterator[None]:
    """Every slot is held by others, and somebody else asks."""
    mine = asks_for.set("somebody")
    with held(act, *(f"other {n}" for n in range(act.at_once))):
        yield
    asks_for.reset(mine)


@contextmanager
def held(act: Act, *people: str) -> Iterator[None]:
    """These people have a slot each."""
    act._held |= set(people)
    try:
        yield
    finally:
        act._held -= set(people)
