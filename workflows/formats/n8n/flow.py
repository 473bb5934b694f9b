"""How the nodes of an n8n workflow hang together: connections by name, loops, and what is a node of ours at all."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.translation import gettext as _

from sambung.lib.schema import Unreadable
from workflows.formats.building import line, listed, mapping, mappings, number, whole
from workflows.formats.tidying import refuse_many

TRIGGERS = {
    "manualTrigger",
    "webhook",
    "formTrigger",
    "scheduleTrigger",
    "chatTrigger",
    "executeWorkflowTrigger",
    "manualChatTrigger",
    "start",
    "cron",
    "interval",
}
LOOP = "splitInBatches"
MOST_LOOPS = 100
WIDER = 1.5  # than theirs, whose nodes are squares, are ours
#: What hands its items on as they are.
PASSING = {"if", "switch", "filter", "wait", "noOp", "merge"}
#: What is no node here: edges go through it.
DISSOLVED = {"noOp", "merge"}


class Arrow(NamedTuple):
    """A connection: from which output of which node to which."""

    source: str
    output: int
    target: str


def kind_of(row: dict) -> str:
    """The kind of a node, without the package that it comes from."""
    return line(row.get("type"), 200).rpartition(".")[2]


def place_of(row: dict) -> dict | None:
    """Where a node stands."""
    numbers = [one for one in listed(row.get("position")) if isinstance(one, int | float) and not isinstance(one, bool)]
    return {"x": whole(numbers[0] * WIDER), "y": numbers[1]} if len(numbers) == 2 else None


@dataclass(slots=True)
class Flow:
    """Rows by name, arrows, the nodes that belong to others (models and tools of an agent), and bodies of loops."""

    rows: dict[str, dict]
    arrows: list[Arrow] = field(default_factory=list)
    parts: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    loops: dict[str, str] = field(default_factory=dict)  # node -> the innermost loop that it lies in
    back: set[Arrow] = field(default_factory=set)
    outs: dict[str, list[Arrow]] = field(default_factory=dict)
    ins: dict[str, list[Arrow]] = field(default_factory=dict)

    @classmethod
    def of(cls, found: dict, rows: dict[str, dict]) -> "Flow":
        """Read the connections of a workflow."""
        flow = cls(rows)
        for source, ways in mapping(found.get("connections")).items():
            for way, outputs in mapping(ways).items():
                flow._connect(source, way, listed(outputs))
        refuse_many(len(rows), len(flow.arrows))
        for arrow in flow.arrows:
            flow.outs.setdefault(arrow.source, []).append(arrow)
            flow.ins.setdefault(arrow.target, []).append(arrow)
        flow._find_loops()
        return flow

    def _connect(self, source: str, way: str, outputs: list) -> None:
        for n, targets in enumerate(outputs):
            for row in mappings(targets):
                target = row.get("node")
                if source not in self.rows or not isinstance(target, str) or target not in self.rows:
                    continue
                if way == "main":
                    self.arrows.append(Arrow(source, n, target))
                else:
                    self.parts.setdefault(target, {}).setdefault(way, []).append(source)

    def kind(self, name: str) -> str:
        return kind_of(self.rows[name])

    @property
    def belonging(self) -> set[str]:
        """The nodes that are a part of another."""
        return {part for ways in self.parts.values() for names in ways.values() for part in names}

    def into(self, name: str) -> list[Arrow]:
        """What leads to a node, but for the way back in a loop."""
        return [arrow for arrow in self.ins.get(name, ()) if arrow not in self.back]

    def out_of(self, name: str) -> list[Arrow]:
        return [arrow for arrow in self.outs.get(name, ()) if arrow not in self.back]

    # ---- loops ------------------------------------------------------------------------------------------
    def loop_output(self, name: str) -> int:
        """Which output of a loop goes through its body: the second, since version 3."""
        return 1 if number(self.rows[name].get("typeVersion"), 3) >= 3 else 0

    def _find_loops(self) -> None:
        loops = [name for name in self.rows if self.kind(name) == LOOP]
        if len(loops) > MOST_LOOPS:
            raise Unreadable(_("This workflow has more than %(most)s loops.") % {"most": MOST_LOOPS})
        bodies = {name: self._body(name) for name in loops}
        for name, body in sorted(bodies.items(), key=lambda one: -len(one[1])):
            self.loops |= dict.fromkeys(body, name)
            self.back |= {arrow for arrow in self.ins.get(name, ()) if arrow.source in body}

    def _body(self, loop: str) -> set[str]:
        inside = self.loop_output(loop)
        starts = [arrow.target for arrow in self.outs.get(loop, ()) if arrow.output == inside]
        after = [arrow.target for arrow in self.outs.get(loop, ()) if arrow.output != inside]
        return self._reached(starts, loop) - self._reached(after, loop)

    def _reached(self, starts: Iterable[str], without: str) -> set[str]:
        waiting = [name for name in starts if name != without]
        seen = set(waiting)
        while waiting:
            name = waiting.pop()
            for arrow in self.outs.get(name, ()):
                if arrow.target != without and arrow.target not in seen:
                    seen.add(arrow.target)
                    waiting.append(arrow.target)
        return seen

    def last_of(self, loop: str) -> str | None:
        """The node of a body whose items the loop collects."""
        return next((arrow.source for arrow in self.ins.get(loop, ()) if arrow in self.back), None)
