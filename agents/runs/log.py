"""The log of runs: one row for each stream and tick, written before anything of it is shown."""

import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import orjson
import psycopg
from django.db import connection
from django.db.models import Max

from agents.models import RunEvent
from agents.runs.registry import State, UnknownEvent

logger = logging.getLogger(__name__)

#: A row that is there already was committed while the connection broke: nobody has been shown it, so it is replaced.
_AGAIN = "ON CONFLICT (run_id, seq) DO UPDATE SET kind = excluded.kind, data = excluded.data"
#: Rows whose attempt is no longer the present one are left out. KEY SHARE waits for whoever takes a run over.
_INSERT = f"""
WITH held AS (
    SELECT run.id, new.seq, new.kind, new.data
    FROM unnest(%s::uuid[], %s::int[], %s::int[], %s::text[], %s::text[]) AS new (run, attempt, seq, kind, data)
    JOIN run ON run.id = new.run AND run.attempt = new.attempt AND run.status = 'running'
    FOR KEY SHARE OF run
)
INSERT INTO run_event (run_id, seq, kind, data) SELECT id, seq, kind, data::jsonb FROM held
{_AGAIN} RETURNING run_id
"""
_APPEND = f"""
INSERT INTO run_event (run_id, seq, kind, data) SELECT run, seq, kind, data::jsonb
FROM unnest(%s::uuid[], %s::int[], %s::int[], %s::text[], %s::text[]) AS new (run, attempt, seq, kind, data)
{_AGAIN}
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line to be written."""

    run: uuid.UUID
    attempt: int
    seq: int
    kind: str
    data: dict


class Writer:
    """Writes ticks over a connection of its own, in autocommit, with one prepared statement."""

    def __init__(self) -> None:
        self._connection: psycopg.AsyncConnection | None = None

    async def write(self, entries: list[Entry]) -> set[uuid.UUID]:
        """Insert the entries in one statement; return the runs that still are this process's to write.

        Raises psycopg.OperationalError when the database cannot be reached; nothing is written then.
        """
        if self._connection is None or self._connection.broken:
            self._connection = await connect()
        cursor = await self._connection.execute(_INSERT, _columns(entries), prepare=True)
        return {run for (run,) in await cursor.fetchall()}

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None


async def connect() -> psycopg.AsyncConnection:
    """Open a connection outside the pool, to the database that Django uses."""
    parameters = connection.get_connection_params()
    for ours in ("pool", "cursor_factory", "context", "prepare_threshold", "server_side_binding"):
        parameters.pop(ours, None)
    return await psycopg.AsyncConnection.connect(**parameters, autocommit=True)


def replay(run_id: uuid.UUID, state: State) -> int:
    """Fold the stored log of a run into its new state; return the last seq (0 where there is no log).

    Raises UnknownEvent.
    """
    events = list(RunEvent.objects.filter(run_id=run_id).order_by("seq").values_list("seq", "kind", "data"))
    for _, kind, data in events:
        fold(state, kind, data)
    return events[-1][0] if events else 0


def read(run_id: uuid.UUID, state: State) -> int:
    """The same where several are shown: a log that cannot be read is told to the operator, and taken for none."""
    try:
        return replay(run_id, state)
    except UnknownEvent:
        logger.exception("The log of a run cannot be read.", extra={"run": str(run_id)})
        return 0


def last_seq(run_id: uuid.UUID) -> int:
    """The last seq of a run's log, 0 where there is none."""
    return RunEvent.objects.filter(run_id=run_id).aggregate(last=Max("seq"))["last"] or 0


def fold(state: State, kind: str, data: dict) -> None:
    """Apply one line of the log. Raises UnknownEvent."""
    if kind in {"start", "delta"}:
        if kind == "start":
            state.begin_again()
        state.apply(data["deltas"])
    elif kind == "end":
        state.end(data)
    else:
        raise UnknownEvent(f"The log holds an event of unknown kind {kind!r}.")


def _columns(entries: Sequence[Entry]) -> list[list]:
    """The entries as the arrays that the statements take."""
    columns = zip(*((e.run, e.attempt, e.seq, e.kind, orjson.dumps(e.data).decode()) for e in entries), strict=True)
    return [list(column) for column in columns]


def append(entries: Sequence[Entry]) -> None:
    """Write inside the present transaction, whose caller holds the run."""
    if entries:
        with connection.cursor() as cursor:
            cursor.execute(_APPEND, _columns(entries))
