"""A kind of run that is no answer: it counts. Its events, what the log keeps of them, its HTML and its end are its own.

It takes the one kind that the database knows and no app registers; its subject is the run itself.
"""

import asyncio
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from agents.models import Run
from agents.runs import log
from agents.runs.registry import Outcome, Result, UnknownEvent, Work

NAME = "workflow"
EACH = 0.01  # seconds from one number to the next


@dataclass(frozen=True, slots=True)
class Number:
    """It has counted so far."""

    n: int


@dataclass(frozen=True, slots=True)
class Spent:
    """What it took, which no delta tells."""

    tokens: int


@dataclass(slots=True)
class Count:
    """The state. A delta is a stretch of numbers: `{"from", "to"}`."""

    numbers: list[int] = field(default_factory=list)
    usage: dict = field(default_factory=dict)
    reached: int | None = None  # once it has ended
    _pending: list[dict] = field(default_factory=list)

    def take(self, event: Number | Spent) -> bool:
        match event:
            case Number(n) if self._pending and self._pending[-1]["to"] == n - 1:
                self._pending[-1]["to"] = n
            case Number(n):
                self._pending.append({"from": n, "to": n})
            case Spent(tokens):
                self.usage = {"tokens": self.usage.get("tokens", 0) + tokens}
                return False
        return True

    @property
    def has_pending(self) -> bool:
        return bool(self._pending)

    def cut(self) -> list[dict]:
        cut, self._pending = self._pending, []
        return cut

    def put_back(self, deltas: list[dict]) -> None:
        self._pending = deltas + self._pending

    def begin_again(self) -> None:
        self.numbers = []

    def apply(self, deltas: Iterable[dict]) -> list[dict]:
        before = len(self.numbers)
        for delta in deltas:
            if set(delta) != {"from", "to"}:
                raise UnknownEvent(f"A count has no delta {delta!r}.")
            self.numbers += range(delta["from"], delta["to"] + 1)
        return [{"part": 0, "type": "text", "done": _words(self.numbers[before:]), "tail": self._tail}]

    @property
    def _tail(self) -> str:
        return f"so far: {len(self.numbers)}"

    @property
    def html(self) -> str:
        tail = f'<div class="tail" data-tail>{self._tail}</div>'
        return f'<div class="part part-text" data-part="0">{_words(self.numbers)}{tail}</div>'

    @property
    def ending(self) -> dict:
        return {"reached": len(self.numbers), "usage": self.usage}

    def end(self, ending: Mapping) -> None:
        self.reached, self.usage = ending["reached"], ending["usage"]

    def followed_by(self, deltas: Iterable[dict]) -> "Count":
        made = Count(list(self.numbers), dict(self.usage))
        made.apply(deltas)
        return made


def _words(numbers: Iterable[int]) -> str:
    return "".join(f"<b>{n}</b> " for n in numbers)


def ended(state: Count, status: str) -> str:
    """How it looks in the end."""
    return f'<div class="part part-text" data-part="0">{_words(state.numbers)}</div><p>{status} after all</p>'


class Counting:
    """The kind. What it brought stays in its log, and nowhere else."""

    def load(self, run: Run) -> Work:
        return Work(run.pk, run.attempt, f"{NAME}:{run.pk}", f"run:{run.pk}", base=({"from": 1, "to": 1},))

    def state(self, work: Work) -> Count:
        state = Count(usage=dict(work.usage))
        state.put_back([dict(delta) for delta in work.base])
        return state

    def report(self) -> list[str]:
        return []

    async def execute(self, work: Work, sink, report: list[str], pace) -> None:
        """Count until it is stopped."""
        for n in itertools.count(2):
            sink(Number(n))
            sink(Spent(1))
            await asyncio.sleep(EACH)

    def finish(self, run: Run, outcome: Outcome) -> str:
        return ended(outcome.state, outcome.status)

    def resumed(self, run: Run) -> None:
        raise AssertionError("A count waits for nobody.")

    def results(self, run_ids) -> list[Result]:
        found = []
        for run in Run.objects.filter(pk__in=run_ids, kind=NAME):
            log.read(run.pk, state := Count())
            found.append(Result(run.pk, f"run:{run.pk}", f"{NAME}:{run.pk}", run.status, ended(state, run.status)))
        return found

    def standing(self, subject: str) -> dict:
        return {"counts": subject}

    def may_follow(self, asked):
        ids = {subject for subjects in asked.values() for subject in subjects}
        asker = dict(Run.objects.filter(pk__in=ids, kind=NAME).values_list("pk", "requested_by"))
        return {user: {str(pk) for pk, by in asker.items() if by == user.pk} & asked[user] for user in asked}
