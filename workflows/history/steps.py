"""A run as a list: its nodes in their order, each with its last attempt; of a loop the steps of one item at a time."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from django.db.models import Q
from django.utils import timezone

from sambung.lib.failures import Failure
from workflows.models import StepStatus, WorkflowRun, WorkflowStep
from workflows.nodes.graph import Graph
from workflows.nodes.kinds import KINDS

#: What the path of a step ends with that asks somebody before its node may run.
BEFORE = "#approval"
COLUMNS = (
    *("id", "node_id", "node_type", "path", "attempt", "status", "handle", "error_code", "error_params", "usage"),
    *("cost", "effect", "reused_from", "wake_at", "started_at", "finished_at"),
)
#: What a list says first of a loop's items: what needs somebody, then what failed, then what is at work.
_FIRST = (
    *(StepStatus.UNKNOWN, StepStatus.WAITING_PERSON, StepStatus.FAILED, StepStatus.RUNNING),
    *(StepStatus.WAITING_TIME, StepStatus.WAITING_CHILD, StepStatus.STOPPED),
)


@dataclass(frozen=True, slots=True)
class Items:
    """The items of a loop that have begun: how many, which is on show (from 0, None for none), and how they are."""

    path: str
    indexes: list[int]
    shown: int | None
    counts: Mapping[str, int]

    @property
    def place(self) -> int:
        """The place of the item on show among those that have begun, from 1."""
        return self.indexes.index(self.shown) + 1 if self.shown is not None else 0

    @property
    def before(self) -> int | None:
        """The item before the one on show."""
        return self.indexes[self.place - 2] if self.place > 1 else None

    @property
    def after(self) -> int | None:
        """The item behind it."""
        return self.indexes[self.place] if 0 < self.place < len(self.indexes) else None

    @property
    def number(self) -> int:
        """What people call the item on show: they count from 1."""
        return (self.shown or 0) + 1


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list: a node, its last attempt (None: not reached yet), and how deep in loops it stands."""

    node: Mapping
    path: str
    depth: int
    step: WorkflowStep | None = None
    attempts: int = 0
    items: Items | None = None
    is_next: bool = field(default=True)  # whether it may still be reached

    @property
    def status(self) -> str:
        """The status of its step; "later" or "never" without one."""
        if self.step:
            return self.step.status
        return "later" if self.is_next else "never"

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self.node["data"].get("name") or self.kind.title)

    @property
    def kind(self):
        """What kind of node it is."""
        return KINDS[self.node["type"]]

    @property
    def key(self) -> str:
        """Its id in the page."""
        return "step-" + re.sub(r"[^0-9A-Za-z-]", "-", self.path)

    @property
    def seconds(self) -> float | None:
        """How long its last attempt took, or takes until now."""
        if not self.step or not self.step.started_at:
            return None
        return ((self.step.finished_at or timezone.now()) - self.step.started_at).total_seconds()

    @property
    def tokens(self) -> int:
        """The tokens of its last attempt."""
        return tokens(self.step.usage) if self.step else 0

    @property
    def failure(self) -> Failure | None:
        """Why it failed."""
        return self.step.failure if self.step else None

    @property
    def mark(self) -> str:
        """What tells this line from what it was: a page exchanges those whose mark is another."""
        if self.step is None:
            return self.status
        items = f"{self.items.indexes[-1:]}{self.items.shown}{sorted(self.items.counts.items())}" if self.items else ""
        told = (self.step.pk.hex[-12:], self.attempts, self.step.status, items)
        return ":".join(map(str, told))


def tokens(usage: Mapping) -> int:
    """All tokens that a usage tells of."""
    return sum(int(usage.get(name) or 0) for name in ("inputTokens", "outputTokens"))


class Steps:
    """The steps of a run, read once, without what they took and gave.

    `shown`: for loops, by their path, the item that somebody chose to see.
    """

    def __init__(self, run: WorkflowRun, shown: Mapping[str, int] | None = None) -> None:
        self.run, self._chosen = run, shown or {}
        self.graph = Graph(run.structure)

    def rows(self) -> list[Row]:
        """The list."""
        return list(self._rows("", "", 0))

    def _rows(self, loop: str, prefix: str, depth: int) -> Iterator[Row]:
        latest, attempts = self._within(prefix)
        is_next = self.run.run.is_active
        for key in self.graph.body(loop):
            path, node = f"{prefix}{key}", self.graph.nodes[key]
            step = latest.get(path) or latest.get(f"{path}{BEFORE}")
            items = self._items(path) if node["type"] == "loop" and step else None
            yield Row(node, path, depth, step, attempts[path], items, is_next)
            if items and items.shown is not None:
                yield from self._rows(key, f"{path}[{items.shown}]/", depth + 1)

    def _within(self, prefix: str) -> tuple[dict[str, WorkflowStep], Counter]:
        """The last attempt at each node of one body, and how many there were."""
        depth = prefix.count("/")
        rows = self.run.steps.filter(path__startswith=prefix, path__regex=f"^([^/]*/){{{depth}}}[^/]*$")
        found = list(rows.only("workflow_run", *COLUMNS).order_by("path", "attempt"))
        return {step.path: step for step in found}, Counter(step.path for step in found)

    def _items(self, path: str) -> Items | None:
        """The items of a loop that have begun."""
        within = self.run.steps.filter(path__startswith=f"{path}[")
        states: dict[int, dict[str, str]] = {}
        for inner, status in within.order_by("path", "attempt").values_list("path", "status"):
            if found := re.match(r"\[(\d+)\]", inner[len(path) :]):
                states.setdefault(int(found[1]), {})[inner] = status
        if not states:
            return None
        told = {index: _told(inner.values()) for index, inner in states.items()}
        indexes = sorted(told)
        return Items(path, indexes, self._shown(path, told), Counter(told.values()))

    def _shown(self, path: str, told: Mapping[int, str]) -> int:
        """The item that was chosen, else the first that needs a look, else the last one."""
        if self._chosen.get(path) in told:
            return self._chosen[path]
        for status in _FIRST:
            if found := [index for index, one in told.items() if one == status]:
                return min(found)
        return max(told)

    @cached_property
    def totals(self) -> "Totals":
        """What all steps took together."""
        return Totals.of(self.run)


def _told(statuses: Iterable[str]) -> str:
    """The one status that says most of an item."""
    found = set(statuses)
    return next((status for status in _FIRST if status in found), StepStatus.DONE)


@dataclass(frozen=True, slots=True)
class Totals:
    """What the steps of a run took: how many are done, tokens, and the known cost in US dollars."""

    steps: int
    tokens: int
    cost: Decimal | None
    is_reused: bool

    @classmethod
    def of(cls, run: WorkflowRun) -> "Totals":
        """Count them; what was reused of another run costs nothing here."""
        rows = list(run.steps.values_list("usage", "cost", "reused_from", "status"))
        own = [row for row in rows if row[2] is None]
        costs = [cost for _usage, cost, _from, _status in own if cost is not None]
        done = [row for row in rows if row[3] in (StepStatus.DONE, StepStatus.FAILED)]
        spent = sum(tokens(usage) for usage, *_rest in own)
        return cls(len(done), spent, sum(costs, Decimal(0)) if costs else None, len(own) < len(rows))


def asking(run: WorkflowRun) -> list[WorkflowStep]:
    """The steps that wait for somebody: those nobody knows about, and those that ask."""
    wanted = Q(status=StepStatus.UNKNOWN) | Q(status=StepStatus.WAITING_PERSON)
    return list(run.steps.filter(wanted).order_by("created_at", "id"))
