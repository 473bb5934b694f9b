"""Writes the steps of all runs of a process: what has come since the last time goes in one statement, one commit.

Nothing waits for it but what must not happen before it is known: an effect, an end. Rows of attempts that somebody else
has taken over are left out, and their runs are told.
"""

import asyncio
import logging
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import orjson
import psycopg

from agents.runs import log
from agents.runs.lifecycle import Fenced
from sambung.lib.database import will_pass

logger = logging.getLogger(__name__)

PAUSE = 0.02  # seconds between two commits, in which rows gather
CLOSING = 3.0  # seconds for the last rows, when the process ends
AGAIN = 1.0  # seconds until a database that takes nothing is tried again

_COLUMNS = (
    *("id uuid", "workflow_run_id uuid", "node_id text", "node_type text", "path text", "attempt int"),
    *("run_attempt int", "status text", "handle text", "input jsonb", "output jsonb", "input_file text"),
    *("output_file text", "size bigint", "usage jsonb", "cost numeric", "error_code text", "error_params jsonb"),
    *("effect text", "idempotency_key text"),
)
_NAMES = tuple(column.split()[0] for column in _COLUMNS)
_TIMES = ("wake_at", "started_at", "finished_at")
_CHANGED = (
    *("status", "handle", "output", "output_file", "size", "usage", "cost", "error_code", "error_params"),
    *("wake_at", "finished_at", "run_attempt"),
)
#: KEY SHARE waits for whoever takes a run over.
STEPS = f"""
WITH held AS (
    SELECT run.id AS run, {", ".join(f"new.{name}" for name in (*_NAMES, *_TIMES))}
    FROM jsonb_to_recordset(%s::jsonb) AS new(
        run uuid, {", ".join(_COLUMNS)}, {", ".join(f"{name} float8" for name in _TIMES)}
    )
    JOIN run ON run.id = new.run AND run.attempt = new.run_attempt AND run.status = 'running' FOR KEY SHARE OF run
), written AS (
    INSERT INTO workflow_step ({", ".join((*_NAMES, *_TIMES))})
    SELECT {", ".join(_NAMES)}, {", ".join(f"to_timestamp({name})" for name in _TIMES)} FROM held
    ON CONFLICT (workflow_run_id, path, attempt) DO UPDATE SET
        {", ".join(f"{name} = excluded.{name}" for name in _CHANGED)},
        input = coalesce(excluded.input, workflow_step.input),
        input_file = CASE WHEN excluded.input IS NULL THEN workflow_step.input_file ELSE excluded.input_file END,
        started_at = coalesce(workflow_step.started_at, excluded.started_at)
    WHERE workflow_step.status IN ('running', 'waiting_time')
)
SELECT DISTINCT run FROM held
"""
_LOCK = "SELECT id FROM run WHERE id = ANY(%s::uuid[]) FOR UPDATE"
_NEW = """
jsonb_to_recordset(%s::jsonb) AS new(
    run uuid, attempt int, status text, error_code text, error_params jsonb, usage jsonb, cost numeric, output jsonb,
    seconds float8, waiting uuid[]
)
"""
#: A run does not pause where a step that it waits for has ended meanwhile.
_LEAVE = f"""
WITH new AS (SELECT * FROM {_NEW}), left_ AS (
    UPDATE run SET status = new.status, error_code = new.error_code, error_params = new.error_params,
        usage = new.usage, cost = new.cost, owner = '', lease_until = NULL, heartbeat_at = now(),
        finished_at = CASE WHEN new.status = 'waiting' THEN NULL ELSE now() END
    FROM new WHERE run.id = new.run AND run.attempt = new.attempt AND run.status = 'running' AND (
        new.status <> 'waiting' OR run.stop_requested_at IS NULL AND NOT EXISTS (
            SELECT 1 FROM workflow_step AS step WHERE step.id = ANY(new.waiting)
            AND step.status NOT IN ('waiting_person', 'waiting_time', 'waiting_child', 'unknown')
        )
    ) RETURNING run.id
), told AS (
    UPDATE workflow_run SET output = new.output, seconds = new.seconds FROM new, left_
    WHERE workflow_run.run_id = new.run AND left_.id = new.run
), stopped AS (
    UPDATE workflow_step AS step SET status = 'stopped', finished_at = now(), wake_at = NULL
    FROM workflow_run, new, left_ WHERE step.workflow_run_id = workflow_run.id AND workflow_run.run_id = new.run
    AND left_.id = new.run AND new.status <> 'waiting'
    AND step.status IN ('waiting_person', 'waiting_time', 'waiting_child', 'running')
)
SELECT id FROM left_
"""


