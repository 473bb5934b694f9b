"""What is run: each kind of run is declared by the app it belongs to, so that this app imports none of them."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from agents import engine
from agents.models import Run, RunStatus
from sambung.lib.failures import Failure
from teams.models import User

#: Takes what a run brings: events of its kind's own.
Sink = Callable[[Any], None]


class UnknownKind(LookupError):
    """Nobody here knows runs of this kind."""


class UnknownEvent(ValueError):
    """A log holds what its kind cannot read, such as what a later version wrote."""


@dataclass(frozen=True, slots=True)
class Work:
    """A run that has begun, with what its execution needs."""

    run_id: uuid.UUID
    attempt: int
    topic: str  # what viewers follow, e.g. "chat:<id>"
    subject: str  # the row that shows the result, e.g. "message:<id>"
    base: tuple[dict, ...] = ()  # what is there already when something is continued, in the kind's own form
    seq: int = 0  # of the log so far, where a run that waited for a person goes on
    usage: Mapping[str, int] = field(default_factory=dict)  # what it took until then
    context: object = None  # the kind's own

    @property
    def subject_id(self) -> str:
        """The id of the row that shows the result; ids inside its HTML begin with it."""
        return self.subject.partition(":")[2]


class Paused(Exception):
    """Raised by a run that cannot go on without a person. What it has so far is kept."""


class State(Protocol):
    """What a run has brought: events become deltas, deltas are stored, and only what is stored is shown.

    Deltas are JSON objects of the kind's own, such as orjson writes and jsonb holds. They are all that the log keeps,
    so what was written once must be read by every later version.
    """

    usage: Mapping[str, int]  # tokens by their names, which the run's row keeps

    # ---- what comes
    def take(self, event: Any) -> bool:
        """Take an event; return whether something of it is to be stored. Called for each token, so it only merges."""

    @property
    def has_pending(self) -> bool:
        """Whether something has come since the last cut."""

    def cut(self) -> list[dict]:
        """Return the deltas of what has come since the last cut."""

    def put_back(self, deltas: list[dict]) -> None:
        """They could not be stored, and come again with the next cut."""

    # ---- what is stored
    def begin_again(self) -> None:
        """Forget it: a new attempt brings it anew."""

    def apply(self, deltas: Iterable[dict]) -> list[dict]:
        """Fold stored deltas in; return what a frame says of each part that they changed. Raises UnknownEvent.

        That is `{part, type, done, tail}`, HTML to append and the open end to replace, or `{part, type, html}`.
        """

    @property
    def html(self) -> str:
        """What it looks like by now."""

    @property
    def ending(self) -> dict:
        """What the last line of the log keeps beside the status."""

    def end(self, ending: Mapping) -> None:
        """Take up what `ending` was."""

    def followed_by(self, deltas: Iterable[dict]) -> "State":
        """Return what this becomes with these deltas, for `Kind.finish`. This one stays as it is."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended."""

    status: RunStatus
    state: State
    error: Failure | None = None
    seconds: float = 0.0
    report: Any = None  # the kind's own; None where its process is gone
    first_token_seconds: float | None = None


class Followed(Protocol):
    """What an app tells of runs that people can follow, whoever carries them."""

    def results(self, run_ids: Iterable[uuid.UUID]) -> list["Result"]:
        """The stored results of runs that have ended."""

    def standing(self, subject: str) -> dict:
        """What a page that follows `<kind>:<subject>` should show now, as its hints tell it."""

    def may_follow(self, asked: Mapping[User, set[str]]) -> dict[User, set[str]]:
        """For each user those of the subjects asked for whose topic `<kind>:<subject>` they may follow."""


class Kind(Followed, Protocol):
    """What an app tells about its runs, where the runtime of this process carries them."""

    def load(self, run: Run) -> Work | None:
        """Read anew what the run needs, for whoever takes it over; None when what it writes has been deleted."""

    def state(self, work: Work) -> State:
        """A new state, whose log is still to be read; what the run goes on from is pending.

        Where somebody only reads, `work` has the ids alone.
        """

    def report(self) -> Any:
        """A new report of the kind's own."""

    async def execute(self, work: Work, sink: Sink, report: Any, pace: engine.Pace) -> None:
        """Do it, handing events to `sink`; `report` takes what is to be kept of the run.

        Raises EngineError, and Paused where a person must decide something first.
        """

    def finish(self, run: Run, outcome: Outcome) -> str:
        """Write the result, if what shows it is still there, in the transaction that ends the run; return its HTML."""

    def resumed(self, run: Run) -> None:
        """A run waits for nobody any more, in the present transaction: it goes on, or what it writes was deleted."""


@dataclass(frozen=True, slots=True)
class Result:
    """What an ended run left."""

    run_id: uuid.UUID
    subject: str
    topic: str
    status: str
    html: str


_kinds: dict[str, Kind] = {}
_carried_elsewhere: dict[str, Followed] = {}


def register(name: str, kind: Kind) -> None:
    _kinds[name] = kind


def register_followed(name: str, kind: Followed) -> None:
    """Let people follow runs that the app carries itself: their states are its own affair, and not the runtime's."""
    _carried_elsewhere[name] = kind


def carried() -> list[str]:
    """The kinds that the runtime carries: it takes, renews, stops and rescues runs of these alone."""
    return list(_kinds)


def kind(name: str) -> Kind:
    """The kind of this name. Raises UnknownKind."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(f"No app here knows runs of the kind {name!r}.") from None


def followed(name: str) -> Followed:
    """The kind of this name, as those who follow know it. Raises UnknownKind."""
    return _carried_elsewhere[name] if name in _carried_elsewhere and name not in _kinds else kind(name)


def may_follow(asked: Mapping[User, set[str]]) -> dict[User, set[str]]:
    """For each user those of the topics that they may follow; unknown ones are nobody's."""
    held: dict[User, set[str]] = {user: set() for user in asked}
    for name, kind in (_carried_elsewhere | _kinds).items():
        subjects = {
            user: {topic.partition(":")[2] for topic in topics if topic.startswith(f"{name}:")}
            for user, topics in asked.items()
        }
        for user, found in kind.may_follow(subjects).items():
            held[user] |= {f"{name}:{subject}" for subject in found}
    return held
