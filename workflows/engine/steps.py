"""What a step is given, and what comes of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sambung.lib.failures import Failed, Failure
from workflows.models import StepStatus

if TYPE_CHECKING:
    from workflows.engine.order import Order
    from workflows.engine.scopes import Scope

#: Codes of what may go well another time; those of models' services say so themselves.
RETRYABLE = frozenset(
    "rate_limited overloaded server_failed connect_failed timed_out upstream_error cut_off stalled garbled empty_reply "
    "workflow_timeout workflow_http_failed workflow_http_busy workflow_answer_unfit "
    "code_crashed tool_too_slow tool_failed workflow_unexpected".split()
)


class StepFailed(Failed):
    """A step did not work. `output` is what came all the same; `is_uncertain`: its effect may have happened."""

    def __init__(self, why: str | Failure, *, output: object = None, is_uncertain: bool = False, **params):
        super().__init__(why, **params)
        self.output, self.is_uncertain = output, is_uncertain


def is_retryable(failure: Failure) -> bool:
    """Whether the same step may go well another time."""
    return failure.code in RETRYABLE


@dataclass(slots=True)
class Done:
    """A step's output, and by which handle it goes on ("" is the usual one)."""

    output: object
    handle: str = ""
    usage: Mapping[str, int] = field(default_factory=dict)
    cost: Decimal | None = None


@dataclass(slots=True)
class Waits:
    """A step that nobody is at until a person, a time or another run ends it.

    `approval`: what people are asked, as the columns of an `Approval`.
    """

    status: StepStatus
    wake_at: datetime | None = None
    approval: Mapping | None = None


@dataclass(slots=True)
class Call:
    """One attempt at one node. `input` is what the executor resolved of its data, and what history shows."""

    order: "Order"
    scope: "Scope"
    node: Mapping
    path: str
    attempt: int
    id: Any
    effect: str = "none"
    input: Any = None
    started: float = 0.0
    is_stored: bool = False  # whether its row is there, or on the way
    work: Callable[[], Awaitable] | None = None  # what is to be awaited, where a quick node needs longer
    tell: Callable[[str], None] = lambda text: None  # shows text while it comes
    put: Callable[[dict], None] = lambda row: None  # stores a step beside it, such as a call of a tool
    stored: Callable[[], Awaitable[None]] | None = None  # waits until all so far is stored; raises Fenced
    intend: Callable[[], Awaitable[None]] | None = None  # stores what it is about to do; raises Fenced

    @property
    def data(self) -> Mapping:
        """What the node holds."""
        return self.node["data"]

    @property
    def outputs(self) -> Mapping:
        """What the nodes before gave, by their ids."""
        return self.scope.outputs

    @property
    def key(self) -> str:
        """What a service is told, so that the same effect comes once: the same for every attempt."""
        return f"{self.order.id}:{self.path}"