@dataclass(slots=True)
class Leaving:
    """A run that ends or pauses, with its last rows before it."""

    run: uuid.UUID
    told: dict
    done: asyncio.Future = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Writer:
    """One for all runs of a process, in its loop. `lost` is called for a run that somebody else has taken."""

    def __init__(self, lost: Callable[[uuid.UUID], None]) -> None:
        self.commits = 0
        self._lost = lost
        self._rows: dict[tuple[uuid.UUID, str, int], dict] = {}
        self._leaving: list[Leaving] = []
        self._waiting: list[tuple[uuid.UUID, asyncio.Future]] = []
        self._dirty, self._hurry, self._idle = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._connection: psycopg.AsyncConnection | None = None
        self._is_refused = False
        self._task = asyncio.create_task(self._work())

    # ---- what comes --------------------------------------------------------------------------------
    def put(self, row: dict) -> None:
        """Have a step's row written: `run` and the columns, times as seconds. A later one replaces it."""
        key = (row["run"], row["path"], row["attempt"])
        if (before := self._rows.pop(key, None)) and before["started_at"]:
            row["started_at"] = before["started_at"]
        self._rows[key] = row
        self._dirty.set()

    async def flushed(self, run: uuid.UUID) -> None:
        """Wait until all rows of a run so far are stored. Raises Fenced where they are not this process's to write."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((run, done))
        self._dirty.set()
        self._hurry.set()
        await done

    async def leave(self, run: uuid.UUID, told: dict) -> bool:
        """End or pause a run, behind its rows; return whether that is done: else it goes on. Raises Fenced."""
        one = Leaving(run, told)
        self._leaving.append(one)
        self._dirty.set()
        return await one.done

    async def close(self) -> None:
        """Write what there is, and hang up."""
        self._dirty.set()
        self._hurry.set()
        await _either(self._idle, CLOSING)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        if self._connection is not None:
            await self._connection.close()

    # ---- what goes ---------------------------------------------------------------------------------
    async def _work(self) -> None:
        while True:
            if not self._dirty.is_set():
                self._idle.set()
            await self._dirty.wait()
            self._idle.clear()
            self._dirty.clear()
            self._hurry.clear()
            rows, self._rows = self._rows, {}
            leaving, self._leaving = self._leaving, []
            waiting, self._waiting = self._waiting, []
            await self._patiently(list(rows.values()), leaving, waiting)
            if not self._hurry.is_set():
                await _either(self._hurry, PAUSE)

    async def _patiently(self, rows: list[dict], leaving: list[Leaving], waiting: list) -> None:
        """Write, however long the database takes nothing: what was done must not be lost to a pause of it."""
        runs = {row["run"] for row in rows} | {one.run for one in leaving} | {run for run, _done in waiting}
        while True:
            try:
                held, left = await self._write(rows, leaving)
                break
            except Exception as refusal:
                if not will_pass(refusal):
                    await self._apart(rows, leaving, waiting, refusal)
                    return
                if not self._is_refused:
                    logger.error("The database takes nothing; steps of workflows wait until it does.")
                self._is_refused = True
                await asyncio.sleep(AGAIN)
        self._is_refused = False
        lost = {row["run"] for row in rows} - held
        for run, done in waiting:
            if not done.done():
                done.set_exception(Fenced()) if run in lost else done.set_result(None)
        for one in leaving:
            if not one.done.done():
                one.done.set_exception(Fenced()) if one.run in lost else one.done.set_result(one.run in left)
        for run in lost & runs:
            self._lost(run)

    async def _apart(self, rows: list[dict], leaving: list, waiting: list, refusal: Exception) -> None:
        """One of them holds what can never be stored: the others must not wait for it."""
        runs = {row["run"] for row in rows} | {one.run for one in leaving} | {run for run, _done in waiting}
        if len(runs) > 1:
            for run in runs:
                mine = [row for row in rows if row["run"] == run]
                await self._patiently(
                    mine, [one for one in leaving if one.run == run], [pair for pair in waiting if pair[0] == run]
                )
            return
        logger.error("A run of a workflow holds what cannot be stored.", exc_info=refusal)
        for done in [done for _run, done in waiting] + [one.done for one in leaving]:
            if not done.done():
                done.set_exception(Fenced())
        for run in runs:
            self._lost(run)

    async def _write(self, rows: list[dict], leaving: list[Leaving]) -> tuple[set[uuid.UUID], set[uuid.UUID]]:
        """Write it in one transaction; return the runs whose rows are this process's, and those that have left."""
        if self._connection is None or self._connection.broken or self._connection.closed:
            self._connection = await log.connect()
        self.commits += 1
        if not leaving:
            return await self._insert(rows), set()
        async with self._connection.transaction():
            held = await self._insert(rows)
            await self._connection.execute(_LOCK, [[one.run for one in leaving]])
            told = _json({"run": one.run} | one.told for one in leaving)
            cursor = await self._connection.execute(_LEAVE, [told], prepare=True)
            return held, {run for (run,) in await cursor.fetchall()}

    async def _insert(self, rows: list[dict]) -> set[uuid.UUID]:
        if not rows:
            return set()
        cursor = await self._connection.execute(STEPS, [_json(rows)], prepare=True)
        return {run for (run,) in await cursor.fetchall()}


def _json(rows: Iterable[dict]) -> str:
    return orjson.dumps(list(rows)).decode()


async def _either(event: asyncio.Event, seconds: float) -> None:
    """Wait for the event, at most so long."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return
