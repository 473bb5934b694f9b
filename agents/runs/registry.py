"""What is run: each kind of run is declared by the app it belongs to, so that this app imports none of them."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from agents import engine
from agents.models import Run, RunStatus
from agents.runs.reply import Reply
from teams.models import User


@dataclass(frozen=True, slots=True)
class Work:
    """A run that has begun, with what its execution needs."""

    run_id: uuid.UUID
    attempt: int
    topic: str  # what viewers follow, e.g. "chat:<id>"
    subject: uuid.UUID  # the row that shows the result; ids inside its HTML begin with it
    base: tuple[dict, ...] = ()  # parts that are there already when a reply is continued
    seq: int = 0  # of the log so far, where a run that waited for a person goes on
    usage: Mapping[str, int] = field(default_factory=dict)  # what it took until then
    context: object = None  # the kind's own


class Paused(Exception):
    """Raised by a run that cannot go on without a person. What it has so far is kept."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended."""

    status: RunStatus
    reply: Reply
    error: str = ""
    seconds: float = 0.0
    report: Any = None  # the kind's own; None where its process is gone
    first_token_seconds: float | None = None


class Kind(Protocol):
    """What an app tells about its runs."""

    def load(self, run: Run) -> Work | None:
        """Read anew what the run needs, for whoever takes it over; None when what it writes has been deleted."""

    def report(self) -> Any:
        """A new report of the kind's own."""

    async def execute(self, work: Work, sink: engine.Sink, report: Any, pace: engine.Pace) -> None:
        """Do it, handing engine events to `sink`; `report` takes what is to be kept of the run.

        Raises EngineError, and Paused where a person must decide something first.
        """

    def finish(self, run: Run, outcome: Outcome) -> str:
        """Write the result, if what shows it is still there, in the transaction that ends the run; return its HTML."""

    def resumed(self, run: Run) -> None:
        """A run waits for nobody any more, in the present transaction: it goes on, or what it writes was deleted."""

    def results(self, run_ids: Iterable[uuid.UUID]) -> list["Result"]:
        """The stored results of runs that have ended."""

    def standing(self, subject: str) -> dict:
        """What a page that follows `<kind>:<subject>` should show now, as its hints tell it."""

    def may_follow(self, asked: Mapping[User, set[str]]) -> dict[User, set[str]]:
        """For each user those of the subjects asked for whose topic `<kind>:<subject>` they may follow."""


@dataclass(frozen=True, slots=True)
class Result:
    """What an ended run left."""

    run_id: uuid.UUID
    subject: uuid.UUID
    topic: str
    status: str
    html: str


_kinds: dict[str, Kind] = {}


def register(name: str, kind: Kind) -> None:
    _kinds[name] = kind


def kind(name: str) -> Kind:
    return _kinds[name]


def may_follow(asked: Mapping[User, set[str]]) -> dict[User, set[str]]:
    """For each user those of the topics that they may follow; unknown ones are nobody's."""
    held: dict[User, set[str]] = {user: set() for user in asked}
    for name, kind in _kinds.items():
        subjects = {
            user: {topic.partition(":")[2] for topic in topics if topic.startswith(f"{name}:")}
            for user, topics in asked.items()
        }
        for user, found in kind.may_follow(subjects).items():
            held[user] |= {f"{name}:{subject}" for subject in found}
    return held
