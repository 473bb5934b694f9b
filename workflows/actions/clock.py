"""What goes by the clock while a process serves: due schedules, calls whose runs have ended, and runs left alone.

Rows say what is to be done, so that any number of processes may look, and nothing is lost with one.
"""

import asyncio

from sambung.lib.database import patiently
from sambung.lib.threads import in_thread
from workflows.actions import calling
from workflows.history import keeping
from workflows.triggers import schedules

LOOK = 1.0  # seconds


async def serve() -> None:
    """Look each second, for as long as the process lives."""
    await patiently(lambda: in_thread(schedules.set_anew))
    while True:
        await patiently(lambda: in_thread(look))
        await asyncio.sleep(LOOK)


def look() -> None:
    """Do what is due now."""
    schedules.start_due()
    calling.wake()
    calling.stop_orphans()
    keeping.empty()
