"""One reply on its way: what has arrived, what is stored, and what is shown, in that order."""

import asyncio
from collections.abc import Callable
from time import monotonic

from agents import engine
from agents.runs import frames, lifecycle, log
from agents.runs.registry import Work
from agents.runs.reply import SIGNED, Reply, clean


class Stream:
    """Collects deltas from the engine; the tick cuts them into log entries. `reply` holds only what is stored."""

    def __init__(self, work: Work, wake: Callable[[], None]):
        self.work = work
        self.kind = work.topic.partition(":")[0]
        self.reply = Reply(str(work.subject))
        self.seq = 0
        self.is_fenced = False
        self.first_at: float | None = None  # when the model's first token came
        self._wake = wake
        self._pending: list[dict] = [dict(part) for part in work.base]
        self._cut: list[dict] | None = None
        self._last = "reasoning"  # the kind of part that was cut last
        self._settled = asyncio.Event()
        self._settled.set()
        if self._pending:
            wake()

    # ---- from the engine ---------------------------------------------------------------------------
    def accept(self, event: engine.Event) -> None:
        """The sink: called for every event on arrival, so it only merges."""
        match event:
            case engine.Text(text):
                self._add("text", text)
            case engine.Reasoning(text):
                self._add("reasoning", text)
            case engine.Signature(metadata):
                self._sign(metadata)
            case engine.Usage():
                self.reply.usage = event.as_dict()
            case engine.Finish(reason):
                self.reply.finish_reason = reason

    def _add(self, kind: str, text: str) -> None:
        if not text:
            return
        if self.first_at is None:
            self.first_at = monotonic()
        if self._pending and self._pending[-1]["type"] == kind and SIGNED not in self._pending[-1]:
            self._pending[-1]["text"] += text
        else:
            self._pending.append({"type": kind, "text": text})
        self._wake()

    def _sign(self, metadata: dict) -> None:
        """What the provider wants back with the part handed over last."""
        last = self._pending[-1] if self._pending else {"type": self._last, "text": ""}
        self._pending = [*self._pending[:-1], last | {SIGNED: last.get(SIGNED, {}) | dict(metadata)}]
        self._wake()

    # ---- from the tick -----------------------------------------------------------------------------
    @property
    def has_pending(self) -> bool:
        """Whether a tick has something to store."""
        return self._cut is None and bool(self._pending)

    def cut(self) -> tuple[log.Entry, list[dict]]:
        """Take what has arrived as the next log entry. `stored` or `uncut` must follow."""
        self._cut, self._pending = self._pending, []
        self._last = self._cut[-1]["type"]
        self._settled.clear()
        for delta in self._cut:
            delta["text"] = clean(delta["text"])
        kind = "delta" if self.seq else "start"
        entry = log.Entry(self.work.run_id, self.work.attempt, self.seq + 1, kind, {"deltas": self._cut})
        return entry, self._cut

    def uncut(self) -> None:
        """The entry could not be written: it comes again with the next tick."""
        self._pending = (self._cut or []) + self._pending
        self._cut = None
        self._settled.set()

    def stored(self, deltas: list[dict]) -> frames.Frame:
        """The entry is in the database: fold it in and return its frame. A run's first frame replaces the body."""
        self.seq += 1
        self._cut = None
        self._settled.set()
        touched = self.reply.apply(deltas)
        return self.snapshot() if self.seq == 1 else frames.delta(*self._names, touched)

    # ---- joining and ending ------------------------------------------------------------------------
    @property
    def _names(self) -> tuple:
        return self.work.topic, self.work.run_id, self.work.subject, self.work.attempt, self.seq

    def snapshot(self) -> frames.Frame:
        """Everything that is stored so far."""
        return frames.snapshot(*self._names, self.reply.html)

    async def settle(self) -> None:
        """Wait until no write is under way."""
        await self._settled.wait()

    def last_entries(self, status: str) -> list[log.Entry]:
        """What has not been stored yet, and the end of the log. Nothing is cut from the stream after this.

        `reply` and `seq` stay as they are: who joins before these entries are stored is shown nothing of them.
        """
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
