"""One reply on its way: what has arrived, what is stored, and what is shown, in that order."""

import asyncio
from collections.abc import Callable
from time import monotonic

from agents import engine
from agents.runs import frames, lifecycle, log
from agents.runs.deltas import Deltas, of_parts
from agents.runs.registry import Work
from agents.runs.reply import Reply

UNSAVED = 3.0  # seconds after which people are told that something is not stored yet


class Stream:
    """Collects deltas from the engine; the tick cuts them into log entries. `reply` holds only what is stored."""

    def __init__(self, work: Work, wake: Callable[[], None]):
        self.work = work
        self.kind = work.topic.partition(":")[0]
        self.reply = Reply(str(work.subject), usage=dict(work.usage))
        self.seq = work.seq
        self.is_fenced = False
        self.first_at: float | None = None  # when the model's first token came
        self._unsaved_at: float | None = None  # when the oldest that is not stored came
        self._wake = wake
        self._pending = Deltas()
        self._pending.put_back(of_parts(work.base))
        self._cut: list[dict] | None = None
        self._settled = asyncio.Event()
        self._settled.set()
        if self._pending:
            wake()

    # ---- from the engine ---------------------------------------------------------------------------
    def accept(self, event: engine.Event) -> None:
        """The sink: called for every event on arrival, so it only merges."""
        match event:
            case engine.Usage():
                self.reply.count(event.as_dict())
            case engine.Finish(reason):
                self.reply.finish_reason = reason
            case _ if self._pending.take(event):
                if self._unsaved_at is None:
                    self._unsaved_at = monotonic()
                    self.first_at = self.first_at or self._unsaved_at
                self._wake()

    # ---- from the tick -----------------------------------------------------------------------------
    @property
    def has_pending(self) -> bool:
        """Whether a tick has something to store."""
        return self._cut is None and bool(self._pending)

    def cut(self) -> tuple[log.Entry, list[dict]]:
        """Take what has arrived as the next log entry. `stored` or `uncut` must follow."""
        self._cut = self._pending.cut()
        self._settled.clear()
        kind = "delta" if self.seq > self.work.seq else "start"
        entry = log.Entry(self.work.run_id, self.work.attempt, self.seq + 1, kind, {"deltas": self._cut})
        return entry, self._cut

    def uncut(self) -> None:
        """The entry could not be written: it comes again with the next tick."""
        self._pending.put_back(self._cut or [])
        self._cut = None
        self._settled.set()

    def stored(self, deltas: list[dict]) -> frames.Frame:
        """The entry is in the database: fold it in and return its frame. A run's first frame replaces the body."""
        self.seq += 1
        self._cut = None
        self._unsaved_at = monotonic() if self._pending else None
        self._settled.set()
        touched = self.reply.apply(deltas)
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
        return frames.snapshot(*self._names, self.reply.html)

    def unsaved(self) -> frames.Frame:
        """What tells the page that there is more, which the database has not taken yet."""
        return frames.hint(self.work.topic, "unsaved", message=str(self.work.subject))

    async def settle(self) -> None:
        """Wait until no write is under way."""
        await self._settled.wait()

    def last_entries(self, status: str) -> list[log.Entry]:
        """What has not been stored yet, and the end of the log. Nothing is cut from the stream after this.

        `reply` and `seq` stay as they are: who joins before these entries are stored is shown nothing of them.
        """
        self._unsaved_at = self._unsaved_at or monotonic()
        entries = [self.cut()[0]] if self.has_pending else []
        end = lifecycle.end_data(status, self.reply)
        seq = self.seq + len(entries) + 1
        return [*entries, log.Entry(self.work.run_id, self.work.attempt, seq, "end", end)]

    def result(self, entries: list[log.Entry]) -> Reply:
        """Return the finished reply: what is stored, with these last entries."""
        result = self.reply.copy()
        for entry in entries:
            for delta in entry.data.get("deltas", ()):
                result.merge(delta)
        return result
