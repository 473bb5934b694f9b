"""The kinds of tools, and the one way to call any of them."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from agents.tools import arguments, looks
from agents.tools.values import Caller, Later, Progress, Result, Source, Tool
from sambung.lib import misfits, terminal
from sambung.lib.failures import Failed, Failure
from teams.workspace import Workspace

logger = logging.getLogger(__name__)

LONGEST = 600.0  # seconds for any call; kinds have shorter limits of their own


class Kind(Protocol):
    """Where tools come from. One that keeps what was written of a call that was cut off has `keep(source, name, args,
    caller)` as well. One whose tools an agent has only where it was given them has `given_to(agent)`: their references,
    of sources as a whole.

    `noun`: what a model is told of a source that is gone, where its id says nothing; "" = its id is its name.
    `limits`: how an agent is kept to some of them, see agents.tools.limits; None = not.
    """

    noun: str
    limits: Any

    def sources(self, workspace: Workspace) -> list[Source]:
        """What a person can use in a workspace, from the database alone. Those that cannot be used tell the problem."""

    async def call(self, tool: Tool, args: dict, caller: Caller, progress: Progress) -> Result:
        """Run one tool, whose arguments fit its schema. Raises Failed, and Later; may be cancelled."""


_kinds: dict[str, Kind] = {}


def register(name: str, kind: Kind) -> None:
    _kinds[name] = kind


def kinds() -> dict[str, Kind]:
    """All kinds by name."""
    return dict(_kinds)


def sources(workspace: Workspace, *, with_resting: bool = False) -> list[Source]:
    """Everything that a person can use in a workspace; `with_resting` also what somebody has put aside."""
    with looks.together():
        found = [source for kind in _kinds.values() for source in kind.sources(workspace)]
    return [source for source in found if with_resting or not source.is_resting]


def meant(tool: Tool, args: Mapping) -> dict:
    """Return the arguments as the tool's schema plainly means them: those that are shown, judged and run."""
    return arguments.as_meant(tool.parameters, args)


def misfit(tool: Tool, args: Mapping) -> Failure | None:
    """Return why the arguments do not fit the tool's schema; None where they do."""
    problem = misfits.best(arguments.validator(tool.parameters).iter_errors(args))
    return Failure("tool_arguments", {"problem": problem}) if problem else None


def keep(ref: str, args: Mapping, caller: Caller) -> Result | None:
    """Store what was written of a call that was cut off, in the present transaction; None where nothing is kept."""
    kind, _, rest = ref.partition(":")
    source, _, name = rest.partition(":")
    keeper = getattr(_kinds.get(kind), "keep", None)
    try:
        return keeper and keeper(source, name, dict(args), caller)
    except Failed as failed:
        return Result.failed(failed.failure)


async def call(tool: Tool, args: Mapping, caller: Caller, progress: Progress) -> Result:
    """Run a tool to its end, whatever it is: what goes wrong is a result that says so.

    Only cancelling raises, and Later, where the result is still to come.
    """
    try:
        args = meant(tool, args)
        if fault := misfit(tool, args):
            raise Failed(fault)
        async with asyncio.timeout(LONGEST):
            result = await _kinds[tool.kind].call(tool, args, caller, lambda text: progress(terminal.plain(text)))
        return replace(result, content=terminal.plain_json(result.content))
    except Later:
        raise
    except Failed as failed:
        return Result.failed(failed.failure)
    except TimeoutError:
        return Result.failed(Failure("tool_too_slow"))
    except asyncio.CancelledError:
        if asyncio.current_task().cancelling():
            raise
        return Result.failed(Failure("tool_failed"))  # a library of the tool's was cancelled, not the call
    except Exception:
        logger.exception("A tool failed unexpectedly.", extra={"tool": tool.ref})
        return Result.failed(Failure("tool_failed"))
