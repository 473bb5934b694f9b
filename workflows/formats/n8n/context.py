"""What the reader of one node of n8n is given."""

from collections.abc import Callable
from dataclasses import dataclass

from workflows.formats.building import mapping
from workflows.formats.n8n.items import Items


class Unmapped(Exception):
    """A node that cannot be had here; `code` says why, see `words.SENTENCES`."""

    def __init__(self, code: str, **params: str | int):
        super().__init__(code)
        self.code, self.params = code, params


@dataclass(frozen=True, slots=True)
class Context:
    """A node of theirs by its name, its row, and the items of the whole."""

    name: str
    row: dict
    items: Items

    @property
    def given(self) -> dict:
        """The parameters."""
        return mapping(self.row.get("parameters"))

    @property
    def options(self) -> dict:
        return mapping(self.given.get("options"))

    def segments(self, value: object) -> list[dict]:
        """A parameter as text."""
        return self.items.segments(value, self.name)

    def value(self, value: object, hint: str = "") -> dict:
        """A parameter as a Value."""
        return self.items.value(value, self.name, hint)

    def changed(self, code: str, **params: str | int) -> None:
        """Report of the node what is otherwise here."""
        self.items.build.changed(self.name, code, **params)

    def todo(self, code: str, **params: str | int) -> None:
        """Report of the node what is left to do."""
        self.items.build.todo(self.name, code, **params)

    def parts(self, way: str) -> list[tuple[str, dict]]:
        """The nodes that belong to this one in some way, such as its model, with their names."""
        names = self.items.flow.parts.get(self.name, {}).get(way, [])
        return [(name, self.items.flow.rows[name]) for name in names]


def nothing(context: Context) -> dict:
    """No further keys of a node."""
    return {}


@dataclass(frozen=True, slots=True)
class Reader:
    """Our kind of node for one of theirs, what makes its data, and further keys of the node. `read` raises Unmapped."""

    kind: str
    read: Callable[[Context], dict]
    more: Callable[[Context], dict] = nothing
