"""What nodes do, by their type. A quick one answers at once, in the loop; the others are awaited."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from workflows.engine.steps import Call, Done, Waits

Outcome = Done | Waits


@dataclass(frozen=True, slots=True)
class Executor:
    """How one type of node is executed.

    `resolve` gives what it works on, and is what history shows; `run` does it, and is awaited unless it `is_quick`.
    Both raise Failed. Of one that `resumes`, the waits are for a word in its middle: it goes on with what was said.
    """

    resolve: Callable[[Call], Any]
    run: Callable[[Call], Outcome] | Callable[[Call], Awaitable[Outcome]]
    is_quick: bool = False
    resumes: bool = False


_executors: dict[str, Executor] = {}


def register(type: str, executor: Executor) -> None:
    """Make known how a type of node is executed."""
    _executors[type] = executor


def of(type: str) -> Executor:
    """How a type of node is executed. Raises KeyError for what is never executed."""
    return _executors[type]
