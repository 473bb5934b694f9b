"""What an import is made of: a structure, and a report that says of each node what became of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from workflows.formats.words import SENTENCES, sentence

KEPT, CHANGED, TODO = "kept", "changed", "todo"
LEVELS = (TODO, CHANGED, KEPT)
#: Lines that a report keeps; what is beyond is counted.
MOST_LINES = 2_000


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one node ("" = of the whole): a code and what fills its sentence."""

    level: str
    code: str
    node: str = ""
    name: str = ""
    params: dict = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What is said of it, in the present language."""
        return sentence(self.code, self.params)

    @property
    def stored(self) -> dict:
        """The line as JSON; `Report.of` reads it back."""
        return {"level": self.level, "code": self.code, "node": self.node, "name": self.name, "params": self.params}


class Told(NamedTuple):
    """A node in a report, and what is said of it."""

    node: str
    name: str
    lines: list[Line]


class Report:
    """What an import kept, what it changed, and what is left to do."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def changed(self, code: str, node: str = "", name: str = "", **params: str | int) -> None:
        """Say what is otherwise here than it was there."""
        self._add(Line(CHANGED, code, node, name, params))

    def todo(self, code: str, node: str = "", name: str = "", **params: str | int) -> None:
        """Say what a person has to do."""
        self._add(Line(TODO, code, node, name, params))

    def kept(self, node: str, name: str) -> None:
        """Say that a node came as it was, unless something else is said of it."""
        if not any(line.node == node for line in self.lines):
            self._add(Line(KEPT, "kept", node, name))

    def _add(self, line: Line) -> None:
        if line.code not in SENTENCES:
            raise ValueError(f"No sentence for {line.code}.")
        if line not in self.lines[-20:] and len(self.lines) < MOST_LINES:
            self.lines.append(line)

    @property
    def counts(self) -> dict[str, int]:
        """How many nodes there are of each level; a node counts once, where most is left to do."""
        worst: dict[str, str] = {}
        for line in self.lines:
            if line.node and (line.node not in worst or LEVELS.index(line.level) < LEVELS.index(worst[line.node])):
                worst[line.node] = line.level
        return {level: list(worst.values()).count(level) for level in LEVELS}

    def of_level(self, level: str) -> list[Told]:
        """Those nodes of which something of this level is said, each with it; the whole first."""
        found: dict[str, Told] = {}
        for line in sorted(self._of(level), key=lambda line: bool(line.node)):
            found.setdefault(line.node, Told(line.node, line.name, [])).lines.append(line)
        return list(found.values())

    def _of(self, level: str) -> Iterator[Line]:
        return (line for line in self.lines if line.level == level)

    @property
    def stored(self) -> list[dict]:
        """The report as JSON."""
        return [line.stored for line in self.lines]

    @classmethod
    def of(cls, stored: list[dict]) -> "Report":
        """A report that was stored; lines that another version wrote are passed over."""
        report = cls()
        report.lines = [Line(**line) for line in stored if line.get("code") in SENTENCES]
        return report


@dataclass(slots=True)
class Imported:
    """A workflow out of a file: nothing of it is stored yet. `source` is the format's name, see `reading.SOURCES`."""

    source: str
    name: str
    description: str
    structure: dict
    report: Report
    icon: str = ""
    extra: dict = field(default_factory=dict)
