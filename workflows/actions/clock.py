"""What goes by the clock while a process serves: due schedules, calls whose runs have ended, and runs left alone.

Rows say what is to be done, so that any number of processes may look, and nothing is lost with one.
"""

import asyncio
from time import monotonic, time

from sambung.lib.database import patiently
from sambung.lib.threads import in_thread
from workflows.actions import calling
from workflows.history import keeping
from workflows.triggers import schedules

LOOK = 1.0  # seconds
SET = 60.0  # seconds by which a clock that was set differs from one that goes on


async def serve() -> None:
    """Look each second, for as long as the process lives."""
    await patiently(lambda: in_thread(schedules.set_anew))
    at = time() - monotonic()
    while True:
        at = await patiently(lambda at=at: in_thread(follow, at))
        await patiently(lambda: in_thread(look))
        await asyncio.sleep(LOOK)


def follow(at: float) -> float:
    """Reckon schedules anew where the clock was set, lest one rests until a time that is far away now.

    `at` is what the clock was ahead of the seconds of this machine; returns what it is now.
    """
    if abs((now := time() - monotonic()) - at) < SET:
        return at
    schedules.set_anew()
    return now


def look() -> None:
    """Do what is due now."""
    schedules.start_due()
    calling.wake()
    calling.stop_orphans()
    keeping.empty()
