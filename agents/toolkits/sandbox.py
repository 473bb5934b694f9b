"""Python that nobody has looked at, run by an interpreter of its own in a process of its own.

It has no files, no network and no environment. A process serves one call and ends with it; one that this server left
behind ends by its own clock.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from agents.tools import Failed

SECONDS = 5.0
MEMORY = 64_000_000  # bytes
OUTPUT = 50_000  # bytes that may be printed
VALUE = 20_000  # characters of a value
AT_ONCE = 2  # processes: one that is left for pages and replies


_slots: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Ran:
    """What code printed, its last expression's value as Python writes it ("" of none), and how it failed, where."""

    output: str
    value: str = ""
    error: str = ""
    line: int | None = None  # of the error, the first being 1


async def run(code: str, inputs: Mapping[str, object] | None = None) -> Ran:
    """Run code within the limits. Raises Failed where it was stopped; its own errors stand in the answer."""
    async with _slots.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE)):
        try:
            async with asyncio.timeout(SECONDS + 1):  # sleep is not counted by the interpreter's own clock
                return await _run(code, inputs or {})
        except TimeoutError:
            raise Failed("code_too_long", seconds=f"{SECONDS:g}") from None


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
            raise Failed("code_too_long", seconds=f"{SECONDS:g}") from None
        places = error.traceback()
        return Ran(printed.output, error=error.display()[-4000:], line=places[-1].line if places else None)
    except monty.MontyError:
        raise Failed("code_crashed") from None


def _written(value: object) -> str:
    """The value as Python writes it, "" for None."""
    try:
        written = "" if value is None else repr(value)
    except (ValueError, RecursionError):  # an integer of thousands of digits
        raise Failed("code_too_large") from None
    return written if len(written) <= VALUE else f"{written[:VALUE]}…"
