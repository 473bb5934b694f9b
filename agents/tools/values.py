"""What tools are made of: plain frozen values."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING
from uuid import UUID

import orjson

from sambung.lib.failures import Failure
from teams.workspace import Workspace

if TYPE_CHECKING:
    from agents.models import Agent

#: Tells how far a call is, in a few words: shown on its card while it runs. Called in the loop, from any task.
Progress = Callable[[str], None]


class Asks(StrEnum):
    """When a tool asks although tools run by themselves."""

    NEVER = "never"
    ELSEWHERE = "elsewhere"  # for addresses that the person has not written themselves
    ALWAYS = "always"


@dataclass(frozen=True)
class Tool:
    """One tool. `parameters` is the JSON schema (an object) of its arguments.

    `source` names the toolkit, or is the server's id; `name` is unique in it. `title` is for people, `description`
    for the model.
    """

    kind: str
    source: str
    name: str
    title: str
    description: str
    parameters: Mapping
    asks: Asks = Asks.NEVER
    field: str = ""  # the argument that people read while it is written, such as the text of a document
    prefix: str = ""  # stands before the name that the model sees, where other sources may have the same name
    listed: str = ""  # its digest, where its schema is not as its source said it
    effect: str = "unsafe"  # "none": it changes nothing; "keyed": twice is like once; as its source says, who may lie

    @property
    def ref(self) -> str:
        """Its reference."""
        return f"{self.kind}:{self.source}:{self.name}"

    @property
    def source_ref(self) -> str:
        """The reference of its source."""
        return f"{self.kind}:{self.source}"

    @cached_property
    def digest(self) -> str:
        """What an approval is bound to: another description or schema is another tool. SHA-256 in hex."""
        if self.listed:
            return self.listed
        told = orjson.dumps([self.name, self.description, self.parameters], option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(told).hexdigest()


@dataclass(frozen=True, slots=True)
class Away:
    """A tool that there is, and that cannot be used now, and why."""

    ref: str
    title: str
    why: Failure


@dataclass(frozen=True)
class Source:
    """A toolkit or a server, with the tools of it that can be used now.

    `instructions` are what the model is told where tools of it are bound; `tool_instructions` the same by tool name.
    `problem` says why there are none; `away` are those that cannot be used now.
    """

    kind: str
    id: str
    title: str
    description: str = ""
    icon: str = "wrench"
    tools: tuple[Tool, ...] = ()
    instructions: str = ""
    tool_instructions: Mapping[str, str] = field(default_factory=dict)
    problem: Failure | None = None
    away: tuple[Away, ...] = ()
    whose: str = ""  # "own", "team", "instance" or "shared", where that tells something
    is_resting: bool = False  # somebody put it aside: it is not offered, only missed
    is_connected: bool = False  # people connect it; what is built in has a page where it is tried

    @property
    def ref(self) -> str:
        """Its reference, which stands for all of its tools."""
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True)
class Caller:
    """For whom a tool runs: the person and where they are; `topic` is what asked, such as "chat:<id>", or "".

    `model` is what the model that calls is called, "" where a person tries the tool; `agent` whom it answers as.
    `numbers` gives each thing that a reply may cite a number of its own. `run` is the run that calls, and `call` this
    call of it: a run that is taken up again makes the same call again. `limits`: what a run that the call begins may
    take, by the names that workflows give them; empty where nothing else limits it.
    `searched`: references of what the question names to be searched, such as "collection:<id>"; without any, it is as
    chat and agent have it.
    """

    workspace: Workspace
    topic: str = ""
    model: str = ""
    agent: "Agent | None" = None
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    run: UUID | None = None
    call: str = ""
    limits: Mapping[str, float] = field(default_factory=dict)
    searched: tuple[str, ...] = ()


class Later(Exception):
    """Raised by a kind whose result is still to come, from elsewhere: the run that calls waits for it, held by nobody.

    Whoever brings it tells so (`agents.generation.approvals.came`); then the run makes the same call again.
    """


@dataclass(frozen=True, slots=True)
class Table:
    """Rows to look at: `rows` are lists of text, numbers, booleans or None, as long as `columns`."""

    columns: tuple[str, ...]
    rows: tuple[tuple, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing of numbers. `type` is bar, line, pie or scatter; `series` are (name, values).

    `labels` are the places on the x axis, or the slices; of a scatter chart the values are (x, y) pairs.
    """

    type: str
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple], ...]
    title: str = ""
    x_title: str = ""
    y_title: str = ""


@dataclass(frozen=True, slots=True)
class QueryResult:
    """What a query found: `count` rows, of which `table` has the first, and `read` rows of each table, by its name.

    `chart` is what people see in place of the table.
    """

    sql: str
    read: tuple[tuple[str, int], ...]
    count: int
    table: Table
    chart: Chart | None = None


@dataclass(frozen=True, slots=True)
class Images:
    """Small pictures: (MIME type, bytes)."""

    images: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Citable:
    """What the model was given to cite: a source part for each, with its `number` (see `agents.generation.citations`).

    Who may read a source is asked when it is shown; so its card shows nothing of it.
    """

    sources: tuple[Mapping, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A document that a call made or changed, and the number of the version that came of it."""

    document: UUID
    version: int


@dataclass(frozen=True, slots=True)
class Result:
    """What a call gave. `content` (text or JSON) is what the model reads; people see `show`, or else the content.

    `failure` is why there is no more than that, where it is told by us. `written`: documents that it made or changed.
    """

    content: object
    show: Table | Chart | QueryResult | Images | Citable | None = None
    is_error: bool = False
    failure: Failure | None = None
    written: tuple[Written, ...] = ()

    @classmethod
    def failed(cls, why: str | Failure) -> "Result":
        """The result of a call that did not work."""
        failure = why if isinstance(why, Failure) else Failure(why)
        return cls(failure.english, is_error=True, failure=failure)
