"""Python that nobody has looked at, run by an interpreter of its own in a process of its own.

It has no files, no network and no environment. A process serves one call and ends with it; one that this server left
behind ends by its own clock.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from django.utils.translation import gettext_noop

from agents.tools import Failed
from sambung.lib import words

SECONDS = 5.0
MEMORY = 64_000_000  # bytes
OUTPUT = 50_000  # bytes that may be printed
VALUE = 20_000  # characters of a value
AT_ONCE = 2  # processes: one that is left for pages and replies

TOO_LONG = words.known(gettext_noop("The code ran longer than %(seconds)s seconds and was stopped."))
TOO_LARGE = words.known(gettext_noop("The result is too large to be shown."))
CRASHED = words.known(gettext_noop("The code brought its interpreter down."))

_slots: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Ran:
    """What code printed, the value of its last expression as Python writes it ("" of none), and how it failed."""

    output: str
    value: str = ""
    error: str = ""


async def run(code: str, inputs: Mapping[str, object] | None = None) -> Ran:
    """Run code within the limits. Raises Failed where it was stopped; its own errors stand in the answer."""
    async with _slots.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE)):
        try:
            async with asyncio.timeout(SECONDS + 1):  # sleep is not counted by the interpreter's own clock
                return await _run(code, inputs or {})
        except TimeoutError:
            raise Failed(TOO_LONG % {"seconds": f"{SECONDS:g}"}) from None


async def _run(code: str, inputs: Mapping[str, object]) -> Ran:
    import pydantic_monty as monty  # takes a while, and most servers never run code

    printed = monty.CollectString(max_bytes=OUTPUT)
    limits = monty.ResourceLimits(max_feed_duration_secs=SECONDS, max_memory=MEMORY)
    try:
        async with (
            monty.AsyncMonty(min_processes=0, max_processes=1) as pool,
            pool.checkout(limits=limits) as session,
        ):
            value = await session.feed_run(code, inputs=dict(inputs), print_callback=printed)
            return Ran(printed.output, _written(value))
    except (monty.MontyRuntimeError, monty.MontySyntaxError) as error:
        if isinstance(error.exception(), TimeoutError) and "time limit exceeded" in str(error):
            raise Failed(TOO_LONG % {"seconds": f"{SECONDS:g}"}) from None
        return Ran(printed.output, error=error.display()[-4000:])
    except monty.MontyError:
        raise Failed(CRASHED) from None


def _written(value: object) -> str:
    """The value as Python writes it, "" for None."""
    try:
        written = "" if value is None else repr(value)
    except (ValueError, RecursionError):  # an integer of thousands of digits
        raise Failed(TOO_LARGE) from None
    return written if len(written) <= VALUE else f"{written[:VALUE]}…"
