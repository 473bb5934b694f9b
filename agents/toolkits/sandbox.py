"""Python that nobody has looked at, run by an interpreter of its own in a process of its own.

It has no files, no network and no environment. A process that serves a model or a person ends with its call; those of
workflows are kept for the next one, with a memory of their own each time. One that this server left behind ends by its
own clock.
"""

import ast
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

_PLACE = "_last_expression_"
_TREE = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_SHOW = f"'' if {_PLACE} is None else repr({_PLACE})"

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
            value = await _value(session, code, dict(inputs), printed)
            return Ran(terminal.plain(printed.output), value)
    except (monty.MontyRuntimeError, monty.MontySyntaxError) as error:
        if isinstance(error.exception(), TimeoutError) and "time limit exceeded" in str(error):
            raise Failed("code_too_long", seconds=f"{SECONDS:g}") from None
        places = error.traceback()
        return Ran(
            terminal.plain(printed.output), error=error.display()[-4000:], line=places[-1].line if places else None
        )
    except monty.MontyError:
        raise Failed("code_crashed") from None


async def _value(session, code: str, inputs: dict, printed) -> str:
    """Run code in the session; return its last expression's value as Python writes it."""
    import pydantic_monty as monty  # as above

    begin, last = _parted(code)
    value = await session.feed_run(begin, inputs=inputs, print_callback=printed)
    if not last:
        return _written(value)
    await session.feed_run(last, print_callback=printed)
    try:
        return _cut(await session.feed_run(_SHOW, print_callback=printed))
    except monty.MontyRuntimeError as error:
        if "integer string conversion" in str(error):
            raise Failed("code_too_large") from None
        raise


def _parted(code: str) -> tuple[str, str]:
    """What comes before a last expression, and what puts that aside; all of the code and "" where there is none.

    Only the interpreter knows how its objects write themselves. Each line keeps its number and its words, for errors,
    so an expression that begins with the program, or within a line, stays where it is.
    """
    lines = code.split("\n")
    try:
        last = compile(code, "", "exec", _TREE).body[-1:]
        if not last or not isinstance(last[0], ast.Expr) or (at := last[0].lineno - 1) == 0 or last[0].col_offset:
            return code, ""
        aside = f"{chr(10) * (at - 1)}{_PLACE} = (\n{chr(10).join(lines[at:])}\n)"
        compile(aside, "", "exec", _TREE)  # not where a semicolon ends it
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # the interpreter says what is wrong
        return code, ""
    return "\n".join(lines[:at]), aside


def _written(value: object) -> str:
    """The value as Python writes it, "" for None."""
    try:
        written = "" if value is None else repr(value)
    except (ValueError, RecursionError):  # an integer of thousands of digits
        raise Failed("code_too_large") from None
    return _cut(written)


def _cut(written: str) -> str:
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
