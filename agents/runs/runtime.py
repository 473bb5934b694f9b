"""Runs as tasks of this process: started on commit, written in ticks, shown only after they are stored."""

import asyncio
import contextvars
import logging
import secrets
import uuid
from collections.abc import Callable, Coroutine
from time import monotonic
from typing import Any

from django.db import transaction

from agents import engine, errors
from agents.models import RunStatus
from agents.runs import frames, lifecycle, log, registry, stored
from agents.runs.hub import Hub
from agents.runs.lifecycle import Fenced
from agents.runs.registry import Outcome, Paused, Work
from agents.runs.stream import Stream
from sambung.lib import database
from sambung.lib.failures import Failure
from sambung.lib.threads import Misplaced, in_thread, in_vital_thread, pool
from sambung.lib.waiting import Act, Busy

logger = logging.getLogger(__name__)

TICK, LONGEST_TICK = 0.05, 0.25  # seconds between flushes: for a few streams, and under load
TICK_EACH = 0.002  # seconds by which each stream lengthens the tick
HEARTBEAT = 4.0  # seconds; within five, nothing runs any more for somebody who lost the right
ENDINGS = 2  # replies that are ended at the same time
PATIENCE = 1.0  # seconds for which an ending stands in line with what begins
UNEXPECTED = Failure("unexpected")  # its cause goes to the log and never to a person
LOOK = 1.0  # seconds between looks for what the database has not taken
LAST_TRIES = 2  # of storing an end when the process is told to end as well


