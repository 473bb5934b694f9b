"""Python that nobody has looked at, run by an interpreter of its own in a process of its own.

It has no files, no network and no environment. A process that serves a model or a person ends with its call; those of
workflows are kept for the next one, with a memory of their own each time. One that this server left behind ends by its
own clock.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from agents.runs import runtime
from agents.tools import Failed
from sambung.lib import terminal

SECONDS = 5.0
MEMORY = 64_000_000  # bytes
OUTPUT = 50_000  # bytes that may be printed
VALUE = 20_000  # characters of a value
AT_ONCE = 2  # processes: one that is left for pages and replies
WAITING = 60.0  # seconds that a workflow waits for a process
KEPT = 2  # processes for workflows

_slots: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Ran:
    """What code printed, its last expression's value as Python writes it ("" of none), and how it failed, where."""

    output: str
    value: str = ""
    error: str = ""
    line: int | None = None  # of the error, the first being 1


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What code printed, its last expression's value as JSON, and how it failed."""

    output: str
    value: object = None
    error: str = ""


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
            return Ran(terminal.plain(printed.output), _written(value))
    except (monty.MontyRuntimeError, monty.MontySyntaxError) as error:
        if isinstance(error.exception(), TimeoutError) and "time limit exceeded" in str(error):
            raise Failed("code_too_long", seconds=f"{SECONDS:g}") from None
        places = error.traceback()
        return Ran(
            terminal.plain(printed.output), error=error.display()[-4000:], line=places[-1].line if places else None
        )
    except monty.MontyError:
        raise Failed("code_crashed") from None


def _written(value: object) -> str:
    """The value as Python writes it, "" for None."""
    try:
        written = "" if value is None else repr(value)
    except (ValueError, RecursionError):  # an integer of thousands of digits
        raise Failed("code_too_large") from None
    return written if len(written) <= VALUE else f"{written[:VALUE]}…"


# ---- workflows ------------------------------------------------------------------------------------------
_pools: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Future] = WeakKeyDictionary()


async def evaluate(code: str, inputs: Mapping[str, object]) -> Evaluated:
    """Run code within the limits, in a process that is kept; return its value as JSON.

    Raises Failed where it was stopped, or gives what is no JSON; its own errors stand in the answer.
    """
    import pydantic_monty as monty  # takes a while, and most servers never run code

    printed = monty.CollectString(max_bytes=OUTPUT)
    limits = monty.ResourceLimits(max_feed_duration_secs=SECONDS, max_memory=MEMORY)
    pool = await _kept()
    try:
        async with pool.checkout(limits=limits) as session, asyncio.timeout(SECONDS + 1):
            value = await session.feed_run(code, inputs=dict(inputs), print_callback=printed)
            return Evaluated(terminal.plain(printed.output), _as_json(value))
    except (monty.MontyRuntimeError, monty.MontySyntaxError) as error:
        if isinstance(error.exception(), TimeoutError) and "time limit exceeded" in str(error):
            raise Failed("code_too_long", seconds=f"{SECONDS:g}") from None
        return Evaluated(terminal.plain(printed.output), error=error.display()[-4000:])
    except TimeoutError:
        raise Failed("code_too_long", seconds=f"{SECONDS:g}") from None
    except monty.MontyError:
        raise Failed("code_crashed") from None


async def _kept():
    """The processes of this loop."""
    import pydantic_monty as monty  # as above

    loop = asyncio.get_running_loop()
    if (opening := _pools.get(loop)) is None:
        opening = _pools[loop] = asyncio.ensure_future(
            monty.AsyncMonty(min_processes=1, max_processes=KEPT, checkout_timeout=WAITING).__aenter__()
        )
        runtime.at_end(_close)
    return await asyncio.shield(opening)


async def _close() -> None:
    if opening := _pools.pop(asyncio.get_running_loop(), None):
        await (await opening).__aexit__(None, None, None)


def _as_json(value: object) -> object:
    """The value as JSON has it: tuples are lists. Raises Failed for what is none."""
    match value:
        case None | bool() | str():
            return value
        case int() if abs(value) < 2**63:
            return value
        case float() if value == value and abs(value) != float("inf"):
            return value
        case list() | tuple():
            return [_as_json(one) for one in value]
        case dict() if all(isinstance(key, str) for key in value):
            return {key: _as_json(one) for key, one in value.items()}
    raise Failed("code_no_json", type=type(value).__name__)
