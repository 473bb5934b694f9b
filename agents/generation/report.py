"""What is known of an answer beside its words, while it is made and when it has ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from agents.catalog import Model
from agents.engine import Turn
from agents.usage.meter import Round


@dataclass(slots=True)
class Report:
    """What is to be kept of one answer. None where nothing is known of it."""

    asked: Model | None = None  # the model that was asked last
    answered: Model | None = None  # the one that has said something
    limits: dict | None = None  # of the key, as its service told them
    rounds: list[Round] | None = None  # each call of a model, with its tokens
    waiting: Sequence = ()  # calls that a person decides about
    passed_on: list[dict] = field(default_factory=list)  # who was asked before, and why they could not
    learned: list[dict] = field(default_factory=list)  # what the model turned out not to take
    left_out: int | None = None  # earlier messages that did not fit
    tools_left_out: int | None = None  # tokens of tools that did not fit
    tools_unseen: bool = False  # the model takes no tools
    tools_missing: list[dict] = field(default_factory=list)  # that were asked for: {title, code, params}
    files_cut: list[str] = field(default_factory=list)  # names of files of which a part was sent
    images_unseen: bool = False  # the model sees no images


class Attachments(Protocol):
    """The files that a conversation names, as whoever asks holds them."""

    def are_named(self, turns: Sequence[Turn]) -> bool:
        """Whether any turn names a file."""

    def loaded(self, turns: Sequence[Turn]) -> Mapping[str, Any]:
        """The files that the turns name, by id. Reads the database and the storage."""

    def readable(
        self, turns: Sequence[Turn], loaded: Mapping[str, Any], model: Model, share: int
    ) -> tuple[list[Turn], list[str]]:
        """The turns as this model can take them, and the names of files that were cut to a `share`th of its window."""


class NoAttachments:
    """Where nobody attaches anything."""

    def are_named(self, turns: Sequence[Turn]) -> bool:
        return False

    def loaded(self, turns: Sequence[Turn]) -> Mapping[str, Any]:
        return {}

    def readable(
        self, turns: Sequence[Turn], loaded: Mapping[str, Any], model: Model, share: int
    ) -> tuple[list[Turn], list[str]]:
        return list(turns), []
