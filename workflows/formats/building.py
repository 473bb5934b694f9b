"""The structure that a reader of a foreign format builds: nodes under ids of ours, with names that nobody else has."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from sambung.lib.ids import uuid7
from workflows.formats.values import Imported, Report
from workflows.nodes.kinds import KINDS

LONGEST_NAME = 80
LONGEST_TEXT = 2_000  # characters of a description
UNKNOWN = "?"  # the node of a reference that could not be mapped: it leads nowhere, so it does not publish
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def line(value: object, most: int = LONGEST_NAME) -> str:
    """A text as one line of at most so many characters, "" of what is no text."""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return ""
    return " ".join(_CONTROLS.sub(" ", str(value)).split())[:most].rstrip()


def paragraph(value: object, most: int = LONGEST_TEXT) -> str:
    """A text of some lines, "" of what is none."""
    return value.strip()[:most] if isinstance(value, str) else ""


def mapping(value: object) -> dict:
    """What is a mapping, or an empty one."""
    return value if isinstance(value, dict) else {}


def listed(value: object) -> list:
    """What is a list, or an empty one."""
    return value if isinstance(value, list) else []


def mappings(value: object) -> list[dict]:
    """The mappings of a list."""
    return [one for one in listed(value) if isinstance(one, dict)]


def number(value: object, otherwise: float = 0.0) -> float:
    """What is a number, or a text of one."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return otherwise
    try:
        found = float(value)
    except ValueError:
        return otherwise
    return found if abs(found) <= 1e7 else otherwise


def literal(text: str) -> list[dict]:
    """A text without references, as segments."""
    return [{"text": text}] if text else []


def unknown(said: str) -> dict:
    """A reference that leads nowhere and shows what stood there."""
    return {"node": UNKNOWN, "path": [said[:200]]}


def without_nothing(data: dict) -> dict:
    """The same without keys that hold None."""
    return {name: value for name, value in data.items() if value is not None}


class Names:
    """Names of nodes: each once, whatever the case of its letters."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {name.casefold() for name in taken}

    def own(self, wanted: object, otherwise: str) -> str:
        """The wanted name, with a number where somebody has it."""
        base = name = line(wanted) or otherwise
        n = 1
        while name.casefold() in self._taken:
            n += 1
            name = f"{base[: LONGEST_NAME - len(str(n)) - 1].rstrip()} {n}"
        self._taken.add(name.casefold())
        return name


@dataclass(slots=True)
class Build:
    """Nodes and edges so far, by the ids of the format that is read."""

    source: str
    report: Report = field(default_factory=Report)
    nodes: dict[str, dict] = field(default_factory=dict)
    edges: list[dict] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    names: Names = field(default_factory=Names)

    def id_of(self, foreign: str) -> str:
        """Our id of a node of theirs; the same each time."""
        return self.ids.setdefault(foreign, str(uuid7()))

    def ref(self, foreign: str, *path: str | int) -> dict:
        """A reference to what a node of theirs gives, by a path of ours."""
        return {"node": self.id_of(foreign), "path": list(path)}

    def add(self, foreign: str, kind: str, named: object, data: dict, position: dict | None = None, **extra) -> dict:
        """Add a node; `extra` are further keys of it, None = not there."""
        name = self.names.own(named, str(KINDS[kind].title))
        node = {"id": self.id_of(foreign), "type": kind, "position": place(position), "data": {"name": name} | data}
        node |= without_nothing(extra) | {"origin": foreign}
        self.nodes[foreign] = node
        return node

    def left(self, foreign: str, named: object, was: dict, code: str, position: dict | None = None, **params) -> dict:
        """Add a node that could not be mapped: it keeps what it was, and does not publish."""
        given = {"was": was, "reason": code}
        node = self.add(foreign, "todo", named, given, position, parentId=params.pop("parentId", None))
        self.todo(foreign, code, **params)
        return node

    def edge(self, source: str, target: str, handle: str | None = None, origin: str | None = None) -> None:
        """Connect two nodes of theirs."""
        edge = {"id": str(uuid7()), "source": self.id_of(source), "target": self.id_of(target)}
        self.edges.append(edge | without_nothing({"sourceHandle": handle or None, "origin": origin}))

    def changed(self, foreign: str, code: str, **params: str | int) -> None:
        """Report of one node, or of none of them ("")."""
        self.report.changed(code, *self._named(foreign), **params)

    def todo(self, foreign: str, code: str, **params: str | int) -> None:
        """The same of what is left to do."""
        self.report.todo(code, *self._named(foreign), **params)

    def _named(self, foreign: str) -> tuple[str, str]:
        node = self.nodes.get(foreign)
        return (node["id"], node["data"]["name"]) if node else ("", "")

    def done(self, name: object, description: object = "", **more) -> Imported:
        """The whole; `tidying.tidy` makes it fit to be stored."""
        structure = {"nodes": list(self.nodes.values()), "edges": self.edges, "viewport": {"x": 0, "y": 0, "zoom": 1}}
        about = (line(name, 100), paragraph(description))
        return Imported(self.source, *about, structure, self.report, **more)


def place(position: object) -> dict:
    """Where a node stands: what is no place is left open, and laid out later."""
    found = mapping(position)
    if not {"x", "y"} <= found.keys():
        return {}
    return {axis: whole(number(found[axis])) for axis in ("x", "y")}


def whole(value: float) -> int | float:
    """The same number, as an integer where it is one."""
    return int(value) if value == int(value) else round(value, 3)
