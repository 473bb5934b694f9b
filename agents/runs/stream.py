"""One run on its way: what has arrived, what is stored, and what is shown, in that order."""

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Any

from agents.runs import frames, lifecycle, log, registry
from agents.runs.registry import State, Work

UNSAVED = 3.0  # seconds after which people are told that something is not stored yet


class Stream:
    """Hands events to the run's state, which the tick cuts into log entries; what `state` shows is stored."""

    def __init__(self, work: Work, wake: Callable[[], None]):
        self.work = work
        self.kind = work.topic.partition(":")[0]
        self.state = registry.kind(self.kind).state(work)
        self.seq = work.seq
        self.is_fenced = False
        self.begun = monotonic()
        self.first_at: float | None = None  # when the first of it came
        self._unsaved_at: float | None = None  # when the oldest that is not stored came
        self._wake = wake
        self._cut: list[dict] | None = None
        self._settled = asyncio.Event()
        self._settled.set()
        if self.state.has_pending:
            wake()

    # ---- from what runs ----------------------------------------------------------------------------
    def accept(self, event: Any) -> None:
        """The sink: called for every event on arrival, so it only merges."""
        if self.state.take(event):
            if self._unsaved_at is None:
                self._unsaved_at = monotonic()
                self.first_at = self.first_at or self._unsaved_at
            self._wake()

    @property
    def first_token_seconds(self) -> float | None:
        """How long the model's first token took; None while none has come."""
        return None if self.first_at is None else round(self.first_at - self.begun, 3)

    # ---- from the tick -----------------------------------------------------------------------------
    @property
    def has_pending(self) -> bool:
        """Whether a tick has something to store."""
        return self._cut is None and self.state.has_pending

    def cut(self) -> tuple[log.Entry, list[dict]]:
        """Take what has arrived as the next log entry. `stored` or `uncut` must follow."""
        self._cut = self.state.cut()
        self._settled.clear()
        kind = "delta" if self.seq > self.work.seq else "start"
        entry = log.Entry(self.work.run_id, self.work.attempt, self.seq + 1, kind, {"deltas": self._cut})
        return entry, self._cut

    def uncut(self) -> None:
        """The entry could not be written: it comes again with the next tick."""
        self.state.put_back(self._cut or [])
        self._cut = None
        self._settled.set()

    def stored(self, deltas: list[dict]) -> frames.Frame:
        """The entry is in the database: fold it in and return its frame. A run's first frame replaces the body."""
        self.seq += 1
        self._cut = None
        self._unsaved_at = monotonic() if self.state.has_pending else None
        self._settled.set()
        touched = self.state.apply(deltas)
        return self.snapshot() if self.seq == self.work.seq + 1 else frames.delta(*self._names, touched)

    @property
    def is_unsaved(self) -> bool:
        """Whether something has waited for the database for so long that people should know."""
        return self._unsaved_at is not None and monotonic() - self._unsaved_at > UNSAVED

    # ---- joining and ending ------------------------------------------------------------------------
    @property
    def _names(self) -> tuple:
        return self.work.topic, self.work.run_id, self.work.subject, self.work.attempt, self.seq

    def snapshot(self) -> frames.Frame:
        """Everything that is stored so far."""
        return frames.snapshot(*self._names, self.state.html)

    def unsaved(self) -> frames.Frame:
        """What tells the page that there is more, which the database has not taken yet."""
        return frames.hint(self.work.topic, "unsaved", subject=self.work.subject)

    async def settle(self) -> None:
        """Wait until no write is under way."""
        await self._settled.wait()

    def last_entries(self, status: str) -> list[log.Entry]:
        """What has not been stored yet, and the end of the log. Nothing is cut from the stream after this.

        `state` and `seq` stay as they are: who joins before these entries are stored is shown nothing of them.
        """
        self._unsaved_at = self._unsaved_at or monotonic()
        entries = [self.cut()[0]] if self.has_pending else []
        end = lifecycle.end_data(status, self.result(entries))
        seq = self.seq + len(entries) + 1
        return [*entries, log.Entry(self.work.run_id, self.work.attempt, seq, "end", end)]

    def result(self, entries: list[log.Entry]) -> State:
        """Return the finished state: what is stored, with these last entries."""
        return self.state.followed_by(delta for entry in entries for delta in entry.data.get("deltas", ()))