class Runtime:
    """The runs of one process, and the hub to follow them through. All methods but `call` belong to the loop."""

    def __init__(self) -> None:
        self.owner = secrets.token_hex(8)
        self.hub = Hub()
        self.streams: dict[uuid.UUID, Stream] = {}
        self.loop = asyncio.get_running_loop()
        self._dirty = asyncio.Event()
        self._pace = engine.Pace(self._dirty.set)
        self._writer = log.Writer()
        self._tasks: dict[uuid.UUID, asyncio.Task] = {}
        self._executing: set[uuid.UUID] = set()  # the only time at which a run may be cancelled
        self._stopping: set[uuid.UUID] = set()
        self._ending = asyncio.Semaphore(ENDINGS)
        self._is_closing = False
        self._is_refused = False  # whether the database did not take what was written last
        self._read_at = monotonic()
        self._services: list[asyncio.Task] = []

    # ---- the process -------------------------------------------------------------------------------
    async def open(self) -> None:
        """End what a former process left, then serve."""
        for run_id in await in_thread(lifecycle.rescue, sole_owner=self.owner):
            logger.warning("A run of a former process was interrupted.", extra={"run": str(run_id)})
        services = (self._tick(), self._beat(), self._look_after_unsaved())
        self._services = [asyncio.create_task(service) for service in services]

    async def close(self) -> None:
        """Interrupt what runs, keeping its text, and let go of the database."""
        self._is_closing = True
        for run_id in list(self._executing):
            self._cancel(run_id)
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        for service in self._services:
            service.cancel()
        await asyncio.gather(*self._services, return_exceptions=True)
        await _end_others()
        await self._writer.close()

    def call(self, function: Callable, *args) -> None:
        """Call `function` in the loop, from any thread.

        With a fresh context: a view's own would lead later database work into that request's dead executor.
        """
        self.loop.call_soon_threadsafe(function, *args, context=contextvars.Context())

    # ---- one run -----------------------------------------------------------------------------------
    def start(self, work: Work) -> None:
        if ending := self._tasks.get(work.run_id):  # it was decided before the stretch that waited for it had let go
            ending.add_done_callback(lambda _: self.start(work))
            return
        task = self._tasks[work.run_id] = self.loop.create_task(self._run(work))
        task.add_done_callback(lambda _: self._tasks.pop(work.run_id, None))

    def stop(self, run_id: uuid.UUID) -> None:
        """Stop a run of this process; its text is kept."""
        if run_id in self._tasks and run_id not in self._stopping:
            self._stopping.add(run_id)
            self._cancel(run_id)

    def _cancel(self, run_id: uuid.UUID) -> None:
        if run_id in self._executing:
            self._executing.discard(run_id)
            self._tasks[run_id].cancel()

    async def _run(self, work: Work) -> None:
        run_id = work.run_id
        try:
            stream = self.streams[run_id] = Stream(work, self._dirty.set)
            report = registry.kind(stream.kind).report()
            status, error = await self._execute(work, stream, report)
            await self._finish(stream, status, error, report)
        except Fenced:
            logger.warning("A run was taken over by another holder.", extra={"run": str(run_id)})
            await self._show_result(work)
        except Exception:
            logger.exception("A run could not be ended; the rescue ends it.", extra={"run": str(run_id)})
            await self._let_go(work)
        finally:
            self.streams.pop(run_id, None)
            self._stopping.discard(run_id)

    async def _execute(self, work: Work, stream: Stream, report: Any) -> tuple[RunStatus, Failure | None]:
        """Run to the end, whatever it is; return the status, and why it failed."""
        if work.run_id in self._stopping:
            return RunStatus.STOPPED, None
        if self._is_closing:
            return RunStatus.INTERRUPTED, None
        self._executing.add(work.run_id)
        try:
            await registry.kind(stream.kind).execute(work, stream.accept, report, self._pace)
        except asyncio.CancelledError:
            if work.run_id in self._stopping:
                return RunStatus.STOPPED, None
            if stream.is_fenced:
                raise Fenced from None
            return RunStatus.INTERRUPTED, None
        except Paused:
            return RunStatus.WAITING, None
        except engine.EngineError as error:
            logger.info("A run failed: %s", error.code, extra={"run": str(work.run_id)})
            return (RunStatus.INTERRUPTED if error.is_interruption else RunStatus.FAILED), errors.failure(error)
        except Exception:
            logger.exception("A run failed unexpectedly.", extra={"run": str(work.run_id)})
            return RunStatus.FAILED, UNEXPECTED
        finally:
            self._executing.discard(work.run_id)
        return RunStatus.SUCCEEDED, None

    async def _finish(self, stream: Stream, status: RunStatus, error: Failure | None, report: Any) -> None:
        """Store the rest and the result in one transaction, then show the end.

        Waits for a database that takes nothing, however long: what a model has said is lost with this process alone.
        Until it is this one's turn to end, ticks go on showing what has come.
        """
        work, last, tries, seconds = stream.work, None, 0, monotonic() - stream.begun
        await self._give_way()
        while True:
            async with self._ending:
                if last is None:
                    await stream.settle()
                    entries = stream.last_entries(status)
                    state, first = stream.result(entries), stream.first_token_seconds
                    last = Outcome(status, state, error, seconds, report, first), entries
                try:
                    html = await in_vital_thread(lifecycle.finish, work.run_id, work.attempt, *last)
                    break
                except Exception as refusal:
                    tries += self._is_closing
                    if not database.will_pass(refusal) or tries == LAST_TRIES:
                        raise
                    self._note(refusal)
            await asyncio.sleep(LOOK)
        self._note(None)
        self.hub.publish(frames.end(work.topic, work.run_id, work.subject, work.attempt, entries[-1].seq, status, html))

    async def _give_way(self) -> None:
        """Under load stand in line with what came earlier, above all what begins, though not for long.

        A process has one processor for all its threads: an end that pushes in holds up who waits for a first word.
        """
        if pool().is_crowded and not self._is_closing:
            turn = asyncio.get_running_loop().run_in_executor(pool(), int)
            await asyncio.wait({turn}, timeout=PATIENCE)

    async def _let_go(self, work: Work) -> None:
        try:
            await in_vital_thread(lifecycle.abandon, work.run_id, work.attempt)
        except Exception:  # its lease will be over
            logger.exception("A run could not be let go.", extra={"run": str(work.run_id)})

    async def _show_result(self, work: Work) -> None:
        """Show the end that another holder stored, to those who follow here."""
        for frame in await in_thread(stored.read, work.topic, [str(work.run_id)], {}):
            self.hub.publish(frame)

    # ---- services ----------------------------------------------------------------------------------
    async def _tick(self) -> None:
        """Flush all streams together, soon for a few, less often under load."""
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            begun = monotonic()
            streams = [s for s in self.streams.values() if s.has_pending]
            try:
                await self._flush(streams)
            except Exception as refusal:  # of one tick; the streams of the next must go on
                self._note(refusal)
                self._dirty.set()
                await asyncio.sleep(LONGEST_TICK * 4)
                await self._read()
                continue
            self._note(None)
            spent = monotonic() - begun
            tick = max(TICK + TICK_EACH * (len(streams) - 1), 4 * spent)
            await asyncio.sleep(min(tick, LONGEST_TICK) - min(spent, TICK))
            await self._read()

    async def _read(self) -> None:
        """Let the engine read what has come since the last tick."""
        self._read_at = monotonic()
        self._pace.beat()
        for _ in range(2):  # turns of the loop: for the sockets, and for the tasks that wait for them
            await asyncio.sleep(0)

    async def _flush(self, streams: list[Stream]) -> None:
        """One INSERT for all, then one frame for each: nothing is ever shown that is not stored."""
        if not streams:
            return
        try:
            batches = [stream.cut() for stream in streams]
            held = await self._writer.write([entry for entry, _ in batches])
        except BaseException as refusal:
            for stream in streams:
                stream.uncut()
            if database.will_pass(refusal) or not isinstance(refusal, Exception):
                raise
            await self._flush_apart(streams, refusal)
            return
        for stream, (_, deltas) in zip(streams, batches, strict=True):
            if stream.work.run_id in held:
                self._publish(stream, deltas)
            else:
                stream.is_fenced = True
                stream.uncut()  # an end that waits for this write must learn of it too
                self._cancel(stream.work.run_id)

    async def _flush_apart(self, streams: list[Stream], refusal: Exception) -> None:
        """One of them holds what can never be stored: the others must not wait for it. It ends with what is."""
        if len(streams) > 1:
            for stream in streams:
                await self._flush([stream])
            return
        run_id = streams[0].work.run_id
        logger.error("A run holds what cannot be stored; it ends here.", exc_info=refusal, extra={"run": str(run_id)})
        self._cancel(run_id)

    def _publish(self, stream: Stream, deltas: list[dict]) -> None:
        try:
            self.hub.publish(stream.stored(deltas))
        except Exception:  # one text that cannot be rendered must not hold up the others
            logger.exception("A frame could not be made.", extra={"run": str(stream.work.run_id)})

    def _note(self, refusal: Exception | None) -> None:
        """Log once that the database takes nothing, and once that it does again."""
        if refusal is not None and not self._is_refused:
            logger.error("The database takes nothing; replies wait until it does.", exc_info=refusal)
        elif refusal is None and self._is_refused:
            logger.warning("The database takes what is written again.")
        self._is_refused = refusal is not None

    async def _look_after_unsaved(self) -> None:
        """While the database is silent or refuses: tell the pages, and go on reading, lest a server gives up."""
        while True:
            await asyncio.sleep(LOOK)
            for stream in self.streams.values():
                if stream.is_unsaved:
                    self.hub.publish(stream.unsaved())
            if monotonic() - self._read_at > LOOK:
                await self._read()

    @property
    def is_behind(self) -> bool:
        """Whether the database has not taken something for seconds. Asked from any thread."""
        return any(stream.is_unsaved for stream in list(self.streams.values()))

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            try:
                await self.beat()
            except Exception as refusal:  # the rescue of this process leaves what is held all the same
                self._note(refusal)

    async def beat(self) -> None:
        """Renew the leases of what runs here, and stop what shall not go on."""
        for run_id in await in_vital_thread(lifecycle.beat, self.owner, self.held):
            self.stop(run_id)

    @property
    def held(self) -> list[uuid.UUID]:
        """The runs that this process is at."""
        return list(self._tasks)


