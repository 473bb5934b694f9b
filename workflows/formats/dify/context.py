"""What the reader of one node of Dify is given."""

from collections.abc import Callable
from dataclasses import dataclass

from workflows.formats.building import Build
from workflows.formats.dify.texts import Texts


class Unmapped(Exception):
    """A node that cannot be had here; `code` says why, see `words.SENTENCES`."""

    def __init__(self, code: str, **params: str | int):
        super().__init__(code)
        self.code, self.params = code, params


@dataclass(frozen=True, slots=True)
class Context:
    """A node of theirs: its id, its data, the references of the whole, and all rows of nodes by their ids.

    `answers_before`: how many nodes say something in a chat before this one.
    """

    foreign: str
    data: dict
    texts: Texts
    is_chat: bool
    rows: dict[str, dict]
    answers_before: int = 0

    @property
    def build(self) -> Build:
        return self.texts.build

    def segments(self, text: object) -> list[dict]:
        """A text of the node."""
        return self.texts.segments(text, self.foreign)

    def value(self, selector: object) -> dict:
        """A Value of the node."""
        return self.texts.value(selector, self.foreign)

    def ref(self, selector: object) -> dict:
        """A reference of the node."""
        return self.texts.ref(selector, self.foreign)

    def changed(self, code: str, **params: str | int) -> None:
        """Report of the node what is otherwise here."""
        self.build.changed(self.foreign, code, **params)

    def todo(self, code: str, **params: str | int) -> None:
        """Report of the node what is left to do."""
        self.build.todo(self.foreign, code, **params)


@dataclass(frozen=True, slots=True)
class Reader:
    """Our kind of node for one of theirs, and what makes its data. `read` raises Unmapped."""

    kind: str
    read: Callable[[Context], dict]
