"""Carries runs to whatever host takes them: the one seam between runs and the job queue.

A run that is started where this process has room is taken at once; else a job in the queue `workflows` names it, and
whoever gets the job takes the run over to its own tasks. Job or not, the run's row is the truth: `recovery.find` has
every host look for what nobody is at.
"""

import asyncio
import logging
import secrets
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from agents.models import Run
from agents.runs import runtime
from sambung.lib.database import will_pass
from sambung.lib.threads import in_thread, in_vital_thread
from workflows.engine import live, recovery, telling
from workflows.engine.execution import Execution
from workflows.engine.order import Order
from workflows.engine.turns import Turns
from workflows.engine.writer import Writer

logger = logging.getLogger(__name__)

QUEUE = "workflows"
AT_ONCE = 100  # runs of one process
CLAIMED = 20  # runs that are taken at once
BEAT, RENEWED = 1.0, 3  # seconds between looks for what is to be stopped; leases are renewed each third time
LOOK = 2.0  # seconds between looks for what nobody is at


class Host:
    """The runs of one process, in its loop."""

    def __init__(self) -> None:
        self.owner = secrets.token_hex(8)
        self.loop = asyncio.get_running_loop()
        self.executions: dict[UUID, Execution] = {}
        self.writer, self._turns = Writer(self._lost), Turns()
        self._line: OrderedDict[UUID, deque[UUID]] = OrderedDict()  # by workspace, whose turn is next first
        self._queued: set[UUID] = set()
        self._taking = 0
        self._is_closing = False
        self._acts: set[asyncio.Task] = set()
        self._services = [asyncio.create_task(_kept_up(one)) for one in (self._beat, self._look)]

    # ---- what comes --------------------------------------------------------------------------------
    def add(self, run: UUID, workspace: UUID) -> None:
        """Take a run as soon as it is its workspace's turn."""
        if run in self._queued or run in self.executions or self._is_closing:
            return
        self._queued.add(run)
        self._line.setdefault(workspace, deque()).append(run)
        self.loop.call_soon(self._fill)

    def stop(self, run: UUID) -> None:
        """Stop a run, if it is here."""
        if execution := self.executions.get(run):
            execution.stop()

    @property
    def held(self) -> list[UUID]:
        """The runs that this process is at, or is about to take."""
        return [*self.executions, *self._queued]

    @property
    def is_idle(self) -> bool:
        """Whether it is at nothing, and about to take nothing."""
        return not (self.executions or self._queued or self._taking)

    def _fill(self) -> None:
        """Take runs while there is room, one workspace after the other."""
        while not self._is_closing and self._line and len(self.executions) + self._taking < AT_ONCE:
            room = min(CLAIMED, AT_ONCE - len(self.executions) - self._taking)
            runs = [self._next() for _ in range(min(room, len(self._queued)))]
            self._taking += len(runs)
            self._queued.difference_update(runs)
            self._do(self._take(runs))

    def _next(self) -> UUID:
        workspace, runs = self._line.popitem(last=False)
        run = runs.popleft()
        if runs:
            self._line[workspace] = runs
        return run

    async def _take(self, runs: list[UUID]) -> None:
        try:
            orders = await in_thread(recovery.claim, runs, self.owner)
        except Exception as error:
            orders = []
            if not will_pass(error):
                logger.exception("Runs of workflows could not be taken.")
        finally:
            self._taking -= len(runs)
        if self._is_closing:
            await in_thread(recovery.let_go, [order.run_id for order in orders], self.owner)
            return
        for order in orders:
            self._begin(order)
        self._fill()

    def _begin(self, order: Order) -> None:
        try:
            execution = Execution(order, self.writer, self._turns, self._ended, live.show)
            self.executions[order.run_id] = execution
            execution.begin()
        except Exception:  # it would fail on every host
            logger.exception("A run of a workflow could not begin.", extra={"run": str(order.run_id)})
            if execution := self.executions.get(order.run_id):
                execution.interrupt()
            self._do(in_thread(recovery.give_up, order.run_id, self.owner, recovery.UNEXPECTED))

    # ---- what goes ---------------------------------------------------------------------------------
    def _ended(self, execution: Execution, status: str) -> None:
        order = execution.order
        self.executions.pop(order.run_id, None)
        if status and status != "waiting" and order.is_watched:
            self._do(in_thread(telling.tell, order.id))
        if self._line:
            self._fill()

    def _lost(self, run: UUID) -> None:
        if execution := self.executions.get(run):
            logger.warning("A run of a workflow was taken over by another holder.", extra={"run": str(run)})
            execution.interrupt()

    async def close(self) -> None:
        """Let go of what runs: another host goes on with it."""
        self._is_closing = True
        for service in self._services:
            service.cancel()
        await asyncio.gather(*self._services, return_exceptions=True)
        runs = list(self.executions)
        for execution in list(self.executions.values()):
            execution.interrupt()
        await asyncio.gather(*self._acts, return_exceptions=True)  # what it is about to take is let go as well
        await self.writer.close()
        await in_thread(recovery.let_go, runs, self.owner)

    # ---- services ----------------------------------------------------------------------------------
    async def _beat(self) -> None:
        n = 0
        while True:
            await asyncio.sleep(BEAT)
            n += 1
            if self.executions:
                await self._look_after(renews=n % RENEWED == 0)

    async def _look_after(self, *, renews: bool) -> None:
        """Renew leases, stop what shall not go on, hand over what people have decided elsewhere."""
        stopped = await in_vital_thread(recovery.beat, self.owner, list(self.executions), renews=renews)
        for run, failure in stopped.items():
            if execution := self.executions.get(run):
                execution.stop(failure)
        waiting = [step for execution in self.executions.values() for step in execution.waiting]
        for run, known in await in_vital_thread(recovery.answered, waiting) if waiting else ():
            if execution := self.executions.get(run):
                execution.answer(known)

    async def _look(self) -> None:
        while True:
            for run, workspace in await in_thread(recovery.find, self.held):
                self.add(run, workspace)
            await asyncio.sleep(LOOK)

    def _do(self, act: Awaitable) -> None:
        task = asyncio.ensure_future(act)
        self._acts.add(task)
        task.add_done_callback(self._acts.discard)


