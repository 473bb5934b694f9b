"""Two runs side by side: what went in and came out, and each node of either, with what differs in lines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from agents.definitions.versions import Change, compared
from workflows.history import showing
from workflows.history.steps import Row, Steps, Totals
from workflows.models import WorkflowRun


@dataclass(frozen=True, slots=True)
class Pair:
    """A node in both runs: either row is None where its graph has no such node."""

    name: str
    icon: str
    old: Row | None
    new: Row | None
    changes: list[Change]

    @property
    def is_same(self) -> bool:
        """Whether it went the same way in both."""
        states = {row.status if row else "" for row in (self.old, self.new)}
        return not self.changes and len(states) == 1


@dataclass(frozen=True, slots=True)
class Compared:
    """All that two runs have in common, and what not. Times in seconds, costs in US dollars."""

    pairs: list[Pair]
    changes: list[Change]
    old: Totals
    new: Totals

    @property
    def cost(self) -> Decimal | None:
        """How much more the newer one cost; None where either is not known."""
        return None if None in (self.old.cost, self.new.cost) else self.new.cost - self.old.cost


def compare(old: WorkflowRun, new: WorkflowRun) -> Compared:
    """Compare two runs of one workflow, node by node. Loops are compared as wholes."""
    told = [(_("Input"), old.input, new.input), (_("Output"), old.output, new.output)]
    changes = list(_changes(told))
    before, after = ({row.path: row for row in Steps(run).rows() if not row.depth} for run in (old, new))
    paths = list(dict.fromkeys([*after, *before]))
    pairs = [_pair(before.get(path), after.get(path)) for path in paths]
    return Compared(pairs, changes, Totals.of(old), Totals.of(new))


def _pair(old: Row | None, new: Row | None) -> Pair:
    row = new or old
    took = (_("Took"), _value(old, "input"), _value(new, "input"))
    gave = (_("Gave"), _value(old, "output"), _value(new, "output"))
    return Pair(row.name, row.kind.icon, old, new, list(_changes([took, gave])))


def _value(row: Row | None, which: str) -> object:
    """What a step took or gave, whole."""
    return showing.whole(row.step, which) if row and row.step else None


def _changes(told: list[tuple[str, object, object]]) -> Iterator[Change]:
    for label, before, after in told:
        before, after = _plain(before), _plain(after)
        if before != after:
            yield compared(label, before, after)


def _plain(value: object) -> object:
    """An object that holds one text is compared as that text: lines of it are lines of the comparison."""
    if isinstance(value, Mapping) and len(value) == 1 and isinstance(text := next(iter(value.values())), str):
        return text
    return value
