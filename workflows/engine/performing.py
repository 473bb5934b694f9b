"""Nodes that somebody is waited for, one task each. An effect begins once its intent is stored."""

import asyncio
import logging
from collections import deque
from collections.abc import Collection
from functools import partial
from time import time
from typing import Protocol
from uuid import UUID

from agents import engine, errors
from agents.runs.lifecycle import Fenced
from sambung.lib.database import patiently
from sambung.lib.failures import Failed, Failure
from sambung.lib.threads import in_thread
from workflows.engine import asking, executors, live, recovery, rows, values
from workflows.engine.limits import LimitReached
from workflows.engine.order import Order
from workflows.engine.recovery import UNEXPECTED
from workflows.engine.steps import Call, Done, StepFailed, Waits
from workflows.engine.writer import Writer
from workflows.models import StepStatus
from workflows.nodes.kinds import NONE, UNSAFE

logger = logging.getLogger(__name__)

AT_ONCE = 16  # nodes of one run that somebody is waited for
SHOWN_AFTER = 0.3  # seconds until a node that still runs is stored as running


class Machine(Protocol):
    """Who is told what comes of them."""

    def put(self, row: dict) -> None: ...
    def settled(self, call: Call, result: Done | Waits) -> None: ...
    def failed(self, call: Call, failure: Failure, output: object = None) -> None: ...
    def unknown(self, call: Call) -> None: ...
    def stop(self, failure: Failure | None = None) -> None: ...
    def interrupt(self) -> None: ...
    def advance(self) -> None: ...


class Performer:
    """The tasks of one run."""

    def __init__(self, order: Order, writer: Writer, machine: Machine) -> None:
        self._order, self._writer, self._machine = order, writer, machine
        self._line: deque[Call] = deque()
        self._tasks: set[asyncio.Task] = set()
        self._is_lost = False

    @property
    def is_idle(self) -> bool:
        return not self._tasks and not self._line

    @property
    def is_cleared(self) -> bool:
        """Whether nothing is under way; what stands in line does not count."""
        return not self._tasks

    def add(self, call: Call) -> None:
        """Perform a node as soon as there is room."""
        self._line.append(call)

    def go_on(self) -> None:
        """Begin what there is room for."""
        while self._line and len(self._tasks) < AT_ONCE:
            self._spawn(self._perform(self._line.popleft()))

    def ask(self, call: Call, asked: dict, row: dict) -> None:
        """Ask people once the step is stored."""
        self._spawn(self._ask(call, asked, row))

    def put_away(self, steps: Collection[UUID]) -> None:
        """Let steps that wait do so no more: whatever comes of them, the body that they stand in has failed."""
        if steps:
            self._spawn(self._put_away(steps))

    def cancel(self, *, is_lost: bool = False) -> None:
        """Cut off what is under way. `is_lost`: the run is somebody else's now, and nothing of it is written."""
        self._is_lost = self._is_lost or is_lost
        self._line.clear()
        for task in self._tasks:
            task.cancel()

    def _spawn(self, work) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            logger.error("A step of a workflow could not be told.", exc_info=task.exception())
            self._machine.stop(UNEXPECTED)
        self._machine.advance()

    # ---- one node ----------------------------------------------------------------------------------
    async def _perform(self, call: Call) -> None:
        shown = asyncio.get_running_loop().call_later(SHOWN_AFTER, self._put_running, call)
        try:
            if call.effect != NONE:
                await self._intend(call)
            call.tell = live.Telling(call.order, call.path)
            call.put, call.intend = self._machine.put, partial(self._intend, call)
            call.stored = partial(self._writer.flushed, self._order.run_id)
            async with asyncio.timeout(call.data.get("timeout") or None):
                result = await self._result(call)
            await self._keep_large(call, result)
        except Fenced:
            self._machine.interrupt()
        except asyncio.CancelledError:
            self._cut_off(call)
        except LimitReached as limit:
            self._machine.failed(call, limit.failure)
            self._machine.stop(limit.failure)
        except Exception as error:
            self._broke(call, error)
        else:
            self._settle(call, result)
        finally:
            shown.cancel()

    @staticmethod
    async def _result(call: Call) -> Done | Waits:
        """Execute it; what nobody would notice twice is done again until the database is there."""
        act = partial(call.work or executors.of(call.node["type"]).run, call)
        return await (act() if call.effect == UNSAFE else patiently(act))

    def _settle(self, call: Call, result: Done | Waits) -> None:
        if not self._is_lost:
            self._machine.settled(call, result)

    async def _keep_large(self, call: Call, result: Done | Waits) -> None:
        """Values that are too large for a row lie in the storage before there is a row. Raises StepFailed."""
        try:
            packed = [values.pack(call.input, self._order.id)]
            if isinstance(result, Done):
                packed.append(values.pack(result.output, self._order.id))
            if any(one.is_large for one in packed):
                await in_thread(values.keep, packed)
        except Failed as failed:  # what the step does has happened, and what it gave is lost
            raise StepFailed(failed.failure, is_uncertain=True) from failed

    async def _intend(self, call: Call) -> None:
        """Store what it is about to do: the last look whether the run is still ours. Raises Fenced."""
        self._put_running(call)
        await self._writer.flushed(self._order.run_id)

    def _put_running(self, call: Call) -> None:
        values.keep([given := values.pack(call.input, self._order.id)])
        call.is_stored = True
        self._machine.put(rows.of(call, StepStatus.RUNNING, given))

    def _broke(self, call: Call, error: Exception) -> None:
        """It failed: by its own word, by a model's service, by the clock, or by a fault of ours."""
        failure, output, is_uncertain = UNEXPECTED, None, True
        match error:
            case StepFailed():
                failure, output, is_uncertain = error.failure, error.output, error.is_uncertain
            case Failed():
                failure, is_uncertain = error.failure, False
            case engine.EngineError():
                failure, is_uncertain = errors.failure(error), False
            case TimeoutError():
                failure = Failure("workflow_timeout")
            case _:
                logger.exception("A step of a workflow failed unexpectedly.", exc_info=error)
        if is_uncertain and call.effect == UNSAFE and call.is_stored:
            self._machine.unknown(call)
        else:
            self._machine.failed(call, failure, output)

    def _cut_off(self, call: Call) -> None:
        """It was stopped in the middle: where an effect was under way, nobody knows whether it happened."""
        if self._is_lost:
            return
        given = values.shown(call.input, self._order.id)
        if call.effect == UNSAFE and call.is_stored:
            self._machine.put(rows.of(call, StepStatus.UNKNOWN, given))
        else:
            self._machine.put(rows.of(call, StepStatus.STOPPED, given, finished_at=time()))

    async def _put_away(self, steps: Collection[UUID]) -> None:
        try:
            await self._writer.flushed(self._order.run_id)  # they may not be stored yet
            await patiently(partial(in_thread, recovery.put_away, steps, self._order.run_id))
        except Fenced:
            self._machine.interrupt()

    async def _ask(self, call: Call, asked: dict, row: dict) -> None:
        try:
            self._machine.put(row)
            await self._writer.flushed(self._order.run_id)
            await patiently(partial(in_thread, asking.ask, call.id, asked))
        except Fenced:
            self._machine.interrupt()
        except asyncio.CancelledError:
            return