async def _kept_up(service: Callable[[], Awaitable]) -> None:
    """One that ended, as when the database restarts, begins anew."""
    while True:
        try:
            await service()
        except Exception as error:
            if not will_pass(error):
                logger.exception("A service of workflows ended; it begins anew.")
        await asyncio.sleep(BEAT)


# ---- the process ----------------------------------------------------------------------------------------
_host: Host | None = None


def host() -> Host:
    """The host of this process, which begins with the first run that it is given; its loop is the running one."""
    global _host
    if _host is None or _host.loop is not asyncio.get_running_loop():
        _host = Host()
        runtime.at_end(close)
    return _host


def current() -> Host | None:
    """The host of this process, if it has one."""
    return _host


def is_here(run_id: UUID) -> bool:
    """Whether this process carries a run now."""
    return _host is not None and run_id in _host.executions


async def close() -> None:
    """Let go of all runs of this process."""
    global _host
    if _host is not None and _host.loop is asyncio.get_running_loop():
        ending, _host = _host, None
        await ending.close()


# ---- the seam -------------------------------------------------------------------------------------------
def start(run: Run) -> None:
    """Have a queued run taken by whatever host comes first, once the present transaction has been committed."""
    workspace = run.team_id or run.requested_by_id
    transaction.on_commit(partial(_hand_over, run.pk, workspace))


def wake(run: Run) -> None:
    """The same for a run that waited and is queued again."""
    start(run)


def stop(run_id: UUID) -> None:
    """Stop a run that is here, on commit; other hosts see it at their next beat."""
    transaction.on_commit(lambda: _host and _call(_host.stop, run_id))


def _hand_over(run_id: UUID, workspace: UUID) -> None:
    if _host is not None and len(_host.executions) < AT_ONCE:
        _call(_host.add, run_id, workspace)
        return
    try:
        carry.configure(queueing_lock=f"workflow:{run_id}").defer(run=str(run_id), workspace=str(workspace))
    except AlreadyEnqueued:
        return  # a job for it waits already


def _call(act: Callable, *args: object) -> None:
    """Do it in the host's loop, from any thread."""
    _host.loop.call_soon_threadsafe(act, *args)


@app.task(name="workflows.carry", queue=QUEUE)
async def carry(run: str, workspace: str) -> None:
    """Hand a run over to this process's host, which executes it in tasks of its own."""
    host().add(UUID(run), UUID(workspace))


def carry_all(found: Iterable[tuple[UUID, UUID]]) -> None:
    """Hand runs over that were found without a job."""
    for run, workspace in found:
        _hand_over(run, workspace)