_runtime: Runtime | None = None
_others: list[Callable[[], Coroutine]] = []


def at_end(close: Callable[[], Coroutine]) -> None:
    """Have what others keep in the loop, such as connections, closed at its end."""
    if close not in _others:
        _others.append(close)


async def _end_others() -> None:
    for close in _others:
        try:
            await close()
        except Exception:
            logger.exception("Something could not be closed.")


def current() -> Runtime | None:
    """The runtime of this process; None in a process that serves no replies (a shell, a job worker, most tests)."""
    return _runtime


def set_current(runtime: Runtime | None) -> None:
    global _runtime
    _runtime = runtime


def owner() -> str:
    """Who holds the runs that begin in this process; "" where none is served."""
    return _runtime.owner if _runtime else ""


def wait(asking: Coroutine, seconds: float, act: Act):
    """Return what the coroutine gives, from a thread: it runs in the loop where the engine's connections are.

    Whoever waits has a slot of `act`, and stands aside for others. Where no replies are served the coroutine runs in a
    loop of its own. Raises TimeoutError, and Busy at once where there is no slot.
    """
    try:
        with act.slot():
            return _waited(asking, seconds)
    except (Busy, Misplaced):
        asking.close()
        raise


def _waited(asking: Coroutine, seconds: float):
    if not _runtime:
        return asyncio.run(_alone(asking, seconds))
    asked = asyncio.run_coroutine_threadsafe(asking, _runtime.loop)
    try:
        return asked.result(seconds)
    except TimeoutError:
        asked.cancel()
        raise


async def _alone(asking: Coroutine, seconds: float):
    try:
        return await asyncio.wait_for(asking, seconds)
    finally:
        await _end_others()
        await engine.close()


def start_on_commit(work: Work) -> None:
    """Start the run in this process once the present transaction has been committed."""
    transaction.on_commit(lambda: _runtime.call(_runtime.start, work))


def stop_on_commit(run_id: uuid.UUID) -> None:
    """Stop the run once the present transaction has been committed. Another process sees it at its next beat."""
    transaction.on_commit(lambda: _runtime and _runtime.call(_runtime.stop, run_id))


def show_on_commit(shown: list[frames.Frame]) -> None:
    """Show these frames to those who follow here, once the present transaction has been committed."""
    for frame in shown if _runtime else ():
        transaction.on_commit(lambda frame=frame: _runtime.call(_runtime.hub.publish, frame))


def hint_on_commit(topic: str, what: str, **more) -> None:
    """Tell the viewers of `topic` that `what` changed, once the present transaction has been committed."""
    transaction.on_commit(lambda: _runtime and _runtime.call(_runtime.hub.publish, frames.hint(topic, what, **more)))
